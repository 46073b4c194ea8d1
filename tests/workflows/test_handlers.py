"""What a case may be told, by which name and in which words: read from the messages, wherever it is shown."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from temporalio import workflow

from domain.blockers import HoldKind
from domain.messages import FACTS, MESSAGES, REQUESTS, read_message
from workflows.overdue_invoice import OverdueInvoice
from workflows.reception import NUDGE

GUIDE = (Path(__file__).parents[2] / "docs" / "ui-guide.md").read_text("utf-8")
WORDS = {name: model.as_fact for name, model in FACTS.items()} | {
    name: model.as_request for name, model in REQUESTS.items()
}


def test_every_message_is_told_as_a_fact_or_asked_for() -> None:
    assert all(model.as_fact or model.as_request for model in MESSAGES.values())
    assert not FACTS.keys() & REQUESTS.keys()


def test_the_workflow_takes_every_message_by_its_name_and_words() -> None:
    told = workflow._Definition.must_from_class(OverdueInvoice)
    signals = {name: signal.description for name, signal in told.signals.items() if name not in (None, NUDGE)}
    assert signals == {name: WORDS[name] for name in FACTS}
    assert {name: update.description for name, update in told.updates.items()} == {
        name: WORDS[name] for name in REQUESTS
    }
    for name in MESSAGES:
        assert hasattr(OverdueInvoice, name)


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_shown_as_an_example_can_be_read(name: str) -> None:
    for example in re.findall(r"\{.*\}", WORDS[name].replace("{…}", "{}")):
        assert read_message(name, json.dumps(json.loads(example)).encode())


@pytest.mark.parametrize("name", MESSAGES)
def test_the_guide_tells_every_message_in_the_words_of_its_model(name: str) -> None:
    assert f"\n| `{name}` | {WORDS[name]} |\n" in GUIDE


def test_the_guide_tells_no_message_that_there_is_not() -> None:
    told = GUIDE[GUIDE.index("## All that a case can be told") :]
    rows = re.findall(r"^\| `(\w+)` \|", told[: told.index("\n## ", 1)], re.M)
    assert sorted(rows) == sorted(MESSAGES)


def test_the_guide_names_every_hold() -> None:
    named = re.search(r"Holds have these reasons: ([^.]+)\.", GUIDE)
    assert named is not None
    assert sorted(re.findall(r"`(\w+)`", named[1])) == sorted(HoldKind)
