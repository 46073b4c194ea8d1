"""Reading what payment providers posted: the worker has the keys to ask them, and books what they told.

Events are read in order of arrival. What follows from one is written in the transaction in which it is marked as read,
so that a worker killed at any moment leaves it wholly read or not at all.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import OperationalError
from temporalio.service import RPCError

from casefile.case_file import CaseFile, Transaction
from casefile.database import is_database_failure
from casefile.payment_links import links_proved_by
from casefile.provider_events import KeptEvent, forget_made_up, mark_read, next_unread, put_off
from casefile.session import reading
from domain.provider_money import PaymentReport
from services.ports import CannotReadNow, PaymentReader, Unreadable
from services.provider_money.finding import LinkLookup, linked_cases
from services.provider_money.recording import record_reports

__all__ = ["LOOK_SECONDS", "ProviderReading"]

LOOK_SECONDS = 5.0
"""How often it looks by itself; a ring makes it look at once."""

_AT_ONCE = 50
"""Events of one look: they are booked in one transaction, which keeps others from writing for as long."""
_NUDGE_SECONDS = 5.0
_MADE_UP_KEPT = timedelta(hours=2)
"""How long it is remembered that somebody posted an id that the provider does not know."""
_ASLEEP_SECONDS = 15.0
"""How long nobody is woken after a time when nobody could be."""
_FIRST_AGAIN, _LAST_AGAIN = timedelta(seconds=30), timedelta(minutes=30)


class Wakes(Protocol):
    """Wakes cases, as `engine.dispatcher.Dispatcher` does."""

    async def nudge(self, case_id: str) -> None:
        """Make a case look into its inbox."""
        ...


@dataclass(slots=True)
class _Read:
    """What became of asking about one event, before anything is written."""

    event: KeptEvent
    reports: tuple[PaymentReport, ...] = ()
    unreadable: str = ""
    later: CannotReadNow | None = None


@dataclass
class ProviderReading:
    """Reads again and again.

    Attributes:
        file: The case file.
        readers: The reader of each provider, by the name under which its events are kept.
        wakes: Wakes the cases that were told something.
        links: Finds the case of a payment that we asked for ourselves.
        now: The real clock.
        look_seconds: How often it looks by itself.
        checkpoint: Told the name of each point between two writes, for tests that kill there.
    """

    file: CaseFile
    readers: Mapping[str, PaymentReader]
    wakes: Wakes
    links: LinkLookup = linked_cases
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    look_seconds: float = LOOK_SECONDS
    checkpoint: Callable[[str], None] = lambda point: None
    _rung: asyncio.Event = field(default_factory=asyncio.Event)
    _forgotten: datetime | None = None
    _asleep_until: float = 0.0

    def ring(self) -> None:
        """There is something to read."""
        self._rung.set()

    async def keep_reading(self) -> None:
        """Read until cancelled."""
        log = structlog.get_logger("maanwerk.worker")
        while True:
            self._rung.clear()
            try:
                while await self.look():
                    pass
            except OperationalError as problem:
                log.warning("provider_events_not_read", reason=str(problem.orig))
            except Exception as problem:
                # The next look must come, whatever this was; what it was about is unread still, and seen as that.
                log.error("provider_events_not_read", reason=type(problem).__name__)
            try:
                async with asyncio.timeout(self.look_seconds):
                    await self._rung.wait()
            except TimeoutError:
                pass

    async def look(self) -> int:
        """Read what is there, once; how many events were looked at."""
        events = await asyncio.to_thread(self._unread)
        if not events:
            return 0
        read: list[_Read] = []
        away: set[str] = set()
        for each in events:
            # Who did not answer just now keeps the events of the others waiting no second time.
            if each.provider not in away:
                read.append(await asyncio.to_thread(self._ask, each))
                away |= {each.provider} if read[-1].later is not None else set()
        self.checkpoint("before_booking")
        told = await asyncio.to_thread(self._book, read)
        self.checkpoint("after_booking")
        await self._wake(told)
        return len(events)

    def _unread(self) -> tuple[KeptEvent, ...]:
        if not self.readers:
            return ()
        with reading(self.file.database) as session:
            return next_unread(session, self.now(), tuple(self.readers), _AT_ONCE)

    def _ask(self, event: KeptEvent) -> _Read:
        """Read an event, and ask its provider where that is needed: in no transaction."""
        try:
            return _Read(event, self.readers[event.provider].read(event.body, event.about))
        except Unreadable as problem:
            return _Read(event, unreadable=str(problem))
        except CannotReadNow as problem:
            return _Read(event, later=problem)
        except Exception as problem:
            # A mistake of ours: it is kept and shown, and the others are read.
            return _Read(event, unreadable=f"it could not be read: {type(problem).__name__}")

    def _book(self, read: Sequence[_Read]) -> tuple[str, ...]:
        log = structlog.get_logger("maanwerk.worker")
        told: dict[str, None] = {}
        with self.file.write() as transaction:
            if self._forgotten is None or self.now() - self._forgotten >= _MADE_UP_KEPT / 2:
                self._forgotten = self.now()
                forget_made_up(transaction, self.now() - _MADE_UP_KEPT)
            for each in read:
                at = self.now()
                if each.later is not None:
                    put_off(transaction, each.event, at + _again(each.event, each.later), str(each.later))
                    log.warning("provider_does_not_answer", provider=each.event.provider, reason=str(each.later))
                    continue
                told.update(dict.fromkeys(self._one(transaction, each, at)))
        return tuple(told)

    def _one(self, transaction: Transaction, read: _Read, at: datetime) -> tuple[str, ...]:
        """Write what follows from an event, and that it was read: all of it or nothing."""
        problem = read.unreadable
        if not problem:
            try:
                with transaction.savepoint():
                    told = record_reports(transaction, _named(transaction, read), at, self.links)
                    # Where it came again meanwhile, what is known now is booked, and it is read once more.
                    mark_read(transaction, read.event, "read" if read.reports else "nothing", at)
                    return told
            except Exception as error:
                if is_database_failure(error):
                    raise
                problem = f"it could not be booked: {type(error).__name__}"
        structlog.get_logger("maanwerk.worker").error(
            "provider_event_unreadable", provider=read.event.provider, reason=problem
        )
        mark_read(transaction, read.event, "unreadable", at, problem)
        return ()

    async def _wake(self, case_ids: Sequence[str]) -> None:
        """Wake cases, all at once; where none could be, those that come soon after are left to a sweep.

        While Temporal is away each of them takes its whole time: what is told meanwhile is to be read all the same.
        """
        loop = asyncio.get_running_loop()
        if not case_ids or loop.time() < self._asleep_until:
            return
        reasons = await asyncio.gather(*(self._nudge(case_id) for case_id in case_ids))
        failed = Counter(reason for reason in reasons if reason)
        if failed:
            log = structlog.get_logger("maanwerk.worker")
            # They have it in their inbox: a sweep delivers it.
            log.warning("cases_not_told_yet", cases=failed.total(), reason=failed.most_common(1)[0][0])
        if failed.total() == len(case_ids):
            self._asleep_until = loop.time() + _ASLEEP_SECONDS

    async def _nudge(self, case_id: str) -> str:
        """Wake a case; why it could not be, else nothing."""
        try:
            async with asyncio.timeout(_NUDGE_SECONDS):
                await self.wakes.nudge(case_id)
        except (RPCError, TimeoutError) as problem:
            return type(problem).__name__
        return ""


def _named(transaction: Transaction, read: _Read) -> tuple[PaymentReport, ...]:
    """What was told, with the payment link that the event proved to be about."""
    if not read.event.link:
        return read.reports
    link = links_proved_by(transaction.session, [read.event.link]).get(read.event.link)
    if link is None:
        return read.reports
    return tuple(replace(each, aliases=(*each.aliases, link.name)) for each in read.reports)


def _again(event: KeptEvent, why: CannotReadNow) -> timedelta:
    """How long to leave an event whose provider does not answer: twice as long each time."""
    wait = min(_FIRST_AGAIN * (1 << min(event.tries, 10)), _LAST_AGAIN)
    return max(wait, why.retry_after or wait)
