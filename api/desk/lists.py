"""Lists of cases at `/desk/zaken`: what is chosen stands in the address, so a list can be kept and passed on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.desk.fields import Field, Typed, read_form
from api.desk.rendering import case_url
from api.desk.visiting import Visit, needs
from casefile.list_columns import lists_of
from casefile.news import last_fact
from casefile.people import DeskRole
from casefile.which_cases import Order, Which
from domain.blockers import HoldKind
from services.desk.case_lists import AGES, Age, CaseListing, case_listing, of_age, searching

__all__ = ["PAGE", "VIEWS", "lists_router", "whole_number"]

PAGE = 100
"""Rows of a page."""

ORDERS: dict[str, Order] = {"nr": "invoice", "debiteur": "debtor", "vervaldag": "late", "open": "owed", "dag": "next"}
"""Orders of a list, by their name in the address."""


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
    View("Waits for a person", "aandacht=ja"),
    View("Disputed", "reden=dispute"),
    View("Promised", "reden=promise"),
    View("Arrangements", "reden=arrangement"),
    View("Paused", "reden=pause"),
    View("Over 90 days", "dagen=90%2B"),
    View("Closed", "gesloten=ja"),
)


_ASKED = ("zoek", "reden", "taak", "dagen", "vanaf", "stap", "debiteur", "aandacht", "gesloten", "op")


def lists_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/zaken")
    async def cases(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The cases that are chosen, with what they come to."""
        asked = visit.request.query_params
        wanted, problems = _wanted(asked, visit.today)
        order = ORDERS.get(asked.get("op", ""), "late")
        first = whole_number(visit, "vanaf_rij")

        def look() -> tuple[CaseListing, int]:
            with lists_of(visit.desk.inside.file.database) as session:
                which = searching(session, wanted, wanted.search or "")
                listing = case_listing(session, which, order, visit.today, offset=first, limit=PAGE)
                return listing, last_fact(session)

        listing, mark = await asyncio.to_thread(look)
        only = listing.rows[0].case if listing.total == 1 and asked.get("zoek") and set(asked) == {"zoek"} else None
        if only is not None:
            # Who looks for one case by the search of the bar wants to see it.
            return RedirectResponse(case_url(only.case_id), 303)
        return visit.page(
            "cases",
            listing=listing,
            asked={name: asked.get(name, "") for name in _ASKED},
            problems=problems,
            views=VIEWS,
            view=_view(asked),
            order=asked.get("op", "vervaldag"),
            first=first,
            next_first=first + PAGE if first + PAGE < listing.total else None,
            previous=max(0, first - PAGE) if first else None,
            holds=tuple(kind.value for kind in HoldKind),
            ages=AGES,
            news=mark,
        )

    return router


def _wanted(asked: Mapping[str, str], today: date) -> tuple[Which, Mapping[str, str]]:
    """What an address chooses; what can't be used is left out, and told."""
    least, problems = _least(asked.get("vanaf", ""))
    age: Age | None = next((each for each in get_args(Age) if each == asked.get("dagen")), None)
    reason = asked.get("reden", "")
    search = (asked.get("zoek") or "")[:200].replace("\0", "") or None
    if search and set(asked) == {"zoek"}:
        # Who looks for a case does not know whether it is closed.
        return Which(search=search), problems
    which = Which(
        stage=asked.get("stap") or None,
        debtor_number=asked.get("debiteur") or None,
        hold=reason if reason not in ("", "geen", "enige") else None,
        held={"geen": False, "enige": True}.get(reason),
        task=asked.get("taak") or None,
        attention=True if asked.get("aandacht") == "ja" else None,
        closed=asked.get("gesloten") == "ja",
        at_least=least,
        search=search,
    )
    return (which if age is None else of_age(which, age, today)), problems


def _least(text: str) -> tuple[Decimal | None, Mapping[str, str]]:
    if not text:
        return None, {}
    typed: Typed = read_form((Field("vanaf", "", "money"),), {"vanaf": text})
    value = typed.values.get("vanaf")
    return (None if value is None else Decimal(str(value))), typed.problems


def whole_number(visit: Visit, name: str) -> int:
    """A number in the address; 0 where there is none."""
    text = visit.request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def _view(asked: Mapping[str, str]) -> str | None:
    """The query of the list that this is."""
    own = urlencode({name: value for name, value in asked.items() if name not in ("op", "vanaf_rij") and value})
    return next((each.query for each in VIEWS if each.query == own), None)
