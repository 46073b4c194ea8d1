"""Open cases go on with the code of today: every committed history replays (README.md)."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, WorkflowReplayResult

from domain.handling import dispatch
from domain.planning import planner
from domain.reactions import react, sending
from engine.plugin import maanwerk_plugin
from tests.replay.changed_workflows import SkipsTheUpsert, SleepsFirst, StaysTheSame
from tests.replay.record import shipped
from tests.replay.scenarios import SCENARIOS
from tests.replay.stalls import STALLS
from tests.rows import row
from workflows.overdue_invoice import OverdueInvoice

LONG = ("approved_and_handed_off.F-1.1", "bundle.A-1.1", "quarantined.F-1.1")
HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))
PARTS = 24
"""In how many tests they are replayed."""


@cache
def history_of(path: Path) -> WorkflowHistory:
    """A history as it was kept."""
    return WorkflowHistory.from_json("case:devaart:2026-F-1", path.read_text(encoding="utf-8"))


class Replays:
    """Replays one history after the other on one worker: one of its own takes half as long again as a history."""

    def __init__(self, runner: asyncio.Runner, workflow: type) -> None:
        self._runner = runner
        self._asked: Path | None = None
        # Without a build the SDK would read every module of the process for one.
        replayer = Replayer(workflows=[workflow], plugins=[maanwerk_plugin()], build_id="today")
        self._replays = replayer.workflow_replay_iterator(self._histories())
        self._results = runner.run(self._replays.__aenter__())

    async def _histories(self) -> AsyncIterator[WorkflowHistory]:
        while self._asked is not None:
            yield history_of(self._asked)

    async def _next(self) -> WorkflowReplayResult:
        return await anext(self._results)

    def of(self, path: Path) -> Exception | None:
        """What went wrong with this history, if anything did."""
        self._asked = path
        result = self._runner.run(self._next())
        assert result.history is history_of(path)
        return result.replay_failure

    def close(self) -> None:
        self._runner.run(self._replays.__aexit__(None, None, None))


@contextmanager
def replaying(workflow: type) -> Iterator[Replays]:
    with asyncio.Runner() as runner:
        replays = Replays(runner, workflow)
        yield replays
        replays.close()


@pytest.fixture(scope="module")
def replays() -> Iterator[Replays]:
    with replaying(OverdueInvoice) as found:
        yield found


def everywhere(function: Callable[..., Any], other: Callable[..., Any], patched: pytest.MonkeyPatch) -> None:
    """Put another function in the place of one, in each module that knows it by name."""
    known = [
        (module, name)
        for module in list(sys.modules.values())
        if isinstance(module, ModuleType)
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


@pytest.mark.parametrize("part", range(PARTS))
def test_an_open_case_goes_on_with_the_code_of_today_and_no_rule_has_a_part_in_it(
    part: int, asked: list[str], replays: Replays
) -> None:
    """What decides otherwise, or breaks, decides what comes next; what was is told by the history alone.

    A replay that asks no rule is the same with whichever rules stand beside the workflow, those of today among them.
    """
    for path in HISTORIES[part::PARTS]:
        with row(path.stem):
            assert replays.of(path) is None
            assert asked == []


def test_a_rule_that_is_asked_is_noticed(asked: list[str]) -> None:
    for module, rule in ((planner, "plan"), (react, "react"), (react, "plan"), (dispatch, "handle")):
        with pytest.raises(RuntimeError):
            getattr(module, rule)()
        assert asked.pop() == rule


def test_every_scenario_has_its_history() -> None:
    assert {path.stem.split(".")[0] for path in HISTORIES} >= {*SCENARIOS, *STALLS, *shipped()}


@pytest.mark.parametrize("changed", [SleepsFirst, SkipsTheUpsert])
def test_a_changed_workflow_is_noticed_in_each_history(changed: type) -> None:
    with replaying(changed) as replays:
        for path in (path for path in HISTORIES if path.stem in LONG):
            failure = replays.of(path)
            assert failure is not None
            assert "[TMPRL1100]" in str(failure), "nondeterminism, as a worker would report it"


def test_a_workflow_that_is_changed_in_name_only_is_not() -> None:
    with replaying(StaysTheSame) as replays:
        assert replays.of(next(path for path in HISTORIES if path.stem == LONG[0])) is None


def test_no_history_names_the_machine_on_which_it_was_recorded() -> None:
    for path in HISTORIES:
        history = json.loads(path.read_text(encoding="utf-8"))
        assert set(_values(history, "identity")) <= {"recorder", ""}
        assert not any(_values(history, "stackTrace"))


def _values(value: Any, key: str) -> list[str]:
    if isinstance(value, dict):
        own = [value[key]] if isinstance(value.get(key), str) else []
        return own + [found for each in value.values() for found in _values(each, key)]
    return [found for each in value for found in _values(each, key)] if isinstance(value, list) else []
