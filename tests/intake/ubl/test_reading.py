"""Reading e-invoices: what each field is, what is refused, and what a person is told."""

import base64
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.invoice import YesNoUnknown
from domain.money import Money
from domain.parties import Creditor, PolicyRule
from intake.comparing import CannotImport
from intake.open_item import OpenItem, debtor_slug
from intake.ubl.document import Account, Identifier, UblDocument
from intake.ubl.open_item import check_supplier, customer_id, open_item_of
from intake.ubl.reading import UblFile, read_ubl

SAMPLES = Path(__file__).parents[3] / "samples" / "ubl"
INVOICE = (SAMPLES / "invoice-with-pdf.xml").read_text(encoding="utf-8")
CREDIT_NOTE = (SAMPLES / "credit-note.xml").read_text(encoding="utf-8")
CREDITOR = Creditor(
    id="papierhuis",
    name="Papierhuis Noorderlicht B.V.",
    kvk="00000000",
    vat="NL000000000B00",
    iban="NL91 ABNA 0417 1643 00",
    email="debiteuren@papierhuis.example",
    policies=(PolicyRule(policy="plain"),),
)


def read(text: str | bytes) -> UblFile:
    return read_ubl(text.encode() if isinstance(text, str) else text, file="f.xml")


def changed(*changes: tuple[str, str], of: str = INVOICE) -> UblFile:
    for before, after in changes:
        assert before in of
        of = of.replace(before, after)
    return read(of)


def document(*changes: tuple[str, str], of: str = INVOICE) -> UblDocument:
    found = changed(*changes, of=of)
    assert found.document is not None, [str(each) for each in found.findings]
    return found.document


def refusal(found: UblFile) -> str:
    assert found.document is None
    errors = [each for each in found.findings if each.severity == "error"]
    assert errors
    return str(errors[0])


def warnings(found: UblFile) -> str:
    assert found.document is not None
    return "\n".join(str(each) for each in found.findings)


def item_of(found: UblDocument, remarks: list[str] | None = None) -> OpenItem:
    told = remarks if remarks is not None else []
    return open_item_of(found, CREDITOR, lambda path, reason: told.append(f"{path}: {reason}"))


# What an invoice says ----------------------------------------------------------------------------------------


def test_an_invoice_is_read_whole() -> None:
    found = document()
    assert (found.root, found.number, found.type_code) == ("Invoice", "U-1001", "380")
    assert (found.issue_date, found.due) == (date(2026, 2, 2), date(2026, 3, 4))
    assert (found.payable.text, found.payable.currency) == ("1210.00", "EUR")
    assert found.buyer_reference == "Inkoop / Els"
    assert found.payment_references == ("BETALINGSKENMERK 3020 1001",)
    assert found.supplier.name == "Papierhuis Noorderlicht B.V."
    assert found.supplier.vat == "NL000000000B00"
    assert found.supplier.registrations == (Identifier("00000000", "0106"),)
    assert (found.product, found.delivered_on) == ("Pizzadozen, 40 pakken", None)
    assert found.customer.name == "Bakkerij De Vroege Vogel B.V."
    assert found.customer.identifiers == (Identifier("D-2001"),)
    assert found.customer.address.postcode == "9711 AA"
    assert found.customer.contact.email == "els@vroegevogel.example"


def test_a_sample_breaks_no_rule() -> None:
    for sample in SAMPLES.glob("*.xml"):
        assert read_ubl(sample.read_bytes(), file=sample.name).findings == ()


def test_all_accounts_are_read_without_their_spaces_and_each_once() -> None:
    found = document(("NL02ABNA0123456789", "nl91 abna 0417 1643 00"))
    assert found.accounts == (Account("NL91ABNA0417164300"),)
    assert [each.number for each in document().accounts] == ["NL91ABNA0417164300", "NL02ABNA0123456789"]


def test_the_due_date_may_stand_with_the_way_to_pay() -> None:
    found = document(
        ("  <cbc:DueDate>2026-03-04</cbc:DueDate>\n", ""),
        ("</cbc:PaymentMeansCode>", "</cbc:PaymentMeansCode><cbc:PaymentDueDate>2026-03-09</cbc:PaymentDueDate>"),
    )
    assert found.due == date(2026, 3, 9)


