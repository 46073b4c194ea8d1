"""E-invoices in whatever they travel in, and in whichever syntax they are written."""

import base64
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfWriter

from intake.e_invoice import read_e_invoice
from intake.ubl.document import UblDocument
from intake.ubl.reading import UblFile

SAMPLES = Path(__file__).parents[2] / "samples" / "ubl"
FOUND = Path(__file__).parent / "ubl" / "found"
INVOICE = (SAMPLES / "invoice-with-pdf.xml").read_bytes()
CREDIT_NOTE = (SAMPLES / "credit-note.xml").read_bytes()
CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocument><ram:ID>2026-0600</ram:ID><ram:TypeCode>380</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20261102</udt:DateTimeString></ram:IssueDateTime>
 </rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedTradeProduct><ram:Name>Drukwerk</ram:Name>
  </ram:SpecifiedTradeProduct></ram:IncludedSupplyChainTradeLineItem>
  <ram:ApplicableHeaderTradeAgreement>
   <ram:SellerTradeParty><ram:Name>Papierhuis Noorderlicht B.V.</ram:Name>
    <ram:SpecifiedLegalOrganization><ram:ID schemeID="0106">00000000</ram:ID></ram:SpecifiedLegalOrganization>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">NL 000000000.B00</ram:ID></ram:SpecifiedTaxRegistration>
   </ram:SellerTradeParty>
   <ram:BuyerTradeParty><ram:ID>K-17</ram:ID><ram:Name>Bakkerij Voorbeeld B.V.</ram:Name>
    <ram:SpecifiedLegalOrganization><ram:ID schemeID="0106">12345678</ram:ID></ram:SpecifiedLegalOrganization>
    <ram:DefinedTradeContact><ram:EmailURIUniversalCommunication><ram:URIID>adm@bakkerij.example</ram:URIID>
    </ram:EmailURIUniversalCommunication></ram:DefinedTradeContact>
    <ram:PostalTradeAddress><ram:PostcodeCode>9401 AA</ram:PostcodeCode><ram:LineOne>Molenweg 1</ram:LineOne>
     <ram:CityName>Assen</ram:CityName><ram:CountryID>NL</ram:CountryID></ram:PostalTradeAddress>
   </ram:BuyerTradeParty>
  </ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeDelivery/>
  <ram:ApplicableHeaderTradeSettlement><ram:PaymentReference>2026-0600</ram:PaymentReference>
   <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount>
    <ram:IBANID>NL91ABNA0417164300</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
   </ram:SpecifiedTradeSettlementPaymentMeans>
   <ram:SpecifiedTradePaymentTerms><ram:Description>14 dagen</ram:Description><ram:DueDateDateTime>
    <udt:DateTimeString format="102">20261116</udt:DateTimeString></ram:DueDateDateTime>
   </ram:SpecifiedTradePaymentTerms>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:GrandTotalAmount>121.00</ram:GrandTotalAmount>
    <ram:TotalPrepaidAmount>21.00</ram:TotalPrepaidAmount><ram:DuePayableAmount>100.00</ram:DuePayableAmount>
   </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  </ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>"""
ENVELOPE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"


def read(data: bytes | str) -> UblFile:
    return read_e_invoice(data.encode() if isinstance(data, str) else data, file="f.xml")


def document(data: bytes | str) -> UblDocument:
    found = read(data)
    assert found.document is not None, [str(each) for each in found.findings]
    return found.document


def refusal(data: bytes | str) -> str:
    found = read(data)
    assert found.document is None
    return str(found.findings[0])


def enveloped(*documents: bytes) -> bytes:
    bare = b"".join(each.partition(b"?>")[2] for each in documents)
    header = b"<StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader>"
    return (
        b'<StandardBusinessDocument xmlns="'
        + ENVELOPE.encode()
        + b'">'
        + header
        + bare
        + b"</StandardBusinessDocument>"
    )


def attached(inside: bytes, *, binary: bool) -> bytes:
    names = "urn:oasis:names:specification:ubl:schema:xsd:"
    if binary:
        content = (
            f"<cbc:EmbeddedDocumentBinaryObject>{base64.b64encode(inside).decode()}</cbc:EmbeddedDocumentBinaryObject>"
        )
    else:
        text = inside.decode().replace("]]>", "]]]]><![CDATA[>")
        content = (
            f"<cac:ExternalReference><cbc:Description><![CDATA[{text}]]></cbc:Description></cac:ExternalReference>"
        )
    return (
        f'<AttachedDocument xmlns="{names}AttachedDocument-2" xmlns:cac="{names}CommonAggregateComponents-2"'
        f' xmlns:cbc="{names}CommonBasicComponents-2"><cac:Attachment>{content}</cac:Attachment></AttachedDocument>'
    ).encode()


def pdf(**attachments: bytes) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    for name, content in attachments.items():
        writer.add_attachment(name.replace("_", "-") + ".xml", content)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_the_invoice_in_a_peppol_envelope_is_taken() -> None:
    found = document((FOUND / "u05-sbdh-envelope.xml").read_bytes())
    assert (found.number, found.due, found.payable.text) == ("2026-0505", date(2026, 11, 16), "121.00")
    assert document(enveloped(INVOICE)) == document(INVOICE)
    assert document(enveloped(CREDIT_NOTE)) == document(CREDIT_NOTE)


def test_an_envelope_with_none_or_several_is_refused() -> None:
    assert "0 documents" in refusal(enveloped())
    assert "2 documents" in refusal(enveloped(INVOICE, INVOICE))
    deep = INVOICE
    for _ in range(5):
        deep = b'<?xml version="1.0"?>' + enveloped(deep)
    assert "three deep" in refusal(deep)


@pytest.mark.parametrize("binary", [True, False])
def test_the_invoice_in_an_attached_document_is_taken(binary: bool) -> None:
    assert document(attached(INVOICE, binary=binary)) == document(INVOICE)
    assert document(attached(CII.encode(), binary=binary)).number == "2026-0600"
    assert "no invoice in the AttachedDocument" in refusal(attached(b"hello", binary=binary))


def test_an_attached_document_is_read_as_safely_as_any_file() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert "document type declaration" in refusal(attached(bomb, binary=True))


def test_an_invoice_in_cii_says_the_same_as_one_in_ubl() -> None:
    found = document(CII)
    assert (found.number, found.issue_date, found.due) == ("2026-0600", date(2026, 11, 2), date(2026, 11, 16))
    assert (found.payable.text, found.with_vat and found.with_vat.text) == ("100.00", "121.00")
    assert (found.supplier.vat, found.supplier.registrations[0].value) == ("NL000000000B00", "00000000")
    assert (found.customer.name, found.customer.contact.email) == ("Bakkerij Voorbeeld B.V.", "adm@bakkerij.example")
    assert (found.customer.address.city, found.accounts[0].number) == ("Assen", "NL91ABNA0417164300")
    assert (found.product, found.is_credit, found.direct_debit) == ("Drukwerk", False, False)


def test_a_credit_note_in_cii_gives_money_back() -> None:
    found = document(CII.replace("<ram:TypeCode>380<", "<ram:TypeCode>381<"))
    assert (found.is_credit, found.credited.text) == (True, "100.00")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<ram:ID>2026-0600</ram:ID>", "", "the number is missing"),
        ("20261102", "20261302", "is no date"),
        (">100.00</ram:Due", ">100,00</ram:Due", "is no amount"),
        ("<ram:InvoiceCurrencyCode>EUR", "<ram:InvoiceCurrencyCode>EURO", "is no currency"),
        ("<ram:Name>Bakkerij Voorbeeld B.V.</ram:Name>", "", "name of the customer is missing"),
    ],
)
def test_what_an_invoice_in_cii_must_have_is_asked_for(before: str, after: str, said: str) -> None:
    assert before in CII
    assert said in refusal(CII.replace(before, after))


@pytest.mark.parametrize("name", ["factur_x", "zugferd_invoice", "xrechnung", "2026_0600"])
def test_the_xml_in_a_pdf_is_taken_and_the_pdf_kept(name: str) -> None:
    data = pdf(**{name: CII.encode()})
    found = document(data)
    assert found.number == "2026-0600"
    assert [(each.name, each.content == data) for each in found.embedded] == [("2026-0600.pdf", True)]


def test_a_bare_pdf_and_a_broken_one_are_told_apart() -> None:
    assert "a PDF without an e-invoice inside" in refusal(pdf())
    assert "damaged" in refusal(b"%PDF-1.7 nothing")


def test_of_several_terms_the_ladder_starts_at_the_first_and_all_are_kept() -> None:
    found = document((FOUND / "u16-instalments.xml").read_bytes())
    assert found.terms_due == (date(2026, 11, 10), date(2026, 12, 10))
    assert (found.due, found.due_dates) == (date(2026, 11, 10), found.terms_due)
