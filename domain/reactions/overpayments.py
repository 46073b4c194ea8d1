"""The letter on what was paid too much, when there is nothing to tell any more: it leaves no more."""

from __future__ import annotations

from datetime import datetime

from domain import facts as f
from domain.case import Case
from domain.correspondence import is_leaving, letter_dropped, letter_owed, still_owed
from domain.notices import TRIFLE
from domain.policy import Policy
from domain.reactions.timely import NOTHING_FOLLOWS, Timely
from domain.tasks import TaskKind

LETTER = "overpayment"


def told_of_overpayment(case: Case, policy: Policy, raised: f.TaskRaised) -> tuple[f.Fact, ...]:
    """The debtor hears what he paid too much, once each time that a person is told of it; a trifle is not written of.

    As part payments are confirmed: under a law, or where the policy says so.
    """
    receipts = policy.law is not None if policy.receipts is None else policy.receipts
    if not receipts or case.handed_off or case.overpaid.amount <= max(policy.tolerance, TRIFLE):
        return ()
    return letter_owed(case, LETTER, raised.id, raised.at, raised.on)


def overpayment_facts(case: Case, policy: Policy, now: datetime) -> Timely:
    """A letter that has not left is dropped when the money was given back, set off, or taken back."""
    if not case.owing:
        return NOTHING_FOLLOWS
    stands = case.overpaid_minor and case.open_task(TaskKind.OVERPAYMENT) is not None
    owed = [] if stands else [each for each in still_owed(case) if each.letter == LETTER and not is_leaving(case, each)]
    if not owed:
        return NOTHING_FOLLOWS
    today = policy.sending_calendar.local_date(now)
    return Timely(
        tuple(letter_dropped(each.letter, each.issue, "nothing is paid too much any more", now, today) for each in owed)
    )
