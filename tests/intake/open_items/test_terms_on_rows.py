"""One number on several rows: terms of one invoice, or neither row is used."""

from __future__ import annotations

from datetime import date

import pytest

from intake.open_item import case_key
from intake.open_items.reading import OpenItemsFile, read_open_items

TODAY = date(2026, 9, 20)
HEAD = "Factuurnummer;Debiteur;Debiteurnummer;Factuurdatum;Vervaldatum;Bedrag;Openstaand"
FIRST = "2026-050;Jansen Bouw B.V.;1;01-09-2026;15-09-2026;500,00;500,00"
SECOND = "2026-050;Jansen Bouw B.V.;1;01-09-2026;01-10-2026;500,00;500,00"


def read(*rows: str, head: str = HEAD) -> OpenItemsFile:
    return read_open_items("\n".join((head, *rows)).encode(), file="list.csv", today=TODAY)


def errors(result: OpenItemsFile) -> list[str]:
    return [finding.reason for finding in result.findings if finding.severity == "error"]


def test_two_due_dates_of_one_number_are_its_two_terms() -> None:
    result = read(FIRST, SECOND)
    assert [(item.number, item.due, item.open.text) for item in result.items] == [
        ("2026-050/1", date(2026, 9, 15), "500.00"),
        ("2026-050/2", date(2026, 10, 1), "500.00"),
    ]
    assert errors(result) == [] and result.broken == ()
    assert any("stands on lines 2, 3 with different due dates" in finding.reason for finding in result.findings)


def test_terms_are_numbered_by_due_date_however_the_rows_stand() -> None:
    result = read(SECOND, FIRST)
    assert [(item.line, item.number) for item in result.items] == [(2, "2026-050/2"), (3, "2026-050/1")]


def test_terms_are_cases_of_their_own_and_instalments_of_one_contract() -> None:
    items = read(FIRST, SECOND).items
    assert [case_key(item) for item in items] == ["2026-2026-050/1", "2026-2026-050/2"]
    assert {item.contract for item in items} == {"2026-050"}


def test_where_each_row_gives_the_whole_amount_the_term_is_what_is_open_on_it() -> None:
    result = read(FIRST.replace("500,00;500,00", "1000,00;400,00"), SECOND.replace("500,00;500,00", "1000,00;600,00"))
    assert [(item.amount.text, item.open.text) for item in result.items] == [("400.00", "400.00"), ("600.00", "600.00")]


def test_a_part_that_was_paid_on_a_term_is_no_whole_amount() -> None:
    result = read(FIRST.replace("500,00;500,00", "500,00;100,00"), SECOND)
    assert [(item.amount.text, item.open.text) for item in result.items] == [("500.00", "100.00"), ("500.00", "500.00")]


def test_a_paid_term_keeps_its_place() -> None:
    result = read(FIRST.replace("500,00;500,00", "500,00;0,00"), SECOND)
    assert [item.number for item in result.items] == ["2026-050/2"]
    assert [(each.number, each.key) for each in result.settled] == [("2026-050/1", "2026-2026-050/1")]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (FIRST, "the same due date"),
        (SECOND.replace(";1;", ";2;"), "different debtors"),
        (SECOND.replace("01-09-2026", "02-09-2026"), "different invoice dates"),
        (SECOND.replace("500,00;500,00", "500,00;veel"), "can't be read"),
        (SECOND.replace("01-10-2026", ""), "can't be read"),
    ],
)
def test_rows_that_are_no_terms_are_not_used_and_it_is_said_why(other: str, why: str) -> None:
    result = read(FIRST, other)
    assert result.items == () and result.settled == ()
    assert any(why in reason and "neither is used" in reason for reason in errors(result))
    assert {each.open for each in result.broken} == {None}


def test_a_credit_row_of_the_number_makes_all_of_it_uncertain() -> None:
    result = read(FIRST, SECOND, SECOND.replace("500,00;500,00", "-200,00;-200,00"))
    assert result.items == ()
    assert {each.open for each in result.broken} == {None}
