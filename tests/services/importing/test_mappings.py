"""Mappings: shipped, own, in the profile; and what `--guess` proposes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from domain.invoice import Kind
from intake.findings import Unreadable
from intake.mappings.guessing import guess_mapping
from intake.mappings.mapping import ListMapping
from intake.open_items.reading import OpenItemsFile, read_open_items
from letters.render import known_letters
from policies.creditor_profile import load_creditor
from policies.problems import SourceError
from services.importing.lists import ListFile, import_lists
from services.importing.mappings import find_mapping, preset_mappings
from tests.casefile.builders import opened
from tests.services.importing.test_importing import profile

TODAY = date(2026, 11, 27)
AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
FOUND = Path(__file__).parents[2] / "intake" / "open_items" / "found"
NAMES = "Factuurnummer;Debiteurnummer;Debiteur;Factuurdatum;Vervaldatum;Bedrag"
SHIPPED = (
    *("afas", "billit", "e-boekhouden", "exact-globe", "exact-online", "moneybird", "octopus", "odoo", "snelstart"),
    *("twinfield", "visma", "wefact", "yuki"),
)


def read(text: str, mapping: ListMapping | None = None) -> OpenItemsFile:
    presets = () if mapping is not None else preset_mappings()
    return read_open_items(text.encode(), file="list.csv", today=TODAY, mapping=mapping, presets=presets)


def mapping(**told: object) -> ListMapping:
    return ListMapping.model_validate({"mapping": "own", **told})


def opens(result: OpenItemsFile) -> list[tuple[str, str, str, str]]:
    return [(each.number, each.debtor_id, each.due.isoformat(), each.open.text) for each in result.items]


# Shipped ----------------------------------------------------------------------------------------------------


def test_every_promised_mapping_is_shipped_and_names_what_a_list_must_have() -> None:
    assert tuple(each.mapping for each in preset_mappings()) == SHIPPED
    for each in preset_mappings():
        assert {"number", "invoice_date", "due", "open"} <= set(each.columns.values()) | {
            "invoice_date",
            "due",
            "number",
        }
        for headings in each.recognised_by:
            assert len(headings) >= 3


@pytest.mark.parametrize(
    ("name", "by", "numbers"),
    [
        ("moneybird", "moneybird", ["2026-0112", "2026-0140"]),
        ("snelstart", "snelstart", ["26-0112", "26-0140"]),
        ("yuki-te-herinneren-deels-betaald", "yuki", ["2026-0112"]),
        ("odoo-fr", "odoo", ["FAC/2026/00112"]),
        ("e-boekhouden", "e-boekhouden", ["2026-0112", "2026-0140"]),
        ("exact-globe-met-totalen", "exact-globe", ["26700112", "26700131"]),
    ],
)
def test_a_real_export_is_recognised_by_its_headings(name: str, by: str, numbers: list[str]) -> None:
    data = (FOUND / f"{name}.csv").read_bytes()
    result = read_open_items(data, file=name, today=TODAY, presets=preset_mappings())
    assert [item.number for item in result.items] == numbers
    assert any(f"(mapping {by})" in each.reason for each in result.findings)


def test_exact_globe_takes_the_debtor_from_the_line_above_and_no_credit_note() -> None:
    data = (FOUND / "exact-globe-met-totalen.csv").read_bytes()
    result = read_open_items(data, file="globe", today=TODAY, presets=preset_mappings())
    assert {(each.debtor_id, each.debtor_name) for each in result.items} == {("10023", "Timmerbedrijf Van Loon B.V.")}
    assert not result.has_errors
    assert [each.numbers for each in result.broken] == [("26700149",)]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "AccountCode;AccountName;InvoiceNumber;InvoiceDate;DueDate;Amount",
            "1;Jansen;F-1;2026-11-01;2026-11-15;15.00",
        ),
        (
            "MutDatum;MutFactuur;RelCode;RelBedrijf;Bedrag;Voldaan;Openstaand;Vervaldatum;Soort",
            "01-11-2026;F-1;1;Jansen;1815,00;1800,00;15,00;15-11-2026;Debiteuren",
        ),
        (
            "Debiteur;Debiteurnaam;Factuurnummer;Boekdatum;Vervaldatum;Bedrag;Openstaand bedrag",
            "1;Jansen;F-1;01-11-2026;15-11-2026;1815,00;15,00",
        ),
        ("Klantnr.;Naam;Docnr.;Datum;Vervaldatum;Bedrag;Saldo", "1;Jansen;F-1;01-11-2026;15-11-2026;1815,00;15,00"),
        (
            "OrderNumber,OrderDate,ExpiryDate,TotalIncl,ToPay,CounterParty,Klantnummer",
            "F-1,2026-11-01,2026-11-15,1815.00,15.00,Jansen,1",
        ),
        (
            "InvoiceCode;DebtorCode;CompanyName;Date;PayBefore;AmountIncl;AmountPaid;AmountOutstanding",
            "F-1;1;Jansen;2026-11-01;2026-11-15;1815.00;1800.00;15.00",
        ),
        (
            "Nummer debiteur;Naam debiteur;Factuurnummer;Datum factuur;Vervaldatum;Bedrag factuur;Openstaand",
            "1;Jansen;F-1;01-11-2026;15-11-2026;1815,00;15,00",
        ),
        (
            "CustomerNumber;CustomerName;InvoiceNumber;InvoiceDate;DueDate;TotalAmount;RemainingAmount",
            "1;Jansen;F-1;2026-11-01;2026-11-15;1815.00;15.00",
        ),
    ],
)
def test_the_exports_of_other_programs_are_taken(header: str, row: str) -> None:
    result = read(f"{header}\n{row}\n")
    assert opens(result) == [("F-1", "1", "2026-11-15", "15.00")], [str(each) for each in result.findings]


# Own --------------------------------------------------------------------------------------------------------


def test_an_own_mapping_names_columns_constants_and_values() -> None:
    own = mapping(
        columns={
            "Stuk": "number",
            "Wie": "debtor_name",
            "Nr": "debtor_number",
            "Op": "invoice_date",
            "Uiterlijk": "due",
            "Nog": "open",
            "Ooit": "amount",
            "Kolom X": "-",
        },
        constants={"currency": "EUR", "law": "NL"},
        values={"Groep": {"P": "consumer", "Z": "business", "ZZP": "sole_trader"}},
    )
    text = "Stuk;Wie;Nr;Op;Uiterlijk;Ooit;Nog;Groep;Kolom X\nF-1;Jansen;1;01-11-2026;15-11-2026;20,00;15,00;P;9,00\n"
    result = read(text, own)
    assert [str(each) for each in result.findings] == []
    (item,) = result.items
    assert (item.kind, item.law, item.open.text, item.amount.text) == (Kind.CONSUMER, "NL", "15.00", "20.00")


def test_a_mapping_answers_what_a_list_was_asked() -> None:
    text = "Relatiecode;Relatie;Factuurnummer;Factuurdatum;Vervaldatum;Bedrag;Kolom X\n"
    text += "A;Jansen;F-1;1-11-26;15-11-26;20,00;15,00\n"
    assert read(text).items == ()
    answered = mapping(
        columns={"Kolom X": "open"}, constants={"side": "debtor"}, date_order="day_first", two_digit_years=True
    )
    assert opens(read(text, answered)) == [("F-1", "A", "2026-11-15", "15.00")]


@pytest.mark.parametrize(
    ("order", "written", "due"),
    [
        ("month_first", "11/15/2026", "2026-11-15"),
        ("month_first", "11/15/26", "2026-11-15"),
        ("year_first", "26-11-15", "2026-11-15"),
        ("day_first", "15-11-26", "2026-11-15"),
    ],
)
def test_a_mapping_tells_the_order_of_dates(order: str, written: str, due: str) -> None:
    text = f"{NAMES}\nF-1;1;Jansen;2026-11-01;{written};20,00\n"
    assert [item.due.isoformat() for item in read(text, mapping(date_order=order)).items] == [due]


def test_a_mapping_tells_the_decimal_mark_and_the_line_of_the_names() -> None:
    text = f"een;twee;drie\n{NAMES}\nF-1;1;Jansen;2026-11-01;2026-11-15;1.234\n"
    assert opens(read(text, mapping(decimal_mark=",", head_row=2)))[0][3] == "1234.00"


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": {"Wie": "debtor_nam"}},
        {"constants": {"valuta": "EUR"}},
        {"values": {"Soort": {"P": "person"}}},
        {"values": {"Soort": {"P": "consumer", "D": "debtor"}}},
        {"date_order": "mdy"},
        {"colums": {}},
    ],
)
def test_a_mapping_with_a_slip_is_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(SourceError):
        find_mapping(wrong, tmp_path)


def test_a_mapping_is_found_by_file_name_and_shipped_name(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("mapping: mine\ncolumns: {Wie: debtor_name}\n", encoding="utf-8")
    assert find_mapping("mine", tmp_path).columns == {"Wie": "debtor_name"}
    assert find_mapping(str(tmp_path / "mine.yaml"), Path()).mapping == "mine"
    assert find_mapping("yuki", tmp_path).mapping == "yuki"
    with pytest.raises(SourceError, match="moneybird"):
        find_mapping("moneybrid", tmp_path)


def test_the_profile_names_the_mapping_and_the_kind_of_debtors(tmp_path: Path) -> None:
    profile_file = tmp_path / "creditor.yaml"
    profile_file.write_text(
        "id: maan\nname: Maan B.V.\niban: NL91ABNA0417164300\nemail: maan@maan.example\ndefault_kind: business\n"
        "mapping: {columns: {Wie: debtor_name, Nog: open}}\npolicies:\n  - {policy: nl-business}\n",
        encoding="utf-8",
    )
    profile = load_creditor(profile_file, known_letters())
    assert (profile.default_kind, profile.path) == (Kind.BUSINESS, profile_file)
    assert profile.mapping == {"columns": {"Wie": "debtor_name", "Nog": "open"}}
    assert not hasattr(profile.creditor, "mapping")


# Guessing ---------------------------------------------------------------------------------------------------


def test_a_guess_names_every_column_with_samples_and_reads_the_list() -> None:
    text = (
        "Stuknr;Klant code;Klant;Boekdatum;Verval;Origineel bedrag;Nog openstaand;BTW bedrag;Memo\n"
        "F-1;1;Jansen;01-11-2026;15-11-2026;1.815,00;15,00;315,00;let op\n"
    )
    guessed = guess_mapping(text.encode(), name="mine", presets=preset_mappings())
    told = {each.heading: each.ours for each in guessed.columns}
    assert told == {
        "Stuknr": "number",
        "Klant code": "debtor_number",
        "Klant": "debtor_name",
        "Boekdatum": "invoice_date",
        "Verval": "due",
        "Origineel bedrag": "amount",
        "Nog openstaand": "open",
        "BTW bedrag": "-",
        "Memo": None,
    }
    assert guessed.asks == ()
    assert guessed.columns[0].samples == ("F-1",)
    assert opens(read(text, guessed.mapping)) == [("F-1", "1", "2026-11-15", "15.00")]


def test_a_guess_asks_what_it_cannot_tell() -> None:
    guessed = guess_mapping(b"Aap;Noot;Bedrag\nx;y;10,00\n", name="mine")
    assert any("invoice number" in question for question in guessed.asks)
    assert any("still open" in question for question in guessed.asks)
    with pytest.raises(Unreadable):
        guess_mapping(b"", name="mine")


def test_a_list_is_imported_by_the_mapping_of_the_profile(tmp_path: Path) -> None:
    file: CaseFile = opened(tmp_path / "cases.sqlite3")
    text = "Stuk;Wie;Nr;Op;Uiterlijk;Nog\nF-1;Jansen;1;01-11-2026;15-11-2026;15,00\n"
    told = {
        "columns": {
            "Stuk": "number",
            "Wie": "debtor_name",
            "Nr": "debtor_number",
            "Op": "invoice_date",
            "Uiterlijk": "due",
            "Nog": "open",
        }
    }
    own = replace(profile(), mapping=told, default_kind=Kind.BUSINESS)
    (done,) = import_lists(file, own, [ListFile("list.csv", text.encode(), Path())], AT, AT.date())
    assert [(each.number, each.what) for each in done.rows] == [("F-1", "opened")]
    assert done.findings == ()
    with file.read() as transaction:
        status = transaction.cases.load("case:maan:2026-F-1").case.invoice.legal_status
    assert status.in_business.value == "yes"
    file.database.close()
