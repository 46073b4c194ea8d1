"""A list of which nothing can be used: it is said which cases go on by which list, and what leaves by its amounts."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.running import Run
from tests.cli.test_import import HEADER, desk, row, write

__all__ = ["desk"]

ASKED = HEADER.replace("openstaand", "saldo nu")  # a column that may say what is open, and isn't understood


def bring(maanwerk: Run, desk: Path, *rows: str) -> None:
    assert maanwerk("import", write(desk, *rows, name="monday.csv"), "--today", "2026-03-02").code == 0


def next_step(desk: Path, number: str, step: str, at: str) -> None:
    """As a worker writes it when it has decided."""
    with sqlite3.connect(desk / "var" / "case-file.sqlite3") as connection:
        connection.execute(
            "UPDATE cases SET step = ?, next_action_at = ?, zone = 'Europe/Amsterdam' WHERE number = ?",
            (step, at, number),
        )


def refuse(maanwerk: Run, desk: Path, *more: str) -> tuple[int, list[str]]:
    (desk / "tuesday.csv").write_text("\n".join((ASKED, row("F-1", "900,00"))), encoding="utf-8")
    ran = maanwerk("import", "tuesday.csv", "--today", "2026-03-03", *more)
    return ran.code, ran.err.splitlines()


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_the_cases_and_their_list_are_named(maanwerk: Run, desk: Path, more: tuple[str, ...]) -> None:
    bring(maanwerk, desk, row("F-1"), row("F-2"))
    code, lines = refuse(maanwerk, desk, *more)
    assert code == 2
    assert any("what is open is not guessed" in line for line in lines)
    stay = "2 cases that are being collected stay as monday.csv of Mon 2026-03-02 told"
    assert f"tuesday.csv: nothing of it was used; {stay}" in lines


def test_what_leaves_by_yesterdays_amounts_is_told_with_how_to_wait(maanwerk: Run, desk: Path) -> None:
    bring(maanwerk, desk, row("F-1"), row("F-2"))
    next_step(desk, "F-2", "reminder", "2026-03-04T08:00:00.000000+00:00")
    _, lines = refuse(maanwerk, desk)
    assert "  comes next, by those amounts: reminder of F-2 on Wed 2026-03-04" in lines
    assert any(line.endswith("maanwerk case pause F-2") for line in lines)


def test_programs_read_it_as_json(maanwerk: Run, desk: Path) -> None:
    bring(maanwerk, desk, row("F-1"))
    (desk / "tuesday.csv").write_text("", encoding="utf-8")
    told = json.loads(maanwerk("import", "tuesday.csv", "--today", "2026-03-03", "--json").out)["files"][0]["stays"]
    assert (told["cases"], told["list"], told["next"]) == (1, "monday.csv", [])
    assert told["taken_at"].startswith("2026-03-02")


def test_where_nothing_is_being_collected_there_is_nothing_to_say(maanwerk: Run, desk: Path) -> None:
    code, lines = refuse(maanwerk, desk)
    assert code == 2
    assert not any("nothing of it was used" in line for line in lines)


def test_a_list_with_one_good_row_is_taken(maanwerk: Run, desk: Path) -> None:
    bring(maanwerk, desk, row("F-1"))
    ran = maanwerk("import", write(desk, row("F-1"), row("F-9", "many")), "--today", "2026-03-03")
    assert ran.code == 2
    assert "nothing of it was used" not in ran.err
    _, lines = refuse(maanwerk, desk)
    assert any("stay as list.csv of Tue 2026-03-03 told" in line or "stays as list.csv" in line for line in lines)
