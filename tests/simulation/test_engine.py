"""The real workflow must do what the rules alone say: the two runners are held against each other."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from simulation.engine import NotOnEngine, run_on_engine
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario, shipped_scenarios
from tests.simulation.on_the_engine import DEFAULTS, PLAYED, Kind, kinds_of, narrowed
from tests.simulation.random_hand_offs import families_handed_off
from tests.simulation.random_partner_lives import partner_lives
from tests.simulation.random_scenarios import families, scenarios

Play = Callable[[Scenario], Outcome]

EXAMPLES = int(os.environ.get("MAANWERK_DIFFERENTIAL", "4"))
"""Random scenarios in a run; `MAANWERK_DIFFERENTIAL=500` for a long one, in which every shipped one is played, too."""

SHIPPED = {Path(path).stem: Path(path) for path in shipped_scenarios()}


@pytest.mark.parametrize("name", PLAYED if "MAANWERK_DIFFERENTIAL" not in os.environ else SHIPPED)
def test_a_shipped_scenario_runs_the_same_on_the_engine(name: str, play: Play) -> None:
    scenario = load_scenario(SHIPPED[name])
    if "MAANWERK_DIFFERENTIAL" not in os.environ:
        scenario = narrowed(scenario, PLAYED[name])
    elif scenario.awake is not None:
        pytest.skip("`awake` is for the pure run only")
    assert play(scenario).as_json() == run(scenario).as_json()


def test_of_every_kind_of_thing_that_happens_in_a_shipped_scenario_one_is_played_on_the_engine() -> None:
    happens: dict[Kind, str] = {}
    played: set[Kind] = set()
    for name, path in SHIPPED.items():
        scenario = load_scenario(path)
        if scenario.awake is not None:
            continue
        own = kinds_of(scenario, run(scenario))
        happens |= dict.fromkeys(own, name)
        if name.removeprefix("policy-") in DEFAULTS:
            played |= own
        elif name in PLAYED:
            part = narrowed(scenario, PLAYED[name])
            played |= kinds_of(part, run(part))
    missing = {kind: name for kind, name in happens.items() if kind not in played}
    assert not missing, "played by nobody: one of its debtors belongs into PLAYED (on_the_engine.py)"


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="MAANWERK_DIFFERENTIAL" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(scenario=scenarios())
def test_random_scenarios_run_the_same_on_the_engine(scenario: Scenario, play: Play) -> None:
    scenario = replace(scenario, awake=None)
    assert play(scenario).as_json() == run(scenario).as_json()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="MAANWERK_DIFFERENTIAL" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(scenario=families())
def test_random_families_run_the_same_on_the_engine(scenario: Scenario, play: Play) -> None:
    assert play(scenario).as_json() == run(scenario).as_json()


@pytest.mark.long
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="MAANWERK_DIFFERENTIAL" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(scenario=families_handed_off())
def test_random_families_that_are_handed_off_run_the_same_on_the_engine(scenario: Scenario, play: Play) -> None:
    assert play(scenario).as_json() == run(scenario).as_json()


@pytest.mark.long
@settings(
    max_examples=EXAMPLES if "MAANWERK_DIFFERENTIAL" in os.environ else 2,
    deadline=None,
    derandomize="MAANWERK_DIFFERENTIAL" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(scenario=partner_lives())
def test_random_lives_with_a_partner_run_the_same_on_the_engine(scenario: Scenario, play: Play) -> None:
    assert play(scenario).as_json() == run(scenario).as_json()


@pytest.mark.parametrize("name", ["14", "15", "18"])
def test_a_case_wakes_at_the_moment_that_another_one_gave_it(name: str, play: Play) -> None:
    (path,) = (Path(__file__).parent / "found").glob(f"{name}*.yaml")
    scenario = load_scenario(path)
    assert play(scenario).as_json() == run(scenario).as_json()


def test_the_comparison_can_fail(play: Play) -> None:
    scenario = load_scenario(SHIPPED["s1-business"])
    shorter = replace(scenario, events=())
    assert play(scenario).as_json() != run(shorter).as_json()


def test_an_outage_is_for_the_pure_run_only() -> None:
    scenario = load_scenario(SHIPPED["r7-outage"])
    with pytest.raises(NotOnEngine, match="awake"):
        run_on_engine(scenario)
