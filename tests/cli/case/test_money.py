"""`maanwerk pay`, `case pay` and `case refund`: money that a person books, while no worker runs."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from engine.embedded import free_port
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run

TODAY = date.today()  # noqa: DTZ011 - the commands go by the clock
YESTERDAY = (TODAY - timedelta(days=1)).isoformat()


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> Path:
    """Two invoices of Bakker and one of Jansen, not due yet; no worker, no Temporal."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    rows = (
        "F-1;d1;Bakker;2026-01-01;2099-03-01;1000.00;business",
        "F-2;d1;Bakker;2026-01-01;2099-03-08;50.00;business",
        "F-3;d2;Jansen;2026-01-01;2099-03-01;75.00;business",
    )
    (tmp_path / "list.csv").write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0
    return tmp_path


def shown(maanwerk: Run, case: str) -> dict[str, object]:
    report: dict[str, object] = json.loads(maanwerk("case", "show", case, "--json").out)
    return report


def pay(maanwerk: Run, case: str, amount: str, *more: object) -> tuple[int, str]:
    ran = maanwerk("case", "pay", case, amount, "--credited", YESTERDAY, "--reference", "bank", *more)
    return ran.code, ran.out + ran.err


def test_a_payment_is_read_as_people_write_it_and_told_what_it_did(maanwerk: Run) -> None:
    code, text = pay(maanwerk, "F-1", "€ 400,00")
    assert (code, "F-1: a part; 600.00 EUR of the invoice is open" in text) == (0, True)
    code, text = pay(maanwerk, "F-2", "50,-")
    assert (code, "F-2: closes the case (paid)" in text) == (0, True)
    code, text = pay(maanwerk, "F-3", "80.00")
    assert (code, "F-3: 5.00 EUR paid too much" in text) == (0, True)
    assert shown(maanwerk, "F-3")["overpaid"] == "5.00"


def test_typed_twice_it_is_refused_with_what_is_known(maanwerk: Run) -> None:
    pay(maanwerk, "F-1", "400.00")
    code, text = pay(maanwerk, "F-1", "400,00")
    assert (code, "booked already, as payment:" in text) == (1, True)
    assert pay(maanwerk, "F-1", "400.00", "--again")[0] == 0
    assert shown(maanwerk, "F-1")["open"] == "200.00"


def test_under_its_own_id_it_counts_once(maanwerk: Run) -> None:
    assert [pay(maanwerk, "F-1", "400.00", "--id", "b1")[0] for _ in range(2)] == [0, 0]
    assert shown(maanwerk, "F-1")["open"] == "600.00"


@pytest.mark.parametrize(
    ("amount", "credited", "code", "words"),
    [
        ("100.00", (TODAY + timedelta(days=3)).isoformat(), 1, "still to come"),
        ("USD 100.00", YESTERDAY, 1, "for an invoice in EUR"),
        ("1.234", YESTERDAY, 2, "can be 1234 or 1.234"),
        ("honderd", YESTERDAY, 2, "no amount"),
        ("0", YESTERDAY, 2, "greater than 0"),
        ("100.00", "gisteren", 2, "no day"),
    ],
)
def test_what_cannot_be_booked_is_refused_with_what_to_do(
    maanwerk: Run, amount: str, credited: str, code: int, words: str
) -> None:
    ran = maanwerk("case", "pay", "F-1", amount, "--credited", credited, "--reference", "x")
    assert (ran.code, words in ran.err) == (code, True), ran.err
    assert shown(maanwerk, "F-1")["open"] == "1000.00"


def test_a_refund_lowers_what_is_overpaid_and_opens_nothing(maanwerk: Run) -> None:
    pay(maanwerk, "F-3", "80.00", "--id", "b1")
    more = maanwerk("case", "refund", "F-3", "6", "--on", YESTERDAY)
    assert (more.code, "only 5.00 was paid too much" in more.err) == (1, True)
    back = maanwerk("case", "refund", "F-3", "5,00", "--on", YESTERDAY, "--of", "b1", "--reference", "terug")
    assert (back.code, "F-3: closes the case (paid)" in back.out) == (0, True)
    assert shown(maanwerk, "F-3")["overpaid"] is None


def test_a_debtors_payment_is_spread_kept_shown_and_put_on_an_invoice(maanwerk: Run) -> None:
    ran = maanwerk("pay", "--debtor", "bakker", "1.100,00", "--credited", YESTERDAY, "--reference", "F-2", "--json")
    told = json.loads(ran.out)
    assert [(each["number"], each["amount"]) for each in told["shares"]] == [("F-2", "50.00"), ("F-1", "1000.00")]
    assert told["on_no_invoice"] == "50.00"
    listed = json.loads(maanwerk("pay", "--debtor", "d1", "--list", "--json").out)
    assert [(each["payment"], each["left"]) for each in listed] == [(told["payment"], "50.00")]
    kept = shown(maanwerk, "F-1")["on_no_invoice"]
    assert isinstance(kept, list) and [each["amount"] for each in kept] == ["50.00"]
    put = maanwerk("pay", "allocate", told["payment"], "F-1", "20")
    assert (put.code, "20.00 on F-1" in put.out, "F-1: 20.00 EUR paid too much" in put.out) == (0, True, True)
    assert maanwerk("pay", "refund", "--debtor", "d1", "--on", YESTERDAY).code == 0
    assert "Nothing of Bakker is on no invoice." in maanwerk("pay", "--debtor", "d1", "--list").out


