"""All pages of the desk, one file a subject."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from api.desk.case_acts import case_acts_router
from api.desk.case_page import case_router
from api.desk.debtors import debtors_router
from api.desk.lists import lists_router
from api.desk.money import money_router
from api.desk.news import news_router
from api.desk.people import people_router
from api.desk.quarantine import quarantine_router
from api.desk.rendering import ROOT
from api.desk.signing_in import signing_in_router
from api.desk.tasks import tasks_router
from api.desk.visiting import Visit, needs
from casefile.people import DeskRole

__all__ = ["desk_routers"]


def desk_routers() -> tuple[APIRouter, ...]:
    """The routers."""
    return (
        signing_in_router(),
        _home(),
        news_router(),
        lists_router(),
        case_router(),
        case_acts_router(),
        debtors_router(),
        tasks_router(),
        money_router(),
        quarantine_router(),
        people_router(),
    )


def _home() -> APIRouter:
    router = APIRouter()

    @router.get("")
    @router.get("/")
    async def home(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """Where one begins."""
        return visit.to(f"{ROOT}/zaken")

    return router
