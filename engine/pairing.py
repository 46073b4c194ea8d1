"""The case file and the namespace belong together: each keeps the id of the file, and how far it was.

A worker on another case file, an empty or an older one would take payments for unknown and letters for unsent. It
refuses to start, and names both. Where the namespace can't keep its part, the running cases are looked at all the
same, and each case still guards itself (`activities.file_identity`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import DatabaseError, OperationalError
from temporalio.client import Client
from temporalio.service import RPCError

from casefile.case_file import CaseFile
from casefile.database import shown_url
from casefile.identity import Identity, NoIdentity, accept_in_place, identity_of, known_ids
from casefile.opening import is_new
from casefile.whereabouts import whereabouts
from engine.namespace_memory import Kept, NamespaceMemory, NotReadable

__all__ = ["Pairing", "WrongCaseFile", "check_before_beginning"]

_SHOWN = 3
"""Most case ids that a refusal names."""
_WHAT_TO_DO = (
    "put the right file back or set MAANWERK_DATABASE; to go on with this one on purpose, "
    "read Restore in docs/runbook.md, then start once with --accept-case-file"
)


class WrongCaseFile(RuntimeError):
    """The case file is not the one that the cases of this namespace live on; one line that names both."""

    def __init__(self, problem: str) -> None:
        """Say what is wrong.

        Args:
            problem: What is wrong; what to do is added.
        """
        super().__init__(f"{problem}: {_WHAT_TO_DO}")


async def check_before_beginning(client: Client, database: str, task_queue: str) -> None:
    """Look whether a new case file may be begun: not where the namespace belongs to one that is only away.

    Args:
        client: A client on the namespace.
        database: URL of the case file.
        task_queue: Task queue of the cases.

    Raises:
        WrongCaseFile: there is no case file, and the namespace belongs to one; nothing was made.
        TemporalUnreachable: Temporal can't tell.
    """
    if not is_new(database):
        return
    memory = NamespaceMemory(client, task_queue)
    try:
        kept = await memory.kept_if_told()
    except NotReadable as problem:
        raise WrongCaseFile(str(problem)) from None
    if kept is not None:
        raise WrongCaseFile(
            f"there is nothing in {shown_url(database)}, and {memory.name} "
            f"belongs to the case file {kept.id}, whose sequence was {kept.sequence}"
        )


@dataclass
class Pairing:
    """A case file and a namespace.

    Attributes:
        client: A client on the namespace.
        file: The case file.
        task_queue: Task queue of the cases.
        real_now: The real clock.
        memory: What the namespace keeps.
    """

    client: Client
    file: CaseFile
    task_queue: str
    real_now: Callable[[], datetime] = lambda: datetime.now(UTC)
    memory: NamespaceMemory = field(init=False)

    def __post_init__(self) -> None:
        """One memory for all that is asked, so that it complains once."""
        self.memory = NamespaceMemory(self.client, self.task_queue)

    async def check(self) -> None:
        """Hold the two against each other; where both are new, or Temporal is, they become a pair.

        Raises:
            WrongCaseFile: they don't belong together, or the file is an older copy.
            TemporalUnreachable: Temporal can't tell.
        """
        # In this order: others may be at work, and what the namespace knows of the file was in it before.
        try:
            kept = await self.memory.kept_if_told()
        except NotReadable as problem:
            raise WrongCaseFile(str(problem)) from None
        running = await self.memory.running_if_told()
        own = await asyncio.to_thread(self._own)
        unlike = self._unlike(own, kept) or await asyncio.to_thread(self._lacks, own, running)
        if unlike is not None:
            raise WrongCaseFile(unlike)
        await self.keep()

    async def accept(self) -> None:
        """Make this file the one of this namespace, whatever was there before.

        Raises:
            TemporalUnreachable: Temporal can't tell.
        """
        try:
            kept = await self.memory.kept_if_told()
        except NotReadable:
            kept = None
        own = await asyncio.to_thread(self._accepted, 0 if kept is None else kept.epoch)
        structlog.get_logger("maanwerk.worker").warning(
            "case_file_accepted", case_file=own.id, sequence=own.sequence, before=None if kept is None else kept.id
        )
        await self.memory.keep(self._kept(own))

    async def keep(self) -> None:
        """Let the namespace know how far the file is; what it keeps is never lowered.

        Raises:
            WrongCaseFile: meanwhile another file was accepted in the place of this one, or this one was put back.
        """
        try:
            kept = await self.memory.kept()
        except RPCError as problem:
            self.memory.complain(problem.message)
            return
        except NotReadable as problem:
            raise WrongCaseFile(str(problem)) from None
        own = await asyncio.to_thread(self._own)
        unlike = self._unlike(own, kept)
        if unlike is not None:
            raise WrongCaseFile(unlike)
        mine = self._kept(own)
        if kept is None or (own.epoch, own.sequence) > (kept.epoch, kept.sequence) or _moved(mine, kept):
            await self.memory.keep(mine)

    def _kept(self, own: Identity) -> Kept:
        """What the namespace is to keep: which file, how far it is, and where."""
        return Kept(own.id, own.epoch, own.sequence, *whereabouts(self.file.database.url))

    def _unlike(self, own: Identity, kept: Kept | None) -> str | None:
        """Why the file is not the one that the namespace keeps; None when it is."""
        if kept is None:
            return None
        if own.id != kept.id:
            empty = ", with no case in it" if own.cases == 0 else ""
            return f"{self._file} is {own.id}{empty}, and {self.memory.name} belongs to the case file {kept.id}"
        if own.epoch < kept.epoch:
            return (
                f"{self._file} ({own.id}, sequence {own.sequence}) is a copy from before the case file was last "
                f"accepted, and {self.memory.name} has seen it since, up to sequence {kept.sequence}"
            )
        if own.epoch == kept.epoch and own.sequence < kept.sequence:
            return (
                f"{self._file} ({own.id}) is an older copy: its sequence is {own.sequence}, and "
                f"{self.memory.name} has seen {kept.sequence}"
            )
        return None

    def _lacks(self, own: Identity, running: Mapping[str, bool]) -> str | None:
        """Which running cases the file should have and does not; None when it has them all."""
        with self.file.read() as transaction:
            lacking = running.keys() - set(transaction.cases.ids())
            strangers = known_ids(transaction) if lacking else frozenset()
        # A message to a mistyped case starts a run that waits: only one that was decided on was ever in a case file.
        if own.cases:
            missing = sorted(case_id for case_id in lacking if running[case_id])
        else:
            missing = sorted(case_id for case_id in lacking if running[case_id] or case_id not in strangers)
        if not missing:
            return None
        some = ", ".join(missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
        state = "has no case in it" if own.cases == 0 else f"lacks {len(missing)} of the running cases ({some})"
        return f"{self._file} ({own.id}) {state}, and {self.memory.name} has {len(running)} running cases"

    def _own(self) -> Identity:
        try:
            with self.file.read() as transaction:
                return identity_of(transaction)
        except NoIdentity as problem:
            raise WrongCaseFile(str(problem)) from None
        except OperationalError:
            raise  # It does not answer: it may be the right one.
        except DatabaseError as problem:
            raise WrongCaseFile(f"{self._file} can't be read ({problem.orig})") from None

    def _accepted(self, epoch: int) -> Identity:
        with self.file.write() as transaction:
            own = identity_of(transaction)
            accept_in_place(transaction, max(int(self.real_now().timestamp()), own.epoch + 1, epoch + 1))
            return identity_of(transaction)

    @property
    def _file(self) -> str:
        return f"the case file {self.file.database.shown}"


def _moved(mine: Kept, kept: Kept) -> bool:
    """Whether the namespace keeps another place for the file; of a server each client may have a name of its own."""
    if mine.file or kept.file:
        return (mine.where, mine.file) != (kept.where, kept.file)
    return not kept.where
