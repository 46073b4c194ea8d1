"""What the demo prints for a Dutch reader, while its engine goes on in English."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from speech.words import speak, spoken_language
from tests.cli.running import Run

ENGLISH = re.compile(r"\b(?:the|and|by|for|with|not|case|invoice|debtor|until|paid|sent|open task)\b")


@pytest.fixture(autouse=True)
def dutch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MAANWERK_LANGUAGE", "nl")
    yield
    speak("en")


def test_the_demo_speaks_dutch_to_people_alone(maanwerk: Run, tmp_path: Path) -> None:
    folder = tmp_path / "uit"
    ran = maanwerk("demo", "--out", folder, "--until", "2026-04-07", "--story")
    assert (ran.code, ran.err) == (0, "")
    told = ran.out.replace(str(folder), "MAP")
    assert "Hoe het ervoor staat na di 2026-04-07" in told and "Verstuurd: " in told
    assert "Hetzelfde kwartaal aan het bureau, live: " in told and "desk --demo --out MAP" in told
    assert [line for line in told.splitlines() if ENGLISH.search(line)] == []
    assert '<html lang="nl">' in (folder / "report.html").read_text("utf-8")
    assert spoken_language() == "en", "what runs workers speaks English"
    with closing(sqlite3.connect(folder / "case-file.sqlite3")) as file:
        days = {row[0] for row in file.execute("SELECT json_extract(body, '$.on') FROM facts")}
    assert len(days) > 3 and max(days) <= "2026-04-07", "nothing happens after the last day that was asked for"


def test_a_day_that_the_quarter_has_not_is_refused_in_dutch(maanwerk: Run) -> None:
    ran = maanwerk("demo", "--until", "2026-07-01")
    assert ran.code == 2
    assert ran.err == (
        "maanwerk demo: --until '2026-07-01' is geen dag van het kwartaal; "
        "geef er een van 2026-04-01 tot en met 2026-06-30\n"
    )


def test_a_folder_of_somebody_else_is_left_alone_in_dutch(maanwerk: Run, tmp_path: Path) -> None:
    (tmp_path / "mijn.txt").touch()
    assert "is niet leeg en niet door een demo gemaakt" in maanwerk("demo", "--out", tmp_path).err


def test_a_setting_that_there_is_not_is_told_in_dutch(maanwerk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAANWERK_OUTBX", "x")
    assert "zo’n instelling is er niet; bedoelt u MAANWERK_OUTBOX?" in maanwerk("worker").err
