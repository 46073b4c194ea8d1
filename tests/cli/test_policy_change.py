"""`maanwerk policy diff` and `policy manual`, and `maanwerk desk` where there is nothing to serve."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casefile.opening import open_case_file
from engine.embedded import free_port
from policies.load import load_policy_file
from services.policy_change import policy_change
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run

ROWS = ("F-1;d1;Bakker;2026-01-01;2099-03-01;1000.00;business", "F-2;d2;Loef;2026-01-01;2099-03-08;50.00;business")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.setattr("cli.same_case_file._SECONDS", 0.05)
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    return tmp_path


@pytest.fixture
def edited(here: Path, maanwerk: Run) -> Path:
    """Two cases that are due in a far year, and a policy under which their first step comes forty days later."""
    (here / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (here / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    (here / "list.csv").write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    assert maanwerk("import", "list.csv").code == 0
    edited = here / "edited.yaml"
    text = re.sub(r"after_due: (\d+)d", lambda found: f"after_due: {int(found[1]) + 40}d", LADDER)
    assert text != LADDER
    text = re.sub(r"(?m)^(policy: .*)$", r"\1\nversion: 2", text.replace("version: 1\n", ""))
    edited.write_text(text, encoding="utf-8")
    return edited


def test_the_command_tells_what_the_service_says(edited: Path, maanwerk: Run) -> None:
    told = json.loads(maanwerk("policy", "diff", edited, "--json", "--rows", "1").out)
    file = open_case_file("sqlite:///var/case-file.sqlite3", create=False)
    said = policy_change(file, load_policy_file(edited).policy, datetime.now(UTC), most=1)
    file.database.close()
    assert told == said.model_dump(mode="json") and said.changed == 2
    shown = maanwerk("policy", "diff", edited)
    assert shown.code == 0 and "Something would change for 2 of 2 cases" in shown.out and "comes later" in shown.out


def test_a_policy_that_can_not_be_compared_is_refused_with_what_to_do(edited: Path, maanwerk: Run) -> None:
    broken = edited.with_name("broken.yaml")
    broken.write_text(edited.read_text().replace("after_due", "after_du", 1))
    ran = maanwerk("policy", "diff", broken)
    assert ran.code == 2 and "broken.yaml:" in ran.err and "after_du" in ran.err
    other = edited.with_name("other.yaml")
    other.write_text("policy: other\nsteps:\n  - {id: reminder, when: {after_due: 3d}, send: email}\n")
    ran = maanwerk("policy", "diff", other)
    assert ran.code == 2 and "no open case is under the policy other" in ran.err and "--instead-of" in ran.err


def test_the_manual_is_printed_and_written(maanwerk: Run, here: Path) -> None:
    shown = maanwerk("policy", "manual", "nl-consumer")
    assert shown.code == 0 and "Procedure manual: nl-consumer" in shown.out and "What stops the ladder" in shown.out
    assert json.loads(maanwerk("policy", "manual", "nl-consumer", "--json").out)["policy"] == "nl-consumer"
    assert maanwerk("policy", "manual", "--pdf", here / "m.pdf").code == 0
    assert (here / "m.pdf").read_bytes().startswith(b"%PDF-")
    assert maanwerk("policy", "manual", "no-such").code == 2
    assert "can't be written" in maanwerk("policy", "manual", "--pdf", here / "no" / "m.pdf").err


def test_a_desk_without_a_case_file_says_what_to_do(maanwerk: Run) -> None:
    ran = maanwerk("desk")
    assert ran.code == 1 and "maanwerk up" in ran.err and "desk --demo" in ran.err