def test_of_two_due_dates_the_later_counts_and_a_person_is_told() -> None:
    found = changed(
        ("</cbc:PaymentMeansCode>", "</cbc:PaymentMeansCode><cbc:PaymentDueDate>2026-03-09</cbc:PaymentDueDate>")
    )
    assert found.document is not None
    assert found.document.due == date(2026, 3, 9)
    assert "several due dates (2026-03-04, 2026-03-09)" in warnings(found)


def test_a_date_may_have_a_zone() -> None:
    assert document(("2026-03-04<", "2026-03-04+01:00<")).due == date(2026, 3, 4)


def test_amounts_may_have_more_or_fewer_digits_than_the_currency_as_long_as_they_say_the_same() -> None:
    assert document(('EUR">1210.00</cbc:PayableAmount', 'EUR">1210</cbc:PayableAmount')).payable.text == "1210.00"
    assert document(('EUR">1210.00</cbc:PayableAmount', 'EUR">1210.0000</cbc:PayableAmount')).payable.text == "1210.00"
    wrong = refusal(changed(('EUR">1210.00</cbc:PayableAmount', 'EUR">1210.005</cbc:PayableAmount')))
    assert "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount" in wrong


def test_the_embedded_pdf_is_taken_out_byte_by_byte() -> None:
    (pdf,) = document().embedded
    assert (pdf.name, pdf.media_type) == ("U-1001.pdf", "application/pdf")
    between = INVOICE.split('filename="U-1001.pdf">')[1].split("</cbc:Embedded")[0]
    assert pdf.content == base64.b64decode(between)
    assert pdf.content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "C:\\x\\..\\evil.exe", "/root/a.pdf", "con\u202efdp.exe", ".pdf", ""],
)
def test_a_file_name_in_an_invoice_never_leaves_its_folder(name: str) -> None:
    (pdf,) = document(('filename="U-1001.pdf"', f'filename="{name}"')).embedded
    assert pdf.name.endswith(".pdf")
    assert not set(pdf.name) & set("/\\\u202e")
    assert not pdf.name.startswith(".")


def test_what_calls_itself_a_pdf_and_is_none_is_left_in_the_xml() -> None:
    found = changed(("JVBERi0x", "AAAAAAAA"))
    assert found.document is not None
    assert found.document.embedded == ()
    assert "calls itself application/pdf, but is none" in warnings(found)


# Credit notes ------------------------------------------------------------------------------------------------


def test_a_credit_note_names_the_invoice_it_reduces() -> None:
    found = read(CREDIT_NOTE)
    assert found.invoice is None
    assert found.credit_note is not None
    assert found.credit_note.credited.text == "121.00"
    assert [(each.number, each.issued_on) for each in found.credit_note.preceding] == [("U-1001", date(2026, 2, 2))]


def test_a_negative_invoice_is_a_credit() -> None:
    found = read_ubl((SAMPLES / "negative-invoice.xml").read_bytes(), file="n.xml")
    assert found.invoice is None
    assert found.credit_note is not None
    assert found.credit_note.payable.text == "-24.20"
    assert found.credit_note.credited.text == "24.20"


def test_a_file_that_calls_itself_an_invoice_and_a_credit_note_is_refused() -> None:
    assert "type 381 is that of a credit note" in refusal(changed((">380<", ">381<")))
    assert "type 380 is that of an invoice" in refusal(changed((">381<", ">380<"), of=CREDIT_NOTE))
    assert "would ask for money" in refusal(
        changed(('EUR">121.00</cbc:PayableAmount', 'EUR">-121.00</cbc:PayableAmount'), of=CREDIT_NOTE)
    )


# What is missing or wrong ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "place"),
    [
        ("<cbc:ID>U-1001</cbc:ID>\n  <cbc:IssueDate>", "/Invoice/cbc:ID"),
        ("<cbc:IssueDate>2026-02-02</cbc:IssueDate>", "/Invoice/cbc:IssueDate"),
        ("<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", "/Invoice/cbc:DocumentCurrencyCode"),
        (
            '<cbc:PayableAmount currencyID="EUR">1210.00</cbc:PayableAmount>',
            "/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount",
        ),
    ],
)
def test_what_can_not_be_done_without_is_named_with_its_place(what: str, place: str) -> None:
    said = refusal(changed((what, "<cbc:IssueDate>" if what.endswith("<cbc:IssueDate>") else "")))
    assert place in said
    assert "is missing" in said


