"""What debtors misuse, and what it does not do (practice.md): rules that no other file is about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import facts as f
from domain.case import Case, fold
from domain.finality import final_from
from domain.habits import days_late, usual_lateness
from domain.handling import Envelope, handle
from domain.invoice import Kind
from domain.opening import open_case
from domain.policy import Policy
from domain.surroundings import Sibling, Surroundings
from tests.domain.builders import (
    FakeLookup,
    Life,
    business_ladder,
    call,
    consumer_ladder,
    day,
    eur,
    hand_off,
    invoice,
    local,
    policy,
    send,
)

# A dispute by click -----------------------------------------------------------------------------------------


def in_the_term() -> Life:
    """Due on Sun 2026-03-01, the 14-day letter is out, its last day is tomorrow."""
    life = Life(consumer_ladder(), invoice(kind=Kind.CONSUMER)).live("2026-03-31")
    assert life.case.stage == "notice"
    return life


@pytest.mark.parametrize(
    "content", [{"reason": "damaged"}, {"note": "it is broken"}, {"reason": "damaged", "note": "  "}, {}]
)
def test_a_dispute_by_click_needs_a_reason_and_words(content: dict[str, str]) -> None:
    life = in_the_term()
    assert "needs a reason and his own words" in (
        life.ask("raise_dispute", {**content, "actor": "debtor"}).refusal or ""
    )
    life.hear("dispute_raised", {**content, "actor": "debtor"})
    assert life.case.disputes == () and len(life.case.quarantined) == 1


def test_a_dispute_on_the_day_before_the_term_ends_holds_the_named_part_for_five_days_only() -> None:
    life = in_the_term()
    content = {"dispute": "d1", "amount": "200.00", "reason": "damaged", "note": "a dent", "actor": "debtor"}
    assert life.ask("raise_dispute", content).refusal is None
    assert life.case.undisputed == eur("800.00") and life.case.holds == ()
    assert "review_dispute" in life.open_tasks()
    life.live(str(life.today + timedelta(days=5)))
    assert life.case.undisputed == eur("1000.00")


# Set-off without document -------------------------------------------------------------------------------------


def test_a_set_off_without_a_document_waits_for_a_person_who_asks_for_it_and_lowers_nothing() -> None:
    life = Life(business_ladder()).live("2026-03-01").at("2026-03-02")
    life.hear("place_hold", {"hold": "set_off", "actor": "debtor", "note": "you owe me 300"})
    assert life.open_tasks() == ["review_set_off"] and life.case.open == eur("1000.00")
    life.ask("complete_task", {"task": "review_set_off", "outcome": "no document"})
    life.at("2026-03-04").hear("place_hold", {"hold": "set_off", "actor": "debtor"})
    assert life.case.holds_on(life.today) == ()


# "We pay on the 25th only" ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "pays_on", "free"),
    [
        ("2026-03-02", 25, "2026-03-26"),  # a Wednesday
        ("2026-03-25", 25, "2026-03-26"),  # the day itself is a run
        ("2026-03-26", 25, "2026-04-28"),  # Sat 04-25: run on Mon 04-27
        ("2026-04-02", 31, "2026-05-01"),  # April has thirty days; a Thursday
        ("2026-03-03", 1, "2026-04-02"),
    ],
)
def test_a_payment_run_holds_until_the_day_after_the_next_one(on: str, pays_on: int, free: str) -> None:
    life = Life(business_ladder()).live("2026-03-01").at(on)
    assert life.ask("hold_case", {"hold": "payment_run", "day": pays_on, "actor": "els"}).refusal is None
    assert [hold.until for hold in life.case.holds] == [day(free)]


def test_a_payment_run_before_the_due_date_is_the_first_one_after_it() -> None:
    life = Life(business_ladder()).at("2026-02-10")
    life.ask("hold_case", {"hold": "payment_run", "day": 25, "actor": "els"})
    assert [hold.until for hold in life.case.holds] == [day("2026-03-26")]


def test_one_run_of_grace_and_no_second_one_whoever_asks() -> None:
    life = Life(business_ladder()).live("2026-03-01").at("2026-03-02")
    life.ask("hold_case", {"hold": "payment_run", "day": 5, "actor": "els"})
    life.live("2026-03-10").ask("hold_case", {"hold": "payment_run", "day": 20, "actor": "bos"})
    assert life.case.holds_on(life.today) == ()


def test_what_the_debtor_says_of_his_payment_run_is_noted_and_a_person_may_still_grant_it() -> None:
    life = Life(business_ladder()).live("2026-03-01").at("2026-03-02")
    for actor in ("", "debtor"):
        life.hear("place_hold", {"hold": "payment_run", "day": 25, "actor": actor})
        assert life.case.holds_on(life.today) == ()
    life.hear("place_hold", {"hold": "payment_run", "day": 25, "actor": "els"})
    assert len(life.case.holds_on(life.today)) == 1


@pytest.mark.parametrize(
    "content",
    [{"hold": "payment_run"}, {"hold": "payment_run", "day": 32}, {"hold": "set_off", "day": 3}],
)
def test_a_payment_run_needs_its_day_and_nothing_else_has_one(content: dict[str, object]) -> None:
    assert "day" in (Life(business_ladder()).ask("hold_case", content).refusal or "")


# Always late --------------------------------------------------------------------------------------------------

LADDER = business_ladder(habit_grace="10d")


def paid_late(days: int, number: str, ladder: Policy = LADDER) -> Sibling:
    """Another invoice, due on Sun 2026-02-01, paid so many days later."""
    now = local("2026-01-20")
    case: Case = fold(open_case(invoice("2026-01-01", "2026-02-01", number=number), ladder, now))
    on = day("2026-02-01") + timedelta(days=days)
    told = handle(
        case,
        ladder,
        "payment_received",
        b'{"id": "p", "amount": "1000.00"}',
        Envelope(f"m{number}", local(on), on),
        FakeLookup(ladder),
        answered=False,
    )
    for fact in told.facts:
        case = _applied(case, fact)
    return Sibling(number, case, ladder)


def _applied(case: Case, fact: f.Fact) -> Case:
    from domain.case import apply

    return apply(case, fact)


@pytest.mark.parametrize(
    ("late", "reminder"),
    [
        ((), "2026-03-10"),  # +7 is Sun 03-08: Tue 03-10
        ((9, 9), "2026-03-10"),  # two are no habit
        ((-2, 0, 1), "2026-03-10"),  # who pays in time has none
        ((4, 4, 20), "2026-03-12"),  # +11
        ((20, 21, 22), "2026-03-18"),  # ten at most: +17
    ],
)
def test_the_grace_of_a_habit_is_the_median_lateness_of_three_at_least_and_ten_days_at_most(
    late: tuple[int, ...], reminder: str
) -> None:
    life = Life(LADDER)
    life.surroundings = Surroundings(siblings=tuple(paid_late(days, f"S-{n}") for n, days in enumerate(late)))
    assert life.live("2026-03-25").steps[0] == f"{reminder} reminder"


def test_a_policy_without_it_knows_no_habit_and_nor_does_a_consumer() -> None:
    siblings = tuple(paid_late(9, f"S-{n}") for n in range(3))
    for life in (Life(business_ladder()), Life(consumer_ladder(habit_grace="10d"), invoice(kind=Kind.CONSUMER))):
        life.surroundings = Surroundings(siblings=siblings)
        assert not [fact for fact in life.live("2026-03-25").facts if isinstance(fact, f.HabitNoted)]


def test_what_is_learned_after_the_due_date_changes_no_habit() -> None:
    cases = [paid_late(days, "S").case for days in (4, 6, 8)]
    assert usual_lateness(cases, day("2026-02-08")) == (0, 2)
    assert usual_lateness(cases, day("2026-02-09")) == (6, 3)
    assert days_late(paid_late(4, "S").case, day("2026-02-04")) is None


# A new company, or one dissolved in a day -----------------------------------------------------------------------


def checked(when: str, kind: Kind = Kind.BUSINESS) -> Life:
    ladder = policy(
        send("notice", {"after_due": "5d"}, term="8d"),
        hand_off({"term_expired": "notice"}, approval="required"),
        law="NL",
        kind="business",
        check_register=when,
    )
    return Life(ladder, invoice(kind=kind))


@pytest.mark.parametrize(
    ("when", "steps"),
    [("none", ["notice"]), ("handoff", ["notice"]), ("notice", []), ("both", [])],
)
def test_the_notice_waits_for_the_register_where_the_policy_says_so(when: str, steps: list[str]) -> None:
    life = checked(when).live("2026-03-10")
    assert [taken.step for taken in life.case.taken] == steps
    assert ("check_register" in life.open_tasks()) is (not steps)


def test_the_hand_off_waits_for_the_register_before_its_approval_is_asked() -> None:
    life = checked("handoff").live("2026-04-15")
    assert life.open_tasks() == ["check_register"]
    life.ask("complete_task", {"task": "check_register", "outcome": "stands, since 2019", "actor": "els"})
    life.live("2026-04-15")
    assert life.open_tasks() == ["approve_handoff"]
    # Ten days later that look counts no more.
    life.live("2026-04-26").ask("approve_handoff", {"actor": "bos"})
    life.live("2026-04-26")
    assert life.open_tasks() == ["check_register"] and not life.case.handed_off
    life.ask("complete_task", {"task": "check_register", "actor": "els"})
    assert life.live("2026-04-27").case.handed_off


def test_who_is_no_company_stands_in_no_register() -> None:
    life = checked("both", Kind.CONSUMER).live("2026-04-15")
    assert "check_register" not in [task.kind for task in life.case.tasks]


# Taken back in week eight ---------------------------------------------------------------------------------------


def stopped() -> Life:
    """Supply is stopped on the day after the reminder."""
    ladder = policy(
        send("reminder", {"after_due": "5d"}),
        call("supply_stop", {"after_due": "6d"}, task="stop_supply"),
        send("last", {"after_due": "200d"}),
    )
    life = Life(ladder).live("2026-03-10")
    assert life.open_tasks() == ["stop_supply"]
    return life


@pytest.mark.parametrize(
    ("method", "left"),
    [("sdd_core", ["stop_supply"]), ("directdebit", ["stop_supply"]), ("wero", ["stop_supply"]),
     ("ideal", ["lift_supply_stop"]), ("", ["lift_supply_stop"]), ("shells", ["lift_supply_stop"])],
)  # fmt: skip
def test_the_supply_stop_stays_while_the_payment_can_be_taken_back(method: str, left: list[str]) -> None:
    life = stopped()
    life.hear("payment_received", {"id": "p1", "amount": "1000.00", "method": method})
    life.live("2026-03-11")
    assert life.case.closed is f.CloseReason.PAID and life.open_tasks() == left
    assert (final_from(life.case, life.today) is None) is (left == ["lift_supply_stop"])


def test_the_supply_stop_is_lifted_on_the_day_on_which_the_payment_is_final_and_not_before() -> None:
    life = stopped()
    life.hear("payment_received", {"id": "p1", "amount": "1000.00", "method": "sdd_core"})
    life.live("2026-03-11")
    # Credited on 03-10: eight weeks end on 05-05.
    done = {"task": "stop_supply", "actor": "els"}
    assert "final on 2026-05-06" in (life.at("2026-05-05").ask("complete_task", done).refusal or "")
    assert life.at("2026-05-06").ask("complete_task", done).refusal is None


def test_on_the_day_on_which_it_is_final_a_person_is_told_to_let_supply_go_on_and_no_case_waits_without_end() -> None:
    life = stopped()
    life.hear("payment_received", {"id": "p1", "amount": "1000.00", "method": "sdd_core"})
    # Credited on 03-10: eight weeks end on 05-05. The closed case waits for the day after, not for a person.
    life.live("2026-05-05")
    assert life.open_tasks() == ["stop_supply"]
    assert life.decision.at is not None and str(life.decision.at.date()) == "2026-05-05"  # 00:10 of the 6th, in UTC
    life.live("2026-05-06")
    assert life.open_tasks() == ["lift_supply_stop"] and life.decision.action == "close"


def test_supply_is_not_let_go_on_for_what_was_written_off() -> None:
    life = stopped()
    life.ask("write_off", {"reason": "uncollectible", "actor": "els"})
    life.live("2026-03-11")
    assert life.case.closed is f.CloseReason.WRITTEN_OFF and life.open_tasks() == []


def test_a_payment_that_comes_back_before_it_is_final_leaves_the_stop_as_it_is() -> None:
    life = stopped()
    life.hear("payment_received", {"id": "p1", "amount": "1000.00", "method": "sdd_core"})
    life.live("2026-04-20").hear("payment_reversed", {"payment": "p1", "reason": "MD06"})
    life.live("2026-05-10")
    assert life.case.closed is None and "stop_supply" in life.open_tasks()
    assert "lift_supply_stop" not in life.open_tasks()


def test_what_was_taken_back_is_not_waited_for_any_more() -> None:
    life = stopped()
    life.hear("payment_received", {"id": "p1", "amount": "1000.00", "method": "sdd_core"})
    life.hear("payment_reversed", {"payment": "p1"})
    assert final_from(life.case, life.today) is None


# This settles everything ----------------------------------------------------------------------------------------


def test_money_that_is_to_settle_everything_asks_a_person_once_and_releases_nothing() -> None:
    life = Life(business_ladder()).live("2026-03-05")
    for number in (1, 2):
        life.hear("payment_received", {"id": f"p{number}", "amount": "300.00", "reference": "Tegen finale kwijting"})
    life.live("2026-03-06")
    assert life.case.open == eur("400.00") and life.case.closed is None
    assert life.open_tasks() == ["answer_discharge"]


def test_booked_by_hand_it_asks_the_same() -> None:
    life = Life(business_ladder()).live("2026-03-05")
    content = {
        "amount": "300.00",
        "credited_on": "2026-03-05",
        "reference": "pour solde de tout compte",
        "actor": "els",
    }
    assert life.ask("record_payment", content).refusal is None
    assert life.open_tasks() == ["answer_discharge"]


def test_what_was_agreed_before_is_not_asked_about() -> None:
    life = Life(business_ladder()).live("2026-03-05")
    life.ask("agree_settlement", {"settlement": "s1", "amount": "900.00", "by": "2026-03-20", "actor": "els"})
    life.hear("payment_received", {"id": "p1", "amount": "900.00", "reference": "finale kwijting, zoals afgesproken"})
    assert "answer_discharge" not in life.open_tasks()
