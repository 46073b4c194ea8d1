"""`/desk/beloften`, `/desk/betwistingen`, `/desk/regelingen`: what was said and agreed, and stands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Response

from api.desk.lists.list_query import ASKED, Column, read_query
from api.desk.lists.lists import PAGE, whole_number
from api.desk.visiting import Visit, needs
from casefile.assignments import assigned_of, user_names
from casefile.list_columns import lists_of
from casefile.people import DeskRole
from services.desk.agreed_lists import MARKS, Kind, agreed_listing

__all__ = ["AGREED", "AgreedList", "agreed_lists_router"]


@dataclass(frozen=True, slots=True)
class AgreedList:
    """One of the lists.

    Attributes:
        key: Its name in the address.
        kind: What is in it.
        title: In English.
        columns: Its columns behind invoice and debtor.
        empty: What is said when there is nothing, in English.
    """

    key: str
    kind: Kind
    title: str
    columns: tuple[Column, ...]
    empty: str


_LAST = (Column("open", "Open", kind="num", order="open"), Column("van", "Looked after by"))
AGREED = (
    AgreedList(
        "beloften",
        "promises",
        "Promises",
        (
            Column("bedrag", "Promised", kind="num"),
            Column("uiterlijk", "Paid by"),
            Column("binnen", "Came in", kind="num"),
            *_LAST,
        ),
        "No promise stands.",
    ),
    AgreedList(
        "betwistingen",
        "disputes",
        "Disputes",
        (
            Column("waarom", "Reason"),
            Column("bedrag", "Disputed", kind="num"),
            Column("sinds", "Since"),
            Column("uiterlijk", "Answer by"),
            *_LAST,
        ),
        "Nothing is disputed.",
    ),
    AgreedList(
        "regelingen",
        "arrangements",
        "Arrangements",
        (
            Column("termijn", "Next instalment"),
            Column("bedrag", "Of it open", kind="num"),
            Column("binnen", "Came in of all", kind="num"),
            *_LAST,
        ),
        "No arrangement stands.",
    ),
)


def agreed_lists_router() -> APIRouter:
    """A route for each."""
    router = APIRouter()
    for each in AGREED:
        router.add_api_route(f"/{each.key}", _shown(each), methods=["GET"], name=each.key)
    return router


def _shown(of: AgreedList) -> Callable[..., Awaitable[Response]]:
    async def shown(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        given = {name: value for name, value in visit.request.query_params.items() if name not in ("reden", "gesloten")}
        listed = read_query({"op": "dag", **given}, visit.today, visit.user)
        first = whole_number(visit, "vanaf_rij")

        def look() -> tuple[object, ...]:
            with lists_of(visit.desk.inside.file.database) as session:
                which = replace(listed.searched(session), marked=MARKS[of.kind], closed=False)
                listing, rows = agreed_listing(
                    session, of.kind, which, listed.order, visit.today, offset=first, limit=PAGE
                )
                debtors = [(each.row.case.creditor, each.row.case.debtor_number) for each in rows]
                return listing, rows, assigned_of(session, debtors), user_names(session)

        listing, rows, users_of, users = await asyncio.to_thread(look)
        return visit.page(
            "agreed",
            of=of,
            lists=AGREED,
            listing=listing,
            rows=rows,
            debtors_of=users_of,
            users=users,
            asked={name: listed.asked.get(name, "") for name in ASKED},
            first=first,
            next_first=first + PAGE if first + PAGE < listing.total else None,  # type: ignore[attr-defined]
        )

    return shown
