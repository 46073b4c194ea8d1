"""`/desk/taken`: what waits for a person, the oldest first; whose it is, and to whom it is given."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.lists.list_query import ASKED, read_query
from api.desk.lists.lists import PAGE, whole_number
from api.desk.visiting import Visit, needs
from casefile.assignments import user_names
from casefile.list_columns import lists_of
from casefile.morning import open_task_kinds
from casefile.open_tasks import number_of_tasks, open_task_rows
from casefile.people import DeskRole
from casefile.which_cases import Which
from services.desk.case_lists import searching

__all__ = ["tasks_router"]


def tasks_router() -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/taken")
    async def tasks(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The open tasks: all, or those of one kind, of somebody, of what is searched for."""
        listed = read_query(visit.request.query_params, visit.today, visit.user)
        kind, first = listed.asked.get("taak"), whole_number(visit, "vanaf_rij")
        user = listed.which.assigned

        def look() -> tuple[Sequence[Any], int, Mapping[str, int], Mapping[str, str]]:
            with lists_of(visit.desk.inside.file.database) as session:
                text = listed.asked.get("zoek", "")
                which = searching(session, Which(search=text), text) if text else None
                rows = open_task_rows(session, kind, which, user, offset=first, limit=PAGE)
                total = number_of_tasks(session, kind, which, user)
                return rows, total, open_task_kinds(session), user_names(session)

        rows, total, kinds, users = await asyncio.to_thread(look)
        return visit.page(
            "tasks",
            rows=rows,
            named=lambda row: row.debtor if row.body is None else json.loads(row.body)["name"],
            total=total,
            kinds=sorted(kinds.items(), key=lambda each: (-each[1], each[0])),
            everything=sum(kinds.values()),
            kind=kind or "",
            users=users,
            asked={name: listed.asked.get(name, "") for name in ASKED},
            first=first,
            next_first=first + PAGE if first + PAGE < total else None,
        )

    return router
