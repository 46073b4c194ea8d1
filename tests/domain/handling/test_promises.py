"""Promises of payment: what one holds, how it ends, what it moves, and what debtors misuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain import facts as f
from domain.blockers import BlockerKind, HoldKind
from domain.invoice import Kind
from domain.opening import History
from domain.promises import paid_of
from domain.reactions.deadlines import deadlines
from domain.reactions.react import react
from domain.tasks import TaskKind
from domain.terms import PLAIN_TERMS
from tests.domain.builders import Life, call, day, eur, hand_off, invoice, policy, send

LADDER = policy(
    send("reminder", {"after_due": 7}),
    send("second", {"after_due": 14}),
    call("call", {"after_due": 18}),
    send("notice", {"after_due": 21}, term=14),
    hand_off({"term_expired": "notice"}),
)
"""Due 2026-03-01, a Sunday; any day at 12:00; without law a term is that many days after sending."""


def life(until: str = "2026-03-05", **promises: Any) -> Life:
    rules = LADDER.promises.model_copy(update=promises)
    return Life(LADDER.model_copy(update={"promises": rules})).live(until)


def promise(lived: Life, by: str = "2026-03-10", **content: Any) -> Any:
    return lived.hear("promise_made", {"promise": "w1", "by": by, **content})


def pay(lived: Life, amount: str, own: str = "p1", **content: Any) -> Any:
    return lived.hear("payment_received", {"id": own, "amount": amount, **content})


def outcomes(lived: Life) -> list[str | None]:
    return [each.outcome for each in lived.case.promises]


def letters(lived: Life) -> list[str]:
    return [each.letter for each in lived.case.owing if not each.dropped]


def told(lived: Life) -> list[str]:
    return [f"{fact.on} {fact.step}" for fact in lived.facts if isinstance(fact, f.StepTaken)]


# What it holds ---------------------------------------------------------------------------------------------


def test_a_promise_its_hold_and_its_letter_are_recorded_together() -> None:
    heard = promise(life())
    assert [type(fact) for fact in heard.facts] == [f.PromiseMade, f.HoldPlaced, f.LetterOwed]
    made, hold, letter = heard.facts
    # By Tuesday the 10th, one banking day of grace: free on Thursday the 12th.
    assert (made.amount, made.grace_until, hold.until) == (eur("1000.00"), day("2026-03-11"), day("2026-03-12"))
    assert (hold.hold, letter.letter) == (HoldKind.PROMISE, "promise_confirmation")


@pytest.mark.parametrize(
    ("by", "grace", "last"),
    [
        ("2026-03-06", 1, "2026-03-09"),  # a Friday: the next banking day is Monday
        ("2026-03-07", 1, "2026-03-09"),
        ("2026-03-10", 3, "2026-03-13"),
        ("2026-03-10", 0, "2026-03-10"),
    ],
)
def test_the_grace_is_counted_in_banking_days(by: str, grace: int, last: str) -> None:
    lived = life(grace=grace)
    assert promise(lived, by).facts[0].grace_until == day(last)


def test_nothing_but_its_confirmation_is_sent_during_a_promise() -> None:
    lived = life()
    promise(lived)
    lived.live("2026-03-11")
    assert told(lived) == ["2026-03-05 promise_confirmation"]


def test_only_what_is_not_disputed_is_promised_by_a_promise_without_an_amount() -> None:
    lived = life()
    lived.hear("dispute_raised", {"dispute": "d1", "amount": "300.00"})
    assert promise(lived).facts[0].amount == eur("700.00")


# How it ends -----------------------------------------------------------------------------------------------


def test_the_hold_ends_at_once_when_it_is_kept_and_the_case_closes() -> None:
    lived = life()
    promise(lived)
    lived.live("2026-03-08")
    pay(lived, "1000.00")
    lived.live("2026-03-08")
    assert outcomes(lived) == ["kept"] and lived.case.closed is f.CloseReason.PAID
    assert lived.case.holds_on(day("2026-03-08")) == ()


def test_a_kept_promise_of_a_part_lets_the_ladder_go_on_and_its_days_do_not_count() -> None:
    lived = life()
    promise(lived, amount="400.00")
    lived.live("2026-03-07")
    pay(lived, "400.00")
    lived.live("2026-03-31")
    # Two days under the hold, the 5th and the 6th: the reminder of the 8th moves to the 10th.
    assert outcomes(lived) == ["kept"]
    assert told(lived)[:3] == ["2026-03-05 promise_confirmation", "2026-03-10 reminder", "2026-03-17 second"]


def test_broken_on_the_day_after_the_grace_with_a_letter_and_the_ladder_goes_on() -> None:
    lived = life()
    promise(lived)
    lived.live("2026-03-11")
    assert outcomes(lived) == [None]
    lived.live("2026-03-31")
    judged = [fact for fact in lived.facts if isinstance(fact, f.PromiseJudged)]
    assert [(str(fact.on), fact.outcome, fact.paid) for fact in judged] == [("2026-03-12", "broken", eur("0.00"))]
    assert told(lived)[:3] == ["2026-03-05 promise_confirmation", "2026-03-12 promise_broken", "2026-03-15 reminder"]


def test_what_came_in_of_a_broken_promise_is_told() -> None:
    lived = life()
    promise(lived)
    lived.live("2026-03-09")
    pay(lived, "250.00")
    lived.live("2026-03-12")
    (judged,) = [fact for fact in lived.facts if isinstance(fact, f.PromiseJudged)]
    assert (judged.outcome, judged.paid) == ("broken", eur("250.00"))


@pytest.mark.parametrize(("credited", "outcome"), [("2026-03-04", "broken"), ("2026-03-05", "kept")])
def test_money_from_before_the_promise_does_not_keep_it(credited: str, outcome: str) -> None:
    lived = life()
    promise(lived, amount="400.00")
    pay(lived, "400.00", credited_on=credited)
    lived.live("2026-03-12")
    assert outcomes(lived) == [outcome]


def test_money_that_was_known_when_he_promised_does_not_keep_it() -> None:
    lived = life()
    pay(lived, "400.00")
    promise(lived, amount="400.00")
    lived.live("2026-03-12")
    assert outcomes(lived) == ["broken"]


@pytest.mark.parametrize(("credited", "outcome"), [("2026-03-11", "kept"), ("2026-03-12", "broken")])
def test_money_in_the_grace_keeps_it_also_when_it_is_learned_of_later(credited: str, outcome: str) -> None:
    lived = life()
    lived.surroundings = replace(lived.surroundings, bank_covered_until=day("2026-03-10"))
    promise(lived, amount="400.00")
    lived.live("2026-03-13")
    assert outcomes(lived) == [None]
    pay(lived, "400.00", credited_on=credited)
    lived.surroundings = replace(lived.surroundings, bank_covered_until=day("2026-03-12"))
    lived.live("2026-03-13")
    assert outcomes(lived) == [outcome]


def test_nothing_is_judged_or_sent_before_the_bank_covers_the_grace() -> None:
    lived = life()
    lived.surroundings = replace(lived.surroundings, bank_covered_until=day("2026-03-10"))
    promise(lived)
    lived.live("2026-03-20")
    assert outcomes(lived) == [None] and told(lived) == ["2026-03-05 promise_confirmation"]
    assert [blocker.code for blocker in lived.decision.blockers] == [BlockerKind.BANK_NOT_COVERING]
    assert lived.decision.at is not None
    lived.surroundings = replace(lived.surroundings, bank_covered_until=day("2026-03-20"))
    lived.live("2026-03-21")
    assert outcomes(lived) == ["broken"]


def test_the_payment_that_kept_it_taken_back_means_broken() -> None:
    lived = life()
    promise(lived)
    lived.live("2026-03-08")
    pay(lived, "1000.00")
    lived.live("2026-03-20")
    assert lived.case.closed is f.CloseReason.PAID
    lived.hear("payment_reversed", {"payment": "p1"})
    lived.live("2026-03-21")
    assert outcomes(lived) == ["broken"] and lived.case.closed is None
    assert told(lived)[1] == "2026-03-20 promise_broken"


def test_money_taken_back_before_its_day_leaves_nothing_to_write_about() -> None:
    lived = life()
    promise(lived, amount="400.00")
    pay(lived, "400.00")
    lived.live("2026-03-07")
    lived.hear("payment_reversed", {"payment": "p1"})
    lived.live("2026-03-09")
    assert outcomes(lived) == ["broken"] and "promise_broken" not in letters(lived)


def test_a_promise_is_moot_when_nothing_is_left_to_pay() -> None:
    lived = life()
    promise(lived)
    lived.hear("invoice_credited", {"id": "c1", "amount": "1000.00", "kind": "correction"})
    lived.live("2026-03-12")
    assert outcomes(lived) == ["moot"] and letters(lived) == [] and lived.case.closed is f.CloseReason.CREDITED


def test_a_broken_promise_paid_before_its_letter_left_is_written_about_no_more() -> None:
    lived = life()
    promise(lived)
    lived.live("2026-03-11").at("2026-03-12", "00:00")
    lived.add(*react(lived.case, lived.policy, lived.surroundings, lived.now).facts)
    assert "promise_broken" in letters(lived)
    pay(lived, "1000.00")
    lived.live("2026-03-12")
    assert "2026-03-12 promise_broken" not in told(lived) and lived.case.closed is f.CloseReason.PAID


def test_a_promise_of_what_is_disputed_meanwhile_is_not_written_about() -> None:
    lived = life("2026-03-04").at("2026-03-05", "08:00")
    promise(lived, extends_term=True, actor="els")
    lived.hear("dispute_raised", {"dispute": "d1", "actor": "els"})
    lived.live("2026-03-12")
    assert letters(lived) == ["dispute_confirmation"] and outcomes(lived) == ["moot"]


def test_no_money_keeps_two_promises() -> None:
    lived = life()
    promise(lived, "2026-03-08", amount="300.00", actor="els")
    lived.hear("promise_made", {"promise": "w2", "by": "2026-03-10", "amount": "300.00", "actor": "els"})
    pay(lived, "300.00")
    assert dict(paid_of(lived.case.promises, lived.case.ledger)) == {"w1": 30_000, "w2": 0}
    lived.live("2026-03-12")
    assert outcomes(lived) == ["kept", "broken"]


def test_one_of_two_promises_that_is_kept_leaves_the_hold_of_the_other() -> None:
    lived = life()
    promise(lived, "2026-03-08", amount="300.00", actor="els")
    lived.hear("promise_made", {"promise": "w2", "by": "2026-03-10", "amount": "300.00", "actor": "els"})
    pay(lived, "300.00")
    lived.live("2026-03-06")
    assert [hold.of for hold in lived.case.holds_on(day("2026-03-06"))] == ["w2"]


def test_a_new_promise_takes_the_place_of_one_that_promised_the_same_money() -> None:
    lived = life()
    promise(lived)
    lived.live("2026-03-08")
    lived.hear("promise_made", {"promise": "w2", "by": "2026-03-14", "actor": "els"})
    assert outcomes(lived) == ["replaced", None]
    lived.live("2026-03-16")
    assert "promise_broken" not in letters(lived)


# What the policy names -------------------------------------------------------------------------------------


def test_a_step_that_the_policy_names_comes_the_day_after_and_those_before_it_are_left_out() -> None:
    lived = life(broken="notice")
    promise(lived)
    lived.live("2026-03-12")
    assert [line for line in told(lived) if line.startswith("2026-03-12")] == [
        "2026-03-12 promise_broken",
        "2026-03-12 notice",
    ]
    assert lived.passed == [("2026-03-12", "reminder"), ("2026-03-12", "second"), ("2026-03-12", "call")]


def test_a_hand_off_that_the_policy_names_still_waits_for_the_notice_and_its_term() -> None:
    lived = life(broken="handoff")
    promise(lived)
    lived.live("2026-04-30")
    # The notice can't be left out; it keeps its own day, moved by seven days under the hold.
    assert lived.steps == ["2026-03-29 notice", "2026-04-13 handoff"]


def test_a_step_that_was_taken_already_is_not_taken_again() -> None:
    lived = life("2026-03-09", broken="reminder")
    promise(lived, "2026-03-13")
    lived.live("2026-04-01")
    assert lived.steps[:2] == ["2026-03-08 reminder", "2026-03-23 second"]


def test_a_task_that_the_policy_names_is_raised_the_day_after() -> None:
    lived = life(broken="call_the_boss")
    promise(lived)
    lived.live("2026-03-12")
    assert lived.open_tasks() == ["call_the_boss"]


# What debtors misuse ---------------------------------------------------------------------------------------


def test_of_his_own_promises_only_the_first_holds_and_a_later_one_is_told_to_a_person() -> None:
    lived = life()
    promise(lived, "2026-03-06", amount="100.00")
    lived.live("2026-03-10")
    lived.hear("promise_made", {"promise": "w2", "by": "2026-03-20", "actor": "debtor"})
    assert [each.holds for each in lived.case.promises] == [True, False]
    assert lived.open_tasks() == [TaskKind.REVIEW_PROMISE]
    assert lived.case.holds_on(day("2026-03-10")) == () and letters(lived).count("promise_confirmation") == 1
    lived.live("2026-03-24")
    # It stopped nothing, so being broken it brings nothing about.
    assert outcomes(lived) == ["broken", "broken"] and letters(lived).count("promise_broken") == 1


def test_two_that_a_person_notes_hold_and_no_third_does() -> None:
    lived = life()
    for number, by in enumerate(("2026-03-06", "2026-03-12", "2026-03-18"), start=1):
        lived.hear("promise_made", {"promise": f"w{number}", "by": by, "amount": "10.00", "actor": "els"})
        lived.live(by)
    assert [each.holds for each in lived.case.promises] == [True, True, False]


def test_one_of_his_own_counts_among_those() -> None:
    lived = life()
    for number, actor in enumerate(("debtor", "els", "els"), start=1):
        lived.hear("promise_made", {"promise": f"w{number}", "by": "2026-03-10", "amount": "10.00", "actor": actor})
    assert [each.holds for each in lived.case.promises] == [True, True, False]


def test_one_too_far_ahead_is_refused_where_somebody_waits_for_the_answer() -> None:
    lived = life()
    asked = lived.ask("record_promise", {"by": "2026-03-16", "actor": "els"})
    assert (
        asked.refusal == "by 2026-03-16 is more than 10 days ahead; 2026-03-15 at the latest, or agree on instalments"
    )
    assert lived.ask("record_promise", {"by": "2026-03-15", "actor": "els"}).refusal is None


def test_told_as_a_fact_it_holds_for_the_longest_time_and_asks_a_person() -> None:
    lived = life()
    made, hold, *_ = promise(lived, "2026-05-01").facts
    assert (made.by, made.wished, hold.until) == (day("2026-03-15"), day("2026-05-01"), day("2026-03-17"))
    assert lived.open_tasks() == [TaskKind.REVIEW_PROMISE]


# Terms and limitation --------------------------------------------------------------------------------------


def in_term(**content: Any) -> Life:
    """The notice left on 2026-03-22: its last day is 2026-04-05."""
    lived = Life(LADDER).live("2026-04-01")
    promise(lived, "2026-04-09", actor="els", **content)
    return lived.live("2026-04-30")


def test_a_promise_moves_no_term_by_itself() -> None:
    assert in_term().steps[-1] == "2026-04-11 handoff"


def test_one_of_ours_moves_it_by_our_letter() -> None:
    lived = in_term(extends_term=True)
    # The same day: the hold until the 11th covers the moved end, the 9th; what differs is what is owed (scenarios).
    assert lived.steps[-1] == "2026-04-11 handoff" and lived.case.promises[0].extends_term


def test_the_debtor_himself_moves_none() -> None:
    lived = Life(LADDER).live("2026-04-01")
    asked = lived.ask("record_promise", {"by": "2026-04-09", "extends_term": True})
    assert asked.refusal == "only a person of ours moves a term: name him as actor, or leave extends_term out"
    promise(lived, "2026-04-09", extends_term=True)
    assert not lived.case.promises[0].extends_term and TaskKind.REVIEW_PROMISE in lived.open_tasks()


def test_a_promise_interrupts_the_limitation() -> None:
    rules = policy(send("reminder", {"after_due": 7}), law="NL", kind="business")
    lived = Life(rules, invoice(kind=Kind.BUSINESS)).live("2026-03-05")
    ends = {each.kind: each.day for each in deadlines(lived.case, rules, PLAIN_TERMS)}
    assert ends["limitation"] == day("2031-03-01")
    promise(lived)
    ends = {each.kind: each.day for each in deadlines(lived.case, rules, PLAIN_TERMS)}
    # A new term of five years from the day after he acknowledged it (BW 3:318, 3:319).
    assert ends["limitation"] == day("2031-03-05")


# Bad input, and twice --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"by": "2026-03-04"}, "by 2026-03-04 has passed; a promise is for 2026-03-05 or later"),
        ({"by": "soon"}, "'soon' is no day"),
        ({"by": None}, "by"),
        ({"by": "2026-03-10", "amount": "1000.01"}, "only 1000.00 is owed and not disputed"),
        ({"by": "2026-03-10", "amount": "0.00"}, "greater than 0"),
        ({"by": "2026-03-10", "amount": "10.00", "currency": "USD"}, "for an invoice in EUR"),
        ({"by": "2026-03-10", "amuont": "10.00"}, "did you mean amount?"),
    ],
)
def test_what_can_not_be_promised_is_refused_and_kept(content: dict[str, Any], says: str) -> None:
    lived = life()
    heard = lived.hear("promise_made", content)
    assert says in (heard.refusal or "")
    assert lived.case.promises == () and len(lived.case.quarantined) == 1


def test_nothing_is_promised_on_a_case_that_is_closed_or_disputed_wholly() -> None:
    lived = life()
    lived.hear("dispute_raised", {"dispute": "d1"})
    assert "all that is open is disputed" in (promise(lived).refusal or "")
    paid = life()
    pay(paid, "1000.00")
    paid.live("2026-03-06")
    assert "the case is closed (paid)" in (promise(paid).refusal or "")


def test_the_same_promise_twice_counts_once_and_another_under_its_id_is_refused() -> None:
    lived = life()
    promise(lived, id="m1", amount="200.00")
    assert promise(lived, id="m1", amount="200.00").facts == ()
    assert promise(lived, id="m2", amount="200.00").facts == ()
    assert "on record already" in (promise(lived, "2026-03-09", id="m3", amount="200.00").refusal or "")
    assert "on record already" in (promise(lived, id="m1", amount="250.00").refusal or "")
    again = lived.hear("promise_made", {"id": "m1", "promise": "w9", "by": "2026-03-10", "amount": "200.00"})
    assert "id m1 is already used for another promise" in (again.refusal or "")


def test_a_promise_that_was_imported_holds_as_before_and_is_not_judged() -> None:
    lived = Life(LADDER, opened="2026-03-05", history=History(promise_until=day("2026-03-12")))
    lived.live("2026-03-13")
    assert [(hold.kind, hold.until) for hold in lived.case.holds] == [(HoldKind.PROMISE, day("2026-03-13"))]
    assert lived.case.promises == () and lived.case.owing == ()


def test_a_confirmation_that_certainly_was_not_sent_leaves_no_more_once_the_promise_is_kept() -> None:
    lived = life()
    promise(lived, amount="400.00")
    keys = (("email", "k1"),)
    lived.add(
        f.StepIntended(
            id="i", at=lived.now, on=lived.today, step="promise_confirmation", issue=1, message="m", deliveries=keys
        ),
        f.DeliveryConcluded(id="c", at=lived.now, on=lived.today, key="k1", status=f.DeliveryStatus.UNKNOWN),
    )
    pay(lived, "400.00")
    lived.add(*react(lived.case, lived.policy, lived.surroundings, lived.now).facts)
    # It may have gone: nobody takes it back before that is known.
    assert not lived.case.owing[0].settled
    lived.add(
        f.DeliveryConcluded(
            id="c2", at=lived.now, on=lived.today, key="k1", status=f.DeliveryStatus.NOT_SENT, retry_at=lived.now
        )
    )
    lived.add(*react(lived.case, lived.policy, lived.surroundings, lived.now).facts)
    assert lived.case.owing[0].dropped and lived.case.attempt is None
