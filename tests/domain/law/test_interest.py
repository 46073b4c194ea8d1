"""Interest: worked examples of others, both ways of counting days, and a sum day by day in fractions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.claims.account import Account, Movement, settle
from domain.law import be, nl
from domain.law.dated import BeforeTable
from domain.law.interest import DayCount, InterestRule, agreed_rate
from domain.money import Money
from tests.domain.builders import day, eur
from tests.rows import in_rows

CONSUMER = nl.statutory_rates(trade=False)
TRADE = nl.statutory_rates(trade=True)


def run(principal: str, rule: InterestRule, as_of: str) -> Account:
    return settle(eur(principal), (), day(as_of), interest=rule)


@in_rows(
    ("principal", "trade", "since", "as_of", "interest"),
    [
        # law.md §1.4; the end there is exclusive, ours is the day before.
        ("10000.00", False, "2025-12-17", "2026-01-15", "41.10"),  # E1
        ("8400.00", True, "2026-05-30", "2026-06-20", "51.39"),  # E2
        ("820.00", False, "2026-01-01", "2026-01-31", "2.79"),  # E3
        ("5000.00", False, "2024-03-15", "2026-02-16", "623.82"),  # E4
        ("10000.00", False, "2024-01-01", "2024-12-31", "700.00"),  # E9, true length of the year
        # practice.md
        ("2420.00", True, "2026-09-03", "2026-10-20", "33.10"),  # S1
        ("2420.00", True, "2026-09-03", "2026-09-09", "4.83"),  # S1
        ("249.00", False, "2026-10-31", "2026-12-15", "1.26"),  # S2
        ("249.00", False, "2026-10-31", "2026-12-04", "0.96"),  # S2
        ("600.00", True, "2026-09-03", "2026-10-06", "5.81"),  # S14
    ],
)
def test_worked_examples(principal: str, trade: bool, since: str, as_of: str, interest: str) -> None:
    rule = InterestRule(day(since), nl.statutory_rates(trade))
    assert run(principal, rule, as_of).interest == eur(interest)


def test_counted_over_365_a_leap_year_bears_more_than_a_years_rate() -> None:
    # E9: 366 days at 7%, the last of them on a base that has been raised.
    rule = InterestRule(day("2024-01-01"), CONSUMER, day_count=DayCount.ACTUAL_365)
    assert run("10000.00", rule, "2024-12-31").interest == eur("701.92")


def test_periods_explain_the_sum() -> None:
    # E4 by hand: 292 days at 7% and 73 at 6% on 5,000; then 292 at 6% and 47 at 4% on 5,340.
    found = run("5000.00", InterestRule(day("2024-03-15"), CONSUMER), "2026-02-16").periods
    assert [(str(p.first), str(p.last), p.days, str(p.rate), p.base.text, p.amount.text) for p in found] == [
        ("2024-03-15", "2024-12-31", 292, "7.00", "5000.00", "280.00"),
        ("2025-01-01", "2025-03-14", 73, "6.00", "5000.00", "60.00"),
        ("2025-03-15", "2025-12-31", 292, "6.00", "5340.00", "256.32"),
        ("2026-01-01", "2026-02-16", 47, "4.00", "5340.00", "27.50"),
    ]


def test_there_is_no_interest_before_its_first_day_and_one_day_on_it() -> None:
    rule = InterestRule(day("2026-09-03"), TRADE)
    assert run("2420.00", rule, "2026-09-02").periods == ()
    assert [each.days for each in run("2420.00", rule, "2026-09-03").periods] == [1]


def test_interest_that_ended_stays_as_it_was() -> None:
    ended = InterestRule(day("2026-09-03"), TRADE, last=day("2026-10-20"))
    assert run("2420.00", ended, "2030-10-20").interest == eur("33.10")
    assert run("2420.00", InterestRule(day("2026-09-03"), TRADE, last=day("2026-09-02")), "2027-01-01").periods == ()


def test_a_year_from_29_february_ends_on_27_february() -> None:
    rule = InterestRule(day("2024-02-29"), agreed_rate(Decimal(10)), compound=True)
    assert [(str(p.first), p.days) for p in run("1000.00", rule, "2028-03-01").periods] == [
        ("2024-02-29", 365),
        ("2025-02-28", 365),
        ("2026-02-28", 365),
        ("2027-02-28", 366),
        ("2028-02-29", 2),
    ]
    # 1000, 1100, 1210, 1331 full years; 1464.10 for 2 of 365 days (to 27 February 2029).
    assert run("1000.00", rule, "2028-02-28").interest == eur("464.10")
    assert run("1000.00", rule, "2028-03-01").interest == eur("464.90")


def test_simple_interest_is_rounded_once() -> None:
    # 12% of 333.37 is 40.0044 a year: after five years 200.022, not five times 40.00.
    rule = InterestRule(day("2019-01-01"), agreed_rate(Decimal(12)), compound=False)
    found = run("333.37", rule, "2023-12-31")
    assert found.interest == eur("200.02")
    assert sum((each.amount.minor for each in found.periods), 0) == 20002


def test_belgian_interest_is_simple() -> None:
    # S15: 17 days at 10.5% on 400.00.
    rule = InterestRule(day("2026-10-14"), be.statutory_rates(trade=True), compound=False)
    assert run("400.00", rule, "2026-10-30").interest == eur("1.96")
    # Two full years of 10.5% and 10.5% less what 2024 to mid-2025 asked more, by hand: 2024 12.5, 2025 11.5 then 10.5.
    rule = InterestRule(day("2024-01-01"), be.statutory_rates(trade=True), compound=False)
    by_hand = 1000 * (Fraction(125, 1000) + Fraction(115 * 181 + 105 * 184, 365 * 1000))
    assert run("1000.00", rule, "2025-12-31").interest.minor == floor(by_hand * 100 + Fraction(1, 2))


def test_interest_past_the_last_checked_day_is_remarked() -> None:
    rule = InterestRule(day("2026-09-03"), TRADE)
    assert run("100.00", rule, "2026-12-31").remarks == ()
    assert run("100.00", rule, "2027-03-01").remarks == (
        "the table of the Dutch trade rate (BW 6:119a) was checked until 2026-12-31; "
        "for 2027-03-01 the last known rate of 10.40% is used",
    )
    ended = InterestRule(day("2026-09-03"), TRADE, last=day("2026-12-31"))
    assert run("100.00", ended, "2027-03-01").remarks == ()


def test_interest_before_the_table_is_refused() -> None:
    with pytest.raises(BeforeTable, match="Dutch trade rate"):
        run("100.00", InterestRule(day("2011-06-30"), TRADE), "2026-01-01")


def test_an_agreed_rate_has_its_bounds_and_is_shown_with_two_decimals() -> None:
    assert [str(agreed_rate(Decimal(each)).at(day("2026-01-01"))) for each in ("12", "7.5", "7.125", "12.0000000")] == [
        "12.00",
        "7.50",
        "7.125",
        "12.00",
    ]
    for impossible in ("-1", "1000.01", "NaN", "1.0000001"):
        with pytest.raises(ValueError, match="interest rate"):
            agreed_rate(Decimal(impossible))


def test_the_decimal_context_of_the_caller_changes_nothing() -> None:
    rule = InterestRule(day("2012-07-01"), CONSUMER)
    expected = run("123456789.01", rule, "2026-11-21")
    with localcontext() as context:
        context.prec = 5
        assert run("123456789.01", rule, "2026-11-21") == expected


def test_the_end_of_the_calendar_is_reached() -> None:
    rule = InterestRule(day("9998-06-01"), agreed_rate(Decimal(10)), compound=True)
    assert run("100.00", rule, "9999-12-31").periods[-1].last == date.max


# The same sum in another way: one day after the other, in fractions.

# law.md §1.1 and §1.2, per cent times 100.
CONSUMER_ROWS = ((2023, 1, 1, 400), (2023, 7, 1, 600), (2024, 1, 1, 700), (2025, 1, 1, 600), (2026, 1, 1, 400))
TRADE_ROWS = (
    (2023, 1, 1, 1050),
    (2023, 7, 1, 1200),
    (2024, 1, 1, 1250),
    (2024, 7, 1, 1225),
    (2025, 1, 1, 1115),
    (2025, 7, 1, 1015),
    (2026, 7, 1, 1040),
)
FIRST = date(2023, 1, 1)


def day_by_day(
    cents: int, since: date, as_of: date, rows: tuple[tuple[int, int, int, int], ...], *, true_year: bool
) -> int:
    """Interest in cents, capitalised and rounded at each anniversary."""

    def is_anniversary(on: date) -> bool:
        if (since.month, since.day) == (2, 29):
            return (
                (on + timedelta(days=1)).day == 1 and on.month == 2
                if on.year % 4 == 0
                else (on.month, on.day) == (2, 28)
            )
        return (on.month, on.day) == (since.month, since.day)

    def length_of_year_with(on: date) -> int:
        if not true_year:
            return 365
        first = on
        while not is_anniversary(first):
            first -= timedelta(days=1)
        following = on + timedelta(days=1)
        while not is_anniversary(following):
            following += timedelta(days=1)
        return (following - first).days

    base = cents
    year = Fraction(0)
    length = 0
    on = since
    while on <= as_of:
        if is_anniversary(on) or not length:
            base += floor(year + Fraction(1, 2))
            year = Fraction(0)
            length = length_of_year_with(on)
        rate = [row[3] for row in rows if date(*row[:3]) <= on][-1]
        year += Fraction(base * rate, 10_000 * length)
        on += timedelta(days=1)
    return base + floor(year + Fraction(1, 2)) - cents


@settings(max_examples=60, deadline=None)
@given(
    st.integers(min_value=1, max_value=10**9),
    st.integers(min_value=0, max_value=1300),
    st.integers(min_value=0, max_value=1400),
    st.booleans(),
    st.booleans(),
)
def test_a_sum_day_by_day_finds_the_same(cents: int, start: int, days: int, trade: bool, true_year: bool) -> None:
    since = FIRST + timedelta(days=start)
    as_of = since + timedelta(days=days)
    rule = InterestRule(
        since,
        nl.statutory_rates(trade),
        day_count=DayCount.ANNIVERSARY_YEAR if true_year else DayCount.ACTUAL_365,
    )
    found = settle(Money.from_minor(cents, "EUR"), (), as_of, interest=rule)
    rows = TRADE_ROWS if trade else CONSUMER_ROWS
    assert found.interest.minor == day_by_day(cents, since, as_of, rows, true_year=true_year)
    assert sum(each.amount.minor for each in found.periods) == found.interest.minor
    assert sum(each.days for each in found.periods) == days + 1


def test_a_sum_day_by_day_finds_the_same_from_a_29_february() -> None:
    since, as_of = date(2024, 2, 29), date(2028, 4, 1)
    found = settle(eur("7777.77"), (), as_of, interest=InterestRule(since, TRADE))
    assert found.interest.minor == day_by_day(777_777, since, as_of, TRADE_ROWS, true_year=True)


AMOUNTS = st.integers(min_value=1, max_value=10**8).map(lambda cents: Money.from_minor(cents, "EUR"))
DAYS = st.integers(min_value=0, max_value=1500).map(lambda days: FIRST + timedelta(days=days))
RULES = st.builds(
    InterestRule,
    since=DAYS,
    rates=st.sampled_from((CONSUMER, TRADE, agreed_rate(Decimal("12.5")))),
    compound=st.booleans(),
    day_count=st.sampled_from(DayCount),
)


@given(AMOUNTS, AMOUNTS, DAYS, DAYS, RULES)
def test_interest_never_falls_with_time_or_principal(a: Money, b: Money, c: date, d: date, rule: InterestRule) -> None:
    less, more = min(a, b), max(a, b)
    earlier, later = min(c, d), max(c, d)
    first = settle(less, (), earlier, interest=rule).interest
    assert first <= settle(less, (), later, interest=rule).interest
    assert first <= settle(more, (), earlier, interest=rule).interest


@given(AMOUNTS, DAYS, DAYS, RULES)
def test_cutting_a_period_in_two_changes_nothing(amount: Money, c: date, d: date, rule: InterestRule) -> None:
    cut, as_of = min(c, d), max(c, d)
    # A rebate that is undone on its day cuts the period there and does nothing else.
    movements = (
        Movement("a", cut, eur("0.01"), "rebate"),
        Movement("b", cut, eur("0.01"), "reversal", of="a"),
    )
    whole = settle(amount, (), as_of, interest=rule)
    in_two = settle(amount, movements, as_of, interest=rule)
    assert (in_two.interest, in_two.principal) == (whole.interest, whole.principal)
    # Years that were over by then are explained alike, whenever one asks.
    before = settle(amount, (), cut, interest=rule)
    if rule.compound and before.periods:
        finished = [each for each in before.periods if each.base != before.periods[-1].base]
        assert list(whole.periods[: len(finished)]) == finished
