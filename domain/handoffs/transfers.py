"""Money that a collection partner transferred: which of his remittances it is.

It is one where it comes from his account, names the number, and comes to the sum: what his remittance says that he
transfers, or all that he passes on, where he sends an invoice for his fees and keeps nothing. Anything less is for a
person. So it makes no difference which comes first, and how often.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.money import Money

__all__ = ["Announced", "NoRemittance", "passed_on", "remittance_of_transfer"]


@dataclass(frozen=True, slots=True)
class Announced:
    """A remittance that was taken in.

    Attributes:
        number: Its number.
        total: What it says that he transfers.
        passed_on: What he passes on of what was paid to him, before anything that he keeps.
    """

    number: str
    total: Money
    passed_on: Money

    def comes_to(self, amount: Money) -> bool:
        """Whether this is its sum, with what he keeps set off or not."""
        return amount in (self.total, self.passed_on)


@dataclass(frozen=True, slots=True)
class NoRemittance:
    """It is none for sure; `reason` says why, in English."""

    reason: str


def passed_on(lines: Iterable[tuple[str, Money]], currency: str) -> Money:
    """What a remittance passes on before anything that he keeps: payments, less those that were reversed.

    Args:
        lines: Kind and amount of each line.
        currency: Its currency.
    """
    passed = Money.zero(currency)
    for kind, amount in lines:
        if kind == "payment":
            passed += amount
        elif kind == "payment_reversed":
            passed -= amount
    return passed


def remittance_of_transfer(
    partner: str, texts: Sequence[str], amount: Money, known: Iterable[Announced]
) -> Announced | NoRemittance:
    """Which remittance a transfer of a partner is.

    Args:
        partner: His id.
        texts: What stands with the transfer.
        amount: How much of it stands with us.
        known: His remittances in this currency.
    """
    all_of = tuple(known)
    named = [each for each in all_of if _names(texts, each.number)]
    fitting = [each for each in named if each.comes_to(amount)]
    if len(fitting) == 1:
        return fitting[0]
    if len(named) == 1:
        only = named[0]
        if only.total == only.passed_on:
            return NoRemittance(
                f"remittance {only.number} of {partner}: {amount.text} came in, and it comes to {only.total.text}"
            )
        return NoRemittance(
            f"remittance {only.number} of {partner}: {amount.text} came in, and it comes to {only.total.text} "
            f"({only.passed_on.text} where he keeps nothing)"
        )
    alike = [each.number for each in all_of if each.comes_to(amount)]
    if alike:
        return NoRemittance(
            f"from {partner}, of {amount.text} like his remittance {', '.join(alike)}: say whether it is"
        )
    return NoRemittance(f"from {partner}, and no remittance of his is known that it names; take his remittance in")


def _names(texts: Sequence[str], number: str) -> bool:
    """Whether a text has this number, and not a longer one."""
    wanted = re.compile(rf"(?<![0-9A-Za-z]){re.escape(number)}(?![0-9A-Za-z])", re.IGNORECASE)
    return any(wanted.search(text) for text in texts)
