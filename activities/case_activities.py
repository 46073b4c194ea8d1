"""The activities of a case, on the case file and the gateways: what workflows call, and when it may act.

What they do stands beside: `advancing` records and decides, `sending` takes steps.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio import activity

from activities.advancing import Advancing
from activities.calling import Checkpoint
from activities.contracts import LOOP, AdvanceRequest, CaseActivities, StepRequest, Turn
from activities.fitting import fitted
from activities.sending import Sending, look_again
from activities.transactions import in_thread
from casefile.case_file import CaseFile
from domain.clock import REAL_TIME, Clock
from domain.views.readable import Readable
from services.correspondence.presses import Presses
from services.debtor_page.linking import PayPages
from services.ports import Channel, DossierBuilder, Gateway

__all__ = ["LONGEST_IN_QUEUE", "FileCaseActivities"]

_MOST_HANDED_BACK = 5
"""How often in a row a step is handed back for what the case was told meanwhile: a flood does not stop it for good."""

LONGEST_IN_QUEUE = timedelta(seconds=3)
"""How long a step may have waited in the queue where nobody can be asked what came meanwhile; doubled each time it is
handed back, or a slow worker never acted."""


@dataclass(frozen=True)
class FileCaseActivities(CaseActivities):
    """The activities on a case file and gateways.

    Attributes:
        file: The case file.
        gateways: The way out for each channel.
        dossier: Packs the dossier of a hand-off.
        threads: Where the transactions run.
        checkpoint: Told the name of each point of the send protocol, for tests that kill there.
        real_now: The real clock, for the age of an intent.
        seconds: A clock that only goes on, for how long a step has taken.
        told_meanwhile: Whether the case was told something since the step was scheduled that is not in its inbox yet.
        simulation: Whether the clock in a case's input is obeyed; outside a simulation nobody may set one.
        readable: What summaries, details and search attributes may tell: `all`, or `codes` and days only.
        pages: Makes the link to the debtor's page that a message carries; None: it carries none.
        reply_domain: Where answers to e-mails are taken in; None: their sender gets them.
        presses: Where letters on paper are printed.
    """

    file: CaseFile
    gateways: Mapping[Channel, Gateway]
    dossier: DossierBuilder
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "case-file"))
    checkpoint: Checkpoint = lambda point: None
    real_now: Callable[[], datetime] = lambda: datetime.now(UTC)
    seconds: Callable[[], float] = time.monotonic
    told_meanwhile: Callable[[activity.Info], Awaitable[bool]] | None = None
    simulation: bool = False
    readable: Readable = "all"
    pages: PayPages | None = None
    reply_domain: str | None = None
    presses: Presses = field(default_factory=Presses)

    # What workflows call -------------------------------------------------------------------------------

    @activity.defn(name="advance")
    async def advance(self, request: AdvanceRequest) -> Turn:
        """See the contract."""
        if self._obeys(request.clock):
            return _told(await in_thread(self.threads, self._advancing.advance, request), request.at)
        in_real_time = request.model_copy(update={"at": self.real_now(), "clock": REAL_TIME})
        turn = await in_thread(self.threads, self._advancing.advance, in_real_time)
        return _told(turn, in_real_time.at, real_time=True)

    @activity.defn(name="send_message")
    async def send_message(self, request: StepRequest) -> Turn:
        """See the contract."""
        return await self._step(request)

    @activity.defn(name="hand_off")
    async def hand_off(self, request: StepRequest) -> Turn:
        """See the contract."""
        return await self._step(request)

    @activity.defn(name="raise_task")
    async def raise_task(self, request: StepRequest) -> Turn:
        """See the contract."""
        return await self._step(request)

    @activity.defn(name="reconcile")
    async def reconcile(self, request: StepRequest) -> Turn:
        """See the contract."""
        return await self._step(request, reconciling=True)

    # When it may act -----------------------------------------------------------------------------------

    async def _step(self, request: StepRequest, *, reconciling: bool = False) -> Turn:
        began, limit, started = self.seconds(), activity.info().start_to_close_timeout, activity.info().started_time
        if await self._must_look_again(request):
            at = request.at if self._obeys(request.clock) else self.real_now()
            return _told(look_again(at), at)
        if not self._obeys(request.clock):
            request = request.model_copy(update={"at": started, "clock": REAL_TIME})
        now = max(request.at, request.clock.now(started))

        def over() -> datetime | None:
            """The moment it is by now, where the run waits for the step no longer and has gone on since."""
            gone = timedelta(seconds=self.seconds() - began)
            if limit is None or gone < limit:
                return None
            return max(now, request.clock.now(started + gone))

        return _told(await self._sending.take(request, now, over, reconciling=reconciling), now)

    async def _must_look_again(self, request: StepRequest) -> bool:
        """Whether what was known when the step was scheduled may be out of date, so that it is to be planned again.

        However long it waited: nothing was told since is nothing to wait for, and a morning when all wait would double.
        """
        if self.told_meanwhile is None or request.handed_back >= _MOST_HANDED_BACK:
            longest: timedelta = LONGEST_IN_QUEUE * 2 ** min(request.handed_back, 16)
            return _waited() > longest
        return await self.told_meanwhile(activity.info())

    def _obeys(self, clock: Clock) -> bool:
        return self.simulation or clock == REAL_TIME

    # Who does it ---------------------------------------------------------------------------------------

    @property
    def _advancing(self) -> Advancing:
        return Advancing(self.file, self.readable)

    @property
    def _sending(self) -> Sending:
        return Sending(
            self.file,
            self.gateways,
            self.dossier,
            self.threads,
            self.checkpoint,
            self.real_now,
            self._advancing,
            self.pages,
            reply_domain=self.reply_domain,
            presses=self.presses,
        )


def _waited() -> timedelta:
    """How long the step was in the queue before a worker took it."""
    info = activity.info()
    return info.started_time - info.current_attempt_scheduled_time


def _told(turn: Turn, now: datetime, *, real_time: bool = False) -> Turn:
    """The turn as the loop of today follows it, and as large as a history bears."""
    said: dict[str, object] = {"loop": LOOP}
    if turn.at is not None and turn.at <= now:
        said["due"] = True
    if real_time:
        said["real_time"] = True
    return fitted(turn).model_copy(update=said)
