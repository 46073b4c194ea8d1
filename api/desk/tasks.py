"""`/desk/taken`: what waits for a person, the oldest first."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.lists import PAGE, whole_number
from api.desk.visiting import Visit, needs
from casefile.people import DeskRole
from services.reports.task_list import OpenTask, open_tasks

__all__ = ["tasks_router"]


def tasks_router() -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/taken")
    async def tasks(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The open tasks: all, or those of one kind."""

        def look() -> tuple[OpenTask, ...]:
            with visit.desk.inside.file.read() as transaction:
                return open_tasks(transaction)

        found = await asyncio.to_thread(look)
        kind, first = visit.request.query_params.get("taak", ""), whole_number(visit, "vanaf_rij")
        chosen = tuple(each for each in found if kind in ("", each.kind))
        return visit.page(
            "tasks",
            rows=chosen[first : first + PAGE],
            total=len(chosen),
            kinds=Counter(each.kind for each in found).most_common(),
            everything=len(found),
            kind=kind,
            first=first,
            next_first=first + PAGE if first + PAGE < len(chosen) else None,
        )

    return router
