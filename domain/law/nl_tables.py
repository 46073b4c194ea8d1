"""The figures of Dutch law, as dated tables with their sources.

A statute says nothing of the day on which it will change, so most tables are checked only until the day on which
they were read. The trade rate is fixed by law for its half-year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from domain.law.dated import Dated, DatedTable

__all__ = [
    "COLLECTION_SCALE",
    "CONSUMER_RATE",
    "CUMULATION",
    "LATE_PAYMENT_MINIMUM",
    "POST_DELIVERY_DAYS",
    "TRADE_RATE",
    "VAT_RATE",
    "Bracket",
    "Cumulation",
    "Scale",
]

_READ_ON: Final = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Bracket:
    """One step of a scale."""

    up_to: Decimal | None
    """Upper end of it in EUR, inclusive; None: no end."""
    percent: Decimal
    """Of the part of the principal that lies in it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Collection costs by brackets, with a minimum and a maximum in EUR without VAT."""

    brackets: tuple[Bracket, ...]
    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class Cumulation:
    """What several small instalments of one contract may cost together, in EUR without VAT."""

    below: Decimal
    """Instalments of less than this are small."""
    later_at_most: Decimal
    """For one whose forerunner had costs within six months."""


def _rates(*rows: tuple[date, str, str]) -> tuple[Dated[Decimal], ...]:
    return tuple(Dated(since, Decimal(rate), source) for since, rate, source in rows)


CONSUMER_RATE: Final = DatedTable(
    "the Dutch statutory rate (BW 6:119)",
    _rates(
        (date(2011, 7, 1), "4.00", "Besluit wettelijke rente, from 2011-07-01"),
        (date(2012, 7, 1), "3.00", "Besluit wettelijke rente, from 2012-07-01"),
        (date(2015, 1, 1), "2.00", "Besluit wettelijke rente, from 2015-01-01"),
        (date(2023, 1, 1), "4.00", "Stb. 2022, 520"),
        (date(2023, 7, 1), "6.00", "Besluit wettelijke rente, from 2023-07-01"),
        (date(2024, 1, 1), "7.00", "Besluit wettelijke rente, from 2024-01-01; e-justice.europa.eu, interest rates"),
        (date(2025, 1, 1), "6.00", "Besluit wettelijke rente, from 2025-01-01"),
        (date(2026, 1, 1), "4.00", "decree of 2025-12-10, from 2026-01-01"),
    ),
    checked_until=_READ_ON,
    wording="rate of {}%",
)
"""Per cent a year. Only a published decree counts: the rule of thumb of the ministry does not give all of these."""

TRADE_RATE: Final = DatedTable(
    "the Dutch trade rate (BW 6:119a)",
    _rates(
        (date(2011, 7, 1), "8.25", "BW 6:120 lid 2 (old): ECB 1.25 and 7 points"),
        (date(2012, 1, 1), "8.00", "BW 6:120 lid 2 (old): ECB 1.00 and 7 points"),
        (date(2013, 1, 1), "7.75", "BW 6:120 lid 2 (old): ECB 0.75 and 7 points"),
        (date(2013, 3, 16), "8.75", "BW 6:120 lid 2: ECB 0.75 and, from this day, 8 points"),
        (date(2013, 7, 1), "8.50", "BW 6:120 lid 2: ECB 0.50 and 8 points"),
        (date(2014, 1, 1), "8.25", "BW 6:120 lid 2: ECB 0.25 and 8 points"),
        (date(2014, 7, 1), "8.15", "BW 6:120 lid 2: ECB 0.15 and 8 points"),
        (date(2015, 1, 1), "8.05", "BW 6:120 lid 2: ECB 0.05 and 8 points"),
        (date(2016, 7, 1), "8.00", "BW 6:120 lid 2: ECB 0.00 and 8 points"),
        (date(2023, 1, 1), "10.50", "BW 6:120 lid 2: ECB 2.50 and 8 points"),
        (date(2023, 7, 1), "12.00", "BW 6:120 lid 2: ECB 4.00 and 8 points"),
        (date(2024, 1, 1), "12.50", "BW 6:120 lid 2: ECB 4.50 and 8 points"),
        (date(2024, 7, 1), "12.25", "BW 6:120 lid 2: ECB 4.25 and 8 points"),
        (date(2025, 1, 1), "11.15", "BW 6:120 lid 2: ECB 3.15 and 8 points"),
        (date(2025, 7, 1), "10.15", "BW 6:120 lid 2: ECB 2.15 and 8 points"),
        (date(2026, 1, 1), "10.15", "BW 6:120 lid 2: ECB 2.15 and 8 points"),
        (date(2026, 7, 1), "10.40", "BW 6:120 lid 2: ECB 2.40 and 8 points; rijksoverheid.nl"),
    ),
    checked_until=date(2026, 12, 31),
    wording="rate of {}%",
)
"""Per cent a year."""

COLLECTION_SCALE: Final = DatedTable(
    "the Dutch scale of collection costs",
    (
        Dated(
            date(2012, 7, 1),
            Scale(
                brackets=(
                    Bracket(Decimal(2500), Decimal(15)),
                    Bracket(Decimal(5000), Decimal(10)),
                    Bracket(Decimal(10000), Decimal(5)),
                    Bracket(Decimal(200000), Decimal(1)),
                    Bracket(None, Decimal("0.5")),
                ),
                minimum=Decimal("40.00"),
                maximum=Decimal("6775.00"),
            ),
            "Besluit vergoeding voor buitengerechtelijke incassokosten art. 2 lid 1 and 2, Stb. 2012, 141",
        ),
    ),
    checked_until=_READ_ON,
    wording="scale",
)

VAT_RATE: Final = DatedTable(
    "the general Dutch VAT rate",
    (Dated(date(2012, 10, 1), Decimal(21), "Wet op de omzetbelasting 1968 art. 9 lid 1, by Stb. 2012, 321"),),
    checked_until=_READ_ON,
    wording="rate of {}%",
)
"""Per cent."""

LATE_PAYMENT_MINIMUM: Final = DatedTable(
    "the minimum for a late payment between businesses",
    (
        Dated(date(2012, 7, 1), Decimal("0.00"), "before directive 2011/7/EU there was none"),
        Dated(date(2013, 3, 16), Decimal("40.00"), "BW 6:96 lid 4, by directive 2011/7/EU art. 6"),
    ),
    checked_until=_READ_ON,
    wording="amount of {}",
)
"""EUR for each late payment (CJEU C-585/20), without any notice."""

CUMULATION: Final = DatedTable[Cumulation | None](
    "the Dutch cumulation rule for instalments",
    (
        Dated(date(2012, 7, 1), None, "each letter carried its own costs"),
        Dated(
            date(2024, 10, 1),
            Cumulation(below=Decimal("266.67"), later_at_most=Decimal("20.00")),
            "Wet kwaliteit incassodienstverlening art. 21 and Besluit kwaliteit incassodienstverlening art. 9.1 "
            "(BIK art. 2a; its text could not be obtained, the figures are those of secondary pages)",
        ),
    ),
    checked_until=_READ_ON,
    wording="rule",
)

POST_DELIVERY_DAYS: Final = DatedTable(
    "the days in which a letter is presumed delivered",
    (
        Dated(date.min, 3, "two delivery days, the statutory norm from 2026-07-01, and one of margin"),
        Dated(date(2027, 7, 1), 4, "three delivery days by the cabinet's decision of 2025, and one of margin"),
    ),
    checked_until=date(2027, 6, 30),
    wording="number of {}",
)
"""Delivery days (Tuesday to Saturday, no holidays) after posting. Earlier norms were quicker: counting three for a
letter of before 2026-07-01 only gives its term later."""
