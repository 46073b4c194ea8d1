"""`maanwerk agency received`, `agency statement` and `unmatched assign --remittance`, as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from domain.handoffs.partners import Partner
from tests.casefile.builders import CREDITOR, furnish, opened
from tests.cli.running import Run
from tests.intake.test_bank_statements import CAMT, IBAN, MT940

REMITTANCE = """remittance;on;kind;case;reference;report;amount;currency
2026-04;2026-04-30;payment;F-1;;;400.00;EUR
2026-04;2026-04-30;fee;F-1;;;72.50;EUR
2026-04;2026-04-30;total;;;;327.50;EUR
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CaseFile:
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'case-file.sqlite3'}")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("COLUMNS", "240")
    found = opened(tmp_path / "case-file.sqlite3")
    partner = Partner(id="noordkade", name="Noordkade", iban=IBAN)
    with found.write() as transaction:
        furnish(transaction)
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": (partner,)}))
    return found


def test_a_statement_and_a_typed_line_are_one_transfer_and_the_remittance_finds_it(
    maanwerk: Run, file: CaseFile, tmp_path: Path
) -> None:
    for name, content in (("s.xml", CAMT), ("s.sta", MT940), ("r.csv", REMITTANCE)):
        (tmp_path / name).write_text(content)
    first = maanwerk("agency", "statement", str(tmp_path / "s.xml"), "--json")
    assert first.code == 0
    (row,) = json.loads(first.out)["transfers"]
    assert (row["amount"], row["on"], row["remittance"]) == ("327.50", "2026-05-02", None)
    assert "take his remittance in" in row["reason"]
    assert maanwerk("agency", "remittance", str(tmp_path / "r.csv"), "--partner", "noordkade").code == 0
    again = maanwerk("agency", "statement", str(tmp_path / "s.sta"))
    assert "remittance 2026-04" in again.out and "Of others, left out: 1" in again.out
    typed = maanwerk(
        "agency", "received", "--partner", "noordkade", "--amount", "327.50", "--on", "2026-05-02", "--text", "2026-04",
        "--json",
    )  # fmt: skip
    assert json.loads(typed.out)["transfers"][0]["remittance"] == "2026-04"
    assert json.loads(maanwerk("unmatched", "--json").out)["payments"] == []


def test_what_differs_waits_and_a_person_says_that_it_is_that_remittance(
    maanwerk: Run, file: CaseFile, tmp_path: Path
) -> None:
    (tmp_path / "r.csv").write_text(REMITTANCE)
    maanwerk("agency", "remittance", str(tmp_path / "r.csv"), "--partner", "noordkade")
    typed = maanwerk(
        "agency", "received", "--partner", "noordkade", "--amount", "320.00", "--on", "2026-05-02", "--text", "2026-04"
    )
    assert "320.00 came in, and it comes to 327.50 (400.00 where he keeps nothing)" in typed.out
    (waiting,) = json.loads(maanwerk("unmatched", "--json").out)["payments"]
    wrong = maanwerk("unmatched", "assign", waiting["payment"], "--remittance", "2026-04")
    assert wrong.code == 2 and "write PARTNER/NUMBER" in wrong.err
    unknown = maanwerk("unmatched", "assign", waiting["payment"], "--remittance", "noordkade/2026-05")
    assert unknown.code == 1 and "take it in first" in unknown.err
    given = maanwerk("unmatched", "assign", waiting["payment"], "--remittance", "noordkade/2026-04")
    assert given.code == 0 and "is remittance 2026-04 of noordkade" in given.out
    assert json.loads(maanwerk("unmatched", "--json").out)["payments"] == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--amount", "-3"), "--amount: '-3' 'EUR' is no amount"),
        (("--amount", "3,50"), "--amount: '3,50' 'EUR' is no amount"),
        (("--on", "02-05-2026"), "--on: '02-05-2026' is no day"),
        (("--on", "2999-01-01"), "is still to come"),
        (("--partner", "elsewhere"), "no creditor has a partner 'elsewhere' with an `iban`"),
    ],
)
def test_what_is_typed_wrong_is_said(maanwerk: Run, file: CaseFile, options: tuple[str, str], says: str) -> None:
    right = {"--partner": "noordkade", "--amount": "1.00", "--on": "2026-05-02", "--text": "x"}
    asked = [word for pair in (right | {options[0]: options[1]}).items() for word in pair]
    refused = maanwerk("agency", "received", *asked)
    assert refused.code == 2 and says in refused.err
