"""What one invoice does to the others of its debtor: no case sleeps through what another one changed."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.facts import TaskRaised
from domain.reactions.react import react
from domain.reactions.siblings import is_to_wake
from simulation import pure
from simulation.events import Event
from simulation.outcome import Outcome
from simulation.scenario import Scenario
from tests.examples import examples
from tests.simulation.random_scenarios import families, scenarios


class Watched(pure._Run):
    """A run that looks, after all that happens, whether any case would decide otherwise if it were asked now."""

    def _happens(self, event: Event, now: datetime) -> None:
        super()._happens(event, now)
        self._all_rest(now)

    def _act(self, actor: pure._Actor, now: datetime) -> None:
        super()._act(actor, now)
        self._all_rest(now)

    def _all_rest(self, now: datetime) -> None:
        for actor in self.actors:
            if not actor.facts or actor.case.closed is not None:
                continue
            if actor.wake is not None and actor.wake <= now:
                continue  # It is asked next, at this very moment.
            reaction = react(actor.case, actor.policy, self._surroundings(actor), now)
            # What is due at this very moment, or in a moment, comes next.
            assert not is_to_wake(reaction, actor.wake, now), (actor.number, now, actor.wake, reaction)


@settings(max_examples=examples(50), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(families())
def test_every_case_stands_as_it_would_if_it_were_asked_now(scenario: Scenario) -> None:
    Watched(scenario).play()


class AskedBetween(pure._Run):
    """A run that asks each case between two of its moments, and finds no task that nobody would have been told of.

    What a step of the ladder asks before it is taken is asked with that step.
    """

    def _happens(self, event: Event, now: datetime) -> None:
        super()._happens(event, now)
        self._all_raised(now)

    def _act(self, actor: pure._Actor, now: datetime) -> None:
        super()._act(actor, now)
        self._all_raised(now)

    def _all_raised(self, now: datetime) -> None:
        for actor in self.actors:
            if not actor.facts or actor.case.closed is not None or (actor.wake is not None and actor.wake <= now):
                continue
            calendar = actor.policy.sending_calendar
            end = (
                now + timedelta(days=35) if actor.wake is None else calendar.day_start(calendar.local_date(actor.wake))
            )
            asked = now + timedelta(hours=11)
            while asked < end:
                reaction = react(actor.case, actor.policy, self._surroundings(actor), asked)
                raised = [fact for fact in reaction.facts if isinstance(fact, TaskRaised) and fact.step is None]
                assert not raised, (actor.number, now, actor.wake, asked, raised)
                # What would be raised goes on being it until it is: every second day is enough, at another hour each.
                asked += timedelta(hours=53)


@pytest.mark.parametrize("kind", [families, scenarios], ids=["families", "scenarios"])
@settings(
    max_examples=examples(25),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_the_day_on_which_a_task_is_raised_hangs_on_nothing_else_that_a_case_waits_for(
    kind: Callable[[], st.SearchStrategy[Scenario]], data: st.DataObject
) -> None:
    AskedBetween(data.draw(kind())).play()


def said(outcome: Outcome) -> dict[str, object]:
    """What happened to each case, without the order of the cases."""
    told = outcome.as_json()
    kept = ("on", "invoice", "step", "channels", "open", "interest", "costs", "total", "claimed")
    return {
        "steps": sorted(str([row[key] for key in kept]) for row in told["steps"]),
        "passed over": sorted(map(str, told["passed_over"])),
        "refused": sorted(map(str, told["refused"])),
        "cases": sorted(map(str, told["cases"].items())),
    }


@pytest.mark.parametrize("kind", [families, scenarios], ids=["families", "scenarios"])
@settings(
    max_examples=examples(30),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_which_of_several_cases_is_first_makes_no_difference(
    kind: Callable[[], st.SearchStrategy[Scenario]], data: st.DataObject
) -> None:
    scenario = data.draw(kind())
    order = list(scenario.invoices)
    random.Random(len(scenario.events)).shuffle(order)
    first = said(pure.run(scenario))
    for shuffled in (tuple(order), scenario.invoices[::-1]):
        assert shuffled == scenario.invoices or said(pure.run(replace(scenario, invoices=shuffled))) == first
