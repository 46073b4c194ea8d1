"""`maanwerk subscriber`: who is told, what was given up, and what a person does about it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from casefile.acts import acts
from casefile.case_file import CaseFile
from casefile.outgoing_events import Tried, take_up, write_tries
from casefile.subscribers import set_subscribers, stop_subscriber
from domain import facts as f
from gateways.subscribers.signature import secret_bytes
from tests.casefile.builders import CASE, NOW, furnish, opened
from tests.cli.running import Run


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CaseFile:
    """Of two events one was given up."""
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'case-file.sqlite3'}")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("COLUMNS", "240")
    found = opened(tmp_path / "case-file.sqlite3")
    set_subscribers(found, {"erp": ("erp.example", ("task.raised",))}, NOW)
    with found.write() as transaction:
        furnish(transaction)
        tasks = [f.TaskRaised(id=f"task:{name}", at=NOW, on=date(2026, 3, 1), task=name) for name in ("a", "b")]
        transaction.cases.append(CASE, tasks)
    (event,) = take_up(found, "erp", NOW, NOW + timedelta(minutes=1), 1)
    write_tries(found, [Tried(event, "set_aside", problem="it answered 500")], NOW)
    return found


def test_nobody_is_told_unless_the_settings_say_so(
    maanwerk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'case-file.sqlite3'}")
    opened(tmp_path / "case-file.sqlite3")
    assert "Nobody is told" in maanwerk("subscriber", "list").out
    assert json.loads(maanwerk("subscriber", "list", "--json").out) == {"subscribers": [], "set_aside": []}


def test_what_was_given_up_is_shown_and_sent_again(maanwerk: Run, file: CaseFile) -> None:
    shown = maanwerk("subscriber", "list").out
    assert "erp.example" in shown and "it answered 500" in shown and CASE in shown
    told = json.loads(maanwerk("subscriber", "list", "--json").out)
    assert told["subscribers"] == [
        {
            "name": "erp",
            "host": "erp.example",
            "events": ["task.raised"],
            "state": "told",
            "reason": None,
            "waiting": 1,
            "waits_since": "2026-03-01T09:00:00+00:00",
            "set_aside": 1,
        }
    ]
    (event,) = told["set_aside"]
    assert (event["event"], event["case"]) == ("task.raised", CASE)
    assert (event["tries"], event["reason"]) == (1, "it answered 500")
    assert maanwerk("subscriber", "resend", event["id"], "--actor", "els").code == 0
    assert json.loads(maanwerk("subscriber", "list", "--json").out)["set_aside"] == []
    ran = maanwerk("subscriber", "resend", event["id"])
    assert ran.code == 2 and "no event that was given up is evt_" in ran.err
    found = acts(file)
    assert [(act.actor, act.act, act.subject) for act in found[:1]] == [("els", "subscriber resend", event["id"])]


def test_what_was_given_up_may_be_left(maanwerk: Run, file: CaseFile) -> None:
    assert maanwerk("subscriber", "dismiss", "--all", "nobody").code == 2
    assert maanwerk("subscriber", "dismiss", "--all", "erp").code == 0
    assert json.loads(maanwerk("subscriber", "list", "--json").out)["subscribers"][0]["set_aside"] == 0


@pytest.mark.parametrize("arguments", [(), ("evt_1", "--all", "erp")])
def test_one_event_or_all_of_one_is_named(maanwerk: Run, file: CaseFile, arguments: tuple[str, ...]) -> None:
    ran = maanwerk("subscriber", "resend", *arguments)
    assert ran.code == 2 and "give one of them" in ran.err


def test_one_that_wants_no_more_is_shown_and_let_go_on(maanwerk: Run, file: CaseFile) -> None:
    assert maanwerk("subscriber", "resume", "erp").code == 2
    stop_subscriber(file, "erp", "it wants no more events (410)", NOW)
    assert "stopped: it wants no more events (410)" in maanwerk("subscriber", "list").out
    assert maanwerk("subscriber", "resume", "erp").code == 0
    assert json.loads(maanwerk("subscriber", "list", "--json").out)["subscribers"][0]["state"] == "told"


def test_a_secret_is_made_where_it_is_needed(maanwerk: Run) -> None:
    assert len(secret_bytes(maanwerk("subscriber", "secret").out.strip())) == 32