def test_an_unreadable_date_is_named_with_line_and_path() -> None:
    said = refusal(changed(("2026-02-02</cbc:IssueDate>", "02-02-2026</cbc:IssueDate>")))
    line = INVOICE.splitlines().index("  <cbc:IssueDate>2026-02-02</cbc:IssueDate>") + 1
    assert said.startswith(f"f.xml:{line}: /Invoice/cbc:IssueDate: ")


def test_two_currencies_are_not_guessed_between() -> None:
    said = refusal(changed(('PayableAmount currencyID="EUR"', 'PayableAmount currencyID="USD"')))
    assert "'USD'" in said


def test_other_xml_is_refused_by_its_name() -> None:
    assert "CrossIndustryInvoice" in refusal(read("<CrossIndustryInvoice/>"))


def test_a_broken_rule_is_a_warning_with_its_name() -> None:
    found = changed(('EUR">1210.00</cbc:TaxInclusiveAmount', 'EUR">1200.00</cbc:TaxInclusiveAmount'))
    assert "[BR-CO-15] Invoice total amount with VAT (BT-112)" in warnings(found)
    assert "[BR-CO-16]" in warnings(found)


def test_a_breach_of_the_schema_is_a_warning_with_its_place() -> None:
    found = changed(("<cbc:BuyerReference>", "<cbc:Invented>x</cbc:Invented><cbc:BuyerReference>"))
    assert "/Invoice/cbc:Invented: UBL 2.1 schema: " in warnings(found)


def test_comments_and_character_data_do_not_change_a_value() -> None:
    found = document(
        (">U-1001</cbc:ID>\n  <cbc:IssueDate>", "> U-<!-- x -->10<![CDATA[01]]> </cbc:ID>\n  <cbc:IssueDate>")
    )
    assert found.number == "U-1001"


def test_other_prefixes_say_the_same() -> None:
    text = (
        INVOICE.replace("cbc:", "b:")
        .replace("cac:", "a:")
        .replace("xmlns:cbc", "xmlns:b")
        .replace("xmlns:cac", "xmlns:a")
    )
    assert document(of=text) == document()


def test_utf_16_and_latin_1_are_read() -> None:
    latin = INVOICE.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').replace("Vroege Vogel", "Vroegé Vogel")
    found = read(latin.encode("latin-1")).document
    assert found is not None
    assert found.customer.name == "Bakkerij De Vroegé Vogel B.V."
    wide = INVOICE.replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert read(wide.encode("utf-16")).document == document()


@pytest.mark.parametrize("amount", ["1e999999999", "-1E+999", "NaN", "Infinity", "1e-999999", "9" * 5000, "٣", "1_0"])
def test_no_amount_in_the_sums_makes_it_fail(amount: str) -> None:
    assert read(INVOICE.replace(">210.00<", f">{amount}<").replace(">1000.00<", f">{amount}<")).document is not None
    assert read(INVOICE.replace(">1210.00<", f">{amount}<")).document is None


# Hostile files -----------------------------------------------------------------------------------------------


