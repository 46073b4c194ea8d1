"""What is open is never guessed: not from a column nobody understands, an empty cell, or a status."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.open_items.reading import OpenItemsFile, read_open_items
from tests.rows import in_rows

TODAY = date(2026, 11, 27)
FOUND = Path(__file__).parent / "found"
HEADS = {
    "number": "Factuurnummer",
    "name": "Debiteur",
    "no": "Debiteurnummer",
    "date": "Factuurdatum",
    "due": "Vervaldatum",
}
CELLS = {"number": "F-1", "name": "Jansen B.V.", "no": "1", "date": "01-11-2026", "due": "15-11-2026"}


def read(*rows: dict[str, str]) -> OpenItemsFile:
    """A list with the usual columns, and those of the rows."""
    more = list(dict.fromkeys(name for row in rows for name in row if name not in HEADS))
    lines = [";".join([*HEADS.values(), *more])]
    for place, row in enumerate(rows, start=1):
        cells = {**CELLS, "number": f"F-{place}", **row}
        lines.append(";".join(cells.get(name, "") for name in [*HEADS, *more]))
    return read_open_items("\n".join(lines).encode(), file="list.csv", today=TODAY)


def found(name: str) -> OpenItemsFile:
    return read_open_items((FOUND / name).read_bytes(), file=name, today=TODAY)


def opened(result: OpenItemsFile) -> list[tuple[str, str]]:
    return [(item.number, item.open.text) for item in result.items]


@pytest.mark.parametrize(
    "heading",
    [
        "Uitstaand",
        "Restant",
        "Restbedrag",
        "Openstaand saldo",
        "Balance due",
        "Solde",
        "Reste à payer",
        "Montant dû",
        "Offen",
    ],
)
def test_what_is_open_is_read_whatever_it_is_called(heading: str) -> None:
    assert opened(read({"Bedrag": "1.815,00", heading: "15,00"})) == [("F-1", "15.00")]


def test_a_partly_paid_invoice_of_a_real_export_is_asked_for_what_is_left() -> None:
    result = found("yuki-te-herinneren-deels-betaald.csv")
    assert opened(result) == [("2026-0112", "15.00")]
    assert [each.number for each in result.settled] == ["2026-0140"]
    assert not result.has_errors


@pytest.mark.parametrize("heading", ["Betaald", "Voldaan", "Reeds betaald", "Amount paid", "Payé", "Bezahlt"])
def test_what_was_paid_is_taken_off(heading: str) -> None:
    assert opened(read({"Bedrag": "1.815,00", heading: "1.800,00"})) == [("F-1", "15.00")]
    assert opened(read({"Bedrag": "1.815,00", heading: "nee"}, {"Bedrag": "10,00", heading: ""})) == [
        ("F-1", "1815.00"),
        ("F-2", "10.00"),
    ]
    paid = read({"Bedrag": "1.815,00", heading: "ja"})
    assert (opened(paid), [each.number for each in paid.settled]) == ([], ["F-1"])


@pytest.mark.parametrize(
    "heading",
    [
        "Ontvangen",
        "Nog te gaan saldo",
        "Betalingen",
        "Received so far",
        "Encaissé",
        "Zahlungen",
        "Creditnota's",
        "Kolom X",
        "0-30",
    ],
)
def test_a_column_that_may_say_what_is_open_and_is_not_understood_refuses_the_list_with_the_question(
    heading: str,
) -> None:
    result = read({"Bedrag": "1.815,00", heading: "1.800,00"}, {"Bedrag": "10,00", heading: "0,00"})
    assert result.items == ()
    (finding,) = [each for each in result.findings if each.severity == "error"]
    assert (finding.line, finding.column) == (1, heading)
    assert "what is open is not guessed" in finding.reason


@in_rows(
    ("heading", "cell"),
    [
        ("Btw-bedrag", "315,00"),
        ("Bedrag excl. btw", "1.500,00"),
        ("Montant HT", "1.500,00"),
        ("Koers", "1,00"),
        ("Dagen te laat", "12"),
        ("Betaaltermijn", "30"),
        ("Betalingsconditie", "30 dagen netto"),
        ("Omschrijving", "Betaling in delen"),
        ("Bedrag EUR", "1.815,00"),  # Repeats the amount.
        ("Kolom X", ""),
    ],
)
def test_a_column_that_says_nothing_of_it_keeps_no_list_out(heading: str, cell: str) -> None:
    assert opened(read({"Bedrag": "1.815,00", heading: cell})) == [("F-1", "1815.00")]


def test_an_empty_cell_does_not_say_that_all_is_open() -> None:
    result = read({"Bedrag": "1.815,00", "Openstaand": ""}, {"Bedrag": "10,00", "Openstaand": "5,00"})
    assert opened(result) == [("F-2", "5.00")]
    assert "not known what is open" in str(result.findings)


@pytest.mark.parametrize(
    ("status", "becomes"),
    [
        ("Te laat", "open"),
        ("Non payées", "open"),
        ("Overdue", "open"),
        ("Betaald", "settled"),
        ("Payée", "settled"),
        ("Deels betaald", "refused"),
        ("Partiellement payée", "refused"),
        ("Concept", "refused"),
        ("Zoiets", "refused"),
    ],
)
def test_a_status_is_read_or_asked_about(status: str, becomes: str) -> None:
    result = read({"Bedrag": "1.815,00", "Status": status})
    told = "open" if result.items else "settled" if result.settled else "refused"
    assert (told, result.has_errors) == (becomes, becomes == "refused")


def test_a_day_of_payment_without_an_amount_is_asked_about() -> None:
    assert read({"Bedrag": "1.815,00", "Betaald op": "20-11-2026"}).has_errors
    assert opened(read({"Bedrag": "1.815,00", "Betaald op": ""})) == [("F-1", "1815.00")]


def test_a_negative_open_amount_is_an_overpayment() -> None:
    result = read({"Bedrag": "100,00", "Openstaand": "-25,00"})
    (settled,) = result.settled
    assert (result.has_errors, settled.over and settled.over.text) == (False, "25.00")
    assert result.broken == ()


@given(
    amount=st.decimals(min_value=Decimal("0.01"), max_value=Decimal(99999), places=2),
    paid=st.decimals(min_value=0, max_value=Decimal(99999), places=2),
)
def test_what_is_open_is_what_was_invoiced_less_what_was_paid(amount: Decimal, paid: Decimal) -> None:
    result = read({"Bedrag": f"{amount:.2f}", "Betaald": f"{paid:.2f}"})
    assert [item.open.amount for item in result.items] == ([amount - paid] if amount > paid else [])
    assert [each.over.amount for each in result.settled if each.over] == ([paid - amount] if paid > amount else [])


# Rows that give no item -------------------------------------------------------------------------------------


def test_a_row_with_an_error_keeps_what_is_certain() -> None:
    (broken,) = read({"Bedrag": "100,00", "Openstaand": "40,00", "due": "31-02-2026"}).broken
    assert (broken.key, broken.open and broken.open.text, broken.forgiven) == ("2026-F-1", "40.00", None)


def test_an_empty_due_date_is_the_one_error_that_a_known_invoice_forgives() -> None:
    (broken,) = read({"Bedrag": "100,00", "due": ""}).broken
    assert broken.forgiven is not None
    (worse,) = read({"Bedrag": "100,00", "due": "", "name": "", "no": ""}).broken
    assert worse.forgiven is None


@pytest.mark.parametrize("amount", ["1.815,00 D", "121,00 CR", "1.000", "-100,00", "=1815+0", "#N/B"])
def test_an_amount_that_is_none_leaves_what_is_open_unknown(amount: str) -> None:
    (broken,) = read({"Bedrag": amount}).broken
    assert (broken.key, broken.open) == ("2026-F-1", None)


def test_of_a_number_on_two_rows_each_is_a_term() -> None:
    result = found("termijnen-zelfde-nummer.csv")
    assert [(each.number, each.open.text) for each in result.items] == [
        ("2026-050/1", "500.00"),
        ("2026-050/2", "500.00"),
    ]
    assert result.broken == ()


def test_a_line_that_cannot_be_taken_apart_keeps_whatever_may_be_its_number() -> None:
    data = (
        b'Factuurnummer;Debiteur;Factuurdatum;Vervaldatum;Bedrag\nF-1;"Jansen\nF-2;Smit;01-11-2026;15-11-2026;10,00\n'
    )
    result = read_open_items(data, file="list.csv", today=TODAY)
    assert {"F-1", "F-2"} <= {number for each in result.broken for number in each.numbers}
