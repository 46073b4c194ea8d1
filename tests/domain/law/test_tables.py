"""The figures of the law against what they follow from, and against the sums of others."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Any

import pytest

from domain.law import SUPPORTED, UnsupportedLaw, be_tables, check_supported, nl_tables
from domain.law.dated import DatedTable
from tests.domain.builders import day
from tests.rows import in_rows

# Rate of the main refinancing operations of the ECB (ecb.europa.eu, key interest rates), first day and per cent.
ECB = (
    ("2011-04-13", "1.25"),
    ("2011-07-13", "1.50"),
    ("2011-11-09", "1.25"),
    ("2011-12-14", "1.00"),
    ("2012-07-11", "0.75"),
    ("2013-05-08", "0.50"),
    ("2013-11-13", "0.25"),
    ("2014-06-11", "0.15"),
    ("2014-09-10", "0.05"),
    ("2016-03-16", "0.00"),
    ("2022-07-27", "0.50"),
    ("2022-09-14", "1.25"),
    ("2022-11-02", "2.00"),
    ("2022-12-21", "2.50"),
    ("2023-02-08", "3.00"),
    ("2023-03-22", "3.50"),
    ("2023-05-10", "3.75"),
    ("2023-06-21", "4.00"),
    ("2023-08-02", "4.25"),
    ("2023-09-20", "4.50"),
    ("2024-06-12", "4.25"),
    ("2024-09-18", "3.65"),
    ("2024-10-23", "3.40"),
    ("2024-12-18", "3.15"),
    ("2025-02-05", "2.90"),
    ("2025-03-12", "2.65"),
    ("2025-04-23", "2.40"),
    ("2025-06-11", "2.15"),
    ("2026-06-17", "2.40"),
)
HALF_YEARS = tuple(f"{year}-{month}" for year in range(2011, 2027) for month in ("01-01", "07-01"))[1:]


def ecb_before(text: str) -> Decimal:
    return Decimal(next(rate for since, rate in reversed(ECB) if since < text))


@in_rows("first", HALF_YEARS)
def test_the_dutch_trade_rate_is_that_of_the_ecb_and_eight_points(first: str) -> None:
    # BW 6:120 lid 2; seven points before 16 March 2013.
    points = 8 if first >= "2013-03-16" else 7
    assert nl_tables.TRADE_RATE.at(day(first)) == ecb_before(first) + points


def test_the_eighth_point_came_within_a_half_year() -> None:
    assert nl_tables.TRADE_RATE.at(day("2013-03-15")) == Decimal("7.75")
    assert nl_tables.TRADE_RATE.at(day("2013-03-16")) == Decimal("8.75")


@in_rows("first", [each for each in HALF_YEARS if each >= "2016-07-01"])
def test_the_belgian_rate_is_that_of_the_ecb_and_eight_points_rounded_up_to_a_half(first: str) -> None:
    # Law of 2 August 2002 art. 5.
    assert be_tables.LATE_PAYMENT_RATE.at(day(first)) * 2 == ceil((ecb_before(first) + 8) * 2)


@pytest.mark.parametrize(
    ("on", "percent"),
    [
        ("2011-12-31", 4),
        ("2012-07-01", 3),
        ("2014-12-31", 3),
        ("2022-12-31", 2),
        ("2023-06-30", 4),
        ("2023-12-31", 6),
        ("2024-12-31", 7),
        ("2025-12-31", 6),
        ("2026-11-21", 4),
    ],
)
def test_the_dutch_consumer_rate_is_that_of_the_decrees(on: str, percent: int) -> None:
    # law.md §1.1
    assert nl_tables.CONSUMER_RATE.at(day(on)) == percent


@in_rows(
    "table",
    [each for module in (nl_tables, be_tables) for each in vars(module).values() if isinstance(each, DatedTable)],
    ids=lambda table: table.name,
)
def test_every_row_names_its_source(table: DatedTable[Any]) -> None:
    assert all(len(row.source) > 10 for row in table.rows)


def test_a_law_without_rules_is_refused_by_name() -> None:
    for code in SUPPORTED:
        check_supported(code)
    with pytest.raises(UnsupportedLaw, match=r"^the law of DE is not supported yet; supported are NL and BE$"):
        check_supported("DE")
    with pytest.raises(UnsupportedLaw, match=r"^the law of 'a\\nb' is not"):
        check_supported("a\nb")
