"""All pages of the desk, one file a subject."""

from __future__ import annotations

from fastapi import APIRouter

from api.desk.bulk.bulk_pages import bulk_router
from api.desk.calls.calls import calls_router
from api.desk.cases.case_acts import case_acts_router
from api.desk.cases.case_page import case_router
from api.desk.debtors.debtor_list import debtor_list_router
from api.desk.debtors.debtors import debtors_router
from api.desk.figures.figures_page import figures_router
from api.desk.intake.importing_page import importing_router
from api.desk.lists.agreed_lists import agreed_lists_router
from api.desk.lists.exports import exports_router
from api.desk.lists.kept_lists import kept_lists_router
from api.desk.lists.lists import lists_router
from api.desk.lists.searching import searching_router
from api.desk.lists.tasks import tasks_router
from api.desk.money.money import money_router
from api.desk.money.quarantine import quarantine_router
from api.desk.news import news_router
from api.desk.partners.links import partner_links_pages
from api.desk.partners.unmatched_reports import unmatched_reports_pages
from api.desk.people.people import people_router
from api.desk.people.signing_elsewhere import signing_elsewhere_router
from api.desk.people.signing_in import signing_in_router
from api.desk.policies.creditors import creditors_router
from api.desk.policies.manual_page import manual_router
from api.desk.policies.policy_page import policy_router
from api.desk.today.today_page import today_router

__all__ = ["desk_routers"]


def desk_routers() -> tuple[APIRouter, ...]:
    """The routers."""
    return (
        signing_in_router(),
        signing_elsewhere_router(),
        today_router(),
        figures_router(),
        importing_router(),
        policy_router(),
        manual_router(),
        news_router(),
        exports_router(),
        lists_router(),
        searching_router(),
        kept_lists_router(),
        bulk_router(),
        agreed_lists_router(),
        debtor_list_router(),
        case_router(),
        case_acts_router(),
        calls_router(),
        debtors_router(),
        tasks_router(),
        money_router(),
        quarantine_router(),
        unmatched_reports_pages(),
        partner_links_pages(),
        people_router(),
        creditors_router(),
    )
