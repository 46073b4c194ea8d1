"""Handling disputes: what one holds, what its end asks, and what debtors misuse."""

from __future__ import annotations

from typing import Any

import pytest

from domain import facts as f
from domain.blockers import HoldKind
from domain.tasks import TaskKind
from tests.domain.builders import Life, day, eur, hand_off, invoice, policy, send

LADDER = policy(
    send("reminder", {"after_due": 7}),
    send("second", {"after_due": 14}),
    send("notice", {"after_due": 21}, term=14),
    hand_off({"term_expired": "notice"}),
)


def life(**fields: Any) -> Life:
    lived = Life(LADDER.model_copy(update=fields) if fields else LADDER)
    lived.live("2026-03-05")
    return lived


def dispute(lived: Life, **content: Any) -> Any:
    return lived.hear("dispute_raised", {"dispute": "d1", "reason": "damaged", "note": "a dent", **content})


def resolve(lived: Life, outcome: str, **content: Any) -> Any:
    return lived.hear("dispute_resolved", {"outcome": outcome, **content})


def tasks(lived: Life) -> list[str]:
    return [task.kind for task in lived.case.tasks if task.done_on is None]


def test_a_dispute_its_hold_its_task_and_its_letter_are_recorded_together() -> None:
    heard = dispute(life())
    assert [type(fact) for fact in heard.facts] == [f.DisputeRaised, f.HoldPlaced, f.TaskRaised, f.LetterOwed]


def test_one_without_a_number_gets_one_that_a_person_can_say() -> None:
    lived = life()
    for _ in range(2):
        lived.hear("dispute_raised", {"amount": "100.00"})
    assert [each.id for each in lived.case.disputes] == ["F-1-D1", "F-1-D2"]


def test_a_part_is_kept_apart_and_holds_nothing_else() -> None:
    lived = life()
    dispute(lived, amount="200.00")
    assert (lived.case.holds, lived.case.open, lived.case.undisputed) == ((), eur("1000.00"), eur("800.00"))


def test_the_whole_of_what_is_left_counts_as_all_of_it() -> None:
    lived = life()
    lived.hear("payment_received", {"id": "p1", "amount": "600.00"})
    dispute(lived, amount="400.00")
    assert [hold.kind for hold in lived.case.holds] == [HoldKind.DISPUTE]


def test_money_and_disputes_in_any_order_never_contest_more_than_is_open() -> None:
    lived = life()
    dispute(lived, amount="300.00")
    lived.hear("payment_received", {"id": "p1", "amount": "900.00"})
    assert (lived.case.undisputed, lived.case.contested_minor) == (eur("0.00"), 10_000)


def test_the_debtor_has_an_answer_within_the_days_of_the_policy() -> None:
    lived = life()
    dispute(lived)
    assert lived.case.disputes[0].answer_by == day("2026-03-19")


def test_the_owner_is_reminded_and_then_somebody_else() -> None:
    lived = life()
    dispute(lived, actor="els")
    lived.live("2026-03-15")
    assert tasks(lived) == [TaskKind.ANSWER_DISPUTE]
    lived.live("2026-03-16")
    assert TaskKind.DISPUTE_SOON in tasks(lived) and TaskKind.DISPUTE_LATE not in tasks(lived)
    lived.live("2026-03-20")
    assert TaskKind.DISPUTE_LATE in tasks(lived)
    resolve(lived, "rejected")
    assert tasks(lived) == []


@pytest.mark.parametrize(("outcome", "content"), [("rejected", {}), ("partly", {"amount": "100.00"})])
def test_after_our_answer_he_has_a_week(outcome: str, content: dict[str, str]) -> None:
    lived = life()
    dispute(lived, actor="els")
    lived.live("2026-03-10")
    resolve(lived, outcome, **content)
    lived.live("2026-03-16")
    assert [step.step for step in lived.case.taken] == []
    lived.live("2026-03-17")
    assert [step.step for step in lived.case.taken] == ["reminder"]


