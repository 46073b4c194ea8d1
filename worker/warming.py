"""What a worker makes ready before it takes its first case.

The first letter of a process waits until the templates, words and figures of its language are read, its statements are
built and its connection is open; on a morning sixteen wait for that at once. So the letters that are due first are
rehearsed, one of each kind: made as their step will make them, and thrown away. Nothing is written, and nothing leaves.
What is planned later, of an import say, is rehearsed when somebody looks again.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog

from activities.intending import Intending
from casefile.case_file import CaseFile
from casefile.due_first import DueFirst, Kind, due_first
from casefile.opening import open_connections
from casefile.surroundings import surroundings_of
from domain.reactions.react import react
from gateways.dossier import build_dossier
from services.debtor_page.linking import PayPages

__all__ = ["Rehearsals", "made_ready"]

_AT_ONCE = 4
"""How many steps a worker takes at once (`activities.case_activities`): each needs a connection."""
_LOOK_SECONDS = 60.0
_LONGEST_SECONDS = 2.0
"""After so long no other letter is begun: cases wait meanwhile. The next look goes on."""


@asynccontextmanager
async def made_ready(
    file: CaseFile, public_url: str | None, reply_domain: str | None, *, look_seconds: float = _LOOK_SECONDS
) -> AsyncIterator[None]:
    """Make ready before the worker within begins, and go on looking for letters of another kind while it works.

    Args:
        file: The case file.
        public_url: As `worker.case_worker` has it.
        reply_domain: As it has it.
        look_seconds: Time between two looks.
    """
    pages = None if public_url is None else PayPages(public_url, lambda: datetime.now(UTC))
    rehearsals = Rehearsals(file, pages, reply_domain)
    began = time.monotonic()
    letters = await asyncio.to_thread(rehearsals.begin)
    seconds = round(time.monotonic() - began, 3)
    structlog.get_logger("maanwerk.worker").info("worker_made_ready", letters=letters, seconds=seconds)
    looking = asyncio.create_task(rehearsals.keep_looking(look_seconds))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


@dataclass
class Rehearsals:
    """Rehearses one letter of each kind; what can't be made is said, and left to its step.

    Attributes:
        file: The case file, which is only read.
        pages: As the steps have it.
        reply_domain: As the steps have it.
        now: The clock of the cases.
    """

    file: CaseFile
    pages: PayPages | None = None
    reply_domain: str | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _known: set[Kind] = field(default_factory=set)

    def begin(self) -> int:
        """Open the connections that steps need, and rehearse; returns how many letters were.

        What is there then stays: Python looks through it no more for what could go, which stops all steps for a tenth
        of a second.
        """
        try:
            open_connections(self.file.database, _AT_ONCE)
        except Exception as problem:
            # Whatever it is, the worker meets it again, where it is said what is to be done.
            structlog.get_logger("maanwerk.worker").warning("no_connections_yet", reason=type(problem).__name__)
        letters = self.rehearse()
        gc.freeze()
        return letters

    async def keep_looking(self, seconds: float) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self.rehearse)

    def rehearse(self, longest_seconds: float = _LONGEST_SECONDS) -> int:
        """Rehearse the letters that are due first, of kinds that were not yet; returns how many there were.

        Args:
            longest_seconds: After so long no other letter is begun.
        """
        began, letters = time.monotonic(), 0
        log = structlog.get_logger("maanwerk.worker")
        try:
            with self.file.read() as transaction:
                first = due_first(transaction)
        except Exception as problem:
            log.warning("letters_not_rehearsed", reason=type(problem).__name__)
            return 0
        for each in first:
            if each.kind in self._known:
                continue
            if time.monotonic() - began > longest_seconds:
                break
            self._known.add(each.kind)
            try:
                letters += self._rehearsed(each)
            except Exception as problem:
                # Its own step raises it again, where it is seen.
                log.warning("letter_not_rehearsed", case_id=each.case_id, reason=type(problem).__name__)
        return letters

    def _rehearsed(self, due: DueFirst) -> bool:
        """Whether there was a letter, which was made as it will be when it is due."""
        now = self.now()
        at = now if due.at is None else max(now, due.at)
        with self.file.read() as transaction:
            loaded = transaction.cases.load(due.case_id)
            around = surroundings_of(transaction, loaded)
            reaction = react(loaded.case, loaded.policy, around, at)
            if reaction.decision.at is not None and reaction.decision.at > at:
                at = reaction.decision.at
                reaction = react(loaded.case, loaded.policy, around, at)
            decision = reaction.decision
            if decision.action not in ("send", "hand_off") or decision.at is None or decision.at > at:
                return False
            loaded = replace(loaded, case=reaction.case)
            intending = Intending(transaction, at, now, self.pages, reply_domain=self.reply_domain)
            intending.rehearse(loaded, decision, around, build_dossier)
        return True
