"""What a case may be told, by which name and in which words: read from the messages, wherever it is shown."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from temporalio import workflow

from domain.blockers import HoldKind
from domain.messages import FACTS, MESSAGES, REQUESTS, read_message
from workflows.overdue_invoice import OverdueInvoice
from workflows.reception import NUDGE

GUIDE = Path(__file__).parents[2] / "docs" / "ui-guide.md"
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


def test_the_guide_tells_what_the_messages_say_of_themselves() -> None:
    """`MAANWERK_GUIDE=write .venv/bin/pytest tests/workflows/test_handlers.py` writes it anew."""
    guide = GUIDE.read_text("utf-8")
    told = re.sub(r"(?<=Holds have these reasons: )[^.]+", _held(), guide)
    for kind, names in (("signal", FACTS), ("update", REQUESTS)):
        head = f"\n| {kind} | what to type |\n|---|---|\n"
        before, _, after = told.partition(head)
        told = before + head + _rows(names) + after[after.index("\n\n") + 1 :]
    if os.environ.get("MAANWERK_GUIDE") == "write":
        GUIDE.write_text(told, "utf-8")
    assert GUIDE.read_text("utf-8") == told
    assert all(f"| `{name}` | {words} |\n" in told for name, words in WORDS.items())


def _held() -> str:
    return ", ".join(f"`{kind}`" for kind in HoldKind)


def _rows(names: Iterable[str]) -> str:
    return "".join(f"| `{name}` | {WORDS[name]} |\n" for name in names)
