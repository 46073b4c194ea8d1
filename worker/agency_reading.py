"""Bringing in what partners report: asking their lists, looking into their folders, and telling the cases.

What is read is kept before anything else is done with it, together with how far was read: a worker that is killed reads
again from there, and what it had told nobody yet is told.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import OperationalError
from temporalio.service import RPCError

from casefile.agency_reports import ReturnFile, cursor_of, keep_reports, was_taken
from casefile.case_file import CaseFile
from casefile.parties import creditor_names
from casefile.session import reading
from domain.handoffs.channels import ASKED
from domain.handoffs.partners import Partner
from domain.handoffs.reports import Report, UnreadableReport
from domain.parties import Creditor
from intake.agency_returns import BadReturnFile, read_return_file
from services.agencies.telling import tell_reported
from services.ports import AgencyEvents, AgencyFiles, CannotReadNow, Unreadable
from worker.agency_ways import NotSetUp, WayOf

__all__ = ["AgencyReading", "kept_report"]

_LOOK_SECONDS = 15.0
_NUDGE_SECONDS = 5.0
_MOST_PAGES = 50
_LONGEST_PAUSE = timedelta(minutes=30)


class Wakes(Protocol):
    """Wakes cases, as `engine.dispatcher.Dispatcher` does."""

    async def nudge(self, case_id: str) -> None:
        """Make a case look into its inbox."""
        ...


@dataclass
class AgencyReading:
    """Reads again and again.

    Attributes:
        file: The case file.
        way: Gives the way to a partner.
        wakes: Wakes the cases that were told something.
        poll_seconds: How often a partner is asked.
        now: The real clock.
        of_cases: The clock of the cases, where it is another one.
        checkpoint: Told the name of each point between two writes, for tests that kill there.
    """

    file: CaseFile
    way: WayOf
    wakes: Wakes
    poll_seconds: float = 60.0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    of_cases: Callable[[], datetime] | None = None
    checkpoint: Callable[[str], None] = lambda point: None
    _rung: asyncio.Event = field(default_factory=asyncio.Event)
    _next: dict[str, datetime] = field(default_factory=dict)
    _failed: dict[str, int] = field(default_factory=dict)

    def ring(self) -> None:
        """Somebody posted a report."""
        self._rung.set()

    async def keep_reading(self) -> None:
        """Read until cancelled."""
        log = structlog.get_logger("maanwerk.worker")
        while True:
            self._rung.clear()
            try:
                await self.look()
            except OperationalError as problem:
                log.warning("agency_reports_not_read", reason=str(problem.orig))
            except Exception as problem:
                # The next look must come, whatever this was; what it was about is kept still, and seen.
                log.error("agency_reports_not_read", reason=type(problem).__name__)
            try:
                async with asyncio.timeout(min(_LOOK_SECONDS, self.poll_seconds)):
                    await self._rung.wait()
            except TimeoutError:
                pass

    async def look(self) -> tuple[str, ...]:
        """Ask who is to be asked now, then tell the cases; returns the ids of those told."""
        for creditor, partner in await asyncio.to_thread(self._partners):
            if self._next.get(partner.id, datetime.min.replace(tzinfo=UTC)) <= self.now():
                await self._ask(creditor, partner)
        self.checkpoint("after_keeping")
        told = await asyncio.to_thread(tell_reported, self.file, self.now, self.of_cases)
        self.checkpoint("after_telling")
        await asyncio.gather(*(self._nudge(case_id) for case_id in told))
        return told

    def _partners(self) -> tuple[tuple[Creditor, Partner], ...]:
        """Partners of whom something can be read, each once: one of several creditors has one account with us."""
        found: dict[str, tuple[Creditor, Partner]] = {}
        with self.file.read() as transaction:
            for own in creditor_names(transaction.session):
                creditor = transaction.parties.creditor(own)
                for partner in creditor.partners:
                    has_files = partner.sftp is not None and partner.sftp.returns is not None
                    if partner.channel in ASKED or (partner.channel == "sftp" and has_files):
                        found.setdefault(partner.id, (creditor, partner))
        return tuple(found.values())

    async def _ask(self, creditor: Creditor, partner: Partner) -> None:
        log = structlog.get_logger("maanwerk.worker")
        pause = timedelta(seconds=self.poll_seconds)
        try:
            way = await asyncio.to_thread(self.way, creditor, partner)
            if partner.channel == "sftp":
                await self._files(partner.id, way)  # type: ignore[arg-type]
            else:
                await self._events(partner.id, way)  # type: ignore[arg-type]
        except (NotSetUp, Unreadable, CannotReadNow) as problem:
            self._failed[partner.id] = self._failed.get(partner.id, 0) + 1
            pause = min(pause * (1 << min(self._failed[partner.id], 10)), max(pause, _LONGEST_PAUSE))
            if isinstance(problem, CannotReadNow) and problem.retry_after is not None:
                pause = max(pause, problem.retry_after)
            log.warning("agency_not_read", partner=partner.id, reason=str(problem))
        else:
            self._failed.pop(partner.id, None)
        self._next[partner.id] = self.now() + pause

    async def _events(self, partner: str, events: AgencyEvents) -> None:
        cursor = await asyncio.to_thread(self._cursor, partner)
        for _ in range(_MOST_PAGES):
            page = await events.since(cursor)
            self.checkpoint("before_keeping")
            kept = [kept_report(each) for each in page.events]
            if kept or page.cursor != cursor:
                at = self.now()
                await asyncio.to_thread(keep_reports, self.file, partner, "polling", kept, at, cursor=page.cursor)
            if not page.more or page.cursor == cursor:
                return
            cursor = page.cursor

    async def _files(self, partner: str, files: AgencyFiles) -> None:
        for each in await files.returned():
            digest = hashlib.sha256(each.content).hexdigest()
            if await asyncio.to_thread(self._was_taken, partner, digest):
                continue
            try:
                reports = [(r.kept_as, r.written()) for r in read_return_file(each.content).reports]
            except (BadReturnFile, UnreadableReport) as problem:
                # Kept as what can't be read, so that people see it; the file that is mended has another hash.
                reports = [(f"file:{digest[:32]}", json.dumps({"file": each.name, "problem": str(problem)}))]
            taken = ReturnFile(digest, each.name)
            await asyncio.to_thread(keep_reports, self.file, partner, "file", reports, self.now(), taken=taken)

    def _cursor(self, partner: str) -> str | None:
        with reading(self.file.database) as session:
            return cursor_of(session, partner)

    def _was_taken(self, partner: str, digest: str) -> bool:
        with reading(self.file.database) as session:
            return was_taken(session, partner, digest)

    async def _nudge(self, case_id: str) -> None:
        try:
            async with asyncio.timeout(_NUDGE_SECONDS):
                await self.wakes.nudge(case_id)
        except (RPCError, TimeoutError) as problem:
            # It has it in its inbox: a sweep delivers it.
            structlog.get_logger("maanwerk.worker").warning("case_not_told_yet", reason=type(problem).__name__)


def kept_report(written: Mapping[str, object]) -> tuple[str, str]:
    """What an event is kept as, and its JSON; one that is no report is kept as it is, and shown to people."""
    try:
        report = Report.of(written)
        return report.kept_as, report.written()
    except UnreadableReport:
        text = json.dumps(written, sort_keys=True)[:100_000]
        return f"unreadable:{hashlib.sha256(text.encode()).hexdigest()[:32]}", text
