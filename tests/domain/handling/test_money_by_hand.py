"""Money that a person books, what comes back, and what the debtor is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from domain import facts as f
from domain.claims.claim import claim_of
from tests.domain.builders import Life, consumer_ladder, day, eur, invoice, policy, send
from tests.domain.short_ladder import handed_off, new, stage

PAID = {"amount": "300.00", "credited_on": "2026-03-05", "reference": "F-1", "actor": "anna"}


# Payments ---------------------------------------------------------------------------------------------------


def test_a_payment_by_hand_counts_from_the_day_of_crediting() -> None:
    life = new()
    heard = life.ask("record_payment", PAID)
    (paid,) = (fact for fact in heard.facts if isinstance(fact, f.PaymentReceived))
    assert (paid.credited_on, paid.on, paid.reference, paid.actor) == (day("2026-03-05"), life.today, "F-1", "anna")
    assert life.case.open == eur("700.00")


def test_typed_twice_it_counts_once_and_says_what_is_known() -> None:
    life = new()
    life.ask("record_payment", PAID)
    again = life.ask("record_payment", {**PAID, "reference": "typed again"})
    (entry,) = (e for e in life.case.ledger.entries if e.kind == "payment")
    assert entry.id in (again.refusal or "") and "again" in (again.refusal or "")
    assert life.case.open == eur("700.00")


def test_an_equal_one_of_the_bank_is_taken_for_the_same() -> None:
    life = new()
    life.hear("payment_received", {"id": "tr_1", "amount": "300.00", "credited_on": "2026-03-05"})
    assert "tr_1" in (life.ask("record_payment", PAID).refusal or "")


def test_a_second_equal_payment_of_one_day_counts_when_he_says_so() -> None:
    life = new()
    life.ask("record_payment", PAID)
    assert life.ask("record_payment", {**PAID, "again": True}).refusal is None
    assert life.case.open == eur("400.00")


def test_after_the_first_was_taken_back_an_equal_one_is_a_new_one() -> None:
    life = new()
    life.ask("record_payment", {**PAID, "id": "b1"})
    life.hear("payment_reversed", {"payment": "b1"})
    assert life.ask("record_payment", PAID).refusal is None
    assert life.case.open == eur("700.00")


def test_under_its_own_id_it_counts_once_and_another_amount_is_a_contradiction() -> None:
    life = new()
    life.ask("record_payment", {**PAID, "id": "b1"})
    same = life.ask("record_payment", {**PAID, "id": "b1"})
    assert (same.facts, same.refusal) == ((), None)
    other = life.ask("record_payment", {**PAID, "id": "b1", "amount": "301.00"})
    assert "b1 is already booked with 300.00; now it says 301.00" in (other.refusal or "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"credited_on": "2026-03-09"}, "still to come"),
        ({"currency": "USD"}, "rate of the day"),
        ({"amount": "0.001"}, "decimal"),
        ({"amount": "-5.00"}, "greater than 0"),
        ({"amount": 5}, "string"),
        ({"credited_on": "yesterday"}, "no day"),
    ],
)
def test_what_cannot_be_booked_is_refused_with_what_would_be(change: dict[str, Any], words: str) -> None:
    life = new()
    before = life.case
    assert words in (life.ask("record_payment", {**PAID, **change}).refusal or "")
    assert life.case == before


def test_nothing_that_a_person_wrote_stands_in_the_id() -> None:
    life = new()
    life.ask("record_payment", {**PAID, "reference": "Jansen"})
    assert all("Jansen" not in entry.id for entry in life.case.ledger.entries)


def test_a_payment_by_hand_after_the_hand_off_is_told_to_the_agency() -> None:
    life = handed_off()
    life.ask("record_payment", PAID)
    assert [each.letter for each in life.case.owing] == ["agency_notice"]


# Refunds ----------------------------------------------------------------------------------------------------


def overpaid() -> Life:
    life = new()
    life.hear("payment_received", {"id": "p1", "amount": "1020.00"})
    return life.live("2026-03-09")


def test_what_was_given_back_lowers_what_is_overpaid_and_opens_nothing() -> None:
    life = overpaid()
    assert life.open_tasks() == ["overpayment"]
    assert life.ask("record_refund", {"amount": "20.00", "of": "p1"}).refusal is None
    assert (life.case.overpaid, life.case.open) == (eur("0.00"), eur("0.00"))
    life.live("2026-03-12")
    assert (stage(life), life.open_tasks()) == (("closed", f.CloseReason.PAID), [])


def test_a_part_that_was_given_back_leaves_the_rest_to_a_person() -> None:
    life = overpaid()
    life.ask("record_refund", {"amount": "5.00"})
    assert (life.case.overpaid, life.open_tasks()) == (eur("15.00"), ["overpayment"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": "20.01"}, "only 20.00 was paid too much"),
        ({"of": "p2"}, "its payments: p1"),
        ({"of": "principal"}, "its payments: p1"),
        ({"refunded_on": "2026-03-30"}, "still to come"),
        ({"currency": "USD"}, "rate of the day"),
    ],
)
def test_a_refund_that_cannot_be_is_refused(change: dict[str, Any], words: str) -> None:
    life = overpaid()
    before = life.case
    assert words in (
        life.ask("record_refund", {"amount": "20.00", "refunded_on": "2026-03-09", **change}).refusal or ""
    )
    assert life.case == before


def test_where_nothing_was_paid_too_much_a_refund_points_to_the_reversal() -> None:
    life = new()
    life.hear("payment_received", {"id": "p1", "amount": "300.00"})
    assert "payment_reversed" in (life.ask("record_refund", {"amount": "300.00", "of": "p1"}).refusal or "")


def test_a_refund_counts_once() -> None:
    life = overpaid()
    life.ask("record_refund", {"amount": "5.00", "id": "r1"})
    same = life.ask("record_refund", {"amount": "5.00", "id": "r1"})
    assert (same.facts, same.refusal) == ((), None)
    assert "booked already" in (life.ask("record_refund", {"amount": "5.00"}).refusal or "")
    life.ask("record_refund", {"amount": "5.00", "again": True})
    assert life.case.overpaid == eur("10.00")


def test_a_payment_taken_back_after_a_part_of_it_was_given_back_is_owed_with_that() -> None:
    # 1020.00 came in, 20.00 went back to him, then the bank took all of it: he owes the invoice and the 20.00.
    life = overpaid()
    life.ask("record_refund", {"amount": "20.00", "of": "p1"})
    life.hear("payment_reversed", {"payment": "p1"})
    assert life.case.open == eur("1020.00")


@pytest.mark.parametrize("law", [None, "NL"])
def test_with_and_without_a_law_books_and_claim_agree_after_a_refund(law: str | None) -> None:
    ladder = policy(send("one", {"after_due": "60d"}), **({"law": law, "kind": "business"} if law else {}))
    life = Life(ladder, invoice(due="2026-03-31")).at("2026-03-05", "12:00")
    life.hear("payment_received", {"id": "p1", "amount": "1050.00"})
    life.ask("record_refund", {"amount": "50.00"})
    claim = claim_of(life.case, ladder, life.today)
    assert (claim.open, claim.overpaid) == (eur("0.00"), eur("0.00"))
    life.hear("payment_reversed", {"payment": "p1"})
    claim = claim_of(life.case, ladder, life.today)
    assert (claim.open, claim.overpaid, life.case.open) == (eur("1050.00"), eur("0.00"), eur("1050.00"))


def test_a_credit_beyond_the_invoice_can_be_given_back() -> None:
    life = Life(policy(send("one", {"after_due": "60d"}), law="NL", kind="business"), invoice()).at(
        "2026-02-05", "12:00"
    )
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.hear("invoice_credited", {"id": "c1", "amount": "1100.00"})
    assert life.ask("record_refund", {"amount": "1100.00"}).refusal is None
    claim = claim_of(life.case, life.policy, life.today)
    assert (claim.total, claim.overpaid) == (eur("0.00"), eur("0.00"))


# What comes back --------------------------------------------------------------------------------------------


def consumer() -> Life:
    return Life(consumer_ladder(spacing="5d"), invoice(invoice_date="2026-02-01", due="2026-03-02"))


@pytest.mark.parametrize(
    ("told", "reason", "task"),
    [
        ("AM04", "no_funds", "retry_debit"),
        ("no_funds", "no_funds", "retry_debit"),
        ("MD06", "refused", "call_about_refusal"),
        ("ms02", "refused", "call_about_refusal"),
        ("AC04", "other", None),
    ],
)
def test_the_reason_of_the_bank_says_what_is_done_first(told: str, reason: str, task: str | None) -> None:
    life = consumer().at("2026-03-05", "12:00")
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.live("2026-03-05")
    life.at("2026-03-10", "08:00").hear("payment_reversed", {"payment": "p1", "reason": told})
    assert life.case.ledger.entries[-1].reason == reason
    assert life.open_tasks() == ([] if task is None else [task])
    life.live("2026-03-10")
    assert [(o.letter, str(o.sent_on)) for o in life.case.owing] == [("debit_returned", "2026-03-10")]
    # 03-15 is a Sunday: five days after that letter, on the next Tuesday.
    life.live("2026-03-20")
    assert life.steps == ["2026-03-17 reminder"]


def test_without_a_reason_nobody_is_told_that_a_debit_came_back() -> None:
    life = consumer().at("2026-03-05", "12:00")
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.live("2026-03-05").at("2026-03-10", "08:00").hear("payment_reversed", {"payment": "p1"})
    assert (life.case.owing, life.open_tasks()) == ((), [])


def test_a_trifle_that_comes_back_is_no_letter() -> None:
    life = consumer().at("2026-03-05", "12:00")
    life.hear("payment_received", {"id": "p1", "amount": "1.00"})
    life.hear("payment_reversed", {"payment": "p1", "reason": "AM04"})
    assert (life.case.owing, life.open_tasks()) == ((), [])


def test_the_same_return_twice_is_told_once() -> None:
    life = consumer().at("2026-03-05", "12:00")
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    for _ in range(2):
        life.hear("payment_reversed", {"id": "r1", "payment": "p1", "reason": "MD06"})
    assert [o.letter for o in life.case.owing] == ["debit_returned"]
    assert life.open_tasks() == ["call_about_refusal"]


def test_a_call_settles_the_question_about_a_refused_debit() -> None:
    life = consumer().at("2026-03-05", "12:00")
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.hear("payment_reversed", {"payment": "p1", "reason": "MD06"})
    life.ask("log_call", {"outcome": "he disputes it"})
    assert life.open_tasks() == []


# Receipts ---------------------------------------------------------------------------------------------------


def part_paid() -> Life:
    life = consumer().at("2026-03-04", "20:00")
    life.hear("payment_received", {"id": "p1", "amount": "300.00"})
    return life


def test_a_receipt_of_a_payment_that_is_taken_back_before_it_left_is_dropped() -> None:
    life = part_paid()
    life.hear("payment_reversed", {"payment": "p1"})
    assert [(o.letter, o.dropped) for o in life.case.owing] == [("receipt", True)]
    life.live("2026-03-10")
    assert life.case.owing[0].sent_on is None


def test_a_part_that_is_taken_back_leaves_the_receipt() -> None:
    life = part_paid()
    life.hear("payment_reversed", {"payment": "p1", "amount": "100.00"})
    assert [(o.letter, o.dropped) for o in life.case.owing] == [("receipt", False)]


def test_a_receipt_on_its_way_is_not_dropped() -> None:
    life = part_paid().at("2026-03-05", "09:00")
    keys = (("email", "k1"),)
    life.add(f.StepIntended(id="i", at=life.now, on=life.today, step="receipt", issue=1, message="m", deliveries=keys))
    life.hear("payment_reversed", {"payment": "p1"})
    assert not life.case.owing[0].dropped and life.case.attempt is not None


def test_a_payment_that_was_taken_back_before_we_heard_of_it_has_no_receipt() -> None:
    life = consumer().at("2026-03-04", "20:00")
    life.hear("payment_reversed", {"payment": "p1"})
    life.hear("payment_received", {"id": "p1", "amount": "300.00"})
    assert life.case.owing == ()


def test_after_a_receipt_the_next_step_keeps_its_distance_until_a_notice_has_left() -> None:
    # The receipt leaves on Thursday the 5th; the reminder's day is the 7th, so five days later: Tuesday the 10th.
    life = part_paid().live("2026-03-12")
    assert life.steps == ["2026-03-10 reminder"]
    life.live("2026-03-17")
    assert life.steps[-1] == "2026-03-17 notice"
    life.at("2026-03-31", "08:00").hear("payment_received", {"id": "p2", "amount": "100.00"})
    # Posted on the 17th: R Fri the 20th, day 14 is Good Friday, so E Tue 04-07 after Easter, and G Thu 04-09. A payment
    # inside the term moves nothing, and its receipt of 03-31 keeps nothing back.
    life.live("2026-04-10")
    assert [o.letter for o in life.case.owing if o.sent_on] == ["receipt", "receipt"]
    assert life.steps[-1] == "2026-04-09 final"


def test_without_a_law_a_receipt_keeps_nothing_back() -> None:
    ladder = policy(send("one", {"after_due": "5d"}), spacing="5d", receipts="true")
    life = Life(ladder, invoice()).at("2026-03-05", "08:00")
    life.hear("payment_received", {"id": "p1", "amount": "300.00"})
    assert life.live("2026-03-07").steps == ["2026-03-06 one"]


def test_what_was_set_off_is_told_also_when_it_pays_all() -> None:
    life = consumer().at("2026-03-04", "20:00")
    life.ask("record_payment", {"amount": "1000.00", "id": "s1", "set_off": "F-9"})
    assert [o.letter for o in life.case.owing] == ["receipt"]
    life.live("2026-03-06")
    assert (life.case.owing[0].sent_on, stage(life)) == (day("2026-03-05"), ("closed", f.CloseReason.PAID))
