"""No letter goes out on yesterday's amount: what a row with an error means for the invoice that is being collected."""

import json
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from domain.case import Case
from domain.facts import HoldKind
from services.current_case import current_case
from services.importing.lists import ListFile, import_lists
from tests.services.importing.test_importing import AT, HEADER, LATER, ONE, TWO, becomes, bring, file, profile, row

__all__ = ["file"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "file" in metafunc.fixturenames:
        metafunc.parametrize("kept_in", ["sqlite"], indirect=True)


def case_now(file: CaseFile, case: str = ONE) -> Case:
    with file.read() as transaction:
        return current_case(transaction, case, LATER).case


def holds(file: CaseFile, case: str = ONE) -> list[HoldKind]:
    return [hold.kind for hold in case_now(file, case).holds_on(LATER.date())]


@pytest.mark.parametrize("due", ["soon", "31-02-2026", "2026-01-01", ""])
def test_a_lower_amount_is_booked_whatever_else_is_wrong_with_its_row(file: CaseFile, due: str) -> None:
    bring(file, row("F-1"))
    assert becomes(bring(file, row("F-1", "400.00", due=due), at=LATER)) == [("F-1", "payment")]
    assert (case_now(file).open.text, holds(file)) == ("400.00", [])


def test_an_empty_due_date_keeps_the_known_one(file: CaseFile) -> None:
    bring(file, row("F-1"))
    done = bring(file, row("F-1", "400.00", due=""), at=LATER)
    assert (done.findings, case_now(file).due.isoformat()) == ((), "2026-03-01")
    assert bring(file, row("F-9", due=""), at=LATER).has_errors


@pytest.mark.parametrize(
    "rows",
    [
        (row("F-1", "1.000"),),
        (row("F-1", "12,00 CR"),),
        (row("F-1", "-12.00", amount="-12.00"),),
        (row("F-1"), row("F-1", "-100.00", amount="-100.00")),
        (row("F-1", "500.00"), row("F-1", "500.00", due="2026-04-01")),
        (row("F-1", ""),),
        ("F-1;d1;Bakker;2026-02-01",),
        ('F-1;d1;"Bakker;2026-02-01;2026-03-01;1000.00;1.00;business',),
        ("F-1;d1;Bakker;;2026-03-01;1000.00;1000.00;business",),
    ],
)
def test_where_nobody_knows_what_is_open_the_case_waits_until_a_list_can_be_read(
    file: CaseFile, rows: tuple[str, ...]
) -> None:
    bring(file, row("F-1"), row("F-2"))
    done = bring(file, row("F-2"), *rows, at=LATER)
    assert ("F-1", "row_unreadable") in becomes(done)
    assert (holds(file), holds(file, TWO)) == ([HoldKind.ROW_UNREADABLE], [])
    assert case_now(file).open_task("row_unreadable") is not None
    assert case_now(file).open.text == "1000.00"
    assert becomes(bring(file, row("F-2"), *rows, at=LATER))[-1] != ("F-1", "row_unreadable")  # Once is enough.
    assert becomes(bring(file, row("F-1", "900.00"), at=LATER)) == [("F-1", "payment"), ("F-1", "back")]
    assert (holds(file), case_now(file).open_task("row_unreadable")) == ([], None)


def test_an_invoice_of_another_year_is_not_touched_by_a_row_that_cannot_be_used(file: CaseFile) -> None:
    bring(file, row("F-1"))
    other = row("F-1", "1.00", due="soon").replace("2026-02-01", "2025-02-01")
    assert becomes(bring(file, other, at=LATER)) == []
    assert case_now(file).open.text == "1000.00"


def test_a_row_in_another_currency_puts_the_case_on_hold(file: CaseFile) -> None:
    header = "number;debtor_number;debtor_name;invoice_date;due;amount;open;kind;currency"
    bring(file, row("F-1"))
    done = bring(file, row("F-1", "400.00") + ";USD", header=header, at=LATER)
    assert (becomes(done), done.has_errors, holds(file)) == (
        [("F-1", "row_unreadable")],
        True,
        [HoldKind.ROW_UNREADABLE],
    )


def test_a_negative_open_amount_is_booked_as_paid_too_much_once(file: CaseFile) -> None:
    bring(file, row("F-1"))
    assert becomes(bring(file, row("F-1", "-25.00"), at=AT)) == [("F-1", "payment")]
    assert (case_now(file).open.text, case_now(file).overpaid.text) == ("0.00", "25.00")
    assert becomes(bring(file, row("F-1", "-25.00"), row("F-2"), at=LATER)) == [("F-1", "unchanged"), ("F-2", "opened")]


def test_a_dry_run_says_the_same_of_rows_with_errors(file: CaseFile) -> None:
    bring(file, row("F-1"), row("F-2"))
    data = "\n".join((HEADER, row("F-1", "40.00", due="soon"), "F-2;d1;Bakker")).encode()
    lists = [ListFile("list.csv", data, Path())]
    dry = import_lists(file, profile(), lists, LATER, LATER.date(), dry_run=True)
    assert import_lists(file, profile(), lists, LATER, LATER.date()) == dry
    assert becomes(dry[0]) == [("F-1", "payment"), ("F-2", "row_unreadable")]


def test_what_was_written_off_here_is_no_news_in_a_later_list(file: CaseFile) -> None:
    bring(file, row("F-1"))
    with file.write() as transaction:
        raw = json.dumps({"id": "w", "amount": "100.00"}).encode()
        transaction.inbox.accept(ONE, "w", "write_off", raw, AT)
    assert becomes(bring(file, row("F-1"), row("F-2"), at=LATER)) == [("F-1", "unchanged"), ("F-2", "opened")]
    assert becomes(bring(file, row("F-1", "850.00"), at=LATER)) == [("F-1", "payment")]


def test_a_changed_address_is_told_as_a_change(file: CaseFile) -> None:
    header = "number;debtor_number;debtor_name;invoice_date;due;amount;open;kind;email"
    bring(file, row("F-1") + ";a@b.example", header=header)
    done = bring(file, row("F-1") + ";c@d.example", header=header, at=LATER)
    assert becomes(done) == [("F-1", "unchanged"), ("F-1", "debtor")]
    assert done.rows[1].says == "e-mail a@b.example → c@d.example"
    assert becomes(bring(file, row("F-1"), at=LATER)) == [("F-1", "unchanged")]


def test_a_new_case_tells_its_due_date_kind_policy_and_first_step(file: CaseFile) -> None:
    done = bring(file, row("F-1", due="2026-03-10"))
    assert (
        done.rows[0].says == "1000.00 EUR open, due 2026-03-10, business, policy plain, first: reminder on 2026-03-15"
    )
