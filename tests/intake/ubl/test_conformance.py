"""Public e-invoices: every valid one is read, and read right; every invalid one is remarked or refused.

The second reading is plain XPath 1.0, written from the standard (EN 16931-3-2), and shares no line with ours.
"""

import os
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from intake.ubl.document import UblDocument
from intake.ubl.reading import UblFile, read_ubl
from tests.rows import in_rows

_DATA = os.environ.get("CONFORMANCE_DATA")
_FOLDERS = ("ubl-nlcius", "ubl-en16931")
_FILES = sorted(file for folder in _FOLDERS for file in (Path(_DATA) / folder).glob("*.xml")) if _DATA else []

pytestmark = pytest.mark.skipif(not _FILES, reason="CONFORMANCE_DATA names no folder with ubl-nlcius and ubl-en16931")

_WRONG = [file for file in _FILES if "_error" in file.name]
_RIGHT = [file for file in _FILES if file not in _WRONG]
_PARTY = {"supplier": "AccountingSupplierParty", "customer": "AccountingCustomerParty"}


@cache
def read(file: Path) -> UblFile:
    """Read once, for all that is asked of it."""
    return read_ubl(file.read_bytes(), file=file.name)


class SecondReading:
    """Values by XPath, with names without prefixes: `a/b` is child b of child a of the root."""

    def __init__(self, file: Path) -> None:
        self.root = etree.fromstring(file.read_bytes())

    def nodes(self, path: str) -> list[etree._Element]:
        steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
        found = self.root.xpath(f"/*/{steps}")
        assert isinstance(found, list)
        return [each for each in found if isinstance(each, etree._Element)]

    def texts(self, path: str) -> list[str]:
        texts = [str(each.xpath("normalize-space(.)")) for each in self.nodes(path)]
        return [text for text in texts if text]

    def text(self, path: str) -> str | None:
        return next(iter(self.texts(path)), None)


def readings(file: Path) -> tuple[UblDocument, SecondReading]:
    found = read(file)
    assert found.document is not None, [str(each) for each in found.findings]
    return found.document, SecondReading(file)


@in_rows("file", _RIGHT, ids=lambda file: file.stem)
def test_number_dates_currency_and_amounts_are_read_right(file: Path) -> None:
    ours, theirs = readings(file)
    assert ours.root == etree.QName(theirs.root).localname
    assert ours.number == theirs.text("ID")
    assert ours.issue_date == date.fromisoformat(theirs.text("IssueDate") or "")
    assert ours.type_code == (theirs.text("InvoiceTypeCode") or theirs.text("CreditNoteTypeCode"))
    places = ("DueDate", "PaymentMeans/PaymentDueDate", "PaymentTerms/PaymentDueDate")
    dates = [date.fromisoformat(text) for place in places for text in theirs.texts(place)]
    assert ours.due == (max(dates) if dates else None)
    assert ours.payable.currency == theirs.text("DocumentCurrencyCode")
    assert ours.payable.amount == Decimal(theirs.text("LegalMonetaryTotal/PayableAmount") or "")
    assert ours.with_vat is not None
    assert ours.with_vat.amount == Decimal(theirs.text("LegalMonetaryTotal/TaxInclusiveAmount") or "")
    assert ours.is_credit == (ours.root == "CreditNote" or ours.payable.amount < 0)
    assert ours.buyer_reference == theirs.text("BuyerReference")
    assert ours.order == theirs.text("OrderReference/ID")


@in_rows("file", _RIGHT, ids=lambda file: file.stem)
def test_accounts_and_payment_are_read_right(file: Path) -> None:
    ours, theirs = readings(file)
    accounts = [text.replace(" ", "").upper() for text in theirs.texts("PaymentMeans/PayeeFinancialAccount/ID")]
    assert [each.number for each in ours.accounts] == list(dict.fromkeys(accounts))
    assert ours.payment_references == tuple(dict.fromkeys(theirs.texts("PaymentMeans/PaymentID")))
    assert ours.means == tuple(dict.fromkeys(theirs.texts("PaymentMeans/PaymentMeansCode")))
    assert ours.direct_debit == bool(
        theirs.nodes("PaymentMeans/PaymentMandate") or {"49", "59"} & set(theirs.texts("PaymentMeans/PaymentMeansCode"))
    )
    assert ours.terms == theirs.text("PaymentTerms/Note")
    assert ours.payee == theirs.text("PayeeParty/PartyName/Name")
    preceding = theirs.texts("BillingReference/InvoiceDocumentReference/ID")
    assert [each.number for each in ours.preceding] == list(dict.fromkeys(preceding))


