"""Of several invoices of a debtor that are due at one moment the older goes first, whichever wakes first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.blockers import BlockerKind
from domain.planning.decision import Decision
from domain.planning.planner import plan
from domain.policy import Policy
from domain.surroundings import Sibling, Surroundings
from tests.domain.builders import Life, hand_off, invoice, local, policy, send

# Both are due on Tue 2026-03-03 and reminded on Tue 2026-03-10, at nine.
MOMENT = local("2026-03-10", "09:00")
HOURS = {"holidays": "NL", "days": ["tue", "wed", "thu", "fri"], "from": "09:00", "until": "16:00"}


def ladder(**fields: Any) -> Policy:
    return policy(
        send("reminder", {"after_due": "7d"}),
        hand_off({"after_previous": "30d"}),
        **{"calendar": HOURS, "bundle": "none", "debtor_spacing": "4d", **fields},
    )


def life(number: str, due: str = "2026-03-03", rules: Policy | None = None) -> Life:
    return Life(rules or ladder(), invoice("2026-02-17", due, number=number), "2026-03-01")


def decided(me: Life, *others: Life, at: datetime = MOMENT) -> Decision:
    siblings = tuple(Sibling(other.case.invoice.number, other.case, other.policy) for other in others)
    contacts = [on for other in others if (on := other.case.last_contact_on) is not None]
    return plan(
        me.case, me.policy, Surroundings(siblings=siblings, debtor_contacted_on=max(contacts, default=None)), at
    )


def codes(decision: Decision) -> list[str]:
    return [blocker.code for blocker in decision.blockers]


def test_the_younger_of_two_looks_again_after_a_turn() -> None:
    decision = decided(life("F-2"), life("F-1"))
    assert (decision.action, decision.at, codes(decision)) == (
        "send",
        MOMENT + timedelta(minutes=2),
        [BlockerKind.OLDER_FIRST],
    )


def test_the_older_of_two_goes() -> None:
    decision = decided(life("F-1"), life("F-2"))
    assert (decision.action, decision.at, codes(decision)) == ("send", MOMENT, [])


def test_whenever_within_a_turn_it_is_asked_it_looks_again_at_one_moment() -> None:
    decision = decided(life("F-2"), life("F-1"), at=MOMENT + timedelta(seconds=50))
    assert decision.at == MOMENT + timedelta(minutes=2)


def test_nobody_waits_for_an_older_one_that_is_not_due() -> None:
    older = life("F-1", due="2026-03-02", rules=ladder(steps=[send("reminder", {"after_due": "20d"})]))
    assert decided(life("F-2"), older).at == MOMENT


def test_an_older_one_that_gets_nowhere_holds_nobody_up_for_long() -> None:
    # One turn for each older invoice: after two minutes the younger goes.
    assert decided(life("F-2"), life("F-1"), at=MOMENT + timedelta(minutes=2)).at == MOMENT + timedelta(minutes=2)
    third = decided(life("F-3"), life("F-1"), life("F-2"), at=MOMENT + timedelta(minutes=2))
    assert third.at == MOMENT + timedelta(minutes=4)


def test_reminders_that_go_in_one_message_wait_for_nobody() -> None:
    together = ladder(bundle="debtor")
    assert decided(life("F-2", rules=together), life("F-1", rules=together)).at == MOMENT


@pytest.mark.parametrize("spacing", ["0d", "4d"])
def test_the_one_that_waited_keeps_its_distance_from_the_older_ones_message(spacing: str) -> None:
    rules = ladder(debtor_spacing=spacing)
    older = life("F-1", rules=rules).live("2026-03-10")
    assert older.case.last_contact_on is not None
    later = decided(life("F-2", rules=rules), older, at=MOMENT + timedelta(minutes=2)).at
    # Ten plus four is Saturday the fourteenth: Tuesday the seventeenth.
    assert later == {"0d": MOMENT + timedelta(minutes=2), "4d": local("2026-03-17", "09:00")}[spacing]


def test_an_older_one_that_did_its_part_and_closed_takes_no_turn_of_the_next_older_one() -> None:
    # Three at one moment; F-1 was paid in the meantime. F-2, which waited for F-1, is due now: F-3 still waits for F-2.
    first = life("F-1")
    first.at("2026-03-10", "09:01").hear("payment_received", {"id": "p1", "amount": "1000.00"})
    first.live("2026-03-10")
    assert first.case.closed is not None
    third = decided(life("F-3"), first, life("F-2"), at=MOMENT + timedelta(minutes=2))
    assert (third.at, codes(third)) == (MOMENT + timedelta(minutes=4), [BlockerKind.OLDER_FIRST])
