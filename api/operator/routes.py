"""All routes of the operator's endpoints, one file a subject."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter

from api.operator.audit import audit_router
from api.operator.bulk import bulk_router
from api.operator.cases import cases_router
from api.operator.debtors import debtors_router
from api.operator.files import files_router
from api.operator.handoffs import handoffs_router
from api.operator.policies import policies_router
from api.operator.quarantine import quarantine_router
from api.operator.sending import sending_router
from api.operator.subscribers import subscribers_router
from api.operator.tasks import tasks_router
from api.operator.telling import telling_router
from api.operator.today import today_router
from api.operator.unmatched import unmatched_router
from api.operator.unmatched_reports import unmatched_reports_router

__all__ = ["operator_routes"]


@cache
def operator_routes() -> tuple[APIRouter, ...]:
    """The routers, in the order of the documentation; they keep nothing, and find what they need at the application."""
    return (
        cases_router(),
        files_router(),
        handoffs_router(),
        telling_router(),
        bulk_router(),
        today_router(),
        policies_router(),
        tasks_router(),
        debtors_router(),
        sending_router(),
        unmatched_router(),
        unmatched_reports_router(),
        quarantine_router(),
        subscribers_router(),
        audit_router(),
    )
