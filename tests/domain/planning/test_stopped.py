"""A stop of all sending: nothing is decided that would leave on one of its days; all else goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.blockers import BlockerKind
from domain.case import Case, fold
from domain.opening import open_case
from domain.planning.decision import Action, Decision
from domain.planning.planner import plan
from domain.planning.stopped import after_stops
from domain.policy import Policy
from domain.sending_stops import SendingStop, ended_on, free_from
from domain.surroundings import NOTHING_SPECIAL
from tests.domain.builders import invoice, local, policy, send

TODAY = SendingStop(date(2026, 3, 10), date(2026, 3, 11))
STOPPED = replace(NOTHING_SPECIAL, stops=(TODAY,))


def late(rules: Policy) -> Case:
    """An invoice due on 5 March."""
    return fold(open_case(invoice(due="2026-03-05"), rules, local("2026-03-01", "09:00")))


def test_stops_that_follow_one_another_are_left_at_the_end_of_the_last() -> None:
    stops = (
        TODAY,
        SendingStop(date(2026, 3, 11), date(2026, 3, 14)),
        SendingStop(date(2026, 3, 20), date(2026, 3, 21)),
    )
    assert free_from(stops, date(2026, 3, 10)) == date(2026, 3, 14)
    assert free_from(stops, date(2026, 3, 14)) == date(2026, 3, 14)
    assert free_from((), date(2026, 3, 10)) == date(2026, 3, 10)


def test_an_ended_stop_keeps_what_it_kept_and_stops_nothing_more() -> None:
    week = SendingStop(date(2026, 3, 10), date(2026, 3, 17))
    (ended,) = ended_on((week,), date(2026, 3, 12))
    assert ended == SendingStop(date(2026, 3, 10), date(2026, 3, 12))
    (never,) = ended_on((week,), date(2026, 3, 10))
    assert free_from((never,), date(2026, 3, 10)) == date(2026, 3, 10)


def test_what_is_due_on_a_stopped_day_waits_for_the_first_free_one_and_says_why() -> None:
    rules = policy(send("reminder", {"after_due": "5d"}))
    case = late(rules)
    now = local("2026-03-10", "12:00")
    assert plan(case, rules, NOTHING_SPECIAL, now).at == now
    decision = plan(case, rules, STOPPED, now)
    assert (decision.action, decision.step) == ("send", "reminder")
    assert decision.at is not None and rules.sending_calendar.local_date(decision.at) == date(2026, 3, 11)
    assert [(each.code, each.until) for each in decision.blockers] == [(BlockerKind.SENDING_STOPPED, date(2026, 3, 11))]


def test_a_call_is_asked_for_on_a_stopped_day() -> None:
    rules = policy({"id": "call", "when": {"after_due": "5d"}, "task": "call"})
    now = local("2026-03-10", "12:00")
    decision = plan(late(rules), rules, STOPPED, now)
    assert (decision.action, decision.at) == ("task", now)


@pytest.mark.parametrize("action", ["send", "hand_off"])
def test_whatever_would_leave_is_put_off(action: Action) -> None:
    rules = policy(send("reminder", {"after_due": "5d"}))
    case = late(rules)
    decided = Decision(action, step="reminder", at=local("2026-03-10", "12:00"))
    put_off = after_stops(decided, case, rules, (TODAY,))
    assert put_off.at is not None and rules.sending_calendar.local_date(put_off.at) == date(2026, 3, 11)


@pytest.mark.parametrize("action", ["task", "wait", "reconcile"])
def test_what_sends_nothing_is_not_put_off(action: Action) -> None:
    rules = policy(send("reminder", {"after_due": "5d"}))
    decided = Decision(action, step="reminder", at=local("2026-03-10", "12:00"))
    assert after_stops(decided, late(rules), rules, (TODAY,)) == decided