def test_a_debtors_payment_that_the_bank_took_back_is_open_again_and_no_more_on_no_invoice(maanwerk: Run) -> None:
    ran = maanwerk("pay", "--debtor", "d1", "1.100,00", "--credited", YESTERDAY, "--id", "b1", "--reference", "F-2")
    assert ran.code == 0, ran.err
    # Of what is on no invoice alone, first: 20.00 of the 50.00.
    part = maanwerk("pay", "--debtor", "d1", "--reverse", "b1", "20,00", "--reason", "MD06")
    assert part.code == 0, part.err
    assert (shown(maanwerk, "F-1")["open"], shown(maanwerk, "F-2")["open"]) == ("0.00", "0.00")
    rest = maanwerk("pay", "--debtor", "d1", "--reverse", "b1", "--on", YESTERDAY)
    assert rest.code == 0, rest.err
    assert (shown(maanwerk, "F-1")["open"], shown(maanwerk, "F-2")["open"]) == ("1000.00", "50.00")
    assert "Nothing of Bakker is on no invoice." in maanwerk("pay", "--debtor", "d1", "--list").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--reverse", "b9"), "there is no payment"),
        (("--reverse", "b1", "60,00"), "is on no invoice"),
        (("--reverse", "b1", "--on", "2099-01-01"), "still to come"),
    ],
)
def test_what_cannot_be_taken_back_is_refused(maanwerk: Run, arguments: tuple[str, ...], words: str) -> None:
    assert maanwerk("pay", "--debtor", "d1", "1.100,00", "--credited", YESTERDAY, "--id", "b1").code == 0
    ran = maanwerk("pay", "--debtor", "d1", *arguments)
    assert (ran.code, words in ran.err) == (1, True), ran.err


def test_how_it_was_paid_says_until_when_it_can_be_taken_back_also_of_what_stood_on_no_invoice(maanwerk: Run) -> None:
    code, _ = pay(maanwerk, "F-3", "75.00", "--method", "card", "--id", "c1")
    lines = shown(maanwerk, "F-3")["not_final"]
    assert code == 0 and isinstance(lines, list)
    assert [(line["payment"], line["method"], line["from_memory"]) for line in lines] == [("c1", "card", True)]
    assert "days from memory" in maanwerk("case", "show", "F-3").out
    ran = maanwerk("pay", "--debtor", "d1", "1.100,00", "--credited", YESTERDAY, "--id", "b1", "--method", "sdd_core")
    assert ran.code == 0, ran.err
    assert maanwerk("pay", "allocate", "b1", "F-2", "50").code == 0
    # On F-2 twice: its share of the payment, and what stood on no invoice.
    for case, payments in (("F-1", ["b1"]), ("F-2", ["b1", "b1#2"])):
        found = shown(maanwerk, case)["not_final"]
        assert isinstance(found, list)
        assert [(line["payment"], line["method"]) for line in found] == [(each, "sdd_core") for each in payments]
    ran = maanwerk("pay", "--debtor", "d1", "10", "--credited", YESTERDAY, "--method", "shells")
    assert (ran.code, "shells" in ran.err) == (2, True)


def test_what_was_paid_too_much_is_set_off_against_another_invoice(maanwerk: Run) -> None:
    pay(maanwerk, "F-2", "80.00")
    ran = maanwerk("pay", "allocate", "F-2", "F-1")
    assert (ran.code, "30.00 on F-1" in ran.out) == (0, True)
    assert (shown(maanwerk, "F-2")["overpaid"], shown(maanwerk, "F-1")["open"]) == (None, "970.00")
    other = maanwerk("pay", "allocate", "F-2", "F-3")
    assert (other.code, "not of one debtor" in other.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--debtor", "nobody", "--list"), "there is no debtor 'nobody'"),
        (("--debtor", "d1"), "AMOUNT"),
        (("--debtor", "d1", "10"), "--credited"),
        (("--debtor", "d1", "10", "--list"), "leave AMOUNT out"),
        (("--debtor", "d1", "zehn", "--credited", YESTERDAY), "no amount above zero"),
    ],
)
def test_what_is_missing_or_wrong_is_named(maanwerk: Run, arguments: tuple[str, ...], words: str) -> None:
    ran = maanwerk("pay", *arguments)
    assert (ran.code, words in ran.err) == (2, True), ran.err
    assert "Traceback" not in ran.err
