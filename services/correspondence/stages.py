"""Which reminder a message is of each of its invoices, and which other invoices of the debtor it lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from domain.bundle import Member, leading
from domain.case import Case
from domain.notices import is_protected
from domain.policy import Policy
from letters.kinds import LISTS_OTHERS, OVERVIEW
from letters.render import known_letters

_MOST_REFERENCE = 140
"""Characters that a transfer has room for (EPC069-12; ISO 20022 unstructured remittance information)."""


def letter_of(members: Sequence[Member]) -> str:
    """The letter that a message is: its firmest step's, or the overview where its invoices are at different steps."""
    lead = leading(members)
    if _differ(members):
        return OVERVIEW
    return lead.step.letter_name if lead.step.letter_name in known_letters() else OVERVIEW


def numbers_of(members: Sequence[Member]) -> tuple[int | None, ...]:
    """Which reminder a message is of each invoice, where its letter says so: in the overview of different steps."""
    if not _differ(members):
        return (None,) * len(members)
    return tuple(1 + reminders_before(member.case, member.policy) for member in members)


def _differ(members: Sequence[Member]) -> bool:
    """Whether the invoices of a message are at different steps, and a letter of one of them would belie the others."""
    lead = leading(members)
    if len(members) == 1 or not all(_reminds(member) for member in members):
        return False
    if lead.step.claims != "principal" and is_protected(lead.case, lead.policy):
        # No overview may claim more than the invoices of a consumer.
        return False
    letters = {member.step.letter_name for member in members}
    return len(letters) > 1 or len({reminders_before(member.case, member.policy) for member in members}) > 1


def _reminds(member: Member) -> bool:
    name = member.step.letter_name
    return member.step.reminds and (name in LISTS_OTHERS or name not in known_letters())


def reminders_before(case: Case, policy: Policy) -> int:
    """How often the debtor was reminded of an invoice; what came back, or nobody can prove, does not count."""
    number = 0
    for taken in case.taken:
        if taken.kind != "send" or taken.void or not taken.proven or taken.on <= case.due:
            continue
        own = policy.positions.get(taken.step)
        if taken.imported and own is not None:
            # Of what went before the case came to us the last step alone is known.
            number = max(
                number, sum(bool(step.send) and step.when.before_due is None for step in policy.steps[: own + 1])
            )
        else:
            number += 1
    return number


def payment_reference(members: Sequence[Member]) -> str:
    """What to mention with a payment: the number of each invoice, or the debtor's where they are too many."""
    numbers = ", ".join(member.case.invoice.number for member in members)
    return numbers if len(members) == 1 or len(numbers) <= _MOST_REFERENCE else members[0].case.invoice.debtor


def overdue_others(siblings: Iterable[tuple[Case, Policy]], members: Sequence[Member], on: date) -> tuple[Case, ...]:
    """The debtor's other invoices that are overdue and that nothing holds, the oldest first.

    Args:
        siblings: His other cases, with their policies; those in the message may be among them.
        members: The cases in the message.
        on: Date of the letter.
    """
    lead = leading(members)
    if not lead.policy.lists_others:
        return ()
    asked = {member.case.invoice.number for member in members}
    found = [
        case
        for case, policy in siblings
        if case.invoice.number not in asked
        and case.closed is None
        and not case.handed_off
        and case.ledger.currency == lead.case.ledger.currency
        and case.due < on
        and case.undisputed.amount > policy.tolerance
        and not case.holds_on(on)
    ]
    return tuple(sorted(found, key=lambda case: (case.due, case.invoice.invoice_date, case.invoice.number)))
