"""What the workflows bring with them, as the SDK's sandbox sees it, and what cases show in search attributes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.plugin import SimplePlugin
from temporalio.worker import Replayer, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from domain.planning.decision import Decision
from domain.views.case_view import view_of
from engine.plugin import maanwerk_plugin
from tests.architecture.careless_workflow import Careless
from tests.domain.builders import Life, business_ladder
from workflows import search_attributes
from workflows.overdue_invoice import OverdueInvoice

HISTORY = Path(__file__).parents[1] / "replay" / "histories" / "unpaid_to_handoff.F-1.1.json"
STRICT = (
    workflow.SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
    | workflow.SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
)


PURE = ("domain", "activities", "workflows", "speech")
"""Our modules that a workflow may bring with it: pure, or never touched by it at run time."""


def strict() -> SimplePlugin:
    """Runs workflows in the SDK's sandbox, which refuses every module that comes into it without being told to."""

    def sandboxed(_: WorkflowRunner | None) -> WorkflowRunner:
        restrictions = SandboxRestrictions.default.with_passthrough_modules(*PURE)
        return SandboxedWorkflowRunner(restrictions=restrictions.with_import_notification_policy(STRICT))

    return SimplePlugin("strict", workflow_runner=sandboxed)


async def replayed(of: type) -> Exception | None:
    replayer = Replayer(workflows=[of], plugins=[maanwerk_plugin(), strict()], build_id="today")
    history = WorkflowHistory.from_json("case:devaart:2026-F-1", HISTORY.read_text(encoding="utf-8"))
    return (await replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure


@pytest.mark.filterwarnings("error::UserWarning")
async def test_nothing_comes_into_the_sandbox_that_was_not_meant_to() -> None:
    assert await replayed(OverdueInvoice) is None


async def test_a_module_that_is_not_on_the_list_is_noticed() -> None:
    with pytest.raises(RuntimeError, match="validating workflow") as caught:
        await replayed(Careless)
    assert "intake.written.dates" in str(caught.value.__cause__)


def upserted() -> dict[str, Any]:
    life = Life(business_ladder())
    life.hear("pause")
    view = view_of(life.case, life.policy, Decision(action="wait"), life.now)
    updates = search_attributes.updates(None, search_attributes.values_of(view))
    return {update.key.name: update.value for update in updates}


def test_every_attribute_that_is_shown_is_registered_and_the_other_way_round() -> None:
    assert list(upserted()) == [key.name for key in search_attributes.ALL]


def test_only_what_changed_is_shown_anew() -> None:
    before = ("new", search_attributes.NEVER, False, "", "bakker", 100, "EUR", False)
    after = ("reminder", search_attributes.NEVER, False, "", "bakker", 100, "EUR", True)
    assert [u.key.name for u in search_attributes.updates(before, after)] == ["CaseStage", "NeedsAttention"]
    assert search_attributes.updates(after, after) == []


def test_a_search_attribute_is_opaque() -> None:
    """They are never encrypted: ids, codes, amounts and moments only."""
    assert upserted()["Debtor"] == "bakker", "the opaque id, never a name"
    assert {type(value).__name__ for value in upserted().values()} <= {"str", "int", "bool", "datetime"}
