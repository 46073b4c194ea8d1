"""A step that waited in the queue looks again before it is taken; the clock of an input counts in simulation only."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.case_activities import LONGEST_IN_QUEUE
from activities.contracts import LOOP, AdvanceRequest, StepRequest, Turn
from domain.clock import Clock
from tests.activities.workplace import Workplace
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
async def test_a_step_that_waited_hands_back_and_does_nothing(tmp_path: Path, waited: timedelta) -> None:
    at = Workplace(tmp_path, LADDER)
    await at.advance()
    turn = await taken_after(at, waited)
    assert turn.look_again and turn.loop == LOOP
    assert (at.taken(), at.deliveries(), at.steps()) == ((), (), [])


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
