"""`/desk/debiteuren`: who owes how much, since when, and who looks after him."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Response

from api.desk.acting import Outcome, acted
from api.desk.lists.list_query import ASKED, read_query
from api.desk.lists.lists import PAGE, whole_number
from api.desk.rendering import ROOT, debtor_url
from api.desk.visiting import Visit, back_path, form_of, needs
from api.operator.problems import Problem
from casefile.assignments import assign_debtors, assign_task, assigned_of, user_names
from casefile.debtor_list import DebtorOrder, listed_debtors
from casefile.list_columns import lists_of
from casefile.people import DeskRole
from casefile.session import reading

__all__ = ["debtor_list_router"]

ORDERS: dict[str, DebtorOrder] = {"open": "owed", "vervaldag": "late", "aantal": "number", "naam": "name"}
_MOST = 300


def debtor_list_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/debiteuren")
    async def debtors(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The debtors of whom something is open."""
        given = dict(visit.request.query_params.items())
        listed = read_query(given, visit.today, visit.user)
        by, first = ORDERS.get(given.get("op", ""), "owed"), whole_number(visit, "vanaf_rij")

        def look() -> tuple[int, Sequence[Any], Mapping[tuple[str, str], str], Mapping[str, str]]:
            with lists_of(visit.desk.inside.file.database) as session:
                which = replace(listed.searched(session), closed=False)
                total, rows = listed_debtors(session, which, by, offset=first, limit=PAGE)
                of = assigned_of(session, [(row.creditor, row.debtor) for row in rows])
                return total, rows, of, user_names(session)

        total, rows, users_of, users = await asyncio.to_thread(look)
        return visit.page(
            "debtors",
            total=total,
            rows=rows,
            debtors_of=users_of,
            users=users,
            asked={name: listed.asked.get(name, "") for name in ASKED},
            order=given.get("op", "open"),
            first=first,
            next_first=first + PAGE if first + PAGE < total else None,
        )

    @router.post("/debiteuren/{creditor}/{number}/toewijzen")
    async def assigned(creditor: str, number: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Say who looks after a debtor."""
        form = await form_of(visit.request)
        user = await asyncio.to_thread(_user, visit, str(form.get("user", "")))
        if "\0" in creditor + number:
            raise Problem(404, "no_such_debtor", "this creditor has no debtor with this number")
        file = visit.desk.inside.file

        async def do() -> Outcome:
            await asyncio.to_thread(assign_debtors, file, [(creditor[:64], number[:200])], user, visit.now)
            return Outcome("done")

        await acted(visit, "assign debtor", f"{creditor} {number}"[:700], do, user or "nobody")
        back = back_path(str(form.get("naar", "")))
        return visit.to(back if back != ROOT else debtor_url(creditor, number))

    @router.post("/taken/toewijzen")
    async def tasks_assigned(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Say who is to deal with tasks."""
        form = await form_of(visit.request)
        user = await asyncio.to_thread(_user, visit, str(form.get("user", "")))
        ticked = [str(each).replace("\0", "") for each in form.getlist("zaak")][:_MOST]
        chosen = [(case_id, kind) for kind, _, case_id in (each.partition(" ") for each in ticked) if case_id]
        file = visit.desk.inside.file

        async def do() -> Outcome:
            for case_id, kind in chosen:
                await asyncio.to_thread(assign_task, file, case_id, kind, user, visit.now)
            return Outcome("done")

        if chosen:
            await acted(visit, "assign tasks", f"{len(chosen)} tasks", do, user or "nobody")
        return visit.to(f"{ROOT}/taken")

    return router


def _user(visit: Visit, text: str) -> str | None:
    """The user that a form names, or nobody.

    Raises:
        Problem: 422 where there is none of this id.
    """
    if text in ("", "-"):
        return None
    with reading(visit.desk.inside.file.database) as session:
        known = user_names(session)
    if text == "ik":
        return visit.user.id
    if text not in known:
        raise Problem(422, "no_such_user", "there is no such user: choose one of the list")
    return text
