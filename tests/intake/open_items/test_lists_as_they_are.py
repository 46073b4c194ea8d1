"""Lists as programs and people make them: head lines, totals, a line for each debtor, suppliers, several languages."""

from datetime import date
from pathlib import Path

import pytest

from intake.open_items.reading import OpenItemsFile, read_open_items
from tests.rows import in_rows

TODAY = date(2026, 11, 27)
FOUND = Path(__file__).parent / "found"


def found(name: str) -> OpenItemsFile:
    return read_open_items((FOUND / f"{name}.csv").read_bytes(), file=name, today=TODAY)


def read(text: str) -> OpenItemsFile:
    return read_open_items(text.encode(), file="list.csv", today=TODAY)


def opened(result: OpenItemsFile) -> dict[str, str]:
    return {item.number: item.open.text for item in result.items}


def errors(result: OpenItemsFile) -> list[str]:
    return [str(each) for each in result.findings if each.severity == "error"]


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("balance-clients-fr-be", {"2026-0112": "1815.00", "2026-0140": "10890.50"}),
        ("pennylane-fr", {"F-2026-024": "5808.00", "F-2026-025": "5808.00"}),
        ("yuki-te-herinneren", {"2026-0112": "1815.00", "2026-0140": "10890.50"}),
        ("met-subtotalen", {"26700112": "1815.00", "26700131": "205.00", "26700140": "10890.50"}),
        ("excel-sep-maandnamen", {"26700112": "1815.00", "26700131": "205.00", "26700140": "10890.50"}),
        ("twee-mailadressen", {"1": "1000.00", "2": "1000.00", "3": "1000.00"}),
        ("bijzaken-fout", {str(number): "10.00" for number in range(1, 8)}),
        ("duizendtallen", {"1": "1000.00", "2": "1111.11", "3": "2500.00"}),
        ("moneybird-hernoemd-zoals-gezegd", {"2026-0112": "1815.00", "2026-0140": "10890.50"}),
    ],
)
def test_a_real_export_is_taken_whole(name: str, taken: dict[str, str]) -> None:
    result = found(name)
    assert (opened(result), errors(result)) == (taken, [])


def test_lines_above_the_column_names_and_totals_below_are_one_remark_each() -> None:
    result = read(
        "Openstaande posten;;;;;\nPer 27-11-2026;;;;;\n\n"
        "Factuurnummer;Debiteurnummer;Debiteur;Factuurdatum;Vervaldatum;Bedrag\n"
        "F-1;1;Jansen B.V.;01-11-2026;15-11-2026;100,00\nSubtotaal;;;;;100,00\nTotaal debiteuren;;;;;100,00\n"
    )
    assert (opened(result), errors(result)) == ({"F-1": "100.00"}, [])
    told = [each.reason for each in result.findings]
    assert sum("above" in reason for reason in told) == 1
    assert sum("totals" in reason for reason in told) == 1


def test_a_debtor_whose_name_begins_like_a_total_is_a_debtor() -> None:
    result = read(
        "Debiteur;Factuurnummer;Factuurdatum;Vervaldatum;Bedrag\nTotal Energies B.V.;F-1;01-11-2026;15-11-2026;100,00\n"
    )
    assert opened(result) == {"F-1": "100.00"}


def test_a_line_for_each_debtor_names_the_debtor_of_the_rows_below() -> None:
    result = read(
        "Factuurnummer;Factuurdatum;Vervaldatum;Bedrag\nDebiteur 10023 Timmerbedrijf Van Loon B.V.;;;\n"
        "F-1;01-11-2026;15-11-2026;100,00\nTotaal debiteur 10023;;;100,00\nDebiteur 10031 Gemeente Lindewaard;;;\n"
        "F-2;01-11-2026;15-11-2026;50,00\nTotaal;;;150,00\nF-3;01-11-2026;15-11-2026;50,00\n"
    )
    assert [(each.number, each.debtor_id, each.debtor_name) for each in result.items] == [
        ("F-1", "10023", "Timmerbedrijf Van Loon B.V."),
        ("F-2", "10031", "Gemeente Lindewaard"),
    ]
    assert ["there is no debtor" in each for each in errors(result)] == [True]


def test_a_trailing_empty_cell_is_nothing() -> None:
    result = read(
        "Factuurnummer;Debiteur;Factuurdatum;Vervaldatum;Bedrag;\nF-1;Jansen;01-11-2026;15-11-2026;100,00;;;\n"
    )
    assert (opened(result), errors(result)) == ({"F-1": "100.00"}, [])


# Whose invoices ---------------------------------------------------------------------------------------------


def test_suppliers_are_left_out_and_named() -> None:
    result = found("e-boekhouden")
    assert opened(result) == {"2026-0112": "1815.00", "2026-0140": "10890.50"}
    (told,) = [each.reason for each in result.findings if "supplier" in each.reason]
    assert "88771" in told
    assert "Drukkerij Inktvis" in told


def test_a_list_that_may_hold_suppliers_and_does_not_say_so_is_asked_about() -> None:
    result = found("e-boekhouden-zonder-soort")
    assert result.items == ()
    assert ["debtors and suppliers alike" in each for each in errors(result)] == [True]


@in_rows(
    ("told", "taken"),
    [
        ("Debiteuren", True),
        ("Klant", True),
        ("Verkoop", True),
        ("70 Verkoopboek", True),
        ("SalesInvoice", True),
        ("Crediteuren", False),
        ("Leverancier", False),
        ("Inkoopboek 2026", False),
        ("Fournisseur", False),
        ("Lieferant", False),
        ("Betaling", False),
        ("Creditnota", False),
    ],
)
def test_no_supplier_and_no_payment_ever_becomes_a_case(told: str, taken: bool) -> None:
    for heading in ("Soort", "Type", "Dagboek"):
        result = read(
            f"Relatiecode;Relatie;Factuurnummer;Factuurdatum;Vervaldatum;Bedrag;{heading}\n"
            f"A;Jansen B.V.;F-1;01-11-2026;15-11-2026;100,00;{told}\n"
        )
        assert bool(result.items) == taken, heading
        assert errors(result) == []


def test_a_row_that_does_not_say_its_side_is_asked_about_where_it_may_be_a_suppliers() -> None:
    rows = "A;Jansen B.V.;F-1;01-11-2026;15-11-2026;100,00;Verkoop\nB;Smit;F-2;01-11-2026;15-11-2026;100,00;Diversen\n"
    result = read(f"Relatiecode;Relatie;Factuurnummer;Factuurdatum;Vervaldatum;Bedrag;Dagboek\n{rows}")
    assert opened(result) == {"F-1": "100.00"}
    assert ["does not say whether" in each for each in errors(result)] == [True]
