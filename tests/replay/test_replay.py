"""Open cases go on with the code of today: every committed history replays (README.md)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from domain.handling import dispatch
from domain.planning import planner
from domain.reactions import react, sending
from engine.plugin import maanwerk_plugin
from tests.replay.changed_workflows import SkipsTheUpsert, SleepsFirst, StaysTheSame
from tests.replay.record import shipped
from tests.replay.scenarios import SCENARIOS
from tests.replay.stalls import STALLS
from workflows.overdue_invoice import OverdueInvoice

LONG = ("approved_and_handed_off.F-1.1", "bundle.A-1.1", "quarantined.F-1.1")
HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def named(path: Path) -> str:
    return path.stem


@cache
def history_of(path: Path) -> WorkflowHistory:
    """A history as it was kept."""
    return WorkflowHistory.from_json("case:devaart:2026-F-1", path.read_text(encoding="utf-8"))


async def replay(path: Path, workflow: type = OverdueInvoice) -> Exception | None:
    """Replay one history; what went wrong, if anything did."""
    replayer = Replayer(workflows=[workflow], plugins=[maanwerk_plugin()])
    result = await replayer.replay_workflow(history_of(path), raise_on_replay_failure=False)
    return result.replay_failure


def everywhere(function: Callable[..., Any], other: Callable[..., Any], patched: pytest.MonkeyPatch) -> None:
    """Put another function in the place of one, in each module that knows it by name."""
    known = [
        (module, name)
        for module in list(sys.modules.values())
        for name, value in list(vars(module).items())
        if value is function
    ]
    assert known, f"nobody knows {function.__name__}"
    for module, name in known:
        patched.setattr(module, name, other)


@pytest.fixture(scope="module")
def asked() -> Iterator[list[str]]:
    """The rules, planner and all, that were asked: each notes it, and breaks."""
    found: list[str] = []

    def broken(rule: Callable[..., Any]) -> Callable[..., Any]:
        def breaks(*_: Any, **__: Any) -> Any:
            found.append(rule.__name__)
            raise RuntimeError("no rule has a part in a replay")

        return breaks

    rules: tuple[Callable[..., Any], ...] = (
        planner.plan,
        dispatch.handle,
        dispatch.judge,
        react.react,
        sending.intended,
        sending.concluded,
        sending.sending_finished,
        sending.step_taken,
    )
    with pytest.MonkeyPatch.context() as patched:
        for rule in rules:
            everywhere(rule, broken(rule), patched)
        yield found


@pytest.mark.parametrize("path", HISTORIES, ids=named)
async def test_an_open_case_goes_on_with_the_code_of_today_and_no_rule_has_a_part_in_it(
    path: Path, asked: list[str]
) -> None:
    """What decides otherwise, or breaks, decides what comes next; what was is told by the history alone.

    A replay that asks no rule is the same with whichever rules stand beside the workflow, those of today among them.
    """
    assert await replay(path) is None
    assert asked == []


def test_a_rule_that_is_asked_is_noticed(asked: list[str]) -> None:
    for module, rule in ((planner, "plan"), (react, "react"), (react, "plan"), (dispatch, "handle")):
        with pytest.raises(RuntimeError):
            getattr(module, rule)()
        assert asked.pop() == rule


def test_every_scenario_has_its_history() -> None:
    assert {path.stem.split(".")[0] for path in HISTORIES} >= {*SCENARIOS, *STALLS, *shipped()}


@pytest.mark.parametrize("changed", [SleepsFirst, SkipsTheUpsert])
@pytest.mark.parametrize("path", [path for path in HISTORIES if path.stem in LONG], ids=named)
async def test_a_changed_workflow_is_noticed(path: Path, changed: type) -> None:
    failure = await replay(path, changed)
    assert failure is not None
    assert "[TMPRL1100]" in str(failure), "nondeterminism, as a worker would report it"


async def test_a_workflow_that_is_changed_in_name_only_is_not() -> None:
    path = next(path for path in HISTORIES if path.stem == LONG[0])
    assert await replay(path, StaysTheSame) is None


def test_no_history_names_the_machine_on_which_it_was_recorded() -> None:
    for path in HISTORIES:
        text = path.read_text(encoding="utf-8")
        assert set(_values(json.loads(text), "identity")) <= {"recorder", ""}
        assert not any(_values(json.loads(text), "stackTrace"))


def _values(value: Any, key: str) -> list[str]:
    if isinstance(value, dict):
        own = [value[key]] if isinstance(value.get(key), str) else []
        return own + [found for each in value.values() for found in _values(each, key)]
    return [found for each in value for found in _values(each, key)] if isinstance(value, list) else []
