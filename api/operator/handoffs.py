"""`/cases/{case_id}/handoff-check`: whether a case is ready for the hand-off, and what each answer rests on."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request

from api.operator.access import Principal, wants
from api.operator.inside import Inside, found_case, inside_of
from api.operator.telling import CaseId
from casefile.api_keys import Role
from services.reports.handoff_check import read_handoff_check

__all__ = ["handoffs_router"]


def handoffs_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["cases"])

    @router.get(
        "/cases/{case_id}/handoff-check",
        summary="Whether it is ready for the hand-off",
        operation_id="check_handoff",
        response_model=dict[str, Any],
    )
    async def check(request: Request, case_id: CaseId, _: Annotated[Principal, wants(Role.READ)]) -> dict[str, Any]:
        """Each question of the check with its answer and evidence, as `maanwerk case check --json` prints it."""
        return await asyncio.to_thread(_check, inside_of(request), case_id)

    return router


def _check(inside: Inside, text: str) -> dict[str, Any]:
    with inside.file.read() as transaction:
        return dict(read_handoff_check(transaction, found_case(transaction, text), inside.now()).as_json())
