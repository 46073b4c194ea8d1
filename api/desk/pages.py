"""All pages of the desk, one file a subject."""

from __future__ import annotations

from fastapi import APIRouter

from api.desk.case_acts import case_acts_router
from api.desk.case_page import case_router
from api.desk.figures_page import figures_router
from api.desk.lists import lists_router
from api.desk.news import news_router
from api.desk.signing_in import signing_in_router
from api.desk.today_page import today_router

__all__ = ["desk_routers"]


def desk_routers() -> tuple[APIRouter, ...]:
    """The routers."""
    return (
        signing_in_router(),
        today_router(),
        figures_router(),
        news_router(),
        lists_router(),
        case_router(),
        case_acts_router(),
    )
