"""An invoice in CII is held against the schema and the rules of its profile; its attachments are taken out."""

from __future__ import annotations

import base64
import re
from time import perf_counter

import pytest

from intake.e_invoice import read_e_invoice
from intake.ubl.reading import UblFile

PDF = b"%PDF-1.7 attached"
IN_BASE64 = base64.b64encode(PDF).decode()
INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
  <ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>
 </rsm:ExchangedDocumentContext>
 <rsm:ExchangedDocument><ram:ID>2026-0600</ram:ID><ram:TypeCode>380</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20261102</udt:DateTimeString></ram:IssueDateTime>
 </rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
   <ram:SpecifiedTradeProduct><ram:Name>Drukwerk</ram:Name></ram:SpecifiedTradeProduct>
   <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>100.00</ram:ChargeAmount>
   </ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
   <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">1</ram:BilledQuantity>
   </ram:SpecifiedLineTradeDelivery>
   <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>
     <ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>21</ram:RateApplicablePercent>
    </ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>
     <ram:LineTotalAmount>100.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
   </ram:SpecifiedLineTradeSettlement>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:ApplicableHeaderTradeAgreement>
   <ram:SellerTradeParty><ram:Name>Papierhuis Noorderlicht B.V.</ram:Name>
    <ram:SpecifiedLegalOrganization><ram:ID schemeID="0106">00000000</ram:ID></ram:SpecifiedLegalOrganization>
    <ram:PostalTradeAddress><ram:PostcodeCode>9712 AB</ram:PostcodeCode><ram:LineOne>Kade 1</ram:LineOne>
     <ram:CityName>Groningen</ram:CityName><ram:CountryID>NL</ram:CountryID></ram:PostalTradeAddress>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">NL000000000B00</ram:ID></ram:SpecifiedTaxRegistration>
   </ram:SellerTradeParty>
   <ram:BuyerTradeParty><ram:Name>Bakkerij Voorbeeld B.V.</ram:Name>
    <ram:PostalTradeAddress><ram:PostcodeCode>9401 AA</ram:PostcodeCode><ram:LineOne>Molenweg 1</ram:LineOne>
     <ram:CityName>Assen</ram:CityName><ram:CountryID>NL</ram:CountryID></ram:PostalTradeAddress>
   </ram:BuyerTradeParty>
   <ram:AdditionalReferencedDocument><ram:IssuerAssignedID>bon-1</ram:IssuerAssignedID>
    <ram:TypeCode>916</ram:TypeCode>
    <ram:AttachmentBinaryObject mimeCode="application/pdf" filename="bon 1.pdf">{IN_BASE64}</ram:AttachmentBinaryObject>
   </ram:AdditionalReferencedDocument>
  </ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>
   <udt:DateTimeString format="102">20261101</udt:DateTimeString></ram:OccurrenceDateTime>
   </ram:ActualDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery>
  <ram:ApplicableHeaderTradeSettlement><ram:PaymentReference>2026-0600</ram:PaymentReference>
   <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount>
    <ram:IBANID>NL91ABNA0417164300</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
   </ram:SpecifiedTradeSettlementPaymentMeans>
   <ram:ApplicableTradeTax><ram:CalculatedAmount>21.00</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
    <ram:BasisAmount>100.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
    <ram:RateApplicablePercent>21</ram:RateApplicablePercent></ram:ApplicableTradeTax>
   <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
    <udt:DateTimeString format="102">20261116</udt:DateTimeString></ram:DueDateDateTime>
   </ram:SpecifiedTradePaymentTerms>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount>
    <ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount currencyID="EUR">21.00</ram:TaxTotalAmount>
    <ram:GrandTotalAmount>121.00</ram:GrandTotalAmount><ram:DuePayableAmount>121.00</ram:DuePayableAmount>
   </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  </ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>"""


def read(*changes: tuple[str, str]) -> UblFile:
    text = INVOICE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return read_e_invoice(text.encode(), file="invoice.xml")


def rules(result: UblFile) -> set[str]:
    told = (finding.reason for finding in result.findings if finding.is_rule)
    return {found[1] for each in told if (found := re.match(r"\[([^]]+)]", each))}


def test_an_invoice_that_keeps_the_rules_has_no_remark() -> None:
    assert [str(finding) for finding in read().findings] == []


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (">121.00</ram:GrandTotalAmount>", ">120.00</ram:GrandTotalAmount>", "BR-CO-15"),
        ("<ram:CategoryCode>S</ram:CategoryCode>", "<ram:CategoryCode>Z</ram:CategoryCode>", "BR-Z-05"),
        ("<ram:LineID>1</ram:LineID>", "", "BR-21"),
        ("<ram:CountryID>NL<", "<ram:CountryID>XX<", "FX-SCH-A-000580"),  # a code list, which stands beside the rules
    ],
)
def test_a_rule_that_is_broken_is_a_warning_and_the_invoice_is_taken(before: str, after: str, rule: str) -> None:
    result = read((before, after))
    assert rule in rules(result)
    assert result.document is not None
    assert {finding.severity for finding in result.findings} == {"warning"}


def test_what_the_schema_does_not_know_is_told_with_its_place() -> None:
    result = read(("<ram:LineID>1</ram:LineID>", "<ram:LineID>1</ram:LineID><ram:Colour>red</ram:Colour>"))
    (told,) = [finding for finding in result.findings if "schema" in finding.reason]
    assert told.reason.startswith("CII (en16931) schema: Element 'Colour'")
    assert told.column is not None and told.column.endswith("ram:AssociatedDocumentLineDocument/ram:Colour")


@pytest.mark.parametrize(
    "guideline",
    [
        "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
        "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended",
    ],
)
def test_a_file_is_held_against_the_profile_that_it_names(guideline: str) -> None:
    assert read(("urn:cen.eu:en16931:2017", guideline)).findings == ()


def test_a_minimum_invoice_needs_no_lines() -> None:
    without = re.sub(
        r"(?s)<ram:IncludedSupplyChainTradeLineItem>.*</ram:IncludedSupplyChainTradeLineItem>", "", INVOICE
    )
    minimum = without.replace("urn:cen.eu:en16931:2017", "urn:factur-x.eu:1p0:minimum")
    assert any("BR-16" in rule for rule in rules(read_e_invoice(without.encode(), file="invoice.xml")))
    assert not any("BR-16" in rule for rule in rules(read_e_invoice(minimum.encode(), file="invoice.xml")))


@pytest.mark.parametrize("amount", ["1,00", "many", "9" * 5000])
def test_at_a_number_that_is_none_the_rules_are_not_run_and_it_is_said(amount: str) -> None:
    result = read((">100.00</ram:LineTotalAmount>", f">{amount}</ram:LineTotalAmount>"))
    assert result.document is not None
    assert any("could not be run here" in finding.reason for finding in result.findings)


def test_the_documents_in_it_are_taken_out() -> None:
    document = read().document
    assert document is not None
    assert [(each.name, each.media_type, each.content) for each in document.embedded] == [
        ("bon 1.pdf", "application/pdf", PDF)
    ]


def test_a_document_that_may_not_travel_along_stays_where_it_is() -> None:
    result = read(('mimeCode="application/pdf"', 'mimeCode="application/x-sh"'))
    assert result.document is not None and result.document.embedded == ()
    assert any("may not travel in an invoice" in finding.reason for finding in result.findings)


def test_a_thousand_lines_are_checked_in_seconds() -> None:
    line = re.search(r"(?s)<ram:IncludedSupplyChainTradeLineItem>.*</ram:IncludedSupplyChainTradeLineItem>", INVOICE)
    assert line is not None
    read()  # the rules are compiled once
    begun = perf_counter()
    result = read((line[0], line[0] * 700))
    assert result.document is not None and rules(result)
    assert perf_counter() - begun < 20
