"""`maanwerk case list --account`: by the account that a debtor paid from or pays to, which stands in no history."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from casefile.database import Database
from domain.money import Money
from domain.provider_money import Designation, Movement, PaymentReport
from engine.embedded import free_port
from services.provider_money.recording import record_reports
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run

# As documents of Mollie and of the IBAN registry (SWIFT) show them: nobody uses them here.
ACCOUNT, OTHERS = "NL17RABO0213698412", "BE71096123456769"


def test_cases_are_listed_by_an_account_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run
) -> None:
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    rows = (
        "F-1;d1;Bakker;2026-01-01;2099-03-01;1000.00;business",
        "F-2;d2;Jansen;2026-01-01;2099-03-01;75.00;business",
    )
    (tmp_path / "list.csv").write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0
    database = Database(f"sqlite:///{next((tmp_path / 'var').glob('*.sqlite3'))}")
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    moved = Movement("mollie:tr_1", "received", Money.parse("10.00", "EUR"), at.date(), at)
    paid = Designation(case_id="case:maan:2026-F-1", payer="E. Bakker", account=ACCOUNT)
    with CaseFile(database).write() as transaction:
        record_reports(transaction, (PaymentReport("mollie:tr_1", at, "paid", (moved,), designation=paid),), at)
    database.close()

    def asked(typed: str, *options: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        ran = maanwerk("case", "list", *options)
        return ran.code, ran.out + ran.err

    code, said = asked("nl17 rabo 0213 6984 12\n", "--account")
    assert code == 0 and "F-1" in said and "F-2" not in said and "0213" not in said
    code, said = asked(f"{OTHERS}\n", "--account")
    assert code == 0 and "Mollie names the account" in said
    # One sign wrong is no account, and is not said again.
    code, said = asked("NL17RABO0213698413\n", "--account")
    assert code == 2 and "this is no IBAN" in said and "0213" not in said
    code, said = asked("", "--search", ACCOUNT)
    assert code == 2 and "--account" in said and "0213" not in said
    assert asked(f"{ACCOUNT}\n", "--account", "--search", "bakker")[0] == 2
