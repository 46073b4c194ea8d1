"""Days and amounts are read as people write them; what can be meant in two ways is asked."""

from __future__ import annotations

from datetime import date

import pytest

from cli.written import day_of, plain_amount


@pytest.mark.parametrize("text", ["2026-12-24", "24-12-2026", "24/12/2026", "24.12.2026", "20261224", " 24-12-2026 "])
def test_a_day_is_read(text: str) -> None:
    assert day_of(text) == date(2026, 12, 24)


def test_a_written_day_of_long_ago_is_one_too() -> None:
    assert day_of("1950-01-02") == date(1950, 1, 2)


@pytest.mark.parametrize("text", ["", "tomorrow", "31-02-2026", "2026-02-31", "12/24/2026", "24-12-26", "46000"])
def test_a_day_that_is_none_is_said(text: str) -> None:
    with pytest.raises(ValueError):
        day_of(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("€ 1 234,50", "1234.50"),
        ("EUR 12", "12"),
        ("12,-", "12"),
        ("12,5", "12.50"),
        ("0.5", "0.5"),
    ],
)
def test_an_amount_is_read(text: str, amount: str) -> None:
    assert plain_amount(text, "EUR") == amount


@pytest.mark.parametrize("text", ["1.234", "1,234", "USD 12"])
def test_an_amount_that_can_be_two_or_is_in_another_currency_is_asked(text: str) -> None:
    with pytest.raises(ValueError):
        plain_amount(text, "EUR")


@pytest.mark.parametrize("text", ["", "a lot", "1e3", "12.345,678"])
def test_what_is_no_amount_is_for_its_reader_to_refuse(text: str) -> None:
    assert plain_amount(text, "EUR") == text


def test_a_currency_with_three_decimals_has_them() -> None:
    assert plain_amount("1.234", "KWD") == "1.234"
