"""`/today` and `/figures`: the morning screen and the figures, as the command and the desk show them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.operator.access import Principal, wants
from api.operator.inside import Inside, inside_of
from api.operator.problems import Problem
from casefile.api_keys import Role
from casefile.people import user_of_login
from services.figures.figures import Figures
from services.figures.of_creditors import NoSuchCreditor, figures_in
from services.today.day import office_day
from services.today.morning import morning_of
from services.today.page import Morning

__all__ = ["today_router"]


def today_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["today"])

    @router.get(
        "/today",
        summary="The morning screen",
        response_model=Morning,
        operation_id="show_today",
        responses={404: {"description": "No user signs in so."}},
    )
    async def today(
        request: Request,
        _: Annotated[Principal, wants(Role.READ)],
        of: Annotated[str, Query(max_length=200, description="Login of a user: from `going_out` on only his.")] = "",
    ) -> Morning:
        """The eight blocks of `maanwerk today`, from the case file alone: right also while no worker runs."""
        inside = inside_of(request)

        def look() -> Morning:
            user = user_of_login(inside.file, of) if of and "\0" not in of else None
            if of and user is None:
                raise Problem(404, "no_such_user", "no user signs in so: give the login of one (maanwerk user list)")
            return morning_of(inside.file, inside.now(), "" if user is None else user.id)

        return await asyncio.to_thread(look)

    @router.get(
        "/figures",
        summary="The figures",
        response_model=Figures,
        operation_id="show_figures",
        responses={404: {"description": "There is no such creditor."}},
    )
    async def figures(
        request: Request,
        _: Annotated[Principal, wants(Role.READ)],
        creditor: Annotated[list[str] | None, Query(max_length=50, description="Of these creditors only.")] = None,
    ) -> Figures:
        """Ageing, DSO, CEI, promises kept, hit rate, money by stage and hold, and twelve weeks of them."""
        return await asyncio.to_thread(_figures, inside_of(request), creditor or ())

    return router


def _figures(inside: Inside, creditors: Sequence[str]) -> Figures:
    try:
        return figures_in(inside.file, office_day(inside.now()), creditors)
    except NoSuchCreditor as problem:
        raise Problem(404, "no_such_creditor", str(problem)) from None
