"""Rules of reading a list of open items, and of the amounts and dates in it."""

import codecs
import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.invoice import ClaimBasis, Kind, TermBasis, YesNoUnknown
from domain.money import Money
from domain.telephone import why_unusable
from intake.findings import Finding, Unreadable
from intake.open_item import NoticeProof, OpenItem, case_key, debtor_slug
from intake.open_items.columns import COLUMNS, column_of
from intake.open_items.csv_records import MAX_BYTES
from intake.open_items.reading import OpenItemsFile, read_open_items
from intake.written.contacts import read_phone
from intake.written.links import read_payment_link
from letters.payment_link import PaymentLink

TODAY = date(2026, 4, 1)
GOOD = {
    "number": "F-1",
    "debtor_number": "1001",
    "debtor_name": "Bakkerij De Korenaar",
    "kind": "business",
    "invoice_date": "2026-03-01",
    "due": "2026-03-15",
    "amount": "100,00",
}


def read(data: bytes | str) -> OpenItemsFile:
    return read_open_items(data.encode() if isinstance(data, str) else data, file="open.csv", today=TODAY)


def table(*rows: dict[str, str], without: Iterable[str] = ()) -> str:
    """Build a file of good rows, each with its own changes; a column exists when any row names it."""
    names = list(dict.fromkeys([*GOOD, *(name for row in rows for name in row)]))
    names = [name for name in names if name not in set(without)]
    lines = [";".join(names)]
    for place, row in enumerate(rows, start=1):
        cells = {**GOOD, "number": f"F-{place}", **row}
        lines.append(";".join(cells.get(name, "") for name in names))
    return "\n".join(lines) + "\n"


def item(**changes: str) -> OpenItem:
    result = read(table(changes))
    assert [str(finding) for finding in result.findings if finding.severity == "error"] == []
    return result.items[0]


def only_finding(result: OpenItemsFile) -> Finding:
    assert len(result.findings) == 1, [str(finding) for finding in result.findings]
    return result.findings[0]


def refused(**changes: str) -> Finding:
    """Read one row with these changes, and give the single error that must leave it out."""
    result = read(table(changes))
    finding = only_finding(result)
    assert (result.items, finding.line, finding.severity) == ((), 2, "error")
    return finding


def dropped(**changes: str) -> Finding:
    """Read one row with these changes, and give the single warning that leaves out the cell, not the invoice."""
    result = read(table(changes))
    finding = only_finding(result)
    (column, *_) = changes
    value = getattr(result.items[0], column)
    assert (value in (None, ()), finding.line, finding.severity) == (True, 2, "warning")
    return finding


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")


# --- the whole row -----------------------------------------------------------------------------------------


def test_a_full_row_is_read_with_dutch_headers() -> None:
    result = read(
        "Factuurnummer;Factuur-ID;Debiteurnummer;Debiteur;Contactpersoon;E-mail;Telefoon;Straat;Huisnummer;"
        "Postcode;Plaats;Land;Taal;Soort;Factuurdatum;Vervaldatum;Bedrag;Openstaand;Valuta;Grondslag termijn;"
        "Ontvangen op;Recht;Labels;Kenmerk;Bijlage;Laatste stap;Laatste contact op;Aanmaning verstuurd op;"
        "Bewijs aanmaning;Toezegging tot;Toegezegd bedrag;Aanhouden;Aanhouden tot;Bij incasso\n"
        "F-7;9f3c;1001;De Korenaar B.V.;Ilse;ilse@korenaar.example;010-1234567;Meelgang;12;7201 KX;Zutphen;"
        "Nederland;Nederlands;zakelijk;1-2-2026;15-2-2026;€ 1.234,50;234,50;EUR;overeengekomen;02-02-2026;NL;"
        "vip, noord;PO 5;pdf\\F-7.pdf;notice;10-03-2026;10-03-2026;bezorgd;10-04-2026;100,00;wacht op CFO;"
        "12-04-2026;nee\n"
    )
    assert result.findings == ()
    assert result.items == (
        OpenItem(
            line=2,
            number="F-7",
            key="9f3c",
            debtor_id="1001",
            debtor_name="De Korenaar B.V.",
            contact_name="Ilse",
            email="ilse@korenaar.example",
            phone="+31101234567",
            street="Meelgang 12",
            postcode="7201 KX",
            city="Zutphen",
            country="NL",
            language="nl",
            kind=Kind.BUSINESS,
            natural_person=YesNoUnknown.NO,
            in_business=YesNoUnknown.YES,
            invoice_date=date(2026, 2, 1),
            due=date(2026, 2, 15),
            amount=eur("1234.50"),
            open=eur("234.50"),
            term_basis=TermBasis.AGREED,
            received_on=date(2026, 2, 2),
            law="NL",
            tags=("vip", "noord"),
            reference="PO 5",
            document="pdf/F-7.pdf",
            last_step="notice",
            last_contact_on=date(2026, 3, 10),
            notice_posted_on=date(2026, 3, 10),
            notice_proof=NoticeProof.DELIVERED,
            promise_until=date(2026, 4, 10),
            promise_amount=eur("100.00"),
            hold="wacht op CFO",
            hold_until=date(2026, 4, 12),
        ),
    )


