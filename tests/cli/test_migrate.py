"""`maanwerk migrate`: the tables of the case file, up and down."""

from pathlib import Path

import pytest

from tests.cli.running import Run


@pytest.fixture
def case_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "var" / "case-file.sqlite3"
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{path}")
    return path


def test_up_makes_the_tables_and_says_how_far_they_are(case_file: Path, maanwerk: Run) -> None:
    assert maanwerk("migrate", "up").code == 0
    assert case_file.exists()
    status = maanwerk("migrate", "status")
    assert (status.code, status.out.startswith("up to date: 0")) == (0, True)
    assert maanwerk("migrate", "up").out == status.out


def test_down_takes_the_tables_back_only_when_told_that_data_are_lost(case_file: Path, maanwerk: Run) -> None:
    maanwerk("migrate", "up")
    refused = maanwerk("migrate", "down", "base")
    assert (refused.code, "--lose-data" in refused.err) == (2, True)
    assert maanwerk("migrate", "status").code == 0
    done = maanwerk("migrate", "down", "base", "--lose-data")
    assert (done.code, done.out) == (0, "now at base\n")
    behind = maanwerk("migrate", "status")
    assert (behind.code, "run `maanwerk migrate up`" in behind.err) == (1, True)
    assert maanwerk("migrate", "up").code == 0


def test_a_revision_that_is_not_there_is_refused(case_file: Path, maanwerk: Run) -> None:
    maanwerk("migrate", "up")
    ran = maanwerk("migrate", "down", "9999", "--lose-data")
    assert (ran.code, "9999" in ran.err) == (2, True)
    assert maanwerk("migrate", "status").code == 0


def test_without_a_case_file_status_and_down_say_so_and_make_none(case_file: Path, maanwerk: Run) -> None:
    for arguments in (("status",), ("down", "base", "--lose-data")):
        ran = maanwerk("migrate", *arguments)
        assert (ran.code, ran.err) == (
            1,
            f"maanwerk: there is no case file at {case_file}: run `maanwerk migrate up`\n",
        )
    assert not case_file.exists()


def test_a_nudge_needs_cases_or_all(case_file: Path, maanwerk: Run) -> None:
    for arguments in ((), ("F-1", "--all")):
        ran = maanwerk("nudge", *arguments)
        assert (ran.code, ran.err) == (2, "maanwerk: name cases, or say --all\n")
