"""Until when a payment can be taken back, by how it was paid (facts/law.md and changes.md; dates counted by hand)."""

from datetime import date

import pytest

from domain.law.payment_methods import FINALITY, METHODS, PaymentMethod, final_on, unauthorised_until

PAID = date(2026, 10, 21)  # a Wednesday


@pytest.mark.parametrize(
    ("method", "final"),
    [
        ("transfer", date(2026, 10, 21)),
        ("ideal", date(2026, 10, 21)),
        ("cash", date(2026, 10, 21)),
        # 10 days of October, 30 of November and 16 of December are eight weeks: 12-16 is the last day.
        ("sdd_core", date(2026, 12, 17)),
        # Thursday, Friday, Monday: three banking days.
        ("sdd_b2b", date(2026, 10, 27)),
        # 120 days: 10 + 30 + 31 + 31 + 18 of February.
        ("wero", date(2027, 2, 19)),
        ("card", date(2027, 2, 19)),
    ],
)
def test_each_way_of_paying_is_final_on_its_own_day(method: PaymentMethod, final: date) -> None:
    assert final_on(method, PAID) == final


def test_a_debit_that_was_never_authorised_comes_back_for_thirteen_months() -> None:
    assert unauthorised_until("sdd_core", PAID) == date(2027, 11, 21)
    assert unauthorised_until("ideal", PAID) is None


@pytest.mark.parametrize("method", METHODS)
def test_every_row_has_a_source(method: PaymentMethod) -> None:
    assert all(row.source for row in FINALITY[method].rows)
