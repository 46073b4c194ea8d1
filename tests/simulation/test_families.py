"""What one invoice does to the others of its debtor: no case sleeps through what another one changed."""

from datetime import datetime

from hypothesis import HealthCheck, given, settings

from domain.reactions.react import react
from domain.reactions.siblings import is_to_wake
from simulation import pure
from simulation.events import Event
from simulation.scenario import Scenario
from tests.simulation.random_scenarios import families


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
            reaction = react(actor.case, actor.policy, self._surroundings(actor), now)
            planned = None if actor.decision is None else actor.decision.at
            if planned is not None and planned <= now:
                continue  # It is due at this very moment, and comes next.
            assert not is_to_wake(reaction, planned, now), (actor.number, now, planned, reaction)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(families())
def test_every_case_stands_as_it_would_if_it_were_asked_now(scenario: Scenario) -> None:
    Watched(scenario).play()
