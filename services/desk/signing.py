"""What waits in a case for a second person, as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.case import Case
from domain.money import Money
from domain.views.signatures import asked_text

__all__ = ["Waiting", "waiting_for_signature"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that waits for a second person.

    Attributes:
        id: Its id.
        what: What is asked, in a few words.
        amount: What it is about.
        actor: Who asked.
        on: When.
        last_day: Until when it can be signed for.
    """

    id: str
    what: str
    amount: Money
    actor: str
    on: date
    last_day: date


def waiting_for_signature(case: Case) -> tuple[Waiting, ...]:
    """All of them, the first first."""
    return tuple(
        Waiting(
            each.id,
            asked_text(each.request),
            Money.from_minor(each.amount_minor, case.ledger.currency),
            each.actor,
            each.on,
            each.last_day,
        )
        for each in case.asked
        if each.waits
    )
