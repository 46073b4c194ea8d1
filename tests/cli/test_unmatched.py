"""`maanwerk unmatched`: what providers told and nobody knows, while no worker runs."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casefile.opening import open_case_file
from casefile.provider_events import ProviderEvent, keep_events, mark_read, next_unread
from domain.money import Money
from domain.provider_money import Designation, Movement, PaymentReport
from engine.embedded import free_port
from services.provider_money.recording import record_reports
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)
ROWS = (
    "F-1;d1;Bakker;2026-01-01;2099-03-01;1000.00;business",
    "F-2;d1;Bakker;2026-01-01;2099-03-08;50.00;business",
)


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> Path:
    """Two invoices of Bakker; no worker, no Temporal."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    (tmp_path / "list.csv").write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0
    return tmp_path


def told(text: str = "thank you", cents: int = 5000) -> None:
    """Mollie tells of a payment."""
    moved = Movement("mollie:tr_1", "received", Money.from_minor(cents, "EUR"), NOW.date(), NOW)
    said = Designation(texts=(text,), payer="Els Ochtend")
    report = PaymentReport("mollie:tr_1", NOW, "paid", (moved,), method="ideal", designation=said)
    file = open_case_file("sqlite:///var/case-file.sqlite3", create=False)
    with file.write() as transaction:
        record_reports(transaction, (report,), NOW)
    file.database.close()


def opens(maanwerk: Run, case: str) -> object:
    return json.loads(maanwerk("case", "show", case, "--json").out)["open"]


def test_nothing_waits_where_every_payment_has_its_owner(maanwerk: Run) -> None:
    assert maanwerk("unmatched").out == "Every payment has its owner.\n"
    assert json.loads(maanwerk("unmatched", "--json").out) == {"payments": [], "unreadable": []}


def test_a_payment_that_names_nobody_is_listed_with_whose_it_may_be(maanwerk: Run) -> None:
    told()
    (row,) = json.loads(maanwerk("unmatched", "--json").out)["payments"]
    assert {name: row[name] for name in ("payment", "left", "on", "method", "payer", "texts", "guesses")} == {
        "payment": "mollie:tr_1",
        "left": "50.00",
        "on": "2026-03-20",
        "method": "ideal",
        "payer": "Els Ochtend",
        "texts": ["thank you"],
        "guesses": ["case:maan:2026-F-2"],
    }
    text = maanwerk("unmatched").out
    assert "mollie:tr_1" in text and "50.00 EUR" in text and "unmatched assign" in text
    assert "1 payment has no owner" in maanwerk("case", "list").out


def test_assigned_to_an_invoice_it_is_booked_there(maanwerk: Run) -> None:
    told()
    ran = maanwerk("unmatched", "assign", "mollie:tr_1", "--case", "F-2")
    assert (ran.code, "F-2: closes the case (paid)" in ran.out) == (0, True)
    assert (opens(maanwerk, "F-1"), opens(maanwerk, "F-2")) == ("1000.00", "0.00")
    again = maanwerk("unmatched", "assign", "mollie:tr_1", "--case", "F-1")
    assert (again.code, "it is booked" in again.err) == (1, True)


def test_assigned_to_a_debtor_it_is_spread_over_his_invoices(maanwerk: Run) -> None:
    told(cents=102_000)
    assert maanwerk("unmatched", "assign", "mollie:tr_1", "--debtor", "Bakker").code == 0
    assert (opens(maanwerk, "F-1"), opens(maanwerk, "F-2")) == ("0.00", "30.00")


def test_dismissed_it_is_gone_from_the_list_and_told_to_nobody(maanwerk: Run) -> None:
    told()
    ran = maanwerk("unmatched", "dismiss", "mollie:tr_1", "--reason", "of the webshop")
    assert (ran.code, maanwerk("unmatched").out) == (0, "Every payment has its owner.\n")
    assert opens(maanwerk, "F-2") == "50.00"


@pytest.mark.parametrize(
    "arguments",
    [
        ("assign", "mollie:tr_1"),
        ("assign", "mollie:tr_1", "--case", "F-1", "--debtor", "Bakker"),
        ("assign", "mollie:tr_1", "--case", "F-9"),
        ("dismiss", "mollie:tr_1", "--reason", " "),
    ],
)
def test_what_can_not_be_meant_is_refused(maanwerk: Run, arguments: tuple[str, ...]) -> None:
    told()
    assert maanwerk("unmatched", *arguments).code == 2


def test_an_unknown_payment_is_refused_with_those_that_wait(maanwerk: Run) -> None:
    told()
    ran = maanwerk("unmatched", "dismiss", "mollie:tr_9", "--reason", "x")
    assert (ran.code, "unmatched are: mollie:tr_1" in ran.err) == (1, True)


def test_a_payment_of_an_invoice_that_is_imported_later_is_booked_with_it(maanwerk: Run, desk: Path) -> None:
    told("invoice F-3", 7500)
    assert json.loads(maanwerk("unmatched", "--json").out)["payments"]
    more = (HEADER, *ROWS, "F-3;d2;Jansen;2026-01-01;2099-03-01;75.00;business")
    (desk / "list.csv").write_text("\n".join(more), encoding="utf-8")
    assert maanwerk("import", "list.csv").code == 0
    assert opens(maanwerk, "F-3") == "0.00"
    assert maanwerk("unmatched").out == "Every payment has its owner.\n"


def broken() -> None:
    """Something that can't be read."""
    file = open_case_file("sqlite:///var/case-file.sqlite3", create=False)
    keep_events(file, (ProviderEvent("stripe", "evt_1", b"{", NOW),))
    with file.write() as transaction:
        (event,) = next_unread(transaction.session, NOW, ["stripe"], 1)
        mark_read(transaction, event, "unreadable", NOW, "the body is no JSON")
    file.database.close()


def test_what_can_not_be_read_is_listed_read_again_or_dismissed(maanwerk: Run) -> None:
    broken()
    assert json.loads(maanwerk("unmatched", "--json").out)["unreadable"] == [
        {
            "provider": "stripe",
            "id": "evt_1",
            "received_at": "2026-03-20T10:00:00+00:00",
            "reason": "the body is no JSON",
        }
    ]
    assert "evt_1" in maanwerk("unmatched").out
    assert maanwerk("unmatched", "reread").out == "To be read again: 1. A worker does it within a minute.\n"
    assert maanwerk("unmatched").out == "Every payment has its owner.\n"
    broken()
    assert maanwerk("unmatched", "dismiss", "evt_1", "--reason", "a test of theirs").code == 0
    assert maanwerk("unmatched").out == "Every payment has its owner.\n"
