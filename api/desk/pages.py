"""All pages of the desk, one file a subject."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from api.desk.case_acts import case_acts_router
from api.desk.case_page import case_router
from api.desk.lists import lists_router
from api.desk.news import news_router
from api.desk.rendering import ROOT
from api.desk.signing_in import signing_in_router
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
    )


def _home() -> APIRouter:
    router = APIRouter()

    @router.get("")
    @router.get("/")
    async def home(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """Where one begins."""
        return visit.to(f"{ROOT}/zaken")

    return router
