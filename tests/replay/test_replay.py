"""Open cases go on with the code of today: every committed history replays (README.md)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from domain.handling import dispatch
from domain.planning import planner
from domain.planning.decision import Decision
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


async def replay(path: Path, workflow: type = OverdueInvoice) -> Exception | None:
    """Replay one history; what went wrong, if anything did."""
    text = path.read_text(encoding="utf-8")
    replayer = Replayer(workflows=[workflow], plugins=[maanwerk_plugin()])
    result = await replayer.replay_workflow(
        WorkflowHistory.from_json("case:devaart:2026-F-1", text), raise_on_replay_failure=False
    )
    return result.replay_failure


@pytest.mark.parametrize("path", HISTORIES, ids=named)
async def test_an_open_case_goes_on_with_the_code_of_today(path: Path) -> None:
    assert await replay(path) is None


def test_every_scenario_has_its_history() -> None:
    assert {path.stem.split(".")[0] for path in HISTORIES} >= {*SCENARIOS, *STALLS, *shipped()}


def decides_otherwise(*_: Any) -> Decision:
    """Wait for the new year, whatever the case."""
    return Decision(action="wait", at=datetime(2027, 1, 1, tzinfo=UTC))


def breaks(*_: Any, **__: Any) -> Any:
    raise RuntimeError("the planner has no part in a replay")


def everywhere(function: Callable[..., Any], other: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another function in the place of one, in each module that knows it by name."""
    known = [
        (module, name)
        for module in list(sys.modules.values())
        for name, value in list(vars(module).items())
        if value is function
    ]
    assert known, f"nobody knows {function.__name__}"
    for module, name in known:
        monkeypatch.setattr(module, name, other)


@pytest.mark.parametrize("other", [decides_otherwise, breaks])
async def test_a_planner_that_decides_otherwise_has_no_part_in_it(other: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    everywhere(planner.plan, other, monkeypatch)
    rules: tuple[Callable[..., Any], ...] = (
        dispatch.handle,
        dispatch.judge,
        react.react,
        sending.intended,
        sending.concluded,
        sending.sending_finished,
        sending.step_taken,
    )
    for rule in rules:
        everywhere(rule, breaks, monkeypatch)
    with pytest.raises(RuntimeError):
        react.react()  # type: ignore[call-arg]
    assert [(path.stem, await replay(path)) for path in HISTORIES] == [(path.stem, None) for path in HISTORIES]


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
