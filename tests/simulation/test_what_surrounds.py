"""What surrounds a case is remembered while nothing in it changes: whoever remembers nothing comes to the same."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given

from domain.planning.decision import Decision
from domain.planning.planner import plan
from domain.reactions.react import Reaction
from domain.surroundings import Surroundings
from simulation.outcome import Outcome
from simulation.pure import _Actor, _Run
from simulation.scenario import Scenario
from tests.simulation.random_scenarios import families, scenarios
from tests.simulation.test_properties import tried


class _Forgetful(_Run):
    """Makes what surrounds a case anew each time that it is asked, and plans anew what was decided."""

    def _surroundings(self, actor: _Actor) -> Surroundings:
        actor.around = None
        return super()._surroundings(actor)

    def _follows(self, actor: _Actor, reaction: Reaction, now: datetime) -> Decision:
        around = self._surroundings(actor)
        assert plan(reaction.case, actor.policy, around, now) == reaction.decision
        return super()._follows(actor, reaction, now)


class _Remembering(_Run):
    """Counts how often what surrounds a case was remembered."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.remembered = 0

    def _surroundings(self, actor: _Actor) -> Surroundings:
        before = actor.around
        found = super()._surroundings(actor)
        self.remembered += actor.around is before
        return found


def _both(scenario: Scenario) -> tuple[Outcome, Outcome]:
    remembering = _Remembering(scenario)
    outcome = remembering.play()
    assert remembering.remembered, "nothing was remembered, so nothing was compared"
    return outcome, _Forgetful(scenario).play()


@tried(12)
@given(scenarios())
def test_a_debtor_s_invoices_come_to_the_same_facts_and_decisions(scenario: Scenario) -> None:
    remembered, anew = _both(scenario)
    assert remembered == anew


@tried(12)
@given(families())
def test_a_family_with_many_events_comes_to_the_same_facts_and_decisions(scenario: Scenario) -> None:
    remembered, anew = _both(scenario)
    assert remembered == anew