def test_what_a_row_leaves_open_takes_the_documented_default() -> None:
    read_item = item()
    assert (read_item.open, read_item.currency) == (eur("100.00"), "EUR")
    assert (read_item.term_basis, read_item.law, read_item.handed_off) == (TermBasis.PRINTED, None, False)
    assert not read_item.has_history


def test_the_shipped_sample_is_clean() -> None:
    data = files("samples").joinpath("open_items.csv").read_bytes()
    result = read_open_items(data, file="open_items.csv", today=TODAY)
    assert [str(finding) for finding in result.findings] == []
    assert len(result.items) == 25
    assert len({row.debtor_id for row in result.items}) == 12
    assert len({row.debtor_id for row in result.items if row.kind is Kind.CONSUMER}) == 3
    old = [row for row in result.items if TODAY - row.due > timedelta(days=30)]
    assert [row.has_history for row in old] == [True, False]
    assert all((row.email or "").endswith(".example") for row in result.items)
    assert (min(row.amount for row in result.items), max(row.amount for row in result.items)) == (
        eur("38.50"),
        eur("18450.00"),
    )


# --- facts about the invoice ---------------------------------------------------------------------------------


def test_what_was_sold_and_how_to_pay_are_read_with_dutch_headers() -> None:
    read_item = item(
        Productnaam="Drie banken",
        Goederen="ja",
        Leverdatum="20-02-2026",
        Contractnummer="C-9",
        **{
            "Grondslag vordering": "schadevergoeding",
            "Betaallink": "https://pay.example/x7Kq",
            "Betalingskenmerk": "5000 0567 8901 2345",
            "Uw referentie": "PO 5",
        },
    )
    assert (read_item.product, read_item.goods, read_item.delivered_on) == ("Drie banken", True, date(2026, 2, 20))
    assert (read_item.contract, read_item.claim_basis) == ("C-9", ClaimBasis.DAMAGES)
    assert (read_item.payment_link, read_item.payment_reference, read_item.reference) == (
        "https://pay.example/x7Kq",
        "5000 0567 8901 2345",
        "PO 5",
    )


def test_without_these_columns_the_price_of_no_goods_is_claimed() -> None:
    read_item = item()
    assert (read_item.product, read_item.goods, read_item.delivered_on, read_item.contract) == (None, False, None, None)
    assert (read_item.claim_basis, read_item.payment_link, read_item.payment_reference) == (
        ClaimBasis.PRICE,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("http://pay.example/x7Kq", "begins with https://"),
        ("javascript:alert(1)", "begins with https://"),
        ("https://localhost/x7Kq", "begins with https://"),
        ("https://[::1", "begins with https://"),
        ("https://pay.example/x7Kq?amount=100", "holds '@', '?' or '#'"),
        ("https://els@pay.example/x7Kq", "holds '@', '?' or '#'"),
        ("https://pay.example/x7Kq#f", "holds '@', '?' or '#'"),
        ("https://pay.example/x 7Kq", "no spaces"),
        ("https://pay.example/é", "no spaces"),
        ("https://pay.example/" + "x" * 290, "at most 300"),
        ("https://pay.example/de-korenaar/bakkerij-de-korenaar", "a name"),
        ("https://pay.example/261041", "the invoice number"),
    ],
)
def test_a_link_that_may_not_stand_in_a_letter_is_not_used(link: str, reason: str) -> None:
    finding = dropped(payment_link=link, number="26-1041")
    assert (finding.column, reason in finding.reason) == ("payment_link", True), finding.reason


@given(
    st.lists(
        st.sampled_from(
            (
                "https://",
                "HTTPS://",
                "http:",
                "pay",
                ".",
                "example",
                "/",
                "//",
                "[",
                "]",
                ":",
                "443",
                "%",
                "..",
                "x7",
                "é",
            )
        ),
        max_size=8,
    ).map("".join)
)
def test_every_link_that_is_read_may_stand_in_a_letter(link: str) -> None:
    try:
        read_link = read_payment_link(link)
    except Unreadable:
        return
    assert TypeAdapter(PaymentLink).validate_python(read_link) == link


def test_goods_that_are_still_to_come_were_not_delivered() -> None:
    assert "can't have happened yet" in dropped(delivered_on="2026-04-02").reason
    assert item(delivered_on="2026-02-01").delivered_on == date(2026, 2, 1), "before the invoice is usual"


