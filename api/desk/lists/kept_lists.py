"""Lists that people keep under a name: `/desk/lijsten`, for themselves or, by an administrator, for all."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Response

from api.desk.lists.list_query import ASKED
from api.desk.rendering import ROOT
from api.desk.today.whose_today import TODAY
from api.desk.visiting import Visit, form_of, needs
from api.operator.problems import Problem
from casefile.people import DeskRole
from casefile.saved_views import TooManyViews, forget_view, keep_view

__all__ = ["kept_lists_router"]

_LISTS = ("zaken", TODAY)


def kept_lists_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.post("/lijsten")
    async def kept(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Keep a list under a name."""
        form = await form_of(visit.request)
        of, name = str(form.get("lijst", "")), " ".join(str(form.get("naam", "")).split())[:100]
        given = dict(parse_qsl(str(form.get("keuze", ""))[:4000], max_num_fields=40))
        if of not in _LISTS or not name:
            raise Problem(422, "no_name", "give the list a name")
        query = urlencode({each: given[each] for each in ASKED if given.get(each)})
        shared = form.get("delen") == "ja" and visit.may(DeskRole.ADMIN)
        try:
            await asyncio.to_thread(
                keep_view, visit.desk.inside.file, visit.user.id, of, name, query, visit.now, shared=shared
            )
        except TooManyViews as problem:
            raise Problem(409, "too_many_views", str(problem)) from None
        return visit.to((ROOT if of == TODAY else f"{ROOT}/{of}") + (f"?{query}" if query else ""))

    @router.post("/lijsten/{view}/vergeten")
    async def forgotten(view: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Keep it no more."""
        of = str((await form_of(visit.request)).get("lijst", ""))
        of_others = visit.may(DeskRole.ADMIN)
        gone = "\0" not in view and await asyncio.to_thread(
            forget_view, visit.desk.inside.file, view, visit.user.id, of_others=of_others
        )
        if not gone:
            raise Problem(404, "no_such_view", "there is no such list of yours")
        return visit.to(ROOT if of == TODAY else f"{ROOT}/zaken")

    return router
