"""Whether a partner has an invoice of a debtor: then nothing of ours goes out on his others (practice.md, Hand-off)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.case import Case
from domain.facts import CloseReason, DeliveryStatus

__all__ = ["WithPartner", "is_being_handed_off", "is_with_partner", "with_partner_of"]


@dataclass(frozen=True, slots=True)
class WithPartner:
    """What a partner has, or is being handed, of a debtor.

    Attributes:
        last_on: Day of the last hand-off.
        sure: Whether he has something; else it is on its way, and nobody knows yet whether it reached him.
    """

    last_on: date
    sure: bool = True


def is_with_partner(case: Case) -> bool:
    """Whether a partner has the case: it was handed off, and has not ended."""
    return case.handed_off and case.closed in (None, CloseReason.HANDED_OFF)


def is_being_handed_off(case: Case) -> bool:
    """Whether its file is on its way, and nobody knows yet whether the partner has it."""
    attempt = case.attempt
    if attempt is None or case.closed is not None:
        return False
    unknown = (DeliveryStatus.INTENDED, DeliveryStatus.UNKNOWN)
    return any(each.channel == "agency" and each.status in unknown for each in attempt.deliveries)


def with_partner_of(others: Iterable[Case]) -> WithPartner | None:
    """What a partner has of a debtor, by his cases; None where he has nothing."""
    having, leaving = [], []
    for case in others:
        if is_with_partner(case) and case.handed_off_on is not None:
            having.append(case.handed_off_on)
        elif case.attempt is not None and is_being_handed_off(case):
            leaving.append(case.attempt.on)
    days = having or leaving
    return WithPartner(max(days), sure=bool(having)) if days else None