@pytest.mark.parametrize(
    "changes",
    [{"claim_basis": "rent"}, {"goods": "two"}, {"contract": "x" * 65}],
)
def test_a_fact_that_says_nothing_is_refused(changes: dict[str, str]) -> None:
    assert refused(**changes).column == next(iter(changes))


@pytest.mark.parametrize("product", ["–", "x" * 201])
def test_a_product_that_says_nothing_is_not_used(product: str) -> None:
    assert dropped(product=product).column == "product"


# --- headers -----------------------------------------------------------------------------------------------


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
    assert {own.get(column.name, column.name) for column in COLUMNS} | others == set(OpenItem.model_fields)


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


# --- the file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_line_ends_and_encodings_are_recognised(delimiter: str, newline: str, encoding: str) -> None:
    text = table({"amount": "1234.56", "debtor_name": "Café Één"}).replace(";", delimiter).replace("\n", newline)
    result = read(text.encode(encoding))
    assert result.findings == ()
    assert (result.items[0].debtor_name, result.items[0].amount) == ("Café Één", eur("1234.56"))


def test_utf_16_of_either_byte_order_is_read() -> None:
    data = codecs.BOM_UTF16_BE + table({}).encode("utf-16-be")
    assert read(data).items == read(table({})).items


def test_windows_1252_is_read_with_a_warning() -> None:
    result = read(table({"debtor_name": "Café Één €"}).encode("cp1252"))
    assert result.items[0].debtor_name == "Café Één €"
    assert (only_finding(result).line, only_finding(result).severity) == (1, "warning")


def test_separators_inside_quotes_do_not_decide_or_divide() -> None:
    result = read(
        '"number","due","amount","debtor_name, ""a;b;c;d;e;f""","debtor","kind","invoice_date"\n'
        '"F-1","2026-03-15","1.234,56","","Bakker, ""De"" Zoon","business","2026-03-01"\n'
    )
    assert (result.items[0].debtor_name, result.items[0].amount) == ('Bakker, "De" Zoon', eur("1234.56"))


def test_the_separator_line_of_excel_decides() -> None:
    result = read("sep=;\n" + table({}))
    assert (result.findings, result.items[0].line) == ((), 3)


def test_empty_rows_are_passed_over_and_lines_stay_right() -> None:
    text = table({}, {"due": "soon"})
    header, first, second, _ = text.split("\n")
    result = read("\n".join(["", header, "", first, ";;;;;;", "", second]))
    assert (result.items[0].line, only_finding(result).line) == (4, 7)


def test_a_line_break_inside_quotes_belongs_to_the_cell() -> None:
    result = read(table({"street": '"Meelgang 12\nachterom"'}, {"due": "soon"}))
    assert (result.items[0].street, only_finding(result).line) == ("Meelgang 12 achterom", 4)


def test_a_row_with_a_cell_too_many_says_both_counts() -> None:
    result = read(table({}, {}, {}).replace("F-2;", "F-2;;"))
    assert [row.number for row in result.items] == ["F-1", "F-3"]
    assert "8 cells but the header has 7" in only_finding(result).reason
    assert only_finding(result).line == 3


def test_a_quote_that_is_not_closed_is_reported_where_it_opens() -> None:
    result = read(table({}, {"debtor_name": '"De Korenaar'}, {}))
    assert [row.number for row in result.items] == ["F-1"]
    assert only_finding(result).line == 3
    assert "not closed" in only_finding(result).reason
    assert "lines 3 to 4" in only_finding(result).reason


def test_text_behind_a_quote_costs_one_row_only() -> None:
    result = read(table({}, {"debtor_name": '"De Ster" BV'}, {}))
    assert [row.number for row in result.items] == ["F-1", "F-3"]
    assert "twice" in only_finding(result).reason


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b" \r\n\n", "the file is empty"),
        (codecs.BOM_UTF8, "the file is empty"),
        (table({}).split("\n")[0].encode(), "holds no invoices"),
        (table({}).encode() + b"\x00", "not a text file"),
        (b"PK\x03\x04\x14\x00", "Excel workbook"),
        (codecs.BOM_UTF16_LE + b"a", "not a text file"),
        (b"number\x81", "not a text file"),
        (b"hello world\nmore", "no column name was recognised"),
    ],
)
def test_a_file_that_is_no_list_gives_one_finding(data: bytes, said: str) -> None:
    result = read(data)
    assert result.items == ()
    assert said in only_finding(result).reason
    assert only_finding(result).severity == "error"


def test_a_file_over_the_limit_is_refused() -> None:
    assert "larger than 50 MB" in only_finding(read(b"x" * (MAX_BYTES + 1))).reason


def test_a_quote_open_over_many_rows_loses_no_row_silently() -> None:
    rows = [{"debtor_name": '"De Korenaar'}, *[{"reference": "x" * 900}] * 200]
    result = read(table(*rows))
    finding = next(finding for finding in result.findings if finding.line == 2)
    first_read = result.items[0].line
    assert f"lines 2 to {first_read - 1} could not be read" in finding.reason
    assert len(result.items) == 202 - first_read + 1


