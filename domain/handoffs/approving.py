"""The approval of a hand-off: what it names, and when it lapses."""

from __future__ import annotations

from datetime import date, timedelta

from domain.case import Case
from domain.policy import Policy, Step
from domain.tasks import TaskKind

__all__ = ["APPROVAL_DAYS", "approved", "without_notice"]

APPROVAL_DAYS = 10
"""Days after which an approval of a hand-off lapses (practice.md, hand-off)."""


def approved(case: Case, step: Step, today: date) -> bool:
    """An approval names the balance and lapses after ten days or when the balance changed.

    One that had lapsed when its moment came was asked for anew, and does not come back by itself.
    """
    approval = case.approval
    return (
        approval is not None
        and case.open_task(TaskKind.APPROVE_HANDOFF) is None
        and approval.step == step.id
        and approval.open_minor == case.open_minor
        and today <= approval.on + timedelta(days=APPROVAL_DAYS)
    )


def without_notice(case: Case, policy: Policy, today: date) -> Step | None:
    """The hand-off that a person approved before the term of the notice ran out; None where there is none."""
    if case.approval is None or case.approval.without_notice is None:
        return None
    step = policy.step(case.approval.step)
    return step if step is not None and step.hand_off and approved(case, step, today) else None
