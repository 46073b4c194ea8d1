"""What can still be taken back of what was paid, and what stays as it is until then."""

from __future__ import annotations

from datetime import date

from domain.case import Case
from domain.case_parts import Revocable, Task
from domain.facts import CloseReason

__all__ = ["ends_supply_stop", "final_from", "is_supply_stop", "revocable_on", "supply_is_stopped"]

_SUPPLY_STOP = ("stop_supply", "supply_stop")
"""The task by which supply is stopped, and the step of the ladder that raises it, in the shipped policies."""


def revocable_on(case: Case, day: date) -> tuple[Revocable, ...]:
    """The payments that somebody can take back on a day, and that were not taken back yet."""
    return tuple(each for each in case.revocable if day < each.final_on and case.ledger.left_of(each.payment))


def final_from(case: Case, day: date) -> date | None:
    """First day on which all that was paid by a day is final; None when it is."""
    return max((each.final_on for each in revocable_on(case, day)), default=None)


def supply_is_stopped(case: Case) -> bool:
    """Whether a stop of supply stands that nobody has lifted."""
    return any(task.done_on is None and is_supply_stop(task) for task in case.tasks)


def ends_supply_stop(reason: CloseReason) -> bool:
    """Whether a debtor whose case closes for it is supplied again: what was written off he still owes."""
    return reason in (CloseReason.PAID, CloseReason.CREDITED, CloseReason.BELOW_TOLERANCE)


def is_supply_stop(task: Task) -> bool:
    """Whether a task stops supply: such a stop stays until the payment is final (practice.md, misuse)."""
    return task.kind in _SUPPLY_STOP or task.step in _SUPPLY_STOP