# --- amounts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1234.56", "1234.56"),
        ("€ 1.234,50", "1234.50"),
        ("€1.234,50", "1234.50"),
        ("EUR 1.234,50", "1234.50"),
        ("1.234,50 eur", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234,50", "1234.50"),
        ("1\u202f234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1 234", "1234.00"),
        ("1234", "1234.00"),
        ("1.234.567", "1234567.00"),
        ("1,234,567.8", "1234567.80"),
        ("1.234,-", "1234.00"),
        ("€ 12,--", "12.00"),
        ("+5,5", "5.50"),
        (",50", "0.50"),
    ],
)
def test_an_amount_is_read_in_every_usual_form(written: str, value: str) -> None:
    assert item(amount=written).amount == eur(value)


@pytest.mark.parametrize("written", ["1.234", "1,234"])
def test_an_amount_with_two_readings_is_refused_and_both_are_named(written: str) -> None:
    finding = refused(amount=written)
    assert "1234 or 1.234" in finding.reason
    assert finding.column == "amount"


@pytest.mark.parametrize(
    ("written", "neighbour", "value"),
    [
        ("1.234", "9,95", "1234"),
        ("1.234", "1.234.567", "1234"),
        ("1,234", "9.95", "1234"),
        ("1.234", "2.345,6", "1234"),
    ],
)
def test_the_rest_of_the_column_decides_between_two_readings(written: str, neighbour: str, value: str) -> None:
    result = read(table({"amount": written}, {"amount": neighbour}))
    assert result.findings == ()
    assert result.items[0].amount == eur(value)


def test_the_column_may_show_that_an_amount_has_three_decimals() -> None:
    result = read(table({"amount": "1.234"}, {"amount": "9.95"}))
    assert "three decimals" in only_finding(result).reason
    assert [row.number for row in result.items] == ["F-2"]


def test_a_column_that_contradicts_itself_decides_nothing() -> None:
    result = read(table({"amount": "1.234"}, {"amount": "9.95"}, {"amount": "9,95"}))
    assert (only_finding(result).line, len(result.items)) == (2, 2)


def test_another_column_does_not_decide() -> None:
    assert refused(amount="1.234", open="9,95").column == "amount"


@pytest.mark.parametrize("written", ["1.234,567", "0,123", "1234.567", "12,3456"])
def test_more_than_two_decimals_are_refused(written: str) -> None:
    assert "more than two decimals" in refused(amount=written).reason


@pytest.mark.parametrize(
    "written", ["12.34.567,00", "1,23,456", "12 34", "twelve", "1e5", "--5", "=A1+1", "1_000", "٣"]
)
def test_what_is_no_amount_is_refused(written: str) -> None:
    assert "is not an amount" in refused(amount=written).reason


@pytest.mark.parametrize("written", ["-100,00", "100,00-", "€ -100,00", "-€ 100,00", "(100,00)", "−100,00"])
def test_a_credit_note_is_left_out(written: str) -> None:
    assert "credit notes come with the UBL import" in refused(amount=written).reason


def test_an_invoice_from_which_another_row_takes_something_off_is_not_collected() -> None:
    result = read(table({"number": "F-1"}, {"number": "F-1", "amount": "-40,00", "key": "x"}, {"number": "F-2"}))
    assert [row.number for row in result.items] == ["F-2"]
    assert [finding.line for finding in result.findings] == [2, 3]
    assert "line 3" in result.findings[0].reason


def test_no_more_can_be_open_than_was_invoiced() -> None:
    assert "more than the invoice amount" in refused(amount="100,00", open="100,01").reason


@pytest.mark.parametrize("cells", [{"open": "0,00"}, {"amount": "0"}, {"amount": "", "open": "0"}])
def test_a_paid_invoice_is_left_out_with_a_warning(cells: dict[str, str]) -> None:
    result = read(table(cells))
    assert result.items == ()
    assert only_finding(result).severity == "warning"


def test_the_open_amount_stands_in_for_a_missing_principal() -> None:
    assert item(amount="", open="12,50").amount == eur("12.50")


def test_a_row_without_any_amount_is_refused() -> None:
    assert "no amount" in refused(amount="").reason


def test_currency_is_three_letters_and_agrees_with_the_amount() -> None:
    assert item(currency="usd", amount="$ 5.00").amount == Money(Decimal("5.00"), "USD")
    assert item(currency="JPY", amount="500").amount == Money(Decimal("500"), "JPY")
    assert refused(currency="euro").column == "currency"
    assert "is in USD but the invoice is in EUR" in refused(amount="USD 5,00").reason
    assert "JPY" in refused(currency="JPY", amount="5,50").reason


