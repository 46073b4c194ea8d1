"""`/desk/partnermeldingen`: what partners reported of which nobody knows whose it is, until a person says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.acting import Outcome, acted
from api.desk.partners.settled import settled_now
from api.desk.rendering import ROOT
from api.desk.visiting import Visit, form_of, needs
from api.operator.inside import found_case
from api.operator.problems import Problem
from casefile.people import DeskRole
from casefile.session import reading
from domain.views.agencies import REPORTED
from services.agencies.unmatched_reports import (
    CannotGive,
    NoSuchReport,
    UnmatchedReport,
    dismiss_report,
    give_report,
    unmatched_reports,
)
from speech.words import tr

__all__ = ["unmatched_reports_pages"]

_GIVE, _DISMISS = "give_report", "dismiss_report"
SHOWN = {
    "id": "his id",
    "submission": "our key of the file",
    "reference": "his reference",
    "case": "his case",
    "report": "his report",
    "on": "of the day",
    "amount": "amount",
    "currency": "currency",
    "payment": "of his report",
    "reason": "reason",
    "code": "closing code",
    "until": "until",
    "file": "file",
    "text": "text",
}
"""What is shown of a report, in this order, by its name on the page."""


def unmatched_reports_pages() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/partnermeldingen")
    async def reports(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The reports, each with the cases that it may be of."""
        return await _shown(visit)

    @router.post("/partnermeldingen/koppelen")
    async def given(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Tell a case a report."""
        form = await form_of(visit.request)
        to = str(form.get("to", "")).strip()[:700]

        def give(number: int) -> None:
            inside = visit.desk.inside
            with inside.file.read() as transaction:
                case_id = found_case(transaction, to)
            give_report(inside.file, number, case_id, visit.now)
            inside.ring(case_id)

        return await _settled(visit, _GIVE, str(form.get("report", "")), give)

    @router.post("/partnermeldingen/opzij")
    async def dismissed(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Say that a report is none of ours."""
        form = await form_of(visit.request)
        reason = str(form.get("reason", ""))[:200]

        def dismiss(number: int) -> None:
            dismiss_report(visit.desk.inside.file, number, reason, visit.now)

        return await _settled(visit, _DISMISS, str(form.get("report", "")), dismiss)

    return router


async def _shown(visit: Visit, status: int = 200, problem: str = "") -> Response:
    rows = await asyncio.to_thread(_waiting, visit)
    done = await asyncio.to_thread(settled_now, visit, (_GIVE, _DISMISS))
    return visit.page(
        "unmatched_reports", status, rows=rows, problem=problem, done=done, title=_title, shown_fields=SHOWN
    )


async def _settled(visit: Visit, name: str, report: str, settle: Callable[[int], None]) -> Response:
    if not (report.isascii() and report.isdecimal() and len(report) < 19):
        raise Problem(404, "no_such_report", "no such report waits here: it may have been dealt with already")

    async def do() -> Outcome:
        try:
            await asyncio.to_thread(settle, int(report))
        except NoSuchReport as problem:
            raise Problem(404, "no_such_report", str(problem)) from None
        except (CannotGive, Problem) as problem:
            return Outcome("refused", str(problem))
        return Outcome("done")

    outcome = await acted(visit, name, report, do, "")
    if not outcome.is_done:
        return await _shown(visit, 409, outcome.says)
    return visit.to(f"{ROOT}/partnermeldingen?gedaan={outcome.seq}")


def _title(each: UnmatchedReport) -> str:
    """What a report is about, in words; a status that we don't know as the partner wrote it."""
    if each.came_by == "remittance":
        return tr("a line of a remittance: {kind}", kind=tr(each.status.replace("_", " ")))
    known: Mapping[str, str] = {str(status): words for status, words in REPORTED.items()}
    return tr(known[each.status]) if each.status in known else each.status or tr("it can't be read")


def _waiting(visit: Visit) -> tuple[UnmatchedReport, ...]:
    with reading(visit.desk.inside.file.database) as session:
        return unmatched_reports(session)
