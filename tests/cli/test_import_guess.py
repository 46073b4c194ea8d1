"""`maanwerk import --guess`: a mapping is proposed, a person says yes, it is kept, and a list is read by it."""

import io
from pathlib import Path

import pytest
import yaml

from intake.mappings.mapping import ListMapping
from speech.words import speak
from tests.cli.running import Run
from tests.cli.test_import import desk

__all__ = ["desk"]

LIST = """\
Stuk;Afnemer;Van;Uiterlijk;Som;Rest nu
A-1;Bakkerij De Zon;01-02-2026;01-03-2026;1.210,00;210,00
A-2;Slagerij Smit;03-02-2026;03-03-2026;605,50;605,50
"""
ODD = LIST.replace("Stuk;", "Factuurnr;").replace("Van;", "Factuurdatum;").replace("Uiterlijk;", "Vervaldatum;")
KNOWN = ODD.replace("Som;Rest nu", "Factuurbedrag;Rest nu")


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def write(folder: Path, text: str = KNOWN) -> str:
    (folder / "Lijst van ons.csv").write_text(text, encoding="utf-8")
    return "Lijst van ons.csv"


def test_a_mapping_that_a_person_agrees_to_is_kept_and_read_by(
    maanwerk: Run, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "y\n")
    ran = maanwerk("import", "--guess", write(desk))
    kept = desk / "lijst-van-ons.yaml"
    assert (ran.code, kept.exists()) == (0, True)
    assert "1.210,00" in ran.out, "with samples of each column"
    assert "Kept in lijst-van-ons.yaml" in ran.out
    mapping = ListMapping.model_validate(yaml.safe_load(kept.read_text("utf-8")))
    assert mapping.columns["Rest nu"] == "open"
    done = maanwerk("import", "Lijst van ons.csv", "--mapping", "lijst-van-ons.yaml", "--today", "2026-03-02")
    assert "2 opened" in done.out and "210.00 EUR open" in done.out


@pytest.mark.parametrize("said", ["n\n", "\n", "", "whatever\nno\n"])
def test_without_a_yes_nothing_is_kept(maanwerk: Run, desk: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    answer(monkeypatch, said)
    ran = maanwerk("import", "--guess", write(desk))
    assert "Nothing was kept." in ran.out
    assert list(desk.glob("lijst*.yaml")) == []


def test_a_dutchman_answers_ja(maanwerk: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "ja\n")
    monkeypatch.setenv("MAANWERK_LANGUAGE", "nl")
    try:
        ran = maanwerk("import", "--guess", write(desk))
    finally:
        speak("en")
    assert "[j/N]" in ran.err and "Bewaard in lijst-van-ons.yaml" in ran.out


def test_a_file_that_is_there_is_never_written_over(maanwerk: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk / "lijst-van-ons.yaml").write_text("mine", encoding="utf-8")
    answer(monkeypatch, "y\n")
    ran = maanwerk("import", "--guess", write(desk))
    assert (ran.code, (desk / "lijst-van-ons.yaml").read_text(encoding="utf-8")) == (2, "mine")
    assert "lijst-van-ons.yaml: there is such a file already" in ran.err


def test_it_is_kept_where_one_says(maanwerk: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "y\n")
    assert maanwerk("import", "--guess", write(desk), "--mapping", "ours.yaml").code == 0
    assert yaml.safe_load((desk / "ours.yaml").read_text("utf-8"))["mapping"] == "ours"
    answer(monkeypatch, "y\n")
    ran = maanwerk("import", "--guess", "Lijst van ons.csv", "--mapping", "nowhere/ours.yaml")
    assert ran.code == 1 and "can't be written" in ran.err


def test_what_is_not_certain_is_asked(maanwerk: Run, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "n\n")
    ran = maanwerk("import", "--guess", write(desk, LIST.replace("Stuk;", "Kolom;")))
    assert "? which column is the invoice number (number)?" in ran.out
    assert "Answer these in the mapping before you use it." in ran.out
