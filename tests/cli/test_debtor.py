"""`maanwerk debtor`: a debtor over all his invoices and his account, as the services and the API tell them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casefile.opening import open_case_file
from engine.embedded import free_port
from services.debtors.account import account_of
from services.debtors.record import debtor_record
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run

ROWS = (
    "F-1;d1;Bakker;2026-01-01;2026-03-01;1000.00;business",
    "F-2;d1;Bakker;2026-01-01;2026-03-08;50.00;business",
    "F-3;d2;Bakkerij Loef;2026-01-01;2026-03-08;50.00;business",
)


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> Path:
    """Three invoices of two debtors; no worker, no Temporal."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    (tmp_path / "list.csv").write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0
    return tmp_path


def test_the_commands_show_what_the_services_say(maanwerk: Run) -> None:
    shown = json.loads(maanwerk("debtor", "show", "d1", "--json").out)
    account = json.loads(maanwerk("debtor", "statement", "d1", "--json").out)
    file = open_case_file("sqlite:///var/case-file.sqlite3", create=False)
    with file.read() as transaction:
        record = debtor_record(transaction, "maan", "d1", datetime.now(UTC))
        expected = account_of(transaction, "maan", "d1", datetime.now(UTC))
    file.database.close()
    assert record is not None and expected is not None
    assert shown == record.model_dump(mode="json") and account == expected.model_dump(mode="json")
    assert shown["open"] == [{"amount": "1050.00", "currency": "EUR"}] == [account["parts"][0]["closing"]]
    printed = maanwerk("debtor", "show", "d1").out
    assert "Bakker" in printed and "1,050.00" in printed and "F-1" in printed
    assert "Rekeningoverzicht" in maanwerk("debtor", "statement", "d1").out


def test_a_statement_is_written_to_a_new_file_only(maanwerk: Run, desk: Path) -> None:
    assert maanwerk("debtor", "statement", "d1", "--out", "s.pdf").code == 0
    assert (desk / "s.pdf").read_bytes().startswith(b"%PDF-")
    again = maanwerk("debtor", "statement", "d1", "--out", "s.pdf")
    assert again.code != 0 and "exists already" in again.err


def test_who_may_be_any_of_several_is_asked_for_and_who_is_nobody_refused(maanwerk: Run) -> None:
    several = maanwerk("debtor", "show", "bakker")
    assert several.code != 0 and "d1" in several.err and "d2" in several.err
    nobody = maanwerk("debtor", "show", "nobody")
    assert nobody.code != 0 and "there is no debtor nobody" in nobody.err
    wrong = maanwerk("debtor", "statement", "d1", "--since", "soon")
    assert wrong.code != 0 and "--since" in wrong.err
