"""The columns of a list: their headers, what they are called, and which are needed."""

from dataclasses import fields
from pathlib import Path

import pytest

from intake.open_item import OpenItem
from intake.open_items.columns import COLUMNS, column_of
from tests.intake.open_items.rows import only_finding, read, table


@pytest.mark.parametrize(
    "header", ["invoice_date", "Invoice Date", "INVOICE-DATE", "invoicedate", "Factuurdatum", "factuur datum"]
)
def test_headers_match_whatever_their_case_and_separators(header: str) -> None:
    assert column_of(header) == "invoice_date"


def test_every_documented_column_is_a_field_of_an_item() -> None:
    own = {"currency": "amount", "house_number": "street", "debtor_number": "debtor_id"}
    own |= dict.fromkeys(("paid", "status", "paid_on"), "open")
    others = {"line", "status_evidence", "term_of"}
    own["side"] = "kind"
    assert {own.get(column.name, column.name) for column in COLUMNS} | others == {
        each.name for each in fields(OpenItem)
    }


def test_the_guide_names_every_column_and_every_other_name() -> None:
    guide = Path(__file__).parents[3].joinpath("docs", "open-items.md").read_text(encoding="utf-8")
    missing = [name for c in COLUMNS for name in (f"`{c.name}`", *c.also) if name not in guide]
    assert missing == []


def test_an_unknown_column_is_remarked_once_with_the_likely_name() -> None:
    finding = only_finding(read(table({"telefoonnumer": "010-1234567"}, {"telefoonnumer": "010-7654321"})))
    assert (finding.line, finding.column, finding.severity) == (1, "telefoonnumer", "warning")
    assert "did you mean telefoonnummer?" in finding.reason


@pytest.mark.parametrize(("heading", "cell"), [("vervaldatm", "x"), ("Btw-bedrag", "21,00"), ("taall", "12-03-2026")])
def test_a_hint_names_no_column_that_is_there_or_of_another_kind(heading: str, cell: str) -> None:
    assert "did you mean" not in only_finding(read(table({"openstaand": "100,00", heading: cell}))).reason


@pytest.mark.parametrize("missing", ["number", "invoice_date", "due", "amount"])
def test_a_missing_column_stops_the_file_and_is_named(missing: str) -> None:
    result = read(table({}, without=[missing]))
    finding = only_finding(result)
    assert (result.items, finding.line, finding.column) == ((), 1, missing)


def test_a_debtor_number_is_enough_but_no_letter_goes_out_without_a_name() -> None:
    result = read(table({}, {}, without=["debtor_name"]))
    assert [row.debtor_name for row in result.items] == [None, None]
    assert "no name" in only_finding(result).reason


def test_a_file_without_a_debtor_column_is_refused() -> None:
    result = read(table({}, without=["debtor_name", "debtor_number"]))
    assert result.items == ()
    assert "debtor_number (debiteurnummer)" in only_finding(result).reason


def test_two_headers_for_one_thing_are_refused() -> None:
    result = read(table({"factuurnummer": "F-1"}))
    assert result.items == ()
    assert "'number' and 'factuurnummer' both mean number" in only_finding(result).reason


def test_an_unnamed_column_counts_only_when_it_holds_something() -> None:
    assert read(table({"": ""})).findings == ()
    assert "column 8 has no name" in only_finding(read(table({"": "x"}))).reason
