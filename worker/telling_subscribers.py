"""Telling other systems what happens to cases: the worker sends what stands in the case file, until it is taken.

Each subscriber is told on its own, some cases at once, and of one case one event after the other. A worker that is
killed meanwhile has not written down what became of some tries: they are made again, under the same ids.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError

from casefile.case_file import CaseFile
from casefile.outgoing_events import OutgoingEvent, Tried, forget_delivered, take_up, write_tries
from casefile.subscribers import set_subscribers, stop_subscriber, stopped_subscribers
from config.settings import Settings
from gateways.subscribers.posting import SECONDS, Answer, Subscriber

__all__ = ["AGAIN_AFTER", "TellingSubscribers", "told_by"]

AGAIN_AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each try the next one comes: over three days in all, as the specification shows it. Then a person."""

_LOOK_SECONDS = 1.0
_AT_ONCE = 16
_TAKEN_FOR = timedelta(seconds=3 * SECONDS)
"""How long a try may take; after that whoever looks tries again."""
_LONGEST_PAUSE = 300.0
_KEPT_FOR, _FORGET_SECONDS = timedelta(days=30), 3600.0


@dataclass
class _Standing:
    """How a subscriber stands: where it takes nothing it is asked once in a while, by one event."""

    failures: int = 0
    pause: float = 0.0


@dataclass
class TellingSubscribers:
    """Tells them again and again.

    Attributes:
        file: The case file.
        subscribers: Who is told.
        now: The real clock.
        spread: A number from 0 to 1, by which a wait is made up to a tenth longer: so not all come again at once.
        look_seconds: How often it looks by itself.
        taken_for: How long a try may take.
        checkpoint: Told the name of each point between two writes, for tests that kill there.
    """

    file: CaseFile
    subscribers: Sequence[Subscriber]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    spread: Callable[[], float] = random.random
    look_seconds: float = _LOOK_SECONDS
    taken_for: timedelta = _TAKEN_FOR
    checkpoint: Callable[[str], None] = lambda point: None
    _standing: dict[str, _Standing] = field(default_factory=dict)

    async def keep_telling(self) -> None:
        """Tell them until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_forgetting())
            for subscriber in self.subscribers:
                group.create_task(self._keep_telling(subscriber))

    async def _keep_telling(self, subscriber: Subscriber) -> None:
        log = structlog.get_logger("maanwerk.worker")
        while True:
            told = 0
            try:
                told = await self.look(subscriber)
            except OperationalError as problem:
                log.warning("subscribers_not_told", subscriber=subscriber.name, reason=str(problem.orig))
            except Exception as problem:
                # The next look must come, whatever this was; what was to be told waits still, and is seen.
                log.error("subscribers_not_told", subscriber=subscriber.name, reason=type(problem).__name__)
            pause = self._of(subscriber).pause
            if pause or not told:
                await asyncio.sleep(max(pause, self.look_seconds))

    async def look(self, subscriber: Subscriber) -> int:
        """Tell a subscriber what there is for it, at most one event of each case; how many were taken."""
        events = await asyncio.to_thread(self._taken_up, subscriber)
        if not events:
            return 0
        self.checkpoint("before_telling")
        answers = await asyncio.gather(*(subscriber.tell(each.id, each.body) for each in events))
        self.checkpoint("after_telling")
        await asyncio.to_thread(self._written_down, subscriber, events, answers)
        self.checkpoint("after_writing")
        return sum(answer.taken for answer in answers)

    def _of(self, subscriber: Subscriber) -> _Standing:
        return self._standing.setdefault(subscriber.name, _Standing())

    def _taken_up(self, subscriber: Subscriber) -> tuple[OutgoingEvent, ...]:
        if subscriber.name in stopped_subscribers(self.file):
            return ()
        now = self.now()
        most = 1 if self._of(subscriber).failures else _AT_ONCE
        return take_up(self.file, subscriber.name, now, now + self.taken_for, most)

    def _written_down(self, subscriber: Subscriber, events: Sequence[OutgoingEvent], answers: Sequence[Answer]) -> None:
        log = structlog.get_logger("maanwerk.worker")
        at = self.now()
        tries = [self._tried(event, answer, at) for event, answer in zip(events, answers, strict=True)]
        write_tries(self.file, tries, at)
        if any(answer.gone for answer in answers):
            stop_subscriber(self.file, subscriber.name, "it wants no more events (410)", at)
            log.error("subscriber_wants_no_more", subscriber=subscriber.name)
        for each in tries:
            if each.outcome == "set_aside":
                log.error("event_set_aside", subscriber=subscriber.name, event_id=each.event.id, reason=each.problem)
        standing = self._of(subscriber)
        if all(not answer.busy for answer in answers) or any(answer.taken for answer in answers):
            standing.failures, standing.pause = 0, 0.0
            return
        standing.failures += 1
        asked = max((answer.retry_after or timedelta(0) for answer in answers), default=timedelta(0)).total_seconds()
        standing.pause = max(min(2.0 ** (standing.failures - 1), _LONGEST_PAUSE), min(asked, _LONGEST_PAUSE))
        reason = next(answer.problem for answer in answers if answer.busy)
        log.warning("subscriber_does_not_take", subscriber=subscriber.name, reason=reason, pause=standing.pause)

    def _tried(self, event: OutgoingEvent, answer: Answer, at: datetime) -> Tried:
        if answer.taken:
            return Tried(event, "delivered")
        if answer.gone:
            return Tried(event, again_at=at, problem=answer.problem, counts=False)
        if event.tries >= len(AGAIN_AFTER):
            return Tried(event, "set_aside", problem=answer.problem)
        wait = AGAIN_AFTER[event.tries] * (1 + 0.1 * self.spread())
        return Tried(event, again_at=at + max(wait, answer.retry_after or wait), problem=answer.problem)

    async def _keep_forgetting(self) -> None:
        while True:
            try:
                await asyncio.to_thread(forget_delivered, self.file, self.now() - _KEPT_FOR)
            except OperationalError as problem:
                log = structlog.get_logger("maanwerk.worker")
                log.warning("delivered_events_not_forgotten", reason=str(problem.orig))
            await asyncio.sleep(_FORGET_SECONDS)


def told_by(settings: Settings, file: CaseFile) -> TellingSubscribers:
    """Who tells the subscribers that the settings name; from now on what happens is written down for these alone.

    Args:
        settings: The deployment's settings.
        file: The case file.
    """
    places = settings.subscriber_places
    wanted = {place.name: (place.host, settings.subscriber_kinds) for place in places}
    set_subscribers(file, wanted, datetime.now(UTC))
    return TellingSubscribers(file, tuple(Subscriber(place.name, place.url, place.keys) for place in places))
