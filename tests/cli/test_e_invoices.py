"""`maanwerk import` of e-invoices, and credit notes on no invoice at the desk."""

import json
import shutil
from pathlib import Path

import pytest

from engine.embedded import free_port
from tests.cli.running import Run

SAMPLES = Path(__file__).parents[2] / "samples" / "ubl"
CREDITOR = """\
id: papierhuis
name: Papierhuis Noorderlicht B.V.
kvk: "00000000"
iban: NL91ABNA0417164300
email: debiteuren@papierhuis.example
policies:
  - {policy: own}
"""
OWN = "policy: own\nsteps:\n  - {id: reminder, when: {after_due: 7d}, send: email}\n"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a creditor and a folder of e-invoices, and no Temporal anywhere."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    shutil.copytree(SAMPLES, tmp_path / "post")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    return tmp_path


def bring(maanwerk: Run, *more: object) -> None:
    assert maanwerk("import", "post", "--today", "2026-03-02", *more).code == 0


def test_a_folder_of_e_invoices_is_shown_as_one_table(maanwerk: Run) -> None:
    ran = maanwerk("import", "post", "--today", "2026-03-02")
    assert ran.code == 0
    assert "1210.00 EUR open" in ran.out
    assert "121.00 EUR credited by C-2001" in ran.out
    assert "4 e-invoices: 1 opened; 2 credited; 1 credit on no invoice; 1 with warnings" in ran.out
    assert "credit note C-2002 is on no invoice: it names no invoice" in ran.err


def test_a_bad_file_is_named_with_path_and_reason_and_ends_with_2(maanwerk: Run, desk: Path) -> None:
    (desk / "post" / "bad.xml").write_text("<!DOCTYPE x><x/>", encoding="utf-8")
    ran = maanwerk("import", "post", "--today", "2026-03-02")
    assert ran.code == 2
    assert "post/bad.xml:1: the file has a document type declaration" in ran.err
    assert "1 opened" in ran.out


def test_an_empty_folder_is_refused(maanwerk: Run, desk: Path) -> None:
    (desk / "empty").mkdir()
    ran = maanwerk("import", "empty")
    assert ran.code == 2
    assert "no e-invoice (.xml) in this folder" in ran.err


def test_complete_needs_a_list(maanwerk: Run) -> None:
    ran = maanwerk("import", "post", "--complete", "--today", "2026-03-02")
    assert ran.code == 2
    assert "--complete: the files are e-invoices only" in ran.err


def test_a_credit_note_on_no_invoice_is_listed_and_put_on_one(maanwerk: Run) -> None:
    bring(maanwerk)
    assert "1 credit note is on no invoice" in maanwerk("case", "list").out
    shown = maanwerk("case", "credits").out
    assert "C-2002" in shown
    assert "Bakkerij De Vroege Vogel B.V." in shown
    (credit,) = json.loads(maanwerk("case", "credits", "--json").out)
    assert (credit["amount"], credit["currency"], credit["reason"]) == ("60.50", "EUR", "it names no invoice")
    put = maanwerk("case", "allocate", "C-2002", "U-1001", "--kind", "rebate")
    assert put.code == 0
    assert "60.50 EUR credited by C-2002" in put.out
    assert "No credit note waits" in maanwerk("case", "credits").out
    # 1210.00 less 121.00, 24.20 and 60.50
    assert json.loads(maanwerk("case", "show", "U-1001", "--json").out)["open"] == "1004.30"


def test_putting_a_credit_note_that_is_not_there_is_refused(maanwerk: Run) -> None:
    bring(maanwerk)
    ran = maanwerk("case", "allocate", "C-9999", "U-1001")
    assert ran.code == 2
    assert "no credit note without an invoice has number 'C-9999'" in ran.err


def test_a_case_shows_its_documents_and_the_remarks_on_them(maanwerk: Run, desk: Path) -> None:
    invoice = desk / "post" / "invoice-with-pdf.xml"
    text = invoice.read_text(encoding="utf-8").replace("<cbc:PostalZone>9711 AA</cbc:PostalZone>", "")
    invoice.write_text(text, encoding="utf-8")
    bring(maanwerk)
    shown = maanwerk("case", "show", "U-1001").out
    assert "U-1001.pdf" in shown
    assert "[BR-NL-4]" in shown
    papers = json.loads(maanwerk("case", "show", "U-1001", "--json").out)
    assert [each["name"] for each in papers["documents"]][:2] == ["U-1001.pdf", "U-1001.xml"]
    assert papers["remarks"][0]["document"] == "U-1001.xml"