@in_rows(("file", "side"), [(file, side) for file in _RIGHT for side in _PARTY], ids=lambda row: (row[0].stem, row[1]))
def test_parties_are_read_right(file: Path, side: str) -> None:
    document, theirs = readings(file)
    ours = document.supplier if side == "supplier" else document.customer
    at = f"{_PARTY[side]}/Party"
    assert ours.trading_name == theirs.text(f"{at}/PartyName/Name")
    assert ours.name == (theirs.text(f"{at}/PartyLegalEntity/RegistrationName") or ours.trading_name)
    assert [(each.value, each.scheme) for each in ours.identifiers] == [
        (theirs_text, node.get("schemeID"))
        for node in theirs.nodes(f"{at}/PartyIdentification/ID")
        if (theirs_text := " ".join((node.text or "").split()))
    ]
    assert [each.value for each in ours.registrations] == theirs.texts(f"{at}/PartyLegalEntity/CompanyID")
    vat = [
        str(scheme.xpath("normalize-space(*[local-name()='CompanyID'])"))
        for scheme in theirs.nodes(f"{at}/PartyTaxScheme")
        if str(scheme.xpath("normalize-space(*[local-name()='TaxScheme']/*[local-name()='ID'])")) == "VAT"
    ]
    assert ours.vat == next((text.replace(".", "").replace(" ", "").upper() for text in vat if text), None)
    assert (ours.endpoint.value if ours.endpoint else None) == theirs.text(f"{at}/EndpointID")
    address = f"{at}/PostalAddress"
    assert ours.address.street == theirs.text(f"{address}/StreetName")
    more = (theirs.text(f"{address}/AdditionalStreetName"), theirs.text(f"{address}/AddressLine/Line"))
    assert ours.address.more == tuple(line for line in more if line)
    assert ours.address.postcode == theirs.text(f"{address}/PostalZone")
    assert ours.address.city == theirs.text(f"{address}/CityName")
    assert ours.address.country == theirs.text(f"{address}/Country/IdentificationCode")
    assert ours.contact.name == theirs.text(f"{at}/Contact/Name")
    assert ours.contact.phone == theirs.text(f"{at}/Contact/Telephone")
    assert ours.contact.email == theirs.text(f"{at}/Contact/ElectronicMail")


@in_rows("file", _RIGHT, ids=lambda file: file.stem)
def test_an_embedded_document_is_taken_out_or_remarked(file: Path) -> None:
    found = read(file)
    assert found.document is not None
    embedded = SecondReading(file).nodes("AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject")
    remarked = [each for each in found.findings if (each.column or "").endswith("EmbeddedDocumentBinaryObject")]
    assert len(found.document.embedded) + len(remarked) == len(embedded)


@in_rows("file", [each for each in _RIGHT if "_ok" in each.name], ids=lambda file: file.stem)
def test_a_valid_dutch_invoice_breaks_no_rule(file: Path) -> None:
    assert [str(each) for each in read(file).findings if each.reason.startswith(("[", "UBL"))] == []


@in_rows("file", _RIGHT, ids=lambda file: file.stem)
def test_a_valid_invoice_breaks_no_rule_of_en_16931_that_forbids(file: Path) -> None:
    told = [each.reason for each in read(file).findings]
    assert [reason for reason in told if "EN 16931, fatal" in reason or "could not be run" in reason] == []


@in_rows("file", _WRONG, ids=lambda file: file.stem)
def test_an_invalid_invoice_is_remarked_or_refused_for_what_is_wrong_with_it(file: Path) -> None:
    found = read(file)
    rule = file.name.removeprefix("SI-UBL-2.0_").split("_")[0]
    told = [each.reason for each in found.findings]
    refused = found.document is None and any("type 381" in reason for reason in told)
    assert refused or any(reason.startswith(f"[{rule}]") for reason in told), told