def with_doctype(declaration: str, use: str = "") -> str:
    head, rest = INVOICE.split("<Invoice ", 1)
    return f"{head}{declaration}<Invoice {rest}".replace(
        "U-1001</cbc:ID>\n  <cbc:IssueDate>", f"{use}</cbc:ID>\n  <cbc:IssueDate>"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_external_entity_is_refused_and_never_read(tmp_path: Path, encoding: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret", encoding="utf-8")
    text = with_doctype(f'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "{secret.as_uri()}">]>', "&x;")
    found = read(text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding))
    assert "document type declaration" in refusal(found)
    assert "the-secret" not in str(found)


def test_an_external_document_type_is_refused() -> None:
    assert "document type" in refusal(read(with_doctype('<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:1/x.dtd">', "U")))


def test_a_billion_laughs_is_refused_at_once() -> None:
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = with_doctype(f'<!DOCTYPE Invoice [<!ENTITY l0 "lol">{layers}]>', "&l9;")
    assert "document type" in refusal(read(bomb))


def test_a_hundred_megabytes_are_refused_unread() -> None:
    huge = INVOICE.encode().replace(b"</Invoice>", b" " * 100_000_000 + b"</Invoice>")
    assert "larger than 20 MB" in refusal(read(huge))


def test_deep_nesting_is_refused() -> None:
    deep = INVOICE.replace("</Invoice>", "<cbc:Note>" * 100_000 + "</cbc:Note>" * 100_000 + "</Invoice>")
    assert "256 deep" in refusal(read(deep))


def test_a_file_of_nothing_but_elements_is_refused() -> None:
    assert "over half a million elements" in refusal(
        read(INVOICE.replace("</Invoice>", "<a/>" * 2_000_001 + "</Invoice>"))
    )


@pytest.mark.parametrize("times", [3_000, 20_000])
def test_thousands_of_wrong_fields_are_told_in_part(times: int) -> None:
    means = "<cac:PaymentMeans><cbc:PaymentDueDate>?</cbc:PaymentDueDate></cac:PaymentMeans>" * times
    found = changed(("  <cac:TaxTotal>", means + "  <cac:TaxTotal>"))
    assert len(found.findings) < 200


@pytest.mark.parametrize("data", [b"", b"  ", b"<", b"<Invoice", b"\x00\x01", b"%PDF-1.4", b"<a></b>", b"\xff\xfe<"])
def test_what_is_no_xml_is_refused_in_words(data: bytes) -> None:
    assert read(data).document is None
    (finding,) = read(data).findings
    assert finding.severity == "error"


# What it means for collecting --------------------------------------------------------------------------------


def test_the_open_item_has_debtor_contact_and_amount() -> None:
    item = item_of(document())
    assert (item.debtor_id, item.debtor_name) == ("D-2001", "Bakkerij De Vroege Vogel B.V.")
    assert (item.street, item.postcode, item.city) == ("Ovenstraat 3", "9711 AA", "Groningen")
    assert (item.email, item.phone, item.contact_name) == ("els@vroegevogel.example", "+319700000117", "Els de Wit")
    assert (item.amount.text, item.open.text, item.due) == ("1210.00", "1210.00", date(2026, 3, 4))


def test_without_a_due_date_the_file_is_refused_and_the_date_asked_for() -> None:
    found = document(("  <cbc:DueDate>2026-03-04</cbc:DueDate>\n", ""))
    with pytest.raises(CannotImport, match="no due date") as caught:
        item_of(found)
    assert caught.value.column == "/cbc:DueDate"


def test_a_company_number_and_a_legal_form_make_a_company() -> None:
    item = item_of(document())
    assert (item.natural_person, item.in_business) == (YesNoUnknown.NO, YesNoUnknown.YES)
    assert "KvK number and legal form bv" in item.legal_status.evidence


def test_a_company_number_alone_may_be_that_of_a_sole_trader() -> None:
    item = item_of(document(("Bakkerij De Vroege Vogel B.V.", "Els de Wit Ontwerp")))
    assert (item.natural_person, item.in_business) == (YesNoUnknown.UNKNOWN, YesNoUnknown.YES)
    partners = item_of(document(("Bakkerij De Vroege Vogel B.V.", "Bakkerij De Wit v.o.f.")))
    assert partners.natural_person is YesNoUnknown.UNKNOWN


@pytest.mark.parametrize(
    "number",
    [
        "",  # none at all
        "<cbc:CompanyID>00000017</cbc:CompanyID>",  # nobody says which register
        '<cbc:CompanyID schemeID="0190">00000001003214345000</cbc:CompanyID>',  # OIN
        '<cbc:CompanyID schemeID="0088">8712345000004</cbc:CompanyID>',  # GLN
        '<cbc:CompanyID schemeID="0106">particulier</cbc:CompanyID>',  # no KvK number
    ],
)
def test_nothing_is_concluded_from_a_number_that_is_missing_or_says_nothing(number: str) -> None:
    remarks: list[str] = []
    item = item_of(document(('<cbc:CompanyID schemeID="0106">00000017</cbc:CompanyID>', number)), remarks)
    assert (item.natural_person, item.in_business) == (YesNoUnknown.UNKNOWN, YesNoUnknown.UNKNOWN)
    assert item.legal_status.protected_as_consumer
    assert any("treated as a consumer" in remark for remark in remarks)


def test_a_direct_debit_waits_for_a_person() -> None:
    found = document((">30</cbc:PaymentMeansCode>", ">59</cbc:PaymentMeansCode>"))
    assert found.direct_debit
    assert item_of(found).hold == "direct debit"


def test_an_account_that_is_not_in_the_profile_is_remarked() -> None:
    remarks: list[str] = []
    item_of(document(("NL91 ABNA 0417 1643 00", "NL20INGB0001234567")), remarks)
    assert any("NL20INGB0001234567" in remark and CREDITOR.iban in remark for remark in remarks)


def test_a_contact_that_can_not_be_used_is_left_out_with_a_remark() -> None:
    remarks: list[str] = []
    item = item_of(document(("els@vroegevogel.example", "see website")), remarks)
    assert item.email is None
    assert any("ElectronicMail" in remark for remark in remarks)


def test_the_customer_without_a_number_has_the_id_of_a_list_without_numbers() -> None:
    found = document(("<cac:PartyIdentification><cbc:ID>D-2001</cbc:ID></cac:PartyIdentification>", ""))
    assert customer_id(found) == debtor_slug("Bakkerij De Vroege Vogel B.V.", "9711 AA")


def test_an_invoice_of_somebody_else_is_not_collected() -> None:
    other = document((">00000000</cbc:CompanyID>", ">00000099</cbc:CompanyID>"), ("NL000000000B00", "NL000000099B01"))
    with pytest.raises(CannotImport, match="not Papierhuis"):
        check_supplier(other, CREDITOR, lambda path, reason: None)


def test_a_supplier_of_whom_nothing_is_known_but_the_name_is_taken_with_a_remark_only_when_it_differs() -> None:
    bare = CREDITOR.model_copy(update={"kvk": None, "vat": None})
    remarks: list[str] = []
    check_supplier(document(), bare, lambda path, reason: remarks.append(reason))
    assert remarks == []
    other = document(("Papierhuis Noorderlicht B.V.", "Papierhuis Zuiderlicht B.V."))
    check_supplier(other, bare, lambda path, reason: remarks.append(reason))
    assert len(remarks) == 1


# What was sold -----------------------------------------------------------------------------------------------

DELIVERED = "<cac:Delivery><cbc:ActualDeliveryDate>{}</cbc:ActualDeliveryDate></cac:Delivery><cac:PaymentMeans>"


def test_of_several_deliveries_the_first_counts() -> None:
    both = DELIVERED.format("2026-01-30").replace("<cac:PaymentMeans>", DELIVERED.format("2026-01-28"))
    found = document(("<cac:PaymentMeans>", both))
    assert found.delivered_on == date(2026, 1, 28)
    assert (item_of(found).delivered_on, item_of(found).goods) == (date(2026, 1, 28), False)


@pytest.mark.parametrize(
    ("name", "product"),
    [("Drie banken", "Drie banken"), ("–", None), ("", None), ("x" * 300, "x" * 200)],
)
def test_what_was_sold_is_the_name_of_the_first_item(name: str, product: str | None) -> None:
    found = changed(("Pizzadozen, 40 pakken", name)).document
    assert found is not None
    assert item_of(found).product == product


def test_a_structured_reference_is_found_in_what_the_payer_reads() -> None:
    note = "<cbc:Note>Gelieve +++010/8068/17183+++ te vermelden</cbc:Note>"
    found = changed(("<cbc:DocumentCurrencyCode>", f"{note}<cbc:DocumentCurrencyCode>")).document
    assert found is not None
    assert "+++010/8068/17183+++" in found.payment_references


def test_a_due_date_against_terms_in_words_is_told() -> None:
    found = document()
    same_day = replace(found, due_dates=(found.issue_date,), terms="Betaling binnen 30 dagen")
    remarks: list[str] = []
    open_item_of(same_day, CREDITOR, lambda path, reason: remarks.append(reason))
    assert any("due on the day of issue" in each for each in remarks)


def test_another_currency_is_told() -> None:
    remarks: list[str] = []
    dollars = replace(document(), payable=Money(Decimal("10.00"), "USD"))
    open_item_of(dollars, CREDITOR, lambda path, reason: remarks.append(reason))
    assert any("USD" in each for each in remarks)
