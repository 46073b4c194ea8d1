"""Settlements: who may agree on one, what it holds, what it releases, and what is owed when it is not paid."""

from __future__ import annotations

from typing import Any

import pytest

from domain import facts as f
from domain.blockers import HoldKind
from domain.handling.money import vat_reclaim_by
from domain.invoice import Kind
from domain.ledger import EntryKind
from domain.tasks import TaskKind
from domain.views.timeline import bare_line
from tests.domain.builders import Life, day, eur, hand_off, invoice, policy, send

STEPS = (
    send("reminder", {"after_due": 7}),
    send("second", {"after_due": 14}),
    send("notice", {"after_due": 21}, term=14),
    hand_off({"term_expired": "notice"}),
)
LADDER = policy(*STEPS)


def life(until: str = "2026-03-10") -> Life:
    """Due 2026-03-01, reminded on the 8th; 1,000.00 is open."""
    return Life(LADDER).live(until)


def settle(lived: Life, amount: str = "850.00", by: str = "2026-03-20", **content: Any) -> Any:
    return lived.hear("settlement_agreed", {"settlement": "s1", "amount": amount, "by": by, "actor": "els", **content})


def pay(lived: Life, amount: str, own: str = "p1", **content: Any) -> Any:
    return lived.hear("payment_received", {"id": own, "amount": amount, **content})


def outcomes(lived: Life) -> list[str | None]:
    return [each.outcome for each in lived.case.settlements]


def told(lived: Life) -> list[str]:
    return [f"{fact.on} {fact.step}" for fact in lived.facts if isinstance(fact, f.StepTaken)]


def test_a_settlement_its_hold_and_its_letter_are_recorded_together() -> None:
    agreed, hold, letter = settle(life()).facts
    # By Friday the 20th, one banking day of grace: Monday the 23rd.
    assert (agreed.released, agreed.grace_until, hold.until) == (eur("150.00"), day("2026-03-23"), day("2026-03-24"))
    assert (hold.hold, letter.letter) == (HoldKind.SETTLEMENT, "settlement_confirmation")


def test_paid_in_full_and_in_time_the_rest_is_written_off_and_the_case_closes() -> None:
    lived = life()
    settle(lived)
    lived.live("2026-03-18")
    pay(lived, "850.00")
    lived.live("2026-03-18")
    assert outcomes(lived) == ["kept"] and lived.case.closed is f.CloseReason.WRITTEN_OFF
    (written,) = [fact for fact in lived.facts if isinstance(fact, f.WrittenOff)]
    assert (written.amount, written.reason) == (eur("150.00"), "settlement")
    assert told(lived)[1:] == ["2026-03-10 settlement_confirmation"]


def test_two_payments_may_come_to_it() -> None:
    lived = life()
    settle(lived)
    pay(lived, "400.00")
    lived.live("2026-03-15")
    pay(lived, "450.00", "p2")
    lived.live("2026-03-16")
    assert outcomes(lived) == ["kept"] and lived.case.open.is_zero


def test_not_paid_all_is_owed_as_before_and_the_ladder_goes_on_at_its_next_step() -> None:
    lived = life()
    settle(lived)
    lived.live("2026-03-23")
    assert outcomes(lived) == [None]
    lived.live("2026-04-10")
    assert outcomes(lived) == ["unpaid"] and lived.case.open == eur("1000.00")
    # Fourteen days, the 10th to the 23rd, do not count: the second reminder of the 15th moves to the 29th.
    assert lived.steps == ["2026-03-08 reminder", "2026-03-29 second", "2026-04-05 notice"]


@pytest.mark.parametrize(("paid", "credited"), [("849.99", "2026-03-20"), ("850.00", "2026-03-24")])
def test_too_little_or_too_late_is_a_part_payment(paid: str, credited: str) -> None:
    lived = life()
    settle(lived)
    lived.live("2026-03-22")
    pay(lived, paid, credited_on=credited)
    lived.live("2026-03-25")
    assert outcomes(lived) == ["unpaid"] and lived.case.open == eur("1000.00") - eur(paid)
    assert lived.case.ledger.total(EntryKind.WRITE_OFF).is_zero


def test_money_without_an_agreement_releases_nothing_whatever_it_says() -> None:
    lived = life()
    lived.hear("payment_received", {"id": "p1", "amount": "850.00", "reference": "tegen finale kwijting"})
    lived.live("2026-03-12")
    assert lived.case.open == eur("150.00") and lived.case.closed is None


def test_money_taken_back_undoes_the_release() -> None:
    lived = life()
    settle(lived)
    pay(lived, "850.00")
    lived.live("2026-03-12")
    assert lived.case.closed is f.CloseReason.WRITTEN_OFF
    lived.hear("payment_reversed", {"payment": "p1"})
    lived.live("2026-03-13")
    assert outcomes(lived) == ["unpaid"] and lived.case.open == eur("1000.00") and lived.case.closed is None


def test_paid_before_our_letter_left_a_person_confirms_it() -> None:
    lived = life("2026-03-09").at("2026-03-10", "08:00")
    settle(lived)
    pay(lived, "850.00")
    lived.live("2026-03-10")
    assert outcomes(lived) == ["kept"] and lived.case.closed is f.CloseReason.WRITTEN_OFF
    assert lived.open_tasks() == [TaskKind.CONFIRM_SETTLEMENT]


def test_what_is_disputed_is_decided_first() -> None:
    lived = life()
    lived.hear("dispute_raised", {"dispute": "d1", "amount": "200.00", "actor": "els"})
    assert "what is owed is disputed (d1); decide on that first" in (settle(lived).refusal or "")