# --- dates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["2026-03-20", "20-03-2026", "20/03/2026", "20.3.2026", "20260320", "2026/3/20", "2026-03-20 00:00:00"],
)
def test_a_date_is_read_in_every_usual_form(written: str) -> None:
    assert item(due=written).due == date(2026, 3, 20)


def test_the_day_always_comes_first() -> None:
    assert item(due="4/3/2026").due == date(2026, 3, 4)


def test_a_date_with_the_month_first_is_refused_and_explained() -> None:
    finding = refused(due="03/13/2026")
    assert "no month 13" in finding.reason
    assert "13/03/2026 or 2026-03-13" in finding.reason


def test_a_column_with_the_month_first_makes_its_other_dates_suspect() -> None:
    result = read(table({"due": "04/03/2026"}, {"due": "03/13/2026"}))
    assert [(finding.line, finding.severity) for finding in result.findings] == [(3, "warning"), (3, "error")]
    assert "check line 2" in result.findings[0].reason


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("46082", "day number of a spreadsheet"),
        ("30-02-2026", "does not exist"),
        ("15-03-1926", "check the year"),
        ("0000-00-00", "this is empty"),
        ("soon", "is not a date"),
        ("2026-03-20T23:30:00Z", "is not a date"),
        ("20-03/2026", "is not a date"),
    ],
)
def test_what_is_no_date_is_refused(written: str, said: str) -> None:
    assert said in refused(due=written).reason


def test_an_invoice_is_not_due_before_its_date() -> None:
    assert refused(invoice_date="2026-03-01", due="2026-02-28").column == "due"


@pytest.mark.parametrize("column", ["received_on", "last_contact_on", "notice_posted_on"])
def test_what_has_happened_lies_not_after_today(column: str) -> None:
    assert "lies after today" in refused(**{column: "2026-04-02", "notice_proof": ""}).reason


def test_an_invoice_of_tomorrow_is_read_with_a_warning() -> None:
    result = read(table({"invoice_date": "2026-04-02", "due": "2026-04-30"}))
    assert (len(result.items), only_finding(result).severity) == (1, "warning")


# --- debtors -----------------------------------------------------------------------------------------------


def test_a_debtor_without_a_number_gets_a_stable_id_without_his_name() -> None:
    slug = item(debtor_number="", debtor_name="Café De Wit", postcode="1234 AB").debtor_id
    assert slug == debtor_slug("CAFE  de-wit", "1234ab")
    assert slug != debtor_slug("Café De Wit", "1234 AC")
    # sha256 of "cafedewit", a line feed and "1234ab", by coreutils' sha256sum
    assert slug == "d-b6fd2ad56e4634ab"


def test_a_debtor_known_by_name_only_is_remarked_once() -> None:
    result = read(table({"debtor_number": ""}, {"debtor_number": ""}))
    assert "no debtor number and no postcode" in only_finding(result).reason
    assert len({row.debtor_id for row in result.items}) == 1


def test_a_debtor_number_with_two_names_is_remarked() -> None:
    result = read(table({}, {"debtor_name": "Bakkerij de korenaar"}, {"debtor_name": "Iemand Anders"}))
    assert (only_finding(result).line, only_finding(result).severity, len(result.items)) == (4, "warning", 3)


def test_a_row_without_a_debtor_is_refused() -> None:
    assert "there is no debtor" in refused(debtor_number="", debtor_name="").reason


@pytest.mark.parametrize(
    ("cells", "person", "business", "government"),
    [
        ({"kind": "zakelijk"}, "no", "yes", "unknown"),
        ({"kind": "particulier"}, "yes", "no", "no"),
        ({"kind": "business", "natural_person": "ja"}, "yes", "yes", "unknown"),
        ({"kind": "", "natural_person": "nee"}, "no", "unknown", "unknown"),
        ({"kind": "", "in_business": "yes"}, "unknown", "yes", "unknown"),
        ({"kind": "", "government": "ja"}, "no", "unknown", "yes"),
    ],
)
def test_legal_status_comes_from_the_columns_and_the_short_form(
    cells: dict[str, str], person: str, business: str, government: str
) -> None:
    result = read(table(cells))
    assert result.findings == ()
    row = result.items[0]
    assert (row.natural_person, row.in_business, row.government) == (person, business, government)
    assert row.legal_status.protected_as_consumer == (cells["kind"] == "particulier")


@pytest.mark.parametrize("cells", [{"kind": ""}, {"kind": "", "natural_person": "yes"}])
def test_an_unknown_status_is_treated_as_a_consumer_with_a_warning(cells: dict[str, str]) -> None:
    result = read(table(cells))
    assert result.items[0].legal_status.protected_as_consumer
    assert (only_finding(result).line, only_finding(result).severity) == (2, "warning")
    assert "treated as a consumer in letters and costs" in only_finding(result).reason


