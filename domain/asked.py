"""What a letter asked of one invoice, and how much of it was paid by a day: sums of the ledger, no law."""

from __future__ import annotations

from datetime import date

from domain.case import Case
from domain.ledger import EntryKind
from domain.money import Money
from domain.sent import TakenStep


def answers(letter: TakenStep, case: Case, until: date) -> frozenset[str]:
    """Ids of what answers a letter: money that it did not know of, and what went back of that, by a day.

    A correction is none: it takes off what was never owed. Nor is a payment taken back that the letter knew of: what
    comes open by that the letter never asked.
    """
    later = [e for e in case.ledger.entries[letter.entries :] if e.credited_on <= until and not e.from_the_start]
    paid = {e.id for e in later if e.lowers}
    given_back = {e.id for e in later if e.kind is EntryKind.REFUND or (e.kind is EntryKind.REVERSAL and e.of in paid)}
    return frozenset(paid | given_back)


def paid_by(letter: TakenStep, case: Case, until: date) -> Money:
    """How much was paid, credited or given up by a day of what a letter asked, whatever it was booked on."""
    ids = answers(letter, case, until)
    minor = sum(-e.amount.minor for e in case.ledger.entries[letter.entries :] if e.id in ids)
    return Money.from_minor(max(0, minor), case.ledger.currency)


def never_asked(letter: TakenStep, case: Case) -> tuple[str, ...]:
    """Ids of reversals by which something came open that a letter did not ask: of money that it knew of."""
    later = case.ledger.entries[letter.entries :]
    answered = {e.id for e in later}
    return tuple(e.id for e in later if e.kind is EntryKind.REVERSAL and e.amount and e.of not in answered)
