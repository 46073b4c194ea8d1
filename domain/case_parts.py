"""Parts of a case: its holds, the work it asks of people, and an approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.blockers import HoldKind, Stop
from domain.facts import CallLogged, WithoutNotice
from domain.quick_records import quick
from domain.replacing import replace
from domain.tasks import is_call_task

CASE_CLOSED = "case closed"
"""Outcome of a task that nobody finished: the closing of the case did away with it."""


@quick
@dataclass(frozen=True, slots=True)
class Hold:
    """A reason why the ladder stands still, from `since` up to and not including `end`.

    Attributes:
        until: First free day as announced; None when open-ended.
        lifted: Day on which it was ended by a person.
        of: The promise, settlement or the like that it is about, by its id.
        id: Id of the fact that placed it.
        about: What it is about, as a code.
    """

    kind: HoldKind
    since: date
    until: date | None
    lifted: date | None = None
    actor: str = ""
    of: str = ""
    id: str = ""
    about: str = ""

    @property
    def end(self) -> date | None:
        """First day that is free again, None while nobody knows."""
        if self.lifted is None:
            return self.until
        return self.lifted if self.until is None else min(self.lifted, self.until)

    def stops(self, what: Stop) -> bool:
        """Whether this is among what a hold of its kind stops."""
        return what in self.kind.rule.stops

    def covers(self, day: date) -> bool:
        """Whether the hold is in force on this day."""
        end = self.end
        return self.since <= day and (end is None or day < end)


@dataclass(frozen=True, slots=True)
class Revocable:
    """A payment that can be taken back for some time.

    Attributes:
        payment: Its id.
        method: How it was paid.
        final_on: First day on which it no longer can be.
    """

    payment: str
    method: str
    final_on: date


@quick
@dataclass(frozen=True, slots=True)
class Task:
    """Work for a person that was raised, and when it was finished (with `CASE_CLOSED`: by nobody).

    A call that is put off is to be made on `again_on`, at `again_at` if an hour was agreed.
    """

    id: str
    kind: str
    step: str | None
    raised_on: date
    done_on: date | None = None
    outcome: str = ""
    again_on: date | None = None
    again_at: str = ""


def put_off(tasks: tuple[Task, ...], call: CallLogged) -> tuple[Task, ...]:
    """The open calls are to be made when the debtor is called again."""
    return tuple(
        replace(task, again_on=call.again_on, again_at=call.again_at)
        if task.done_on is None and is_call_task(task.kind)
        else task
        for task in tasks
    )


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's approval of a hand-off."""

    step: str
    open_minor: int
    on: date
    actor: str
    without_notice: WithoutNotice | None = None
    """Why it leaves before the term of the notice has run out, where it does."""
    others: tuple[tuple[str, int], ...] = ()
    """What it names besides: the numbers of the debtor's other invoices, and what was open of each."""
