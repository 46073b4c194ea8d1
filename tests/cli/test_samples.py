"""`maanwerk samples`: something to import, whose dates follow today."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casefile.opening import open_case_file
from cli.own_name import own_command
from engine.embedded import free_port
from services.reports.case_report import report_of
from tests.cli.running import Run

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    return tmp_path


def test_the_dates_follow_the_day_and_the_rest_is_as_it_was(maanwerk: Run, desk: Path) -> None:
    ran = maanwerk("samples", "--day", "15-4-2026")
    assert ran.code == 0, ran.err
    assert "Wed 2026-04-15" in ran.out
    assert "  maanwerk import out/samples/open_items.csv --creditor out/samples/creditor.yaml" in ran.out
    moved = (desk / "out" / "samples" / "open_items.csv").read_text("utf-8").splitlines()
    shipped = (ROOT / "samples" / "open_items.csv").read_text("utf-8").splitlines()
    assert len(moved) == len(shipped)
    assert moved[0] == shipped[0]
    assert moved[1] == shipped[1].replace("02-02-2026", "16-02-2026").replace("02-03-2026", "16-03-2026")
    assert "<cbc:DueDate>2026-03-18</cbc:DueDate>" in (
        desk / "out" / "samples" / "ubl" / "invoice-with-pdf.xml"
    ).read_text("utf-8")


def test_without_a_day_they_are_the_samples_as_shipped(maanwerk: Run, desk: Path) -> None:
    assert maanwerk("samples", "--out", "plain").code == 0
    for name in ("open_items.csv", "creditor.yaml"):
        assert (desk / "plain" / name).read_text("utf-8") == (ROOT / "samples" / name).read_text("utf-8")


@pytest.mark.parametrize("days", range(7))
def test_whatever_day_it_is_something_is_due_at_once(maanwerk: Run, desk: Path, days: int) -> None:
    day = (date(2026, 11, 23) + timedelta(days=days)).isoformat()
    assert maanwerk("samples", "--day", day).code == 0
    folder = desk / "out" / "samples"
    ran = maanwerk("import", folder / "open_items.csv", "--creditor", folder / "creditor.yaml", "--today", day)
    assert ran.code == 0, ran.err
    file = open_case_file(f"sqlite:///{desk / 'var' / 'case-file.sqlite3'}", create=False)
    try:
        now = datetime.fromisoformat(f"{day}T20:00:00").replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
        with file.read() as transaction:
            reports = [report_of(transaction, case, now) for case in transaction.cases.ids()]
    finally:
        file.database.close()
    assert sum("Its moment has come" in report.state for report in reports) >= 5


def test_a_folder_with_other_things_is_left_alone_and_our_own_is_made_anew(maanwerk: Run, desk: Path) -> None:
    (desk / "mine").mkdir()
    (desk / "mine" / "list.csv").touch()
    ran = maanwerk("samples", "--out", "mine")
    assert (ran.code, "is not empty" in ran.err) == (2, True)
    assert [each.name for each in (desk / "mine").iterdir()] == ["list.csv"]
    assert maanwerk("samples").code == 0
    assert maanwerk("samples", "--today").code == 0
    assert maanwerk("samples", "--today", "--day", "2026-01-01").code == 2


def test_a_printed_command_runs_as_printed(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = BIN / "maanwerk"
    assert own_command("case list") == "maanwerk case list"
    monkeypatch.setattr("sys.argv", [str(program)])
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    assert own_command("up") == "maanwerk up"
    monkeypatch.setenv("PATH", os.defpath)
    (desk / "bin").mkdir()
    (desk / "bin" / "maanwerk").symlink_to(program)
    monkeypatch.setattr("sys.argv", ["bin/maanwerk"])
    assert own_command("up") == "bin/maanwerk up"
    monkeypatch.setattr("sys.argv", [str(program)])
    printed = own_command("--version")
    assert printed == f"{program} --version"
    assert subprocess.run(printed, shell=True, cwd=desk, capture_output=True, text=True).stdout.startswith("maanwerk ")
