"""`maanwerk case dispute`, `resolve` and `paper`: also while no worker runs."""

import json
from pathlib import Path

import pytest

from engine.embedded import free_port
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> Path:
    """One case that is not due yet; no worker, no Temporal."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    row = "F-1;d1;Bakker;2099-02-01;2099-03-01;1000.00;business"
    (tmp_path / "list.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0
    return tmp_path


def test_a_dispute_is_written_down_with_its_words_and_files_and_is_shown(desk: Path, maanwerk: Run) -> None:
    (desk / "photo.jpg").write_bytes(b"\xff\xd8 a broken table")
    said = ("--reason", "damaged", "--note", "two legs are missing", "--id", "d1", "--actor", "els")
    ran = maanwerk("case", "dispute", "F-1", "--amount", "€ 200,00", *said, "--attach", "photo.jpg")
    assert ran.code == 0, ran.err
    shown = maanwerk("case", "show", "F-1")
    assert "200.00 (d1, damaged): answer by" in shown.out
    assert "two legs are missing" in shown.out and "photo.jpg" in shown.out
    report = json.loads(maanwerk("case", "show", "F-1", "--json").out)
    assert [(each["id"], each["amount"], each["outcome"]) for each in report["disputes"]] == [("d1", "200.00", None)]
    assert report["open"] == "800.00"


def test_a_file_of_the_debtor_comes_back_byte_for_byte(desk: Path, maanwerk: Run) -> None:
    (desk / "letter.pdf").write_bytes(b"%PDF what he wrote")
    assert maanwerk("case", "dispute", "F-1", "--attach", "letter.pdf").code == 0
    assert maanwerk("case", "paper", "F-1", "letter.pdf", "--out", "back.pdf").code == 0
    assert (desk / "back.pdf").read_bytes() == b"%PDF what he wrote"
    again = maanwerk("case", "paper", "F-1", "letter.pdf", "--out", "back.pdf")
    assert again.code == 2 and "back.pdf exists" in again.err
    unknown = maanwerk("case", "paper", "F-1", "other.pdf", "--out", "x.pdf")
    assert unknown.code == 2 and "there is: letter.pdf" in unknown.err


def test_what_is_missing_or_too_large_is_refused_before_anything_is_noted(desk: Path, maanwerk: Run) -> None:
    (desk / "film.mp4").write_bytes(bytes(10_000_001))
    for name, says in (("nothing.jpg", "no such file"), ("film.mp4", "larger than 10000000 bytes")):
        ran = maanwerk("case", "dispute", "F-1", "--attach", name)
        assert ran.code == 2 and says in ran.err
    assert json.loads(maanwerk("case", "show", "F-1", "--json").out)["disputes"] == []


def test_a_decision_is_told_with_what_it_did(maanwerk: Run) -> None:
    assert maanwerk("case", "dispute", "F-1", "--amount", "200", "--id", "d1").code == 0
    ran = maanwerk("case", "resolve", "F-1", "partly", "--amount", "50")
    assert ran.code == 0, ran.err
    shown = maanwerk("case", "show", "F-1")
    assert "200.00 (d1, other): partly, 50.00 not owed" in shown.out
    refused = maanwerk("case", "resolve", "F-1", "rejected", "--id", "d9")
    assert "no open dispute 'd9'" in refused.out + refused.err
