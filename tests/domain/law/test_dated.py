"""Dated tables: what applies on a day, and what a table says of days it does not know."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.law.dated import BeforeTable, Dated, DatedTable
from tests.domain.builders import day

RATES = DatedTable(
    "the rate of the village",
    (
        Dated(day("2020-01-01"), Decimal("2.00"), "first decree"),
        Dated(day("2021-07-01"), Decimal("2.00"), "second decree, the same again"),
        Dated(day("2022-01-01"), Decimal("3.50"), "third decree"),
    ),
    checked_until=day("2022-12-31"),
    wording="rate of {}%",
)


def test_a_row_applies_from_its_day_until_the_next() -> None:
    assert RATES.at(day("2020-01-01")) == Decimal("2.00")
    assert RATES.at(day("2021-12-31")) == Decimal("2.00")
    assert RATES.at(day("2022-01-01")) == Decimal("3.50")
    assert RATES.row_at(day("2021-08-01")).source == "second decree, the same again"


def test_a_day_before_the_table_is_refused_with_its_name_its_first_day_and_a_way_out() -> None:
    with pytest.raises(BeforeTable, match=r"rate of the village begins on 2020-01-01.*2019-12-31: take a later day"):
        RATES.at(day("2019-12-31"))


def test_only_another_value_is_a_change() -> None:
    assert RATES.changes(day("2020-01-01"), day("2022-12-31")) == (day("2022-01-01"),)
    assert RATES.changes(day("2022-01-01"), day("2022-01-01")) == (day("2022-01-01"),)
    assert RATES.changes(day("2022-01-02"), day("2030-01-01")) == ()


def test_a_day_past_the_last_checked_one_is_remarked() -> None:
    assert RATES.remark(day("2022-12-31")) is None
    assert RATES.remark(day("2023-01-01")) == (
        "the table of the rate of the village was checked until 2022-12-31; "
        "for 2023-01-01 the last known rate of 3.50% is used"
    )


def test_rows_out_of_order_are_no_table() -> None:
    with pytest.raises(ValueError, match="later than the one before"):
        DatedTable("x", tuple(reversed(RATES.rows)), day("2022-12-31"))
    with pytest.raises(ValueError, match="needs rows"):
        DatedTable[int]("x", (), day("2022-12-31"))


def test_equal_tables_are_equal_keys() -> None:
    again = DatedTable(RATES.name, RATES.rows, RATES.checked_until, wording=RATES.wording)
    assert (again, hash(again)) == (RATES, hash(RATES))