def test_a_file_that_never_says_who_is_a_consumer_is_remarked_once() -> None:
    finding = only_finding(read(table({}, {}, without=["kind"])))
    assert (finding.line, finding.severity) == (1, "warning")


@pytest.mark.parametrize(
    "cells",
    [
        {"kind": "consumer", "natural_person": "no"},
        {"kind": "consumer", "in_business": "yes"},
        {"kind": "business", "in_business": "no"},
        {"kind": "", "natural_person": "yes", "government": "yes"},
    ],
)
def test_a_status_that_contradicts_itself_is_refused(cells: dict[str, str]) -> None:
    assert "correct" in refused(**cells).reason


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("term_basis", "soon"),
        ("law", "FR"),
        ("handed_off", "perhaps"),
        ("notice_proof", "delivered"),
        ("promise_amount", "50,00"),
        ("hold_until", "2026-05-01"),
        ("number", "F" * 65),
    ],
)
def test_what_cannot_be_used_is_refused_in_its_column(column: str, written: str) -> None:
    assert refused(**{column: written}).column == column


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("email", "ilse"),
        ("email", "ilse@korenaar"),
        ("email", "ilse@korenaar..example"),
        ("phone", "3,16E+10"),
        ("phone", "0612"),
        ("country", "Atlantis"),
        ("language", "klingon"),
        ("kind", "maybe"),
        ("document", "/etc/passwd"),
        ("document", "../secret.pdf"),
        ("document", "C:\\F-1.pdf"),
        ("reference", "x" * 1001),
        ("city", "Zut\x1bphen"),
    ],
)
def test_a_side_field_that_cannot_be_used_leaves_out_itself_and_never_the_invoice(column: str, written: str) -> None:
    result = read(table({column: written}))
    assert {each.severity for each in result.findings} == {"warning"}
    assert (result.findings[0].column, len(result.items)) == (column, 1)


@pytest.mark.parametrize(
    ("column", "written", "used"),
    [
        ("email", "a@b.example c@d.example", "a@b.example"),
        ("email", "a@b.example; c@d.example", "a@b.example"),
        ("email", "a@b.example / c@d.example", "a@b.example"),
        ("email", "Ilse <ilse@korenaar.example>", "ilse@korenaar.example"),
        ("email", "mailto:ilse@korenaar.example", "ilse@korenaar.example"),
        ("email", "ilse@korenaar.example.", "ilse@korenaar.example"),
        ("email", "geen", None),
        ("phone", "tel 010 123 45 67", "0101234567"),
        ("phone", "010-1234567 (kantoor)", "0101234567"),
        ("phone", "06-12345678 / 050-1234567", "0612345678"),
        ("phone", "onbekend", None),
        ("country", "NLD", "NL"),
        ("country", "Holland", "NL"),
        ("country", "Pologne", "PL"),
        ("country", "Tschechien", "CZ"),
        ("language", "vlaams", "nl"),
        ("language", "Nederlands (België)", "nl"),
        ("language", "fra", "fr"),
    ],
)
def test_a_side_field_is_used_where_it_can_be(column: str, written: str, used: str | None) -> None:
    assert getattr(item(**{column: written}), column) == used


def test_a_sole_trader_is_a_business_and_a_natural_person() -> None:
    told = item(kind="ZZP'er")
    assert (told.natural_person, told.in_business) == (YesNoUnknown.YES, YesNoUnknown.YES)


@pytest.mark.parametrize("cell", ["2,67E+07", "#NAAM?", "#N/B", "#VERW!", "#REF!", "#WAARDE!", "1.2E+10"])
def test_what_a_spreadsheet_damaged_is_refused_where_it_names_the_invoice_or_the_debtor(cell: str) -> None:
    for column in ("number", "debtor_number", "debtor_name"):
        assert "spreadsheet" in refused(**{column: cell}).reason
    assert "spreadsheet" in dropped(reference=cell).reason


@pytest.mark.parametrize(
    "written",
    [
        *(
            "3-apr-26",
            "3 april 2026",
            "03.04.26",
            "3-4-2026 0:00",
            "2026-04-03T00:00:00+02:00",
            "/Date(1775174400000)/",
        ),
        *("3 avril 2026", "3. April 2026", "3-4-2026 00:00:00", "4/3/26 12:00 AM"),
    ],
)
def test_a_day_is_read_as_people_and_programs_write_it(written: str) -> None:
    expected = date(2026, 3, 4) if written.startswith("4/3") else date(2026, 4, 3)
    assert item(due=written).due == expected


def test_a_year_of_two_digits_is_asked_about_once_where_it_may_come_first() -> None:
    result = read(table({"due": "25-9-26"}, {"due": "25-9-27"}))
    (finding,) = [each for each in result.findings if each.severity == "error"]
    assert (finding.line, finding.column, result.items) == (1, "due", ())
    assert len(read(table({"due": "25-9-26"}, {"due": "4-sep-26"})).items) == 2, "the column shows it"


