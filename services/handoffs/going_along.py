"""Which of the debtor's invoices go along at a hand-off, or went: by their numbers."""

from __future__ import annotations

from datetime import date

from casefile.case_file import Transaction
from casefile.cases import Loaded
from casefile.handed_off import left_together
from domain.case import Case
from domain.handoffs.joint import going
from domain.policy import Policy, Step
from domain.surroundings import Surroundings

__all__ = ["goes_with", "left_with"]


def goes_with(
    case: Case, policy: Policy, surroundings: Surroundings, step: Step | None, today: date
) -> tuple[str, ...]:
    """What goes along when a case is handed off by a step; nothing where the step is none.

    Args:
        case: The case.
        policy: Its policy.
        surroundings: Its surroundings.
        step: What comes next for it.
        today: The day.
    """
    if step is None or not step.hand_off:
        return ()
    return tuple(each.case.invoice.number for each in going(case, policy, surroundings, step, today))


def left_with(transaction: Transaction, loaded: Loaded) -> tuple[str, ...]:
    """What else was in the file in which a case left.

    Args:
        transaction: On the case file.
        loaded: The case.
    """
    debtor = loaded.case.invoice.debtor
    return left_together(transaction.session, loaded.creditor, debtor).get(loaded.id, ())
