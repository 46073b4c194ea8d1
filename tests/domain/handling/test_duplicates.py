"""One payment that two sources tell of: the case waits until a person says whether it is one or two."""

from __future__ import annotations

from typing import Any

import pytest

from domain.blockers import HoldKind
from tests.domain.builders import Life, business_ladder

MOLLIE = {"id": "mollie:tr_1", "amount": "400.00", "credited_on": "2026-03-02"}


def paid(own: str, on: str = "2026-03-02", amount: str = "400.00") -> dict[str, Any]:
    return {"id": own, "amount": amount, "credited_on": on}


def twice(other: dict[str, Any] | None = None, day: str = "2026-03-05") -> Life:
    """Paid once by Mollie; then another payment is told of."""
    life = Life(business_ladder()).live("2026-03-01").at(day)
    life.hear("payment_received", MOLLIE)
    life.hear("payment_received", other or paid("bank:1", "2026-03-05"))
    return life


def waits(life: Life) -> bool:
    return any(hold.kind is HoldKind.PROBABLE_DUPLICATE for hold in life.case.holds_on(life.today))


def test_the_same_amount_from_two_sources_within_three_days_asks_a_person() -> None:
    life = twice()
    assert waits(life)
    assert life.case.open_task("probable_duplicate") is not None
    assert life.case.open.text == "200.00", "until he says, both count"


@pytest.mark.parametrize(
    "other",
    [
        paid("mollie:tr_2"),
        paid("bank:1", "2026-03-06"),
        paid("bank:1", "2026-02-26"),
        paid("bank:1", amount="400.01"),
    ],
    ids=["one source", "four days later", "four days before", "another amount"],
)
def test_what_differs_is_no_duplicate(other: dict[str, Any]) -> None:
    assert not waits(twice(other, "2026-03-07"))


def test_a_payment_that_came_back_has_no_duplicate() -> None:
    life = Life(business_ladder()).live("2026-03-01").at("2026-03-05")
    life.hear("payment_received", MOLLIE)
    life.hear("payment_reversed", {"payment": "mollie:tr_1", "id": "r1"})
    life.hear("payment_received", paid("bank:1"))
    assert not waits(life)


def test_two_go_on_as_they_are() -> None:
    life = twice()
    life.ask("settle_duplicate", {"outcome": "two", "actor": "anna"})
    assert (waits(life), life.case.open.text) == (False, "200.00")
    assert life.case.open_task("probable_duplicate") is None


def test_of_one_the_later_is_taken_back_as_if_it_never_was() -> None:
    life = twice()
    life.ask("settle_duplicate", {"outcome": "one", "actor": "anna"})
    assert (waits(life), life.case.open.text) == (False, "600.00")
    back = next(entry for entry in life.case.ledger.entries if entry.kind == "reversal")
    assert (back.of, str(back.credited_on)) == ("bank:1", "2026-03-05")


def test_or_the_one_that_he_names() -> None:
    life = twice()
    life.ask("settle_duplicate", {"outcome": "one", "payment": "mollie:tr_1"})
    assert life.case.ledger.left_of("mollie:tr_1") == 0
    assert life.case.ledger.left_of("bank:1") == 40_000


def test_finishing_the_task_says_that_they_are_two() -> None:
    life = twice()
    life.ask("complete_task", {"task": "probable_duplicate"})
    assert (waits(life), life.case.open.text) == (False, "200.00")


def test_when_one_of_them_comes_back_nobody_is_asked_any_more() -> None:
    life = twice()
    life.hear("payment_reversed", {"payment": "mollie:tr_1", "id": "r1", "reason": "MD06"})
    assert (waits(life), life.case.open_task("probable_duplicate")) == (False, None)


def test_nothing_to_settle_is_refused_and_so_is_what_is_no_payment() -> None:
    life = Life(business_ladder()).live("2026-03-01")
    assert "no payment of this case" in str(life.ask("settle_duplicate", {"outcome": "two"}).refusal)
    life = twice()
    heard = life.ask("settle_duplicate", {"outcome": "one", "payment": "bank:9"})
    assert heard.refusal == (
        "name the payment that was told twice: bank:9 is no payment to take back; mollie:tr_1, bank:1"
    )
    assert waits(life)


