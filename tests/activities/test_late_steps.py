"""A step asks what was told while it waited before it is taken; the clock of an input counts in simulation only."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from activities.case_activities import LONGEST_IN_QUEUE
from activities.contracts import LOOP, AdvanceRequest, StepRequest, Turn
from domain.clock import Clock
from domain.facts import HoldPlaced, StepTaken
from services.ports import Finding, Outgoing, Sent
from tests.activities.workplace import Mute, Workplace
from tests.domain.builders import local, policy, send

LADDER = policy(send("reminder", {"after_due": "5d"}), send("second_reminder", {"after_due": "12d"}))
DUE = local("2026-03-06", "12:00")


async def taken_after(at: Workplace, waited: timedelta, handed_back: int = 0) -> Turn:
    environment = ActivityEnvironment()
    now = datetime(2026, 3, 6, 12, tzinfo=UTC)
    environment.info = dataclasses.replace(
        environment.info, current_attempt_scheduled_time=now - waited, scheduled_time=now - waited, started_time=now
    )
    request = StepRequest(case_id=at.case("F-1"), at=DUE, handed_back=handed_back)
    return await environment.run(at.activities.send_message, request)


@pytest.mark.parametrize(
    "waited", [LONGEST_IN_QUEUE + timedelta(milliseconds=1), timedelta(seconds=20), timedelta(days=3)]
)
async def test_a_step_that_waited_where_nobody_can_be_asked_hands_back_and_does_nothing(
    tmp_path: Path, waited: timedelta
) -> None:
    at = Workplace(tmp_path, LADDER)
    await at.advance()
    turn = await taken_after(at, waited)
    assert turn.look_again and turn.loop == LOOP
    assert (at.taken(), at.deliveries(), at.steps()) == ((), (), [])


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("waited", [timedelta(0), timedelta(seconds=20), timedelta(days=3)])
async def test_a_step_looks_again_for_what_was_told_however_long_it_waited(
    tmp_path: Path, waited: timedelta, told: bool
) -> None:
    async def asked(info: activity.Info) -> bool:
        return told

    at = Workplace(tmp_path, LADDER)
    at.equip(told_meanwhile=asked)
    await at.advance()
    assert (await taken_after(at, waited)).look_again is told
    assert at.steps() == ([] if told else ["reminder email"])


async def test_a_step_that_came_at_once_is_taken(tmp_path: Path) -> None:
    at = Workplace(tmp_path, LADDER)
    await at.advance()
    turn = await taken_after(at, LONGEST_IN_QUEUE)
    assert not turn.look_again and at.steps() == ["reminder email"]


async def test_each_time_it_is_handed_back_it_may_have_waited_twice_as_long(tmp_path: Path) -> None:
    """Else a worker that is always slow would never send anything."""
    at = Workplace(tmp_path, LADDER)
    await at.advance()
    waited = timedelta(seconds=20)
    handed_back = 0
    while (await taken_after(at, waited, handed_back)).look_again:
        handed_back += 1
        assert handed_back < 10
    assert handed_back == 3 and at.steps() == ["reminder email"]


# A step that its run waits for no longer ---------------------------------------------------------------------------


def seconds_of(*taken: float) -> Callable[[], float]:
    """A clock that has shown so much whenever it is looked at: as the step begins, then whenever it asks."""
    return iter((0.0, *taken)).__next__


LIMIT = ActivityEnvironment().info.start_to_close_timeout
assert LIMIT is not None
IN_TIME, OVER = LIMIT.total_seconds() * 0.9, LIMIT.total_seconds() * 30


def pause(at: Workplace) -> None:
    with at.file.write() as transaction:
        transaction.inbox.accept(at.case("F-1"), "p1", "pause", b"{}", at.now)


async def test_having_waited_for_the_case_file_until_its_run_went_on_it_does_nothing(tmp_path: Path) -> None:
    """What it recorded would stand at a moment that the case has left behind."""
    at = Workplace(tmp_path, LADDER)
    await at.advance()
    at.now = DUE
    pause(at)
    at.equip(seconds=seconds_of(OVER))
    assert (await at.run("send")).look_again
    assert (at.taken(), at.deliveries(), at.loaded().case.holds) == ((), (), ())
    at.equip(seconds=seconds_of(IN_TIME))
    assert not (await at.run("send")).look_again
    assert at.loaded().case.holds, "in time, it hears what the case was told"


async def test_after_a_provider_that_took_too_long_what_was_told_stands_at_the_moment_it_is(tmp_path: Path) -> None:
    at = Workplace(tmp_path, LADDER)
    await at.advance()
    at.now = DUE

    class Slow:
        async def send(self, message: Outgoing) -> Sent:
            pause(at)
            return Sent("r1")

        async def find(self, key: str, *, since: datetime) -> Finding:
            raise AssertionError("nobody asks")

    at.equip(seconds=seconds_of(IN_TIME, OVER), gateways={"email": Slow()})
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info, current_attempt_scheduled_time=DUE, scheduled_time=DUE, started_time=DUE
    )
    await environment.run(at.activities.send_message, StepRequest(case_id=at.case("F-1"), at=DUE))
    said = {type(fact): fact.at for fact in at.facts()}
    assert said[StepTaken] == DUE
    assert said[HoldPlaced] == DUE + timedelta(seconds=OVER)


async def test_a_step_with_no_time_to_reconcile_leaves_it_to_its_run(tmp_path: Path) -> None:
    """It would wait until the intent is older than the longest send, and be given up meanwhile."""
    at = Workplace(tmp_path, LADDER, gateways={"email": Mute()})
    await at.advance()
    await at.act()
    asked = at.last["F-1"]
    assert asked.action == "reconcile" and asked.at is not None
    at.now = asked.at
    mute = at.activities.gateways["email"]
    assert isinstance(mute, Mute)
    left = await at.run("send")
    assert (left.action, left.at, left.due, mute.asked) == ("reconcile", asked.at, True, 0)
    await at.run("reconcile")
    assert mute.asked == 1


# The clock -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", [Clock(offset=86400 * 60), Clock(rate=1000, since=datetime(2026, 1, 1, tzinfo=UTC))])
async def test_a_worker_outside_a_simulation_does_not_obey_the_clock_of_the_input(tmp_path: Path, clock: Clock) -> None:
    at = Workplace(tmp_path, LADDER)
    at.equip(simulation=False)
    far = local("2026-06-01")
    turn = await ActivityEnvironment().run(
        at.activities.advance, AdvanceRequest(case_id=at.case("F-1"), at=far, clock=clock)
    )
    assert turn.real_time and turn.at == DUE, "planned at the real moment: the reminder lies ahead"
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info, current_attempt_scheduled_time=at.now, scheduled_time=at.now, started_time=at.now
    )
    declined = await environment.run(
        at.activities.send_message, StepRequest(case_id=at.case("F-1"), at=far, clock=clock, step_seconds=60)
    )
    assert (declined.action, at.taken()) == ("send", ()) and declined.at == DUE


async def test_a_simulation_obeys_it(tmp_path: Path) -> None:
    at = Workplace(tmp_path, LADDER)
    far = local("2026-03-07")
    turn = await ActivityEnvironment().run(
        at.activities.advance, AdvanceRequest(case_id=at.case("F-1"), at=far, clock=Clock(offset=5.0))
    )
    assert not turn.real_time and turn.at == local("2026-03-07", "12:00")
