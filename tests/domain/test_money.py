import copy
import operator
import pickle
from decimal import Context, Decimal, Inexact, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from domain.money import CurrencyMismatch, Money, minor_digits, round_half_up, round_ratio
from tests.rows import in_rows


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


class Claim(BaseModel):
    open: Money
    paid: Money | None = None


@pytest.mark.parametrize(
    ("currency", "text"),
    [("EUR", "12.00"), ("JPY", "12"), ("KWD", "12.000"), ("CLF", "12.0000"), ("GBP", "12.00")],
)
def test_an_amount_always_has_the_decimals_of_its_currency(currency: str, text: str) -> None:
    assert Money(Decimal(12), currency).text == text
    assert Money.parse("12", currency) == Money(Decimal(12), currency)
    assert Money.from_minor(12 * 10 ** minor_digits(currency), currency).text == text


@pytest.mark.parametrize(("text", "currency"), [("1.234", "EUR"), ("1.000", "EUR"), ("0.5", "JPY"), ("1.0", "JPY")])
def test_more_decimals_than_the_currency_has_are_refused_and_named(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=text):
        Money.parse(text, currency)
    with pytest.raises(ValueError, match=text):
        Money(Decimal(text), currency)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+20"])
def test_what_is_not_an_ordinary_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        Money(Decimal(value), "EUR")
    with pytest.raises(ValueError, match="amount"):
        round_half_up(Decimal(value), "EUR")


@pytest.mark.parametrize("value", [1.5, 1, "1.50", True, None])
def test_only_a_decimal_makes_money(value: Any) -> None:
    with pytest.raises(TypeError):
        Money(value, "EUR")
    with pytest.raises(TypeError):
        round_half_up(value, "EUR")


@in_rows("text", ["", " 1", "1 ", "+1", "1,50", "1.", ".5", "1e3", "1_000", "1.2.3", "--1", "٣", "1\n"])
def test_text_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="plain decimal"):
        Money.parse(text, "EUR")


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "€", "EU1", "EUR\n", None, 978])
def test_a_currency_is_three_capitals(currency: Any) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(Decimal(1), currency)


def test_there_is_no_negative_nothing() -> None:
    for nothing in (eur("-0.00"), Money(Decimal("-0"), "EUR"), -eur("0"), eur("1") - eur("1")):
        assert nothing.text == "0.00"
    assert Money.from_minor(0, "EUR").text == "0.00"
    assert round_half_up(Decimal("-0.004"), "EUR").text == "0.00"


def test_arithmetic_in_one_currency() -> None:
    assert eur("1200.00") + eur("-50.55") == eur("1149.45")
    assert eur("0.10") - eur("0.30") == eur("-0.20")
    assert abs(eur("-3")) == eur("3.00")
    assert sum([eur("0.10")] * 3, start=Money.zero("EUR")) == eur("0.30")
    assert eur("1") < eur("2") <= eur("2.00") < eur("10")
    assert eur("2") > eur("1") >= eur("1")
    assert bool(eur("0.01")) and not eur("0")
    assert eur("0").is_zero and not eur("0").is_positive
    assert eur("0.01").is_positive and not eur("-0.01").is_positive
    assert str(eur("1234.5")) == "1234.50 EUR"
    assert hash(eur("1")) == hash(eur("1.00"))


def test_two_currencies_do_not_mix() -> None:
    euro, yen = Money(Decimal(1), "EUR"), Money(Decimal(1), "JPY")
    for operation in (operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge):
        with pytest.raises(CurrencyMismatch, match=r"1\.00 EUR and 1 JPY"):
            operation(euro, yen)
    assert euro != yen
    assert isinstance(CurrencyMismatch("x"), ValueError)


def test_a_bare_number_is_not_money() -> None:
    for operation in (operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge):
        with pytest.raises(TypeError):
            operation(eur("1"), 1)
        with pytest.raises(TypeError):
            operation(Decimal(1), eur("1"))
    assert eur("1") != Decimal(1)


def test_the_decimal_context_of_a_caller_changes_no_amount() -> None:
    with localcontext() as context:
        context.prec = 3
        context.traps[Inexact] = True
        assert eur("123456.78") + eur("0.01") == eur("123456.79")
        assert -eur("123456.78") == eur("-123456.78")
        assert round_half_up(Decimal("123456.785"), "EUR") == eur("123456.79")
        assert eur("123456.78").minor == 12345678


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        # Interest of the worked cases: 2420 x 10.4% x 14/365; 1000 x 4% x 20/365 + 400 x 4% x 15/365.
        ("9.65347", "EUR", "9.65"),
        ("2.849315", "EUR", "2.85"),
        ("0.005", "EUR", "0.01"),
        ("0.0049999", "EUR", "0.00"),
        ("2.675", "EUR", "2.68"),
        ("-0.005", "EUR", "-0.01"),
        ("0.5", "JPY", "1"),
        ("1.5", "JPY", "2"),
        ("7", "EUR", "7.00"),
    ],
)
def test_a_half_is_rounded_away_from_zero(value: str, currency: str, text: str) -> None:
    assert round_half_up(Decimal(value), currency).text == text


