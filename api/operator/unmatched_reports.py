"""`/unmatched-reports`: what partners reported of which nobody knows whose it is, until a person says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.operator.access import Principal, wants
from api.operator.acting import Done, IdempotencyKey, acted
from api.operator.bodies import as_model, asked_with, json_object
from api.operator.inside import Inside, found_case, inside_of
from api.operator.problems import Problem
from casefile.api_keys import Role
from casefile.session import reading
from services.agencies.unmatched_reports import (
    CannotGive,
    NoSuchReport,
    UnmatchedReport,
    dismiss_report,
    give_report,
    unmatched_reports,
)

__all__ = ["unmatched_reports_router"]

_MOST = 2**63 - 1
"""The largest number that the case file gives a report."""


class UnmatchedReportRow(BaseModel):
    """A report, or a line of a remittance, that no case was told.

    Attributes:
        number: What it is called here.
        came_by: `webhook`, `polling`, `file`, `import`, or `remittance` for a line of one.
        report: What it says, as the partner wrote it.
        why: Why no case was told; empty while nobody has looked.
        guesses: Ids of cases that it may be of.
    """

    number: int
    partner: str
    received_at: datetime
    came_by: str
    report: dict[str, Any]
    why: str
    guesses: tuple[str, ...]


class UnmatchedReportsPage(BaseModel):
    """All of them, the first first."""

    total: int
    reports: tuple[UnmatchedReportRow, ...]


class GivenReport(BaseModel):
    """Where a report went: the case that was told; none where it was dismissed."""

    report: int
    outcome: str
    cases: tuple[str, ...]


class _Settles(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    report: Annotated[int, Field(ge=1, le=_MOST, strict=True, description="Its number, as the list shows it.")]
    actor: Annotated[str, Field(max_length=200, description="Who decides.")] = ""


class GivesReport(_Settles):
    """Whose a report is."""

    case: Annotated[str, Field(min_length=1, max_length=700, pattern=r"^[^\x00-\x1f]*$", description="Its case.")]


class DismissesReport(_Settles):
    """Which report is none of ours."""

    reason: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$", description="Why, for the case file.")] = ""


def unmatched_reports_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["unmatched"])

    @router.get(
        "/unmatched-reports",
        summary="Reports of partners on no case",
        response_model=UnmatchedReportsPage,
        operation_id="list_unmatched_reports",
    )
    async def many(request: Request, _: Annotated[Principal, wants(Role.READ)]) -> UnmatchedReportsPage:
        """What partners reported, and passed on, and no case could be told; for who sees all creditors."""
        found = await asyncio.to_thread(_waiting, inside_of(request))
        rows = tuple(_row(each) for each in found)
        return UnmatchedReportsPage(total=len(rows), reports=rows)

    @router.post(
        "/unmatched-reports/give",
        summary="Say whose a report is",
        response_model=GivenReport,
        operation_id="give_report",
        responses={
            404: {"description": "No such report waits, or there is no such case."},
            409: {"description": "It can't be read, or the case was never handed to this partner."},
        },
        openapi_extra=asked_with(GivesReport, {"report": 12, "case": "case:devaart:2026-F-1"}),
    )
    async def given(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """Tell a case a report; of a line of a remittance it gets a task, for what was passed on books nothing."""
        asked = as_model(GivesReport, await json_object(request))
        inside = inside_of(request)

        def give(at: datetime) -> tuple[str, ...]:
            with inside.file.read() as transaction:
                case_id = found_case(transaction, asked.case)
            give_report(inside.file, asked.report, case_id, at)
            inside.ring(case_id)
            return (case_id,)

        return await _settled(request, principal, key, "give_report", asked, "given", give)

    @router.post(
        "/unmatched-reports/dismiss",
        summary="Say that a report is none of ours",
        response_model=GivenReport,
        operation_id="dismiss_report",
        responses={404: {"description": "No such report waits."}},
        openapi_extra=asked_with(DismissesReport, {"report": 12, "reason": "a file of another office"}),
    )
    async def dismissed(
        request: Request, principal: Annotated[Principal, wants(Role.OPERATE)], key: IdempotencyKey = None
    ) -> Response:
        """Leave a report: it is kept, and told to nobody."""
        asked = as_model(DismissesReport, await json_object(request))
        inside = inside_of(request)

        def dismiss(at: datetime) -> tuple[str, ...]:
            dismiss_report(inside.file, asked.report, asked.reason, at)
            return ()

        return await _settled(request, principal, key, "dismiss_report", asked, "dismissed", dismiss)

    return router


async def _settled(
    request: Request,
    principal: Principal,
    key: str | None,
    name: str,
    asked: _Settles,
    outcome: str,
    settle: Callable[[datetime], tuple[str, ...]],
) -> Response:
    """Settle a report, and answer which cases were told."""
    at = inside_of(request).now()

    async def do(_: str) -> Done:
        try:
            told = await asyncio.to_thread(settle, at)
        except NoSuchReport as problem:
            raise Problem(404, "no_such_report", str(problem)) from None
        except CannotGive as problem:
            raise Problem(409, "can_not_give", str(problem)) from None
        body = GivenReport(report=asked.report, outcome=outcome, cases=told)
        return Done(body.model_dump(), outcome, detail=" ".join(told))

    return await acted(request, principal, key, (name, str(asked.report)), principal.actor(asked.actor), do)


def _waiting(inside: Inside) -> tuple[UnmatchedReport, ...]:
    with reading(inside.file.database) as session:
        return unmatched_reports(session)


def _row(each: UnmatchedReport) -> UnmatchedReportRow:
    return UnmatchedReportRow(
        number=each.number,
        partner=each.partner,
        received_at=each.received_at,
        came_by=each.came_by,
        report=dict(each.says),
        why=each.why,
        guesses=each.guesses,
    )
