"""`/tasks`: what waits for a person, the oldest first."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from api.operator.access import Principal, wants
from api.operator.cases import Word
from api.operator.inside import Inside, inside_of
from casefile.api_keys import Role
from services.reports.task_list import OpenTask, open_tasks

__all__ = ["tasks_router"]


class TaskRow(BaseModel):
    """A task that waits for a person: `asks` says what he has to do."""

    case: str
    number: str
    debtor: str
    kind: str
    asks: str
    raised_on: str
    step: str | None


class TaskPage(BaseModel):
    """Some of the tasks, how many there are in all, and how many of each kind."""

    total: int
    by_kind: dict[str, int]
    offset: int
    next_offset: int | None
    tasks: tuple[TaskRow, ...]


def tasks_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["tasks"])

    @router.get("/tasks", summary="Open tasks, the oldest first", response_model=TaskPage, operation_id="list_tasks")
    async def many(
        request: Request,
        _: Annotated[Principal, wants(Role.READ)],
        kind: Annotated[Word | None, Query(description="Only of this kind.", examples=["call"])] = None,
        offset: Annotated[int, Query(ge=0, le=10_000_000, description="How many stand before the first.")] = 0,
        limit: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 100,
    ) -> TaskPage:
        """What waits for a person; `complete_task` of its case finishes it."""
        found = await asyncio.to_thread(_tasks, inside_of(request), kind)
        shown = found[offset : offset + limit]
        reached = offset + len(shown)
        return TaskPage(
            total=len(found),
            by_kind=dict(sorted(Counter(task.kind for task in found).items())),
            offset=offset,
            next_offset=reached if shown and reached < len(found) else None,
            tasks=tuple(TaskRow.model_validate(task, from_attributes=True) for task in shown),
        )

    return router


def _tasks(inside: Inside, kind: str | None) -> tuple[OpenTask, ...]:
    with inside.file.read() as transaction:
        return open_tasks(transaction, kind)