@pytest.mark.parametrize(
    ("written", "country", "read_as"),
    [
        ("+31 (0)10-123 45 67", "", "+31101234567"),
        ("0032 2 123 45 67", "BE", "+3221234567"),
        ("02 123 45 67", "BE", "+3221234567"),
        ("010 123 45 67", "", "0101234567"),
    ],
)
def test_a_telephone_number_is_made_international_where_the_country_is_known(
    written: str, country: str, read_as: str
) -> None:
    assert item(phone=written, country=country).phone == read_as


@pytest.mark.parametrize(
    ("written", "country", "what"),
    [
        ("0900-1234567", "NL", "a premium-rate number"),
        ("0906 1234", "", "a premium-rate number"),
        ("+31 909 0123", "", "a premium-rate number"),
        ("0902 12 345", "BE", "a premium-rate number"),
        ("070 12 34 56", "BE", "a premium-rate number"),
        ("0031 (0)900 1234567", "", "a premium-rate number"),
        ("00 881 6 2345 6789", "", "a satellite number"),
        ("+870 773 111 632", "NL", "a satellite number"),
        ("0900", "NL", "a premium-rate number"),
        ("0900 123", "NL", "a premium-rate number"),
        ("+31 900 1234567 890123", "", "a premium-rate number"),
        ("0800 1234", "NL", "a toll-free number"),
    ],
)
def test_a_number_that_nobody_may_call_is_left_out_with_a_warning_and_the_invoice_stays(
    written: str, country: str, what: str
) -> None:
    result = read(table({"phone": written, "country": country}))
    finding = only_finding(result)
    assert (finding.severity, finding.column) == ("warning", "phone")
    assert f"is {what}" in finding.reason
    assert [each.phone for each in result.items] == [None]


@pytest.mark.parametrize(
    "written",
    ["els@b\u0430nk.example", "els@xn--bnk-6cd.example", "els@\u0441\u043e\u0440.nl", "ELS@B\u0430NK.example"],
)
def test_a_domain_that_looks_like_another_is_kept_with_a_warning(written: str) -> None:
    result = read(table({"email": written}))
    finding = only_finding(result)
    assert (finding.severity, finding.column) == ("warning", "email")
    assert "xn--" in finding.reason, "it says how the domain travels: the two look alike"
    assert "check_email_domain" in finding.reason
    assert [each.email for each in result.items] == [written]


def test_a_domain_of_one_other_script_is_an_address_like_any_other() -> None:
    written = "els@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444"
    assert read(table({"email": written})).findings == ()


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\u00ad", "\u2066", "\ufeff"])
def test_an_address_with_a_sign_that_nobody_sees_is_left_out_with_a_warning(sign: str) -> None:
    result = read(table({"email": f"els@kore{sign}naar.example"}))
    assert (only_finding(result).severity, [each.email for each in result.items]) == ("warning", [None])


@given(st.text("0123456789+ ()-./", max_size=25), st.sampled_from([None, "NL", "BE", "DE", "XX"]))
def test_a_number_is_read_left_out_or_refused_and_never_one_that_costs(written: str, country: str | None) -> None:
    try:
        number = read_phone(written, country)
    except Unreadable:
        return
    assert why_unusable(number, country) is None
    assert re.fullmatch(r"\+?[0-9]{6,15}", number)


def test_a_cell_that_looks_like_a_formula_is_plain_text() -> None:
    assert item(reference="=1+1").reference == "=1+1"


# --- earlier collection ------------------------------------------------------------------------------------


def test_a_notice_without_proof_is_read_and_will_be_repeated() -> None:
    result = read(table({"notice_posted_on": "2026-03-20"}))
    assert result.items[0].notice_proof is None
    assert "will be sent again" in only_finding(result).reason


def test_a_promise_never_exceeds_what_is_open() -> None:
    assert refused(promise_until="2026-04-05", promise_amount="100,01").column == "promise_amount"
    assert refused(promise_until="2026-04-05", promise_amount="0").column == "promise_amount"
    assert item(promise_until="2026-04-05").promise_amount is None


def test_a_hold_is_a_reason_and_no_is_none() -> None:
    assert item(hold="overleg").hold == "overleg"
    assert item(hold="nee").hold is None


@pytest.mark.parametrize(
    "cells",
    [
        {"last_step": "reminder"},
        {"last_contact_on": "2026-03-20"},
        {"promise_until": "2026-04-05"},
        {"hold": "overleg"},
        {"handed_off": "ja"},
    ],
)
def test_any_word_of_earlier_collection_is_history(cells: dict[str, str]) -> None:
    assert item(**cells).has_history


# --- keys and findings -------------------------------------------------------------------------------------


