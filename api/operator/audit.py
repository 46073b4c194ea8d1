"""`/audit`: who did what over HTTP, and what became of it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from api.operator.access import Principal, wants
from api.operator.cases import Word
from api.operator.inside import inside_of
from casefile.acts import acts
from casefile.api_keys import Role

__all__ = ["audit_router"]


class AuditRow(BaseModel):
    """One act; `outcome` is `begun` until it is known, and stays so where a crash came between."""

    seq: int
    at: str
    key_id: str
    actor: str
    act: str
    subject: str
    outcome: str
    detail: str


class AuditPage(BaseModel):
    """Some of the acts, the newest first; `next_before` for those before them."""

    next_before: int | None
    acts: tuple[AuditRow, ...]


def audit_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["audit"])

    @router.get("/audit", summary="Who did what", response_model=AuditPage, operation_id="list_acts")
    async def many(
        request: Request,
        _: Annotated[Principal, wants(Role.ADMIN)],
        before: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Only rows with a smaller number.")] = None,
        subject: Annotated[Word | None, Query(description="Only of this case.")] = None,
        act: Annotated[Word | None, Query(description="Only of this act.", examples=["write_off"])] = None,
        key: Annotated[Word | None, Query(description="Only by the key with this id.")] = None,
        limit: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 100,
    ) -> AuditPage:
        """Each act over HTTP and each change of the keys, with who decided; the newest first."""
        file = inside_of(request).file
        look = partial(acts, file, before=before, most=limit, subject=subject, name=act, key_id=key)
        found = await asyncio.to_thread(look)
        return AuditPage(
            next_before=found[-1].seq if len(found) == limit else None,
            acts=tuple(AuditRow.model_validate(row, from_attributes=True) for row in found),
        )

    return router
