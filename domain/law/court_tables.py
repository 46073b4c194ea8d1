"""Court fees and what follows a judgment, as dated tables with their sources; in EUR.

Source: law.md §9, which has them from a law firm's program that quotes Stcrt. 2025, 39855: a person reads them again
before a claim is brought. They serve the advice before a hand-off, no claim is ever counted with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain.law.dated import Dated, DatedTable

__all__ = ["AFTER_JUDGMENT", "COURT_FEES", "CourtFee"]


@dataclass(frozen=True, slots=True)
class CourtFee:
    """What the court asks of who sues for up to an amount."""

    up_to: Decimal | None
    """Highest amount of the claim, inclusive; None: no end."""
    company: Decimal
    person: Decimal


def _fee(up_to: int | None, company: int, person: int) -> CourtFee:
    return CourtFee(None if up_to is None else Decimal(up_to), Decimal(company), Decimal(person))


COURT_FEES: Final = DatedTable(
    "the Dutch court fees (griffierechten)",
    (
        Dated(
            date(2026, 1, 1),
            (
                _fee(500, 139, 93),
                _fee(1500, 350, 233),
                _fee(2500, 397, 265),
                _fee(5000, 529, 265),
                _fee(12500, 559, 265),
                _fee(25000, 1504, 753),
                _fee(100000, 3083, 1414),
                _fee(1000000, 7062, 2803),
                _fee(None, 10487, 2803),
            ),
            "Wgbz, Stcrt. 2025, 39855",
        ),
    ),
    checked_until=date(2026, 12, 31),
    wording="fees",
)
"""Up to 25,000.00 the subdistrict court (kanton), where no lawyer is needed; above it the district court."""

AFTER_JUDGMENT: Final = DatedTable(
    "the Dutch costs after judgment (nakosten)",
    (Dated(date(2026, 2, 1), Decimal(287), "liquidatietarief 2026"),),
    checked_until=date(2026, 12, 31),
    wording="costs of {}",
)
