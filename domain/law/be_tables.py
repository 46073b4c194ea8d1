"""The figures of Belgian law, as dated tables with their sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain.law.dated import Dated, DatedTable

__all__ = ["DAMAGES_CAP", "LATE_PAYMENT_MINIMUM", "LATE_PAYMENT_RATE", "LEGAL_RATE", "CapStep", "DamagesCap"]

_READ_ON: Final = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class CapStep:
    """One step of the cap on damages, in EUR."""

    up_to: Decimal | None
    """Upper end of the balance in it, inclusive; None: no end."""
    fixed: Decimal
    percent: Decimal
    """Of the part of the balance above `over`."""
    over: Decimal


@dataclass(frozen=True, slots=True)
class DamagesCap:
    """The most that a clause may ask of a consumer, in EUR."""

    steps: tuple[CapStep, ...]
    maximum: Decimal


def _rates(*rows: tuple[date, str, str]) -> tuple[Dated[Decimal], ...]:
    return tuple(Dated(since, Decimal(rate), source) for since, rate, source in rows)


_RULE: Final = "law of 2 August 2002 art. 5: ECB {} and 8 points, rounded up to a half"

LATE_PAYMENT_RATE: Final = DatedTable(
    "the Belgian rate for late payment (law of 2 August 2002)",
    _rates(
        (date(2016, 7, 1), "8.00", _RULE.format("0.00")),
        (date(2023, 1, 1), "10.50", _RULE.format("2.50")),
        (date(2023, 7, 1), "12.00", _RULE.format("4.00")),
        (date(2024, 1, 1), "12.50", _RULE.format("4.50")),
        (date(2024, 7, 1), "12.50", _RULE.format("4.25")),
        (date(2025, 1, 1), "11.50", _RULE.format("3.15")),
        (date(2025, 7, 1), "10.50", _RULE.format("2.15")),
        (date(2026, 1, 1), "10.50", _RULE.format("2.15")),
        (date(2026, 7, 1), "10.50", _RULE.format("2.40") + "; not seen published"),
    ),
    checked_until=date(2026, 12, 31),
    wording="rate of {}%",
)
"""Per cent a year, simple. It is also the most that a clause may ask of a consumer (Book XIX WER)."""

LEGAL_RATE: Final = DatedTable(
    "the Belgian legal rate",
    _rates(
        (date(2024, 1, 1), "5.75", "notice of the treasury for 2024"),
        (date(2025, 1, 1), "4.50", "notice of the treasury for 2025"),
        (date(2026, 1, 1), "4.50", "notice of the treasury for 2026"),
    ),
    checked_until=date(2026, 12, 31),
    wording="rate of {}%",
)
"""Per cent a year, simple, fixed for each calendar year."""

DAMAGES_CAP: Final = DatedTable(
    "the Belgian cap on damages from consumers",
    (
        Dated(
            date(2023, 9, 1),
            DamagesCap(
                steps=(
                    CapStep(Decimal(150), fixed=Decimal(20), percent=Decimal(0), over=Decimal(0)),
                    CapStep(Decimal(500), fixed=Decimal(30), percent=Decimal(10), over=Decimal(150)),
                    CapStep(None, fixed=Decimal(65), percent=Decimal(5), over=Decimal(500)),
                ),
                maximum=Decimal(2000),
            ),
            "Book XIX WER, law of 4 May 2023 (numac 2023042228): contracts from 2023-09-01, older ones from 2023-12-01",
        ),
    ),
    checked_until=_READ_ON,
    wording="cap",
)

LATE_PAYMENT_MINIMUM: Final = DatedTable(
    "the Belgian minimum for a late payment between businesses",
    (Dated(date(2013, 3, 16), Decimal("40.00"), "law of 2 August 2002 art. 6, by directive 2011/7/EU art. 6"),),
    checked_until=_READ_ON,
    wording="amount of {}",
)
"""EUR for each late payment, without any notice."""