def test_who_pays_all_has_nothing_to_be_released_from() -> None:
    lived = life()
    settle(lived)
    pay(lived, "1000.00")
    lived.live("2026-03-12")
    assert lived.case.closed is f.CloseReason.PAID
    assert lived.case.ledger.total(EntryKind.WRITE_OFF).is_zero


def test_another_one_takes_its_place_as_it_does_of_a_promise() -> None:
    lived = life()
    lived.hear("promise_made", {"promise": "w1", "by": "2026-03-15", "actor": "els"})
    settle(lived)
    settle(lived, "900.00", settlement="s2")
    assert outcomes(lived) == ["replaced", None] and lived.case.promises[0].outcome == "replaced"
    assert [hold.of for hold in lived.case.holds_on(day("2026-03-10"))] == ["s2"]


# Authority, bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_signal", [True, False])
def test_a_release_above_what_the_policy_allows_needs_an_approval(by_signal: bool) -> None:
    lived = life()
    content = {"settlement": "s1", "amount": "799.99", "by": "2026-03-20", "actor": "els"}
    name = "settlement_agreed" if by_signal else "agree_settlement"
    refusal = lived.hear(name, content, answered=not by_signal).refusal
    assert refusal == (
        "200.01 of 1000.00 would be released; without approval at most 20 % and 500.00: "
        "name who approved it as approved_by, or agree on more"
    )
    assert lived.hear(name, {**content, "approved_by": "m.bos"}, answered=not by_signal).refusal is None


def test_the_largest_amount_counts_beside_the_largest_part() -> None:
    lived = Life(LADDER, invoice(amount="10000.00")).live("2026-03-10")
    assert "at most 20 % and 500.00" in (settle(lived, "9499.99").refusal or "")
    assert settle(lived, "9500.00").refusal is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"amount": "1000.00"}, "1000.00 releases nothing, for 1000.00 is owed; agree on less, or record a promise"),
        ({"by": "2026-03-09"}, "by 2026-03-09 has passed"),
        ({"by": "2026-05-10"}, "more than 60 days ahead; 2026-05-09 at the latest"),
        ({"actor": "debtor"}, "the debtor can't release himself"),
        ({"amount": "850.00", "currency": "USD"}, "for an invoice in EUR"),
        ({"amount": None}, "amount"),
    ],
)
def test_what_can_not_be_agreed_is_refused_and_kept(content: dict[str, Any], says: str) -> None:
    lived = life()
    assert says in (settle(lived, **content).refusal or "")
    assert lived.case.settlements == () and len(lived.case.quarantined) == 1


def test_the_same_settlement_twice_counts_once_and_another_under_its_id_is_refused() -> None:
    lived = life()
    settle(lived, id="m1")
    assert settle(lived, id="m1").facts == () == settle(lived, id="m2").facts
    assert "on record already" in (settle(lived, "860.00").refusal or "")


def test_interest_and_costs_count_in_the_whole_claim_and_fall_with_the_rest() -> None:
    rules = policy(*STEPS[:3], law="NL", kind="business")
    lived = Life(rules, invoice(amount="2420.00", due="2026-03-01", kind=Kind.BUSINESS)).live("2026-04-20")
    # The term is only printed: interest from 30 days after the day after receipt, 03-04 (BW 6:119a lid 2), so 48 days:
    # 2420 x 10.15 % x 48 / 365 = 32.30. The notice of 03-22 has run out: 15 % of 2420 = 363.00.
    agreed = settle(lived, "2400.00", "2026-04-25").facts[0]
    assert agreed.released == eur("2420.00") + eur("32.30") + eur("363.00") - eur("2400.00")
    pay(lived, "2400.00")
    lived.live("2026-04-21")
    assert lived.case.closed is not None and lived.case.open.is_zero


# Giving up -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason", "note"),
    [
        ({"reason": "insolvency", "note": "bankrupt"}, "insolvency", "bankrupt"),
        ({"reason": "Goodwill"}, "goodwill", "Goodwill"),
        ({"reason": "he was kind to us"}, "other", "he was kind to us"),
        ({}, "other", ""),
    ],
)
def test_a_write_off_has_a_code_beside_its_words_and_what_was_written_before_is_read(
    content: dict[str, str], reason: str, note: str
) -> None:
    (written,) = life().hear("write_off", content).facts
    assert isinstance(written, f.WrittenOff)
    assert (written.reason, written.note) == (reason, note)


def test_a_write_off_tells_when_its_vat_is_to_be_reclaimed() -> None:
    rules = policy(*STEPS, law="NL", kind="business")
    lived = Life(rules, invoice(kind=Kind.BUSINESS)).live("2026-03-10")
    (written,) = lived.hear("write_off", {"reason": "uncollectible"}).facts
    # One year after due (art. 29 Wet OB).
    assert bare_line(written) == (
        "2026-03-10 written off: 1000.00 (uncollectible), VAT in it to be reclaimed by 2027-03-01"
    )
    assert vat_reclaim_by(lived.case, LADDER) is None


def test_a_write_off_from_before_there_were_codes_is_told_as_it_was() -> None:
    stored = {"id": "w", "at": "2026-03-10T00:00:00Z", "on": "2026-03-10", "kind": "written_off"}
    fact = f.FACT.validate_python({**stored, "amount": {"amount": "10.00", "currency": "EUR"}, "note": "why"})
    assert bare_line(fact) == "2026-03-10 written off: 10.00"
