"""A promise that was noted by mistake: it is withdrawn, and counts for nothing."""

from __future__ import annotations

from typing import Any

from domain import facts as f
from domain.promises import paid_of
from domain.reactions.deadlines import deadlines
from domain.terms import PLAIN_TERMS
from tests.domain.builders import Life, day
from tests.domain.handling.test_promises import LADDER, letters, life, outcomes, promise, told


def withdraw(lived: Life, **content: Any) -> Any:
    return lived.ask("withdraw_promise", {"actor": "els", **content})


def test_a_promise_that_was_a_mistake_ends_with_its_hold_and_its_letter_before_it_leaves() -> None:
    lived = life()
    promise(lived)
    heard = withdraw(lived, note="another debtor")
    assert [type(fact) for fact in heard.facts] == [f.PromiseJudged, f.HoldLifted]
    assert (heard.facts[0].outcome, heard.facts[0].actor, heard.facts[0].note) == ("withdrawn", "els", "another debtor")
    lived.live("2026-03-08")
    assert letters(lived) == [] and told(lived) == ["2026-03-08 reminder"], "as if it had never been noted"


def test_what_nobody_promised_acknowledges_nothing_and_counts_for_nothing() -> None:
    lived = life(at_most=1)
    promise(lived)
    before = {each.kind: each.day for each in deadlines(life().case, LADDER, PLAIN_TERMS)}
    withdraw(lived)
    assert {each.kind: each.day for each in deadlines(lived.case, LADDER, PLAIN_TERMS)} == before
    assert paid_of(lived.case.promises, lived.case.ledger) == {}
    # It was the only one that he may make: another one holds.
    assert promise(lived, promise="w2").facts[0].holds


def test_one_that_the_debtor_has_in_writing_is_withdrawn_only_where_he_was_told() -> None:
    lived = life()
    promise(lived)
    lived.live("2026-03-06")
    assert told(lived) == ["2026-03-05 promise_confirmation"]
    assert "was confirmed in writing" in withdraw(lived).refusal
    assert outcomes(lived) == [None]
    assert withdraw(lived, told=True).refusal is None
    assert outcomes(lived) == ["withdrawn"] and lived.case.holds_on(day("2026-03-06")) == ()


def test_only_one_that_stands_is_withdrawn_once() -> None:
    lived = life()
    assert "no promise stands" in withdraw(lived).refusal
    promise(lived)
    assert "no promise w9" in withdraw(lived, promise="w9").refusal
    assert withdraw(lived, promise="w1").refusal is None
    assert "(withdrawn)" in withdraw(lived, promise="w1").refusal
    assert outcomes(lived) == ["withdrawn"]


def test_the_debtor_does_not_take_back_what_acknowledges_his_debt() -> None:
    lived = life()
    promise(lived)
    assert "only a person of ours" in withdraw(lived, actor="debtor").refusal
    assert outcomes(lived) == [None]


def test_the_doubt_about_a_promise_ends_with_it() -> None:
    lived = life(at_most=1)
    promise(lived)
    promise(lived, promise="w2", amount="100.00")
    assert "review_promise" in lived.open_tasks()
    withdraw(lived, promise="w2")
    assert "review_promise" not in lived.open_tasks()
