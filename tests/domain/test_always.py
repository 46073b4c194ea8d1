"""What holds for every case, every policy and everything that anybody may send."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.facts import FACT
from domain.handling import Envelope, handle
from domain.messages import MESSAGES
from domain.planning.decision import Decision
from domain.planning.planner import plan
from domain.policy import Policy
from domain.reactions.react import react
from domain.surroundings import Surroundings
from tests.choices import among
from tests.domain.builders import FakeLookup, Life, call, day, hand_off, invoice, policy, send

OPENED = day("2026-02-01")


# Made once: one that is made anew for each draw is looked through anew.
_OTHER_DAYS = st.sampled_from([{"before_due": "3d"}, {"after_invoice_date": "10d"}, {"after_previous": "2d"}])
_AT_MOST = st.sampled_from([{}, {"at_most": "3"}])
_CALENDAR = st.sampled_from([None, {"holidays": "NL", "days": ["tue", "thu"], "from": "09:00", "until": "16:00"}])


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    steps: list[dict[str, Any]] = []
    notices: list[str] = []
    for number in range(draw(st.integers(1, 5))):
        when: dict[str, Any] = {"after_due": f"{7 * number + draw(st.integers(0, 6))}d"}
        if draw(st.booleans()):
            when["after_previous"] = f"{draw(st.integers(0, 9))}d"
        if draw(st.booleans()) and not number:
            when = draw(_OTHER_DAYS)
        if draw(st.integers(0, 9)) == 0 and "after_due" in when:
            when["round"] = "end_of_month"
        if notices and draw(st.integers(0, 3)) == 0:
            when = {"term_expired": draw(st.sampled_from(notices))}
        more: dict[str, Any] = {}
        if draw(st.integers(0, 3)) == 0:
            more["if"] = {"open_at_least": draw(among(("1.00", "500.00", "5000.00")))}
        if draw(st.integers(0, 3)) == 0:
            more["repeat"] = {"every": "9d", **draw(_AT_MOST)}
        kind = draw(among(("send", "send", "notice", "task")))
        if kind == "task":
            more["wait_for_task"] = f"{draw(st.integers(0, 4))}d"
            steps.append(call(f"s{number}", when, **more))
        else:
            if kind == "notice":
                more["term"] = "14d"
                notices.append(f"s{number}")
            steps.append(send(f"s{number}", when, **more))
    if draw(st.booleans()):
        when = {"term_expired": notices[-1]} if notices else {"after_due": "40d"}
        steps.append(hand_off(when, approval=draw(among(("required", "none")))))
    return policy(
        *steps,
        law=draw(among((None, "NL"))),
        calendar=draw(_CALENDAR),
        spacing=f"{draw(among((0, 3, 6)))}d",
        catch_up=draw(among(("in_order", "latest", "skip"))),
        after_hold=draw(among(("shift", "resume"))),
        tolerance=draw(among(("0.00", "5.00"))),
    )


days = st.integers(0, 120).map(lambda n: str(OPENED + timedelta(days=n)))
amounts = st.sampled_from(["1.00", "400.00", "600.00", "1000.00"])
ids = st.sampled_from(["p1", "p2", "p3"])
told = st.one_of(
    st.tuples(st.just("payment_received"), st.fixed_dictionaries({"id": ids, "amount": amounts})),
    st.tuples(st.just("payment_reversed"), st.fixed_dictionaries({"payment": ids}, optional={"amount": amounts})),
    st.tuples(
        st.just("invoice_credited"), st.fixed_dictionaries({"id": st.sampled_from(["c1", "c2"]), "amount": amounts})
    ),
    st.tuples(st.just("pause"), st.none() | st.fixed_dictionaries({"until": days})),
    st.tuples(st.just("resume"), st.none()),
    st.tuples(st.just("place_hold"), st.fixed_dictionaries({"hold": st.just("promise"), "until": days})),
    st.tuples(st.just("change_due_date"), st.fixed_dictionaries({"due": days})),
    st.tuples(st.just("approve_handoff"), st.just({})),
    st.tuples(st.just("complete_task"), st.fixed_dictionaries({"task": st.sampled_from(["call", "approve_handoff"])})),
    st.tuples(st.just("write_off"), st.fixed_dictionaries({"amount": amounts})),
)
events = st.lists(st.tuples(st.integers(0, 25), st.booleans(), told), max_size=8)


def lived(ladder: Policy, drawn: list[tuple[int, bool, tuple[str, Any]]]) -> Life:
    """A case to which this happened, with the engine awake or down between."""
    life = Life(ladder, invoice())
    on = OPENED
    for wait, awake, (name, content) in drawn:
        on += timedelta(days=wait)
        if awake and wait:
            life.live(str(on - timedelta(days=1)))
        life.at(str(on)).hear(name, content)
    return life


def in_the_ladder(decision: Decision) -> bool:
    return decision.step is not None and decision.task != "approve_handoff"


@settings(max_examples=80, deadline=None)
@given(policies(), events, st.integers(0, 60), st.integers(0, 23), st.none() | days)
def test_a_case_acts_or_waits_for_something_or_is_closed(
    ladder: Policy, drawn: list[Any], later: int, hour: int, covered: str | None
) -> None:
    life = lived(ladder, drawn)
    surroundings = Surroundings(bank_covered_until=None if covered is None else day(covered))
    now = life.now + timedelta(days=later, hours=hour)
    done = react(life.case, ladder, surroundings, now)
    decision = plan(done.case, ladder, surroundings, now)
    assert decision == done.decision
    today = ladder.sending_calendar.local_date(now)
    if decision.action == "close":
        assert done.case.closed is decision.close
        return
    assert done.case.closed is None
    assert decision.at is not None or says_what_is_awaited(done.case, decision)
    due = decision.at is not None and decision.at <= now
    if due:
        calendar = ladder.sending_calendar
        if decision.step not in ladder.positions:
            # A letter beside the ladder, of a part that was paid: on any working day, at the hours of the policy.
            assert decision.action == "send"
            assert not done.case.holds_on(today, "answers")
            assert today.weekday() < 5 or calendar.is_sending_day(today)
            assert calendar.opens <= calendar.local_time(now)
            return
        assert decision.action in ("send", "hand_off")
        assert not done.case.holds_on(today)
        assert calendar.fit(now) == now
        assert covered is None or day(covered) >= today - timedelta(days=5)


def says_what_is_awaited(case: Case, decision: Decision) -> bool:
    """Open-ended: only when a named task or message is waited for."""
    code = decision.blockers[0].code
    if code == "approval_required":
        return case.open_task("approve_handoff") is not None
    if code == "no_next_step":
        return any(task.kind == "decide_next" for task in case.tasks)
    return code in ("pause", "promise")


@settings(max_examples=80, deadline=None)
@given(policies(), events)
def test_a_life_comes_to_rest_and_takes_its_steps_in_order_and_never_under_a_hold(
    ladder: Policy, drawn: list[Any]
) -> None:
    life = lived(ladder, drawn).live("2027-06-30")
    # A letter that is void is given again, also when the ladder has gone on meanwhile.
    again = {(taken.step, taken.issue + 1) for taken in life.case.taken if taken.void}
    places = [ladder.positions[t.step] for t in life.case.taken if (t.step, t.issue) not in again]
    assert places == sorted(places)
    assert len({(taken.step, taken.issue) for taken in life.case.taken}) == len(life.case.taken)
    for taken in life.case.taken:
        assert not any(hold.covers(taken.on) for hold in life.case.holds)
        gate = (ladder.step(taken.step) or ladder.steps[0]).when.term_expired
        if gate is not None:
            sent = [s.on for s in life.case.taken if s.step == gate]
            assert sent and taken.on > sent[-1] + timedelta(days=14)
    contacts = [taken.on for taken in life.case.taken if taken.kind == "send"]
    assert all(b - a >= timedelta(days=ladder.spacing) for a, b in pairwise(contacts))


@settings(deadline=None)
@given(policies(), events)
def test_reacting_twice_changes_nothing(ladder: Policy, drawn: list[Any]) -> None:
    life = lived(ladder, drawn)
    once = react(life.case, ladder, life.surroundings, life.now)
    twice = react(once.case, ladder, life.surroundings, life.now)
    assert (twice.facts, twice.decision, twice.case) == ((), once.decision, once.case)


LADDER = policy(send("one", {"after_due": "5d"}), hand_off({"after_due": "20d"}, approval="required"))
BEGUN = Life(LADDER).live("2026-03-07")


def handled_without_harm(name: str, raw: bytes | None, answered: bool) -> None:
    envelope = Envelope("m1", BEGUN.now, BEGUN.today)
    handled = handle(BEGUN.case, LADDER, name, raw, envelope, FakeLookup(LADDER), answered=answered)
    # These may say what is so already: a payment known, a date or policy kept, no hold to lift.
    idle = ("payment_received", "change_due_date", "change_policy", "lift_hold")
    assert handled.facts or handled.refusal or answered or name in idle
    for fact in handled.facts:
        assert FACT.validate_json(FACT.dump_json(fact)) == fact
    if name == "pause" and not answered:
        assert any(fact.kind == "hold_placed" for fact in handled.facts)
    life = Life(LADDER)
    life.case = BEGUN.case
    life.add(*handled.facts)
    plan(life.case, LADDER, life.surroundings, BEGUN.now)


names = st.sampled_from(sorted(MESSAGES)) | st.text(st.characters(exclude_categories=()), max_size=30)


@settings(deadline=None)
@given(names, st.none() | st.binary(max_size=300), st.booleans())
def test_no_bytes_under_any_name_do_harm(name: str, raw: bytes | None, answered: bool) -> None:
    handled_without_harm(name, raw, answered)


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.dates().map(str),
    st.decimals(allow_nan=True).map(str),
    st.sampled_from(["EUR", "JPY", "opened", "principal", "one", "handoff", "sent", "not_sent", "test", "promise"]),
    st.lists(st.integers(), max_size=2),
    st.fixed_dictionaries({"amount": st.just("1.00"), "currency": st.sampled_from(["EUR", "JPY", "USD"])}),
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(MESSAGES)), st.data(), st.booleans())
def test_no_content_in_the_right_fields_does_harm(name: str, data: st.DataObject, answered: bool) -> None:
    fields = sorted(MESSAGES[name].model_fields)
    content = data.draw(st.dictionaries(st.sampled_from(fields), values, max_size=len(fields)))
    handled_without_harm(name, json.dumps(content).encode(), answered)
