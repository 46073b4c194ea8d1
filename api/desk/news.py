"""`/desk/nieuws`: whether anything happened since a page was made; a script of the page asks, and says so in a line."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from api.desk.visiting import Visit, needs
from casefile.news import News, news_since
from casefile.people import DeskRole
from casefile.session import reading
from speech.words import trn

__all__ = ["news_router"]


def news_router() -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/nieuws")
    async def news(
        visit: Annotated[Visit, needs(DeskRole.READ, acts=False)],
        sinds: Annotated[int, Query(ge=0, le=2**62)] = 0,
        zaak: Annotated[str | None, Query(max_length=700, pattern=r"^[^\x00]*$")] = None,
    ) -> Response:
        """What happened since, in a sentence; nothing where nothing did."""

        def look() -> News:
            with reading(visit.desk.inside.file.database) as session:
                return news_since(session, sinds, zaak)

        found = await asyncio.to_thread(look)
        says = ""
        if found.facts and zaak is None:
            says = trn("Something happened in {number} case.", "Something happened in {number} cases.", found.cases)
        elif found.facts:
            says = trn("{number} new thing happened.", "{number} new things happened.", found.facts)
        return JSONResponse({"says": says})

    return router
