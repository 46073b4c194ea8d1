"""`/cases`: which there are, where each stands, why nothing was sent, what comes next and when."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from api.operator.access import Principal, wants
from api.operator.application import Inside
from api.operator.problems import Problem
from casefile.api_keys import Role
from services.reports.case_report import CaseReport, report_of

__all__ = ["cases_router"]


def cases_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["cases"])

    @router.get("/cases/{case_id}", summary="One case: where it stands, why, what is next and when")
    async def one(
        request: Request,
        case_id: Annotated[str, Path(description="The id of the case, or its invoice number.")],
        _: Annotated[Principal, wants(Role.READ)],
    ) -> dict[str, Any]:
        """Answer what `maanwerk case show --json` prints."""
        inside: Inside = request.app.state.inside
        report = await asyncio.to_thread(_report, inside, case_id)
        return asdict(report)

    return router


def _report(inside: Inside, text: str) -> CaseReport:
    with inside.file.read() as transaction:
        found = transaction.cases.find(text)
        if len(found) != 1:
            raise Problem(404, "no_such_case", "there is no such case; give its id or its invoice number")
        return report_of(transaction, found[0], datetime.now(UTC))
