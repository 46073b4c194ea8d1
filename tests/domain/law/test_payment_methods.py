"""Until when a payment can be taken back, by how it was paid (facts/law.md and changes.md; dates counted by hand)."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.law.payment_methods import (
    FINALITY,
    METHODS,
    PaymentMethod,
    final_on,
    is_from_memory,
    unauthorised_until,
)
from domain.terms import PLAIN_TERMS, CreditorTerms

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


def test_only_the_days_of_cards_are_from_memory_and_say_so() -> None:
    # facts/law.md names no number for cards; Wero's 120 days were read (facts/changes.md).
    assert [method for method in METHODS if is_from_memory(method, PAID)] == ["card"]


def test_the_contract_of_the_creditor_comes_before_the_table_from_its_day_on() -> None:
    rows = [
        {"method": "card", "from": "2026-01-01", "days": 30, "source": "contract 2026"},
        {"method": "card", "from": "2026-10-01", "days": 10, "source": "contract, October"},
    ]
    terms = CreditorTerms.model_validate({"finality": rows})
    assert terms.final_on("card", PAID) == date(2026, 11, 1)  # 10 days: 10-31 is the last one
    assert terms.final_on("card", date(2026, 9, 1)) == date(2026, 10, 2)
    assert terms.final_on("card", date(2025, 12, 31)) == final_on("card", date(2025, 12, 31))
    assert terms.final_on("wero", PAID) == PLAIN_TERMS.final_on("wero", PAID) == date(2027, 2, 19)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"method": "cheque", "days": 3, "source": "x"}, "Input should be"),
        ({"method": "card", "days": -1, "source": "x"}, "greater than or equal to 0"),
        ({"method": "card", "days": 3}, "source"),
    ],
)
def test_a_row_names_a_known_method_its_days_and_where_they_stand(row: dict[str, object], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        CreditorTerms.model_validate({"finality": [row]})


def test_rows_of_one_method_stand_in_the_order_of_their_day() -> None:
    row = {"method": "card", "from": "2026-01-01", "days": 3, "source": "x"}
    with pytest.raises(ValidationError, match="finality of card"):
        CreditorTerms.model_validate({"finality": [row, row]})
