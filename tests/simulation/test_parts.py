"""A scenario that is played in parts, in one process or several, comes to what it comes to as a whole."""

import gc
import json
import os
import signal
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import given

from benchmarks.portfolio_speed import part_of
from domain.case import Case
from machine.uncollected import uncollected
from simulation.outcome import Outcome, as_json
from simulation.parts import Part, parts_of
from simulation.playing import ProcessEnded, play
from simulation.pure import run, run_part
from simulation.scenario import Scenario
from tests.simulation.random_scenarios import scenarios
from tests.simulation.test_properties import tried


def written(outcome: Outcome) -> str:
    return json.dumps(outcome.as_json())


@tried(25)
@given(scenarios())
def test_debtors_played_by_themselves_come_to_the_same_bytes(scenario: Scenario) -> None:
    rows = [outcome.rows() for outcome in play(parts_of(scenario, most=1), _itself)]
    assert len(rows) == len({each.invoice.debtor for each in scenario.invoices})
    assert json.dumps(as_json(reversed(rows))) == written(run(scenario))


def _itself(outcome: Outcome) -> Outcome:
    return outcome


def test_two_processes_come_to_the_same_bytes_as_one_and_another_seed_to_others() -> None:
    def played(seed: int, processes: int) -> list[str]:
        return list(play((partial(part_of, seed, number, 20) for number in range(8)), written, processes))

    assert played(1, 2) == played(1, 1)
    assert played(2, 1) != played(1, 1)


def test_a_scenario_in_parts_comes_to_the_same_in_two_processes_as_in_one() -> None:
    whole = part_of(1, 0, 28).scenario
    alone = [written(outcome) for outcome in play(parts_of(whole, most=4), _itself)]
    assert len(alone) == 7  # more than travel together
    assert list(play(parts_of(whole, most=4), written, 2)) == alone


def test_what_a_part_came_to_is_gone_when_it_is_let_go_without_the_collector() -> None:
    part = part_of(1, 0, 20)
    assert len(part.scenario.by_debtor) == 10  # two invoices each, which know of each other while they are played
    before = _living_cases()
    with uncollected():
        outcome = run_part(part)
        assert _living_cases() - before == 20
        del outcome
        assert _living_cases() - before == 0


def _living_cases() -> int:
    return sum(type(each) is Case for each in gc.get_objects())


def test_parts_are_made_no_earlier_than_they_are_needed() -> None:
    made: list[int] = []

    def parts() -> Iterator[Callable[[], Part]]:
        for number in range(40):
            made.append(number)
            yield partial(part_of, 1, number, 2)

    for told, _ in enumerate(play(parts(), len_of, 2), start=1):
        assert len(made) <= told + 6
    assert len(made) == 40


def len_of(outcome: Outcome) -> int:
    return len(outcome.played)


def test_a_process_that_is_ended_is_told_and_waited_for_no_more() -> None:
    with pytest.raises(ProcessEnded, match="want of memory"):
        list(play([partial(part_of, 1, number, 2) for number in range(4)], _dies, 2))


def _dies(outcome: Outcome) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
