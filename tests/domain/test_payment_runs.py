"""Who pays on one day of the month: a habit of the debtor, that gives each of his invoices the grace of one run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from domain import facts as f
from domain.blockers import HoldKind
from domain.invoice import Kind
from domain.payment_runs import PaymentRun, free_after_run, told_of_run
from domain.surroundings import NOTHING_SPECIAL
from tests.domain.builders import Life, business_ladder, consumer_ladder, day, invoice, local

TOLD = PaymentRun(25, local("2026-01-10"), "hold:m1")


def knowing(life: Life, run: PaymentRun | None = TOLD) -> Life:
    """A life whose debtor is known to pay on the 25th, by what another case of his was told."""
    life.surroundings = life.lookup.around = replace(NOTHING_SPECIAL, payment_run=run)
    return life


def runs(life: Life) -> list[tuple[str, str]]:
    return [(str(hold.since), str(hold.until)) for hold in life.case.holds if hold.kind is HoldKind.PAYMENT_RUN]


def placed(own: str, pays_on: int, at: str, actor: str = "els") -> f.HoldPlaced:
    moment = local(at)
    return f.HoldPlaced(id=own, at=moment, on=moment.date(), hold=HoldKind.PAYMENT_RUN, about=str(pays_on), actor=actor)


# What is known of a debtor --------------------------------------------------------------------------------------


def test_the_last_word_of_a_person_counts_in_whatever_order_it_is_heard_and_twice_is_once() -> None:
    ended = f.HoldLifted(
        id="lift:1", at=local("2026-01-12"), on=day("2026-01-12"), hold=HoldKind.PAYMENT_RUN, ends_habit=True
    )
    facts: list[f.Fact] = [placed("a", 25, "2026-01-10"), ended, placed("b", 5, "2026-01-11")]
    for order in permutations([*facts, facts[0]]):
        assert told_of_run(None, order) == PaymentRun(None, local("2026-01-12"), "lift:1")


@pytest.mark.parametrize("actor", ["", "debtor"])
def test_what_he_says_himself_is_no_habit(actor: str) -> None:
    assert told_of_run(None, [placed("a", 25, "2026-01-10", actor)]) is None


@pytest.mark.parametrize(
    ("due", "pays_on", "free"),
    [
        ("2026-03-02", 25, "2026-03-26"),  # a Wednesday
        ("2026-03-25", 25, "2026-03-26"),  # due on the day itself
        ("2026-03-26", 25, "2026-04-28"),  # Sat 04-25: run on Mon 04-27
        ("2026-02-20", 31, "2026-03-03"),  # Sat 02-28 is the last day: run on Mon 03-02
    ],
)
def test_the_grace_ends_on_the_day_after_the_first_run_on_or_after_the_due_date(
    due: str, pays_on: int, free: str
) -> None:
    assert free_after_run(pays_on, day(due)) == day(free)


# What it does to an invoice that was never told -------------------------------------------------------------------


def test_an_invoice_that_comes_later_waits_for_the_first_run_after_its_due_date() -> None:
    # Due on Sun 2026-03-01, held for 25 days: the reminder of 03-08 becomes one of Thu 04-02.
    life = knowing(Life(business_ladder())).live("2026-04-02")
    assert runs(life) == [("2026-03-01", "2026-03-26")]
    assert life.steps == ["2026-04-02 reminder"]


def test_it_is_placed_by_itself_once_and_a_person_grants_no_second_run() -> None:
    life = knowing(Life(business_ladder())).live("2026-03-28")
    life.ask("hold_case", {"hold": "payment_run", "day": 25, "actor": "els"})
    assert life.case.holds_on(life.today) == () and len(runs(life)) == 2


def test_a_run_that_has_passed_unpaid_is_no_grace_any_more() -> None:
    # Told on 04-10: the run of 03-25 was his.
    life = Life(business_ladder()).live("2026-04-10")
    before = life.steps
    assert runs(knowing(life).live("2026-04-11")) == [] and life.steps == before


@pytest.mark.parametrize(("until", "held"), [("2026-03-30", True), ("2026-03-31", False)])
def test_it_gives_no_grace_once_a_notice_told_him_a_last_day(until: str, held: bool) -> None:
    # The notice leaves on Tue 03-31, the day of a run on the last day of a month.
    life = Life(business_ladder()).live(until)
    assert (life.case.stage == "notice") is not held
    knowing(life, PaymentRun(31, life.now, "hold:m1")).live(until)
    assert bool(runs(life)) is held


def test_a_consumer_has_none_by_himself_for_it_would_hold_the_letter_on_all_his_invoices() -> None:
    life = knowing(Life(consumer_ladder(), invoice(kind=Kind.CONSUMER))).live("2026-03-10")
    assert runs(life) == []


def test_whoever_pays_on_no_fixed_day_any_more_has_no_run_of_grace() -> None:
    life = knowing(Life(business_ladder()), PaymentRun(None, local("2026-01-10"), "lift:m1")).live("2026-03-10")
    assert runs(life) == [] and life.steps == ["2026-03-10 reminder"]


# Who says it ------------------------------------------------------------------------------------------------------


def test_a_person_ends_the_habit_on_any_case_also_on_one_that_waits_for_nothing() -> None:
    life = knowing(Life(business_ladder())).at("2026-02-10")
    assert life.ask("unhold_case", {"hold": "payment_run", "actor": "els"}).refusal is None
    word = told_of_run(TOLD, life.facts)
    assert word is not None and word.day is None


def test_ending_a_habit_that_nobody_knows_is_refused() -> None:
    refusal = Life(business_ladder()).ask("unhold_case", {"hold": "payment_run", "actor": "els"}).refusal
    assert "not on hold for payment_run" in (refusal or "")


def test_another_day_is_noted_while_the_run_of_grace_lasts() -> None:
    life = knowing(Life(business_ladder())).live("2026-03-05")
    life.ask("hold_case", {"hold": "payment_run", "day": 28, "actor": "els"})
    word = told_of_run(TOLD, life.facts)
    assert word is not None and word.day == 28
    assert [str(hold.end) for hold in life.case.holds_on(life.today)] == ["2026-03-26"]


def test_the_run_of_grace_ends_when_the_money_is_there() -> None:
    life = knowing(Life(business_ladder())).live("2026-03-05")
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.live(str(date(2026, 3, 5) + timedelta(days=1)))
    assert life.case.holds_on(life.today) == () and life.case.closed is not None