def test_the_key_is_the_systems_id_else_year_and_number() -> None:
    assert case_key(item(key="9f3c")) == "9f3c"
    assert case_key(item()) == "2026-F-1"


def test_of_the_same_invoice_on_two_rows_neither_is_used() -> None:
    result = read(table({"number": "F-1"}, {"number": "F-1"}))
    assert result.items == ()
    assert [finding.line for finding in result.findings] == [2, 3]
    assert "stands on line 2 already" in result.findings[1].reason


def test_the_same_number_in_another_year_is_another_invoice() -> None:
    rows = {"number": "F-1"}, {"number": "F-1", "invoice_date": "2025-12-01"}
    assert len(read(table(*rows)).items) == 2


def test_a_bad_row_does_not_stop_the_others_and_all_its_faults_are_told() -> None:
    result = read(table({}, {"due": "soon", "hold_until": "x", "amount": "many"}, {}))
    assert [row.number for row in result.items] == ["F-1", "F-3"]
    assert {finding.column for finding in result.findings} == {"due", "hold_until", "amount"}
    assert result.has_errors


def test_findings_come_in_order_of_line_and_are_one_line_each() -> None:
    result = read(table({"due": "x"}, {"number": ""}, {"amount": "y"}, {"kind": ""}))
    assert [finding.line for finding in result.findings] == [2, 3, 4, 5]
    assert str(result.findings[0]) == "open.csv:2: due: 'x' is not a date: write it like 2026-03-01 or 01-03-2026"
    assert str(only_finding(read(b""))) == "open.csv:1: the file is empty: export the open items again"


# --- properties --------------------------------------------------------------------------------------------

cents = st.integers(min_value=1, max_value=10**13 - 1)


def written_amounts(value: int) -> list[str]:
    """Write an amount in cents in every style, from its digits alone."""
    whole, part = str(value // 100), f"{value % 100:02}"
    groups = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)][::-1]
    marks = {".": ",", ",": ".", " ": ",", "\u00a0": ".", "": ","}
    plain = [thousands.join(groups) + mark + part for thousands, mark in marks.items()]
    return [*plain, f"{whole}.{part}", f"€ {plain[0]}", f"{plain[1]} EUR"]


@given(cents)
def test_every_amount_in_every_style_reads_back_equal(value: int) -> None:
    styles = written_amounts(value)
    result = read(table(*({"amount": style} for style in styles)))
    assert result.findings == ()
    assert [row.amount.minor for row in result.items] == [value] * len(styles)


@given(cents)
def test_every_negative_amount_is_refused(value: int) -> None:
    styles = written_amounts(value)
    rows = [{"amount": form} for style in styles[:6] for form in (f"-{style}", f"{style}-", f"{style} -")]
    result = read(table(*rows))
    assert result.items == ()
    assert all("is negative" in finding.reason for finding in result.findings)
    assert len(result.findings) == len(rows)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31)))
def test_every_date_in_every_form_reads_back_equal(day: date) -> None:
    d, m, y = day.day, day.month, day.year
    forms = [
        day.isoformat(),
        f"{y}{m:02}{d:02}",
        *(f"{d:02}{mark}{m:02}{mark}{y}" for mark in "-/."),
        *(f"{d}{mark}{m}{mark}{y}" for mark in "-/."),
    ]
    result = read(table(*({"invoice_date": "1990-01-01", "due": form} for form in forms)))
    assert [row.due for row in result.items] == [day] * len(forms)


@given(st.binary())
def test_no_bytes_ever_raise(data: bytes) -> None:
    assert read(data).findings


@given(
    st.lists(st.lists(st.text(max_size=12), min_size=7, max_size=9), max_size=4),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_no_cells_ever_raise_and_every_finding_is_one_line(
    rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    lines = [delimiter.join(GOOD), *(delimiter.join(row) for row in rows)]
    result = read("\n".join(lines).encode(encoding, errors="replace"))
    assert all(len(str(finding).splitlines()) == 1 for finding in result.findings)
    assert list(result.findings) == sorted(result.findings, key=lambda finding: finding.line)


_CELLS = st.sampled_from(
    (
        *("", "x", "-1", "0", "1.234", "9,95", "€", "99999999999999999999", "2026-02-30", "01-03-2026", "ja"),
        *(
            "nee",
            "?",
            "BE",
            "a@b",
            "+31 10 1234567",
            "..",
            "/",
            "\\",
            '"',
            '""',
            "\x1b",
            "é",
            "EUR",
            "JPY",
            "KWD",
        ),
    )
)


@given(st.lists(st.dictionaries(st.sampled_from([column.name for column in COLUMNS]), _CELLS), min_size=1, max_size=4))
def test_no_combination_of_columns_and_odd_values_raises(rows: list[dict[str, str]]) -> None:
    for row in read(table(*rows)).items:
        assert row.open.is_positive
        assert row.open <= row.amount
        assert row.due >= row.invoice_date