def test_the_last_payment_of_a_closed_case_is_asked_about_too() -> None:
    life = Life(business_ladder()).live("2026-03-01").at("2026-03-05")
    life.hear("payment_received", paid("mollie:tr_1", amount="1000.00"))
    life.hear("payment_received", paid("bank:1", amount="1000.00"))
    assert life.case.open_task("probable_duplicate") is not None
    life.ask("settle_duplicate", {"outcome": "one"})
    assert life.case.ledger.balance.text == "0.00"


def test_a_person_who_says_that_it_is_a_second_one_is_not_asked() -> None:
    life = Life(business_ladder()).live("2026-03-01").at("2026-03-05")
    life.hear("payment_received", MOLLIE)
    life.ask("record_payment", {"amount": "400.00", "credited_on": "2026-03-03", "again": True})
    assert not waits(life)
    life.ask("record_payment", {"amount": "400.00", "credited_on": "2026-03-04"})
    assert waits(life)


# Refunds ----------------------------------------------------------------------------------------------------

BOOKED = {"amount": "200.00", "refunded_on": "2026-03-05", "actor": "anna"}
TOLD = {"id": "mollie:re_1", "payment": "mollie:tr_1", "amount": "200.00", "credited_on": "2026-03-06"}


def overpaid(day: str = "2026-03-07") -> Life:
    """1200.00 came in through Mollie for an invoice of 1000.00."""
    life = Life(business_ladder()).live("2026-03-01").at(day)
    life.hear("payment_received", paid("mollie:tr_1", amount="1200.00"))
    return life


def balance(life: Life) -> str:
    return life.case.ledger.balance.text


def test_a_refund_that_a_person_booked_and_the_provider_tells_of_asks_a_person() -> None:
    life = overpaid()
    life.ask("record_refund", BOOKED)
    life.hear("payment_reversed", TOLD)
    assert (waits(life), balance(life)) == (True, "200.00"), "until he says, both count"
    assert life.case.open_task("probable_duplicate") is not None


@pytest.mark.parametrize(("outcome", "left"), [("one", "0.00"), ("two", "200.00")])
def test_what_he_says_of_the_refund_counts(outcome: str, left: str) -> None:
    life = overpaid()
    life.ask("record_refund", BOOKED)
    life.hear("payment_reversed", TOLD)
    assert life.ask("settle_duplicate", {"outcome": outcome, "actor": "anna"}).refusal is None
    assert (waits(life), balance(life), life.case.open_task("probable_duplicate")) == (False, left, None)


@pytest.mark.parametrize("own", ["re_1", "mollie:re_1"])
def test_a_refund_booked_under_the_providers_id_is_the_same(own: str) -> None:
    life = overpaid()
    life.ask("record_refund", {**BOOKED, "id": own})
    life.hear("payment_reversed", TOLD)
    assert (waits(life), balance(life)) == (False, "0.00")


@pytest.mark.parametrize(
    "told",
    [
        {**TOLD, "credited_on": "2026-03-09"},
        {**TOLD, "amount": "199.99"},
        {**TOLD, "reason": "MD06"},
    ],
    ids=["four days later", "another amount", "taken back by the bank"],
)
def test_what_differs_is_another_refund(told: dict[str, Any]) -> None:
    life = overpaid("2026-03-09")
    life.ask("record_refund", BOOKED)
    life.hear("payment_reversed", told)
    assert not waits(life)


def test_two_equal_refunds_told_by_both_are_each_asked_about_and_settled_alone() -> None:
    life = overpaid()
    for _ in range(2):
        life.ask("record_refund", {**BOOKED, "amount": "100.00", "again": True})
    for number in (1, 2):
        life.hear("payment_reversed", {**TOLD, "id": f"mollie:re_{number}", "amount": "100.00"})
    life.ask("settle_duplicate", {"outcome": "one"})
    assert (waits(life), balance(life)) == (True, "100.00")
    life.ask("settle_duplicate", {"outcome": "one"})
    assert (waits(life), balance(life)) == (False, "0.00")
    assert life.case.open_task("probable_duplicate") is None


def test_a_refund_that_the_provider_told_of_is_not_booked_again_unless_he_says_that_it_is_a_second_one() -> None:
    life = overpaid()
    life.hear("payment_reversed", {**TOLD, "amount": "100.00"})
    booked = {**BOOKED, "amount": "100.00"}
    assert life.ask("record_refund", booked).refusal == (
        "100.00 given back on 2026-03-06 was told by the provider already, as mollie:re_1; "
        "say `again` when this is a second one"
    )
    assert life.ask("record_refund", {**booked, "again": True}).refusal is None
    assert balance(life) == "0.00"