def test_minor_units_there_and_back() -> None:
    assert eur("12.50").minor == 1250
    assert Money.from_minor(1250, "EUR") == eur("12.50")
    assert Money.from_minor(-1, "EUR") == eur("-0.01")
    assert Money.from_minor(500, "JPY").text == "500"
    assert Money.from_minor(1234, "KWD").text == "1.234"
    for wrong in (1.0, True, "1"):
        with pytest.raises(TypeError):
            Money.from_minor(wrong, "EUR")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="more than"):
        Money.from_minor(10**17, "EUR")


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        # Worked case S10: an arrangement in three; S6: one fee over three invoices of a hundred.
        ("3478.85", [1, 1, 1], ["1159.62", "1159.62", "1159.61"]),
        ("45.00", [10000, 10000, 10000], ["15.00", "15.00", "15.00"]),
        ("0.02", [1, 1, 1], ["0.01", "0.01", "0.00"]),
        ("0.05", [3, 7], ["0.02", "0.03"]),
        ("10.00", [0, 1], ["0.00", "10.00"]),
        ("-0.02", [1, 1, 1], ["-0.01", "-0.01", "0.00"]),
        # 1.00 over 1:1:4: 16 2/3, 16 2/3, 66 2/3 cents: equal remainders, two cents left.
        ("1.00", [1, 1, 4], ["0.17", "0.17", "0.66"]),
        # 1.00 over 5:1: 83 1/3 and 16 2/3 cents: the largest remainder wins from the earlier.
        ("1.00", [5, 1], ["0.83", "0.17"]),
    ],
)
def test_a_split_gives_left_over_cents_to_the_largest_remainder_and_then_the_earlier(
    amount: str, weights: list[int], parts: list[str]
) -> None:
    assert [part.text for part in eur(amount).split(weights)] == parts


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [3, -1]])
def test_a_split_needs_a_weight(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        eur("1").split(weights)


cents = st.integers(-(10**12), 10**12)
weighings = st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any)


@given(cents, weighings)
def test_a_split_conserves_every_cent_and_is_never_a_cent_off(minor: int, weights: list[int]) -> None:
    whole = Money.from_minor(minor, "EUR")
    parts = whole.split(weights)
    assert sum(parts, start=Money.zero("EUR")) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - minor * weight) < sum(weights)


@given(cents, cents)
def test_amounts_add_like_cents(left: int, right: int) -> None:
    one, other = Money.from_minor(left, "EUR"), Money.from_minor(right, "EUR")
    assert (one + other).minor == left + right
    assert (one - other).minor == left - right
    assert (one < other) == (left < right)
    assert one + other - other == one


@given(cents)
def test_an_amount_survives_text_json_pickle_and_copy(minor: int) -> None:
    money = Money.from_minor(minor, "EUR")
    assert Money.parse(money.text, "EUR") == money
    assert Claim.model_validate_json(Claim(open=money).model_dump_json()).open == money
    assert pickle.loads(pickle.dumps(money)) == money
    assert copy.deepcopy(money) == money


def test_in_json_money_is_a_text_and_a_currency() -> None:
    claim = Claim(open=eur("100"), paid=Money.from_minor(5, "JPY"))
    wire = b'{"open":{"amount":"100.00","currency":"EUR"},"paid":{"amount":"5","currency":"JPY"}}'
    assert claim.model_dump_json().encode() == wire
    assert to_json(claim) == wire
    assert claim.model_dump() == claim.model_dump(mode="json") == from_json(wire)
    assert Claim.model_validate_json(wire) == claim
    assert Claim.model_validate(from_json(wire)) == claim
    # The Temporal converter writes bare values without a schema; the form is the same.
    assert to_json(eur("100")) == b'{"amount":"100.00","currency":"EUR"}'
    assert TypeAdapter(Money).validate_json('{"amount":"0.10","currency":"EUR"}') == eur("0.10")


@in_rows(
    "wire",
    [
        '{"amount":100.00,"currency":"EUR"}',
        '{"amount":100,"currency":"EUR"}',
        '{"amount":"100.005","currency":"EUR"}',
        '{"amount":"NaN","currency":"EUR"}',
        '{"amount":"1.00"}',
        '{"amount":"1.00","currency":"eur"}',
        '{"amount":"1.00","currency":null}',
        '{"amount":"1.00","currency":["EUR"]}',
        '{"amount":["1.00"],"currency":"EUR"}',
        '{"amount":"1.00","currency":"EUR","minor":100}',
        '"1.00"',
        "1.00",
        "[]",
        "null",
    ],
)
def test_any_other_json_is_refused(wire: str) -> None:
    with pytest.raises(ValidationError):
        Claim.model_validate_json(f'{{"open":{wire}}}')


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_json_schema_says_text_and_currency(mode: Any) -> None:
    schema = TypeAdapter(Money).json_schema(mode=mode)
    assert schema["type"] == "object"
    assert schema["required"] == ["amount", "currency"]
    assert schema["properties"]["amount"]["type"] == "string"


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (5, 10, "0.01"),
        (4, 10, "0.00"),
        (-5, 10, "-0.01"),
        (-4, 10, "0.00"),
        (7, 2, "0.04"),
        (299, 100, "0.03"),
        (0, 3, "0.00"),
    ],
)
def test_a_fraction_of_cents_is_rounded_a_half_away_from_zero(numerator: int, denominator: int, text: str) -> None:
    assert round_ratio(numerator, denominator, "EUR").text == text


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_a_fraction_of_cents_is_rounded_as_its_decimal_number_is(numerator: int, denominator: int) -> None:
    exact = Context(prec=60).divide(Decimal(numerator), Decimal(denominator * 100))
    assert round_ratio(numerator, denominator, "EUR") == round_half_up(exact, "EUR")
