"""`maanwerk simulate`: the JSON of the design, a table for people, and no traceback for bad input."""

import json
from functools import partial
from pathlib import Path

import pytest

from simulation.parts import parts_of
from tests.cli.running import Run

SCENARIO = """\
scenario: one reminder
policy: {policy: one, steps: [{id: reminder, when: {after_due: 5d}, send: email}]}
start: 2026-03-01
until: 2026-03-31
invoices:
  - {number: F-1, debtor: bakker, invoice_date: 2026-02-01, due: 2026-03-01, amount: "100.00"}
events:
  - {on: 2026-03-04, invoice: F-1, payment: "30.00"}
  - {on: 2026-03-05, invoice: F-1, resume: {}}
"""


def written(folder: Path, text: str = SCENARIO) -> Path:
    file = folder / "case.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_json_says_what_was_done_and_how_it_ended(maanwerk: Run, tmp_path: Path) -> None:
    ran = maanwerk("simulate", written(tmp_path), "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == {
        "steps": [
            {
                "on": "2026-03-06",
                "invoice": "F-1",
                "step": "reminder",
                "channels": ["email"],
                "message": "F-1/reminder/1",
                "open": "70.00",
                "interest": "0.00",
                "costs": "0.00",
                "total": "70.00",
                "claimed": "70.00",
            }
        ],
        "passed_over": [],
        "refused": [{"on": "2026-03-05", "invoice": "F-1", "event": "resume", "reason": "the case is not paused"}],
        "cases": {"F-1": {"stage": "reminder", "open": "70.00", "closed": None}},
    }


def test_the_table_tells_why_and_what_comes_next(maanwerk: Run, tmp_path: Path) -> None:
    ran = maanwerk("simulate", written(tmp_path))
    assert ran.code == 0
    assert "2026-03-06" in ran.out
    assert "The ladder has no further step. Open task: decide what to do next" in ran.out


def test_no_colours_where_it_is_no_terminal(maanwerk: Run, tmp_path: Path) -> None:
    assert "\x1b" not in maanwerk("simulate", written(tmp_path)).out


def test_brackets_in_a_name_are_printed_as_written(maanwerk: Run, tmp_path: Path) -> None:
    text = SCENARIO.replace("one reminder", "'[red]one[/red] [/x]'").replace("F-1", "'[b]'")
    ran = maanwerk("simulate", written(tmp_path, text))
    assert ran.code == 0
    assert "[red]one[/red] [/x]" in ran.out and "[b]" in ran.out


def test_bad_input_is_one_line_and_exit_2(maanwerk: Run, tmp_path: Path) -> None:
    file = written(tmp_path, SCENARIO.replace("invoice: F-1, resume", "invoice: F-7, resume"))
    ran = maanwerk("simulate", file)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err == f"{file}:9:22: events[1].invoice: unknown invoice 'F-7'; did you mean F-1?\n"


def test_a_missing_file_is_exit_2(maanwerk: Run, tmp_path: Path) -> None:
    ran = maanwerk("simulate", tmp_path / "gone.yaml")
    assert (ran.code, ran.err) == (2, f"{tmp_path / 'gone.yaml'}: there is no such file\n")


def test_a_wrong_option_is_one_line_and_exit_2(maanwerk: Run, tmp_path: Path) -> None:
    ran = maanwerk("simulate", written(tmp_path), "--on", "moon")
    assert ran.code == 2
    assert ran.err.startswith("maanwerk: Invalid value for '--on'")
    assert ran.err.count("\n") == 1


def test_the_version_is_told(maanwerk: Run) -> None:
    ran = maanwerk("--version")
    assert ran.code == 0
    assert ran.out.startswith("maanwerk ")


def test_many_invoices_are_played_by_several_processes_and_nothing_else_changes(
    maanwerk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.commands.simulate._MANY", 1)
    other = '  - {number: F-2, debtor: visser, invoice_date: 2026-02-01, due: 2026-03-02, amount: "90.00"}\nevents:'
    file = written(tmp_path, SCENARIO.replace("events:", other))
    monkeypatch.setattr("cli.commands.simulate.parts_of", partial(parts_of, most=1))
    for more, language in (([], "en"), (["--json"], "en"), ([], "nl")):
        monkeypatch.setenv("MAANWERK_LANGUAGE", language)
        alone, together = (maanwerk("simulate", file, *more, "--processes", number) for number in (1, 2))
        assert together == alone
        assert (alone.code, alone.err) == (0, "")
