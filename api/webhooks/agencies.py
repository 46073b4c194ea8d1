"""`POST /webhooks/agencies/{partner}`: what a partner reports of the cases that he took over, signed by him."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from api.webhooks.bodies import body_of
from casefile.agency_reports import keep_reports
from casefile.case_file import CaseFile
from domain.handoffs.reports import Report, UnreadableReport
from gateways.agencies.signature import is_partners

__all__ = ["AGENCY_REPORTS", "agency_reports"]

AGENCY_REPORTS = "agency_reports"
"""What is rung where a partner reported something: no case is called so."""

_LARGEST_BODY = 1_000_000
_MOST_REPORTS = 500


def agency_reports(
    secrets: Mapping[str, Sequence[str]], file: CaseFile, ring: Callable[[str], None], now: Callable[[], datetime]
) -> APIRouter:
    """The route.

    Args:
        secrets: The secrets of each partner, by his id.
        file: The case file.
        ring: Told that there is something to read.
        now: The real clock.
    """
    router = APIRouter()
    log = structlog.get_logger("maanwerk.api")

    def refused(partner: str, status: int, reason: str) -> Response:
        log.warning("agency_report_refused", partner=partner, status=status, reason=reason)
        return Response(reason + "\n", status, media_type="text/plain")

    @router.post("/webhooks/agencies/{partner}")
    async def receive(request: Request, partner: str) -> Response:
        """Store a report, or a list of them; 401 where the partner did not sign it within five minutes of now."""
        body = await body_of(request, _LARGEST_BODY)
        own = secrets.get(partner, ())
        if body is None:
            return refused("", 413, f"the body is larger than {_LARGEST_BODY} bytes")
        if not is_partners(body, request.headers, own, now()):
            # The name is anybody's until somebody has proved it: it is not written down.
            return refused(
                partner if own else "", 401, "the signature is not that of this partner, or not of this moment"
            )
        try:
            reports = _read(body)
        except UnreadableReport as problem:
            return refused(partner, 422, str(problem))
        try:
            new = await asyncio.to_thread(keep_reports, file, partner, "webhook", reports, now())
        except SQLAlchemyError as problem:
            log.warning("agency_reports_failed", reason=type(problem).__name__)
            # The partner brings them again.
            return Response("the case file does not answer\n", 503, media_type="text/plain")
        ring(AGENCY_REPORTS)
        log.info("agency_reports", partner=partner, kept=new, known=len(reports) - new)
        return Response(status_code=204)

    return router


def _read(body: bytes) -> list[tuple[str, str]]:
    """What each report is kept as, and its JSON.

    Raises:
        UnreadableReport: the body holds none, or one that is none: then nothing of it is taken.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableReport("the body is no JSON") from None
    several = told.get("events") if isinstance(told, dict) and "events" in told else [told]
    if not isinstance(several, list) or not 0 < len(several) <= _MOST_REPORTS:
        raise UnreadableReport(f"events is to be a list of 1 to {_MOST_REPORTS} reports")
    return [(report.kept_as, report.written()) for report in map(Report.of, several)]
