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
from tests.simulation.random_scenarios import families, families_handed_off, scenarios

Play = Callable[[Scenario], Outcome]

EXAMPLES = int(os.environ.get("MAANWERK_DIFFERENTIAL", "8"))
"""Random scenarios in a run; `MAANWERK_DIFFERENTIAL=500` for a long one."""

PLAYABLE = [path for path in shipped_scenarios() if load_scenario(Path(path)).awake is None]


@pytest.mark.parametrize("path", PLAYABLE, ids=lambda path: Path(path).stem)
def test_every_shipped_scenario_runs_the_same_on_the_engine(path: str, play: Play) -> None:
    scenario = load_scenario(Path(path))
    assert play(scenario).as_json() == run(scenario).as_json()


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.parametrize("name", ["14", "15"])
def test_a_case_wakes_at_the_moment_that_another_one_gave_it(name: str, play: Play) -> None:
    (path,) = (Path(__file__).parent / "found").glob(f"{name}*.yaml")
    scenario = load_scenario(path)
    assert play(scenario).as_json() == run(scenario).as_json()


def test_the_comparison_can_fail(play: Play) -> None:
    scenario = load_scenario(Path(next(path for path in PLAYABLE if path.endswith("s1-business.yaml"))))
    shorter = replace(scenario, events=())
    assert play(scenario).as_json() != run(shorter).as_json()


def test_an_outage_is_for_the_pure_run_only() -> None:
    scenario = load_scenario(Path(next(path for path in shipped_scenarios() if path.endswith("r7-outage.yaml"))))
    with pytest.raises(NotOnEngine, match="awake"):
        run_on_engine(scenario)
