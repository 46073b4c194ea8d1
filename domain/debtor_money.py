"""Money of a debtor: what he paid without an invoice that takes it, and how a payment of his is spread.

The order over his open claims is the law's (`domain.law.allocation`, BW 6:43 lid 2); an invoice that he named himself
comes first (lid 1). What no claim takes stands with us, on no invoice, until a person puts it on one or gives it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.law.allocation import OpenClaim, spread
from domain.money import Money


@dataclass(frozen=True, slots=True)
class LooseMoney:
    """What is left of one payment of a debtor that is on no invoice.

    Attributes:
        id: Id of the payment.
        left: Above zero.
        credited_on: Day on which our account was credited (BW 6:114 lid 2), and `known_on` when we learned of it.
        reference: What he wrote with it.
        method: How he paid, where that is known; empty where not.
    """

    id: str
    left: Money
    credited_on: date
    known_on: date
    reference: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Unallocated:
    """All of it, as one of his cases sees it.

    Attributes:
        amount: What there is of the currency of the case, zero or more.
        since: Day on which the last of it came to us.
        first: Day on which the first of it did.
        foreign: Whether there is any of another currency: a debt may be paid in it at the rate of the day
            (BW 6:121, 6:123), so it is not nothing.
    """

    amount: Money
    since: date
    first: date
    foreign: bool = False


def unallocated_of(money: Iterable[LooseMoney], currency: str) -> Unallocated | None:
    """What stands on no invoice, for a case of this currency; None when nothing does."""
    found = tuple(money)
    if not found:
        return None
    own = sum(each.left.minor for each in found if each.left.currency == currency)
    return Unallocated(
        amount=Money.from_minor(own, currency),
        since=max(each.known_on for each in found),
        first=min(each.known_on for each in found),
        foreign=any(each.left.currency != currency for each in found),
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """How a payment of a debtor is booked.

    Attributes:
        shares: By key of the case, in the order of paying; none is zero.
        left: What no case takes.
        named: Numbers of his invoices that he wrote with it.
    """

    shares: tuple[tuple[str, Money], ...]
    left: Money
    named: tuple[str, ...] = ()


def spread_payment(
    amount: Money, reference: str, claims: Sequence[OpenClaim], numbers: Sequence[tuple[str, str]], on: date
) -> Spread:
    """Spread a payment over the open claims of its debtor.

    Who names an invoice pays that one first. Who names only invoices that are settled has probably paid twice: nothing
    is guessed, the money is left for a person.

    Args:
        amount: The payment, above zero.
        reference: What he wrote with it.
        claims: His open claims in the currency of the payment.
        numbers: Key and invoice number of all his cases, settled or not.
        on: Day on which the payment counts.
    """
    named = named_in(reference, [number for _, number in numbers])
    keys = {key for key, number in numbers if number in named}
    wanted = [claim for claim in claims if claim.key in keys]
    if named and not wanted:
        return Spread((), amount, named)
    first, left = spread(amount, wanted, on) if wanted else ((), amount)
    rest: tuple[tuple[str, Money], ...] = ()
    if left.is_positive:
        rest, left = spread(left, [claim for claim in claims if claim.key not in keys], on)
    return Spread((*first, *rest), left, named)


def named_in(reference: str, numbers: Iterable[str]) -> tuple[str, ...]:
    """Which of these invoice numbers stand in a text, as whole words: `F-1` does not stand in `F-12` or `F-1/2`."""
    text = reference
    found = []
    for number in sorted({number for number in numbers if number.strip()}, key=lambda each: (-len(each), each)):
        pattern = re.compile(rf"(?<![^\W_])(?<![^\W_][-/.]){re.escape(number)}(?![-/.]?[^\W_])", re.IGNORECASE)
        if pattern.search(text):
            found.append(number)
            # A shorter number is not named by standing in a longer one.
            text = pattern.sub(" ", text)
    return tuple(found)
