"""Allocation: what a payment pays first, and how one that names no invoice is spread over its debtor's open cases.

Sources: BW 6:44 lid 1 for the order in one claim. Over several, BW 6:43: first what is due, then the most burdensome
(which bears the highest interest), then the oldest, then in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from domain.money import Money


class Allocation(StrEnum):
    """In which order a payment pays."""

    PRINCIPAL_FIRST = "principal_first"
    """Principal, then interest, as the bookkeeping does; legal from the day on which costs are due."""
    LEGAL = "legal"
    """BW 6:44 lid 1: costs that are due, then accrued interest, then principal."""


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """What is open on one case.

    Attributes:
        open: What a payment on it would pay.
        rate: Interest that it bears, in per cent a year.
    """

    key: str
    due: date
    invoice_date: date
    open: Money
    rate: Decimal = Decimal(0)


def spread(amount: Money, claims: Sequence[OpenClaim], on: date) -> tuple[tuple[tuple[str, Money], ...], Money]:
    """Spread a payment.

    Args:
        amount: The payment, above zero.
        claims: Open claims of the debtor in the currency of the payment.
        on: Day on which the payment counts.

    Returns:
        Shares by key (in the order of paying, none zero) and what is left over.
    """
    left = amount
    shares: list[tuple[str, Money]] = []

    def rank(claim: OpenClaim) -> tuple[bool, Decimal, date, date]:
        return (claim.due >= on, -claim.rate, claim.due, claim.invoice_date)

    for _, group in groupby(sorted(claims, key=rank), key=rank):
        equal = [claim for claim in group if claim.open.is_positive]
        total = sum((claim.open.minor for claim in equal), 0)
        if not equal or left.is_zero:
            continue
        if total <= left.minor:
            parts = tuple(claim.open for claim in equal)
        else:
            parts = left.split([claim.open.minor for claim in equal])
        for claim, part in zip(equal, parts, strict=True):
            if not part.is_zero:
                shares.append((claim.key, part))
                left = left - part
    return tuple(shares), left
