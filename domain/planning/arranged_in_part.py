"""One arrangement over several invoices that only some of them took, as single signals may do it."""

from __future__ import annotations

from domain.arrangements import Arrangement
from domain.case import Case
from domain.case_parts import CASE_CLOSED
from domain.shared_arrangements import missing_from
from domain.surroundings import Surroundings
from domain.tasks import TaskKind

COMPLETE = "agreed on all of them"
"""Outcome of the task about it when the others took it after all: nobody left it so."""


def taken_in_part(case: Case, arrangement: Arrangement, surroundings: Surroundings) -> bool:
    """Whether it is over some of its invoices only, and no person said that it is to be left so."""
    judged = any(
        task.kind == TaskKind.ARRANGEMENT_IN_PART
        and task.raised_on > arrangement.since
        and task.done_on is not None
        and task.outcome not in (CASE_CLOSED, COMPLETE)
        for task in case.tasks
    )
    return not judged and bool(missing_from(case, arrangement, surroundings))
