"""What a person checks before a step is taken: the invoice itself, and whether the company still exists."""

from __future__ import annotations

from datetime import date, timedelta

from domain.case import Case
from domain.case_parts import CASE_CLOSED
from domain.invoice import YesNo, YesNoUnknown
from domain.notices import is_protected
from domain.policy import Policy, Step
from domain.tasks import TaskKind

__all__ = ["REGISTER_DAYS", "is_checked", "register_checked_on", "register_unchecked"]

REGISTER_DAYS = 10
"""Days for which a look into the register of companies counts: as long as an approval of the hand-off does."""


def is_checked(case: Case) -> bool:
    """Whether a person looked at the invoice before the debtor hears anything."""
    return any(task.kind == TaskKind.CHECK_INVOICE and task.done_on is not None for task in case.tasks)


def register_checked_on(case: Case) -> date | None:
    """Day on which a person last looked whether the company still exists; None when nobody did."""
    done = [task for task in case.tasks if task.kind == TaskKind.CHECK_REGISTER and task.outcome != CASE_CLOSED]
    return max((task.done_on for task in done if task.done_on is not None), default=None)


def register_unchecked(case: Case, policy: Policy, step: Step, today: date) -> bool:
    """Whether a person must first look into the register of companies (practice.md, new BV and turbo-liquidation).

    Before a letter with a term, or the hand-off, as the policy says; of companies only, for nobody else stands there
    to be dissolved.
    """
    asked = ("handoff", "both") if step.hand_off else ("notice", "both") if step.send and step.term is not None else ()
    if policy.check_register not in asked:
        return False
    debtor = case.invoice.legal_status
    if is_protected(case, policy) or debtor.natural_person is YesNoUnknown.YES or debtor.government is YesNo.YES:
        return False
    checked = register_checked_on(case)
    return checked is None or today > checked + timedelta(days=REGISTER_DAYS)
