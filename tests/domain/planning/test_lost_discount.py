"""A discount for paying early that was taken late (practice.md, small rest): let go where the policy names it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.facts import CloseReason
from tests.domain.builders import Life, business_ladder


def living(**remainder: Any) -> Life:
    """1000.00, due on 2026-03-01; its ladder is at no letter yet."""
    return Life(business_ladder(remainder=remainder, tolerance="1.00")).live("2026-03-05")


def paid(life: Life, amount: str) -> CloseReason | None:
    life.hear("payment_received", {"id": "p1", "amount": amount})
    life.live("2026-03-06")
    return life.case.closed


@pytest.mark.parametrize(
    ("amount", "closed"),
    [
        ("980.00", CloseReason.BELOW_TOLERANCE),  # two per cent, to the cent
        ("980.60", CloseReason.BELOW_TOLERANCE),  # he rounded it: less than the tolerance of 1.00 beside it
        ("979.99", None),  # more than the discount
        ("985.00", None),  # a short payment like any other
        ("1000.00", CloseReason.PAID),
    ],
)
def test_the_discount_of_the_terms_is_let_go_and_no_other_rest(amount: str, closed: CloseReason | None) -> None:
    assert paid(living(lost_discount="2"), amount) is closed


def test_it_is_owed_unless_the_policy_says_so() -> None:
    assert paid(living(), "980.00") is None


def test_what_was_credited_or_is_disputed_is_no_discount() -> None:
    life = living(lost_discount="2")
    life.hear("invoice_credited", {"id": "c1", "amount": "980.00", "kind": "correction"})
    assert life.live("2026-03-06").case.closed is None
    disputed = living(lost_discount="2")
    disputed.ask("raise_dispute", {"reason": "damaged", "note": "a dent", "amount": "20.00", "actor": "els"})
    assert paid(disputed, "980.00") is None


def test_costs_that_are_due_are_not_let_go_with_it() -> None:
    # The notice of 2026-03-31 ran out: 15 % of 1000.00 is due, more than the extras that are let go.
    life = Life(business_ladder(remainder={"lost_discount": "2"}, law="NL", kind="business"))
    life.live("2026-05-04")
    life.hear("payment_received", {"id": "p1", "amount": "980.00"})
    life.live("2026-05-05")
    assert life.case.closed is None


@pytest.mark.parametrize("percent", ["2.01", "-1", "two"])
def test_it_is_two_per_cent_at_most(percent: str) -> None:
    with pytest.raises(ValidationError):
        business_ladder(remainder={"lost_discount": percent})
