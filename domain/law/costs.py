"""Collection costs as a result: the amount, how it came about in words, and what a person should know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from domain.law.dated import DatedTable
from domain.money import Money
from domain.quick_records import quick

__all__ = ["Costs", "figure", "for_each", "no_costs", "shown"]


@quick
@dataclass(frozen=True, slots=True)
class Costs:
    """Costs that may be asked, once they are due."""

    amount: Money
    """All of it, VAT included."""
    vat: Money
    """The part of it that is VAT."""
    explanation: tuple[str, ...]
    """Short sentences that lead to the amount: `15% of 2,420.00 = 363.00`."""
    remarks: tuple[str, ...] = ()
    """Doubts and refusals, for a person."""


def no_costs(currency: str, *remarks: str) -> Costs:
    """No costs, and why."""
    zero = Money.zero(currency)
    return Costs(zero, zero, (), remarks)


def for_each(table: DatedTable[Decimal], count: int, on: date | None) -> Decimal:
    """A fixed amount for each of so many late invoices.

    Args:
        table: The amount by day.
        count: Number of invoices.
        on: Day of which the amount is asked; None: the latest known.

    Raises:
        BeforeTable: a day before the table begins.
        ValueError: a count below zero.
    """
    if count < 0:
        raise ValueError(f"{count} late payments cannot be")
    return (table.rows[-1].value if on is None else table.at(on)) * count


def shown(amount: Decimal) -> str:
    """An amount for a sentence: thousands apart, two decimals or more where it has more: `2,420.00`."""
    text = f"{amount.normalize():,f}"
    point = text.find(".")
    return f"{text}.00" if point < 0 else text.ljust(point + 3, "0")


@lru_cache(maxsize=256)
def figure(value: Decimal) -> str:
    """A percentage without needless zeros: `15`, `0.5`."""
    return f"{value.normalize():f}"
