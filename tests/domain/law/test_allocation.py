"""A payment without a name is spread by art. 6:43 BW."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.law.allocation import OpenClaim, spread
from domain.money import Money
from tests.domain.builders import day, eur

ON = day("2026-04-10")


def claim(key: str, due: str, open: str, invoice_date: str = "2026-01-01") -> OpenClaim:
    return OpenClaim(key, day(due), day(invoice_date), eur(open))


def shares(amount: str, *claims: OpenClaim) -> tuple[list[tuple[str, str]], str]:
    paid, left = spread(eur(amount), claims, ON)
    return [(key, money.text) for key, money in paid], left.text


def test_what_is_due_goes_before_what_is_not() -> None:
    later, due = claim("B", "2026-04-10", "500.00"), claim("A", "2026-04-09", "100.00")
    assert shares("150.00", later, due) == ([("A", "100.00"), ("B", "50.00")], "0.00")


def test_the_oldest_due_goes_first() -> None:
    assert shares("150.00", claim("B", "2026-03-02", "100.00"), claim("A", "2026-03-01", "100.00")) == (
        [("A", "100.00"), ("B", "50.00")],
        "0.00",
    )


def test_the_most_burdensome_goes_before_the_oldest() -> None:
    # BW 6:43 lid 2: the claim that bears the most interest.
    trade = replace(claim("B", "2026-03-02", "100.00"), rate=Decimal("10.40"))
    ordinary = replace(claim("A", "2026-03-01", "100.00"), rate=Decimal("4.00"))
    assert shares("150.00", ordinary, trade) == ([("B", "100.00"), ("A", "50.00")], "0.00")


def test_of_equal_due_dates_the_older_invoice_goes_first() -> None:
    newer, older = claim("B", "2026-03-01", "100.00", "2026-01-02"), claim("A", "2026-03-01", "100.00")
    assert shares("100.00", newer, older) == ([("A", "100.00")], "0.00")


def test_equals_share_in_proportion_to_the_cent() -> None:
    equal = [claim("A", "2026-03-01", "100.00"), claim("B", "2026-03-01", "200.00")]
    assert shares("100.00", *equal) == ([("A", "33.33"), ("B", "66.67")], "0.00")


def test_what_is_too_much_is_left_over() -> None:
    assert shares("150.00", claim("A", "2026-03-01", "100.00")) == ([("A", "100.00")], "50.00")
    assert shares("150.00") == ([], "150.00")


def test_a_case_with_nothing_open_gets_nothing() -> None:
    assert shares("50.00", claim("A", "2026-03-01", "0.00"), claim("B", "2026-03-01", "60.00")) == (
        [("B", "50.00")],
        "0.00",
    )


claims = st.lists(
    st.builds(
        lambda n, due, minor: OpenClaim(f"F{n}", due, day("2026-01-01"), Money.from_minor(minor, "EUR")),
        st.integers(0, 99),
        st.dates(day("2026-03-01"), day("2026-05-01")),
        st.integers(0, 100_000),
    ),
    max_size=6,
    unique_by=lambda c: c.key,
)


@given(st.integers(1, 500_000), claims)
def test_no_cent_is_lost_and_no_claim_gets_more_than_is_open(minor: int, drawn: list[OpenClaim]) -> None:
    paid, left = spread(Money.from_minor(minor, "EUR"), drawn, ON)
    assert sum(money.minor for _, money in paid) + left.minor == minor
    open_by_key = {c.key: c.open.minor for c in drawn}
    assert all(0 < money.minor <= open_by_key[key] for key, money in paid)
    assert left.is_zero or sum(open_by_key.values()) == minor - left.minor
