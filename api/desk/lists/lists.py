"""Lists of cases at `/desk/zaken`: what is chosen stands in the address, so a list can be kept and passed on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.desk.bulk.bulk_acts import ACTS
from api.desk.lists.list_query import ASKED, CASE_COLUMNS, columns_in, read_query
from api.desk.lists.searching import addressed
from api.desk.rendering import ROOT, case_url
from api.desk.visiting import Visit, needs
from casefile.assignments import assigned_of, assigned_tasks, user_names
from casefile.list_columns import lists_of
from casefile.news import last_fact
from casefile.people import DeskRole
from casefile.saved_views import views_of
from domain.blockers import HoldKind
from services.desk.case_lists import AGES, CaseListing, case_listing

__all__ = ["PAGE", "VIEWS", "lists_router", "whole_number"]

PAGE = 100
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class View:
    """A list that is always there.

    Attributes:
        name: In English.
        query: What chooses it.
    """

    name: str
    query: str


VIEWS = (
    View("Open", ""),
    View("Mine", "van=ik"),
    View("Waits for a person", "aandacht=ja"),
    View("Disputed", "reden=dispute"),
    View("Promised", "reden=promise"),
    View("Arrangements", "reden=arrangement"),
    View("Paused", "reden=pause"),
    View("Over 90 days", "dagen=90%2B"),
    View("Closed", "gesloten=ja"),
)


def lists_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/zaken")
    async def cases(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The cases that are chosen, with what they come to."""
        given = visit.request.query_params
        listed = read_query(given, visit.today, visit.user)
        if "kolom" in given:
            # Boxes send a name each; an address has them in one.
            named = ".".join(dict.fromkeys(given.getlist("kolom")))
            return RedirectResponse(f"{ROOT}/zaken?{urlencode({**listed.asked, 'kolommen': named})}", 303)
        sought = listed.asked.get("zoek", "")
        if sought and (mark := await asyncio.to_thread(addressed, visit, sought)) != sought:
            # An account that was typed into the filter stays in no address, kept list or history.
            return RedirectResponse(f"{ROOT}/zaken?{urlencode({**listed.asked, 'zoek': mark})}", 303)
        first = whole_number(visit, "vanaf_rij")

        def look() -> tuple[CaseListing, dict[str, Any]]:
            with lists_of(visit.desk.inside.file.database) as session:
                which = listed.searched(session)
                listing = case_listing(session, which, listed.order, visit.today, offset=first, limit=PAGE)
                rows = [row.case for row in listing.rows]
                return listing, {
                    "news": last_fact(session),
                    "saved": views_of(session, visit.user.id, "zaken"),
                    "users": user_names(session),
                    "debtors_of": assigned_of(session, [(row.creditor, row.debtor_number) for row in rows]),
                    "tasks_of": assigned_tasks(session, [row.case_id for row in rows]),
                }

        listing, found = await asyncio.to_thread(look)
        if set(given) == {"zoek"} and listed.asked.get("zoek") and listing.total == 1:
            # Who looks for one case by the search of the bar wants to see it.
            return RedirectResponse(case_url(listing.rows[0].case.case_id), 303)
        return visit.page(
            "cases",
            200,
            listing=listing,
            **found,
            asked={name: listed.asked.get(name, "") for name in ASKED},
            problems=listed.problems,
            views=VIEWS,
            view=own_query(listed.asked),
            kept=listed.query,
            order=listed.asked.get("op", "vervaldag"),
            columns=columns_in(listed.asked, CASE_COLUMNS),
            all_columns=CASE_COLUMNS,
            first=first,
            next_first=first + PAGE if first + PAGE < listing.total else None,
            previous=max(0, first - PAGE) if first else None,
            holds=tuple(kind.value for kind in HoldKind),
            ages=AGES,
            acts=[act for act in ACTS if visit.may(act.role)],
            form=uuid4().hex,
        )

    return router


def whole_number(visit: Visit, name: str) -> int:
    """A number in the address; 0 where there is none."""
    text = visit.request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def own_query(asked: Mapping[str, str]) -> str:
    """What chooses a list, without how it is shown."""
    return urlencode({name: value for name, value in asked.items() if name not in ("op", "kolommen")})
