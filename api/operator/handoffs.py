"""`/cases/{case_id}/handoff-check` and `…/handoff-advice`: whether a case is ready for the hand-off, and worth it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request

from api.operator.access import Principal, wants
from api.operator.inside import Inside, found_case, inside_of
from api.operator.telling import CaseId
from casefile.api_keys import Role
from services.reports.handoff_advice import read_handoff_advice
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

    @router.get(
        "/cases/{case_id}/handoff-advice",
        summary="What each way to go on costs and may bring in",
        operation_id="advise_handoff",
        response_model=dict[str, Any],
    )
    async def advice(request: Request, case_id: CaseId, _: Annotated[Principal, wants(Role.READ)]) -> dict[str, Any]:
        """The ways to go on with what would go in one file, as `maanwerk case advise --json` prints them."""
        return await asyncio.to_thread(_advice, inside_of(request), case_id)

    return router


def _check(inside: Inside, text: str) -> dict[str, Any]:
    with inside.file.read() as transaction:
        return dict(read_handoff_check(transaction, found_case(transaction, text), inside.now()).as_json())


def _advice(inside: Inside, text: str) -> dict[str, Any]:
    with inside.file.read() as transaction:
        return dict(read_handoff_advice(transaction, found_case(transaction, text), inside.now()).as_json())