def test_upheld_asks_for_a_credit_note_and_that_note_counts_once() -> None:
    lived = life()
    dispute(lived, amount="200.00")
    resolve(lived, "upheld")
    assert (lived.case.undisputed, tasks(lived)) == (eur("800.00"), [TaskKind.SEND_CREDIT_NOTE])
    lived.hear("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "correction"})
    assert (lived.case.open, lived.case.undisputed) == (eur("800.00"), eur("800.00"))
    assert tasks(lived) == []


def test_a_credit_note_before_the_answer_is_not_taken_off_twice() -> None:
    lived = life()
    dispute(lived, amount="200.00")
    lived.hear("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "correction"})
    assert lived.case.undisputed == eur("800.00")
    resolve(lived, "upheld")
    assert lived.case.undisputed == eur("800.00")


@pytest.mark.parametrize(("decided", "task"), [(False, "answer_dispute"), (True, "send_credit_note")])
def test_whoever_finishes_the_task_and_forgets_the_thing_is_asked_again(decided: bool, task: str) -> None:
    lived = life()
    dispute(lived, actor="els")
    if decided:
        resolve(lived, "upheld")
    lived.hear("complete_task", {"task": task})
    lived.live("2026-03-11")
    assert task not in tasks(lived)
    lived.live("2026-03-12")
    assert task in tasks(lived)


def test_one_that_lapsed_is_upheld_all_the_same() -> None:
    lived = life()
    dispute(lived, amount="100.00")
    resolve(lived, "withdrawn")
    dispute(lived, dispute="d2", amount="300.00")
    lived.live("2026-03-11")
    assert lived.case.undisputed == eur("1000.00")
    resolve(lived, "upheld")
    assert (lived.case.undisputed, tasks(lived)) == (eur("700.00"), [TaskKind.SEND_CREDIT_NOTE])


# What debtors misuse ---------------------------------------------------------------------------------------


def test_a_second_dispute_holds_five_days_and_asks_a_person() -> None:
    lived = life()
    dispute(lived, amount="100.00")
    resolve(lived, "rejected")
    dispute(lived, dispute="d2", actor="debtor")
    assert lived.case.holds[-1].until == day("2026-03-10") and TaskKind.REVIEW_DISPUTE in tasks(lived)
    lived.live("2026-03-10")
    assert lived.case.undisputed == eur("1000.00")
    assert len(lived.case.open_disputes) == 1


def test_one_after_the_notice_holds_five_days_unless_one_of_ours_noted_it() -> None:
    for actor, until in (("debtor", day("2026-03-31")), ("", day("2026-03-31")), ("els", None)):
        lived = Life(LADDER)
        lived.live("2026-03-26")
        assert lived.case.stage == "notice"
        dispute(lived, actor=actor)
        assert lived.case.holds[-1].until == until


def test_a_person_who_accepts_it_lets_it_hold_until_its_answer() -> None:
    lived = Life(LADDER)
    lived.live("2026-03-26")
    dispute(lived)
    lived.live("2026-03-28")
    lived.hear("complete_task", {"task": "review_dispute", "outcome": "accepted", "actor": "els"})
    lived.live("2026-04-20")
    assert lived.case.holds_on(day("2026-04-20")) and lived.case.undisputed == eur("0.00")
    assert TaskKind.ANSWER_DISPUTE in tasks(lived)


def test_goods_complained_of_late_are_flagged_and_not_refused() -> None:
    inv = invoice().model_copy(update={"goods": True, "delivered_on": day("2026-01-02")})
    lived = Life(LADDER, inv)
    lived.live("2026-03-05")
    heard = dispute(lived)
    assert heard.facts[0].late


def test_a_dispute_never_moves_the_due_date_and_the_ladder_is_not_begun_anew() -> None:
    lived = Life(LADDER)
    lived.live("2026-03-16")
    dispute(lived, actor="els")
    lived.live("2026-03-20")
    resolve(lived, "withdrawn")
    lived.live("2026-04-01")
    assert [step.step for step in lived.case.taken] == ["reminder", "second", "notice"]


# Bad input -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"amount": "1000.01"}, "only 1000.00 is open and not disputed; name at most that"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "12.5.0"}, "no amount"),
        ({"reason": "because"}, "reason"),
        ({"amount": "10.00", "currency": "USD"}, "for an invoice in EUR"),
    ],
)
def test_what_can_not_be_a_dispute_is_refused_and_kept(content: dict[str, str], says: str) -> None:
    lived = life()
    heard = dispute(lived, **content)
    assert says in (heard.refusal or "")
    assert lived.case.disputes == () and len(lived.case.quarantined) == 1


def test_the_same_dispute_twice_counts_once_and_another_under_its_id_is_refused() -> None:
    lived = life()
    dispute(lived, id="m1", amount="200.00")
    assert dispute(lived, id="m1", amount="200.00").facts == ()
    assert dispute(lived, id="m2", amount="200.00").facts == ()
    assert "on record already" in (dispute(lived, id="m3", amount="250.00").refusal or "")


@pytest.mark.parametrize(
    ("outcome", "content", "says"),
    [
        ("rejected", {"dispute": "d9"}, "no open dispute 'd9'; open: d1"),
        ("partly", {}, "less than 200.00"),
        ("partly", {"amount": "200.00"}, "say upheld for all of it"),
        ("upheld", {"amount": "100.00"}, "say partly"),
        ("rejected", {"amount": "100.00"}, "takes no amount"),
        ("perhaps", {}, "outcome"),
    ],
)
def test_an_outcome_that_does_not_fit_is_refused_with_the_rule(
    outcome: str, content: dict[str, str], says: str
) -> None:
    lived = life()
    dispute(lived, amount="200.00")
    assert says in (resolve(lived, outcome, **content).refusal or "")
    assert lived.case.disputes[0].is_open


def test_nothing_is_left_to_dispute_when_all_of_it_is_or_it_is_paid() -> None:
    lived = life()
    dispute(lived)
    assert "all of it is disputed already" in (dispute(lived, dispute="d2").refusal or "")
    paid = life()
    paid.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    paid.live("2026-03-06")
    assert "the case is closed (paid)" in (dispute(paid).refusal or "")
