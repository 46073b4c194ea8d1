"""`make bench` writes its rows into docs/performance.md and leaves what people wrote there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.measured import Measured

FILE = """# Performance

By hand above.

<!-- measured -->
| Budget | Measured | Share | Command |
|---|---|---|---|
| letters: 7 ms | 6 ms | 0.86 | `python -m benchmarks.letter_speed` |
| storm: 40 s | 60 s | 1.50 | `python -m benchmarks.storm 3000 1 2` |

Measured: 1 processor.

- letters: of before.
- storm: quiet.
<!-- /measured -->

- letters: by hand below, for ever.
"""
LETTERS = Measured("letters on paper: 5 ms", "4 ms", 0.8, "python -m benchmarks.letter_speed", ("of now",))
PLANNER = Measured("planner: 9", "10", 0.9, "python -m benchmarks.planner_speed")


def test_what_was_measured_is_written_and_all_else_stays() -> None:
    made = bench.written(FILE, [LETTERS, PLANNER], date(2026, 11, 28))
    before, _, rest = made.partition("<!-- measured -->\n")
    table, _, after = rest.partition("<!-- /measured -->")
    assert (before, after) == ("# Performance\n\nBy hand above.\n\n", "\n\n- letters: by hand below, for ever.\n")
    assert table.splitlines()[2:5] == [PLANNER.row, LETTERS.row, FILE.splitlines()[8]]
    assert "Measured on 2026-11-28: " in table
    assert table.splitlines()[-2:] == ["- storm: quiet.", "- letters on paper: of now."]


def test_written_twice_it_is_the_same() -> None:
    once = bench.written(FILE, [LETTERS], None)
    assert bench.written(once, [LETTERS], None) == once


def test_a_file_without_its_marks_is_refused_and_left() -> None:
    with pytest.raises(ValueError, match="put them back"):
        bench.written("# Performance\n", [LETTERS], None)


def test_the_file_of_the_repository_has_its_marks() -> None:
    assert bench.written(bench.RESULTS.read_text("utf-8"), [], None)


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "performance.md"
    file.write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(bench, "RESULTS", file)
    return file


def test_one_that_fails_leaves_its_row_and_the_others_are_written(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(name: str) -> Measured:
        if name == "storm":
            raise OSError("no room")
        return LETTERS

    monkeypatch.setattr(bench, "_measured", measured)
    assert bench.main(["letter_speed", "storm"]) == 1
    assert LETTERS.row in results.read_text("utf-8")
    assert FILE.splitlines()[8] in results.read_text("utf-8")
    said = capsys.readouterr()
    assert "[2 of 2] storm, after 0 s" in said.out
    assert "not measured, their rows are those of before: storm" in said.err


def test_who_stops_it_finds_the_file_as_it_was(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(name: str) -> Measured:
        if name == "storm":
            raise KeyboardInterrupt
        return LETTERS

    monkeypatch.setattr(bench, "_measured", measured)
    assert bench.main(["letter_speed", "storm"]) == 130
    assert results.read_text("utf-8") == FILE
    assert [each.name for each in results.parent.iterdir()] == [results.name]


def test_what_is_no_day_and_no_benchmark_is_refused(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["letters"]) == 2
    assert "'letters' is no day and no benchmark" in capsys.readouterr().err
    assert results.read_text("utf-8") == FILE


def test_each_row_has_its_benchmark() -> None:
    folder = Path(bench.__file__).parent
    for name, measure in bench.ALL.items():
        assert f"\ndef {measure}(" in (folder / f"{name}.py").read_text("utf-8")
