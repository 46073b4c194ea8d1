"""Amounts as they are written, and those that are refused."""

from decimal import Decimal

import pytest

from domain.money import Money
from tests.intake.open_items.rows import eur, item, only_finding, read, refused, table
from tests.rows import in_rows


@in_rows(
    ("written", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1234.56", "1234.56"),
        ("€ 1.234,50", "1234.50"),
        ("€1.234,50", "1234.50"),
        ("EUR 1.234,50", "1234.50"),
        ("1.234,50 eur", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234,50", "1234.50"),
        ("1\u202f234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1 234", "1234.00"),
        ("1234", "1234.00"),
        ("1.234.567", "1234567.00"),
        ("1,234,567.8", "1234567.80"),
        ("1.234,-", "1234.00"),
        ("€ 12,--", "12.00"),
        ("+5,5", "5.50"),
        (",50", "0.50"),
    ],
)
def test_an_amount_is_read_in_every_usual_form(written: str, value: str) -> None:
    assert item(amount=written).amount == eur(value)


@pytest.mark.parametrize("written", ["1.234", "1,234"])
def test_an_amount_with_two_readings_is_refused_and_both_are_named(written: str) -> None:
    finding = refused(amount=written)
    assert "1234 or 1.234" in finding.reason
    assert finding.column == "amount"


@pytest.mark.parametrize(
    ("written", "neighbour", "value"),
    [
        ("1.234", "9,95", "1234"),
        ("1.234", "1.234.567", "1234"),
        ("1,234", "9.95", "1234"),
        ("1.234", "2.345,6", "1234"),
    ],
)
def test_the_rest_of_the_column_decides_between_two_readings(written: str, neighbour: str, value: str) -> None:
    result = read(table({"amount": written}, {"amount": neighbour}))
    assert result.findings == ()
    assert result.items[0].amount == eur(value)


def test_the_column_may_show_that_an_amount_has_three_decimals() -> None:
    result = read(table({"amount": "1.234"}, {"amount": "9.95"}))
    assert "three decimals" in only_finding(result).reason
    assert [row.number for row in result.items] == ["F-2"]


def test_a_column_that_contradicts_itself_decides_nothing() -> None:
    result = read(table({"amount": "1.234"}, {"amount": "9.95"}, {"amount": "9,95"}))
    assert (only_finding(result).line, len(result.items)) == (2, 2)


def test_another_column_does_not_decide() -> None:
    assert refused(amount="1.234", open="9,95").column == "amount"


@pytest.mark.parametrize("written", ["1.234,567", "0,123", "1234.567", "12,3456"])
def test_more_than_two_decimals_are_refused(written: str) -> None:
    assert "more than two decimals" in refused(amount=written).reason


@pytest.mark.parametrize(
    "written", ["12.34.567,00", "1,23,456", "12 34", "twelve", "1e5", "--5", "=A1+1", "1_000", "٣"]
)
def test_what_is_no_amount_is_refused(written: str) -> None:
    assert "is not an amount" in refused(amount=written).reason


@pytest.mark.parametrize("written", ["-100,00", "100,00-", "€ -100,00", "-€ 100,00", "(100,00)", "−100,00"])
def test_a_credit_note_is_left_out(written: str) -> None:
    assert "credit notes come with the UBL import" in refused(amount=written).reason


def test_an_invoice_from_which_another_row_takes_something_off_is_not_collected() -> None:
    result = read(table({"number": "F-1"}, {"number": "F-1", "amount": "-40,00", "key": "x"}, {"number": "F-2"}))
    assert [row.number for row in result.items] == ["F-2"]
    assert [finding.line for finding in result.findings] == [2, 3]
    assert "line 3" in result.findings[0].reason


def test_no_more_can_be_open_than_was_invoiced() -> None:
    assert "more than the invoice amount" in refused(amount="100,00", open="100,01").reason


@pytest.mark.parametrize("cells", [{"open": "0,00"}, {"amount": "0"}, {"amount": "", "open": "0"}])
def test_a_paid_invoice_is_left_out_with_a_warning(cells: dict[str, str]) -> None:
    result = read(table(cells))
    assert result.items == ()
    assert only_finding(result).severity == "warning"


def test_the_open_amount_stands_in_for_a_missing_principal() -> None:
    assert item(amount="", open="12,50").amount == eur("12.50")


def test_a_row_without_any_amount_is_refused() -> None:
    assert "no amount" in refused(amount="").reason


def test_currency_is_three_letters_and_agrees_with_the_amount() -> None:
    assert item(currency="usd", amount="$ 5.00").amount == Money(Decimal("5.00"), "USD")
    assert item(currency="JPY", amount="500").amount == Money(Decimal("500"), "JPY")
    assert refused(currency="euro").column == "currency"
    assert "is in USD but the invoice is in EUR" in refused(amount="USD 5,00").reason
    assert "JPY" in refused(currency="JPY", amount="5,50").reason
