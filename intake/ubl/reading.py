"""Reads invoices and credit notes in UBL 2.1 (EN 16931; NLCIUS, Peppol BIS 3), as `docs/ubl.md` says.

Pure: bytes in, values and findings out. No input raises, nothing is fetched, nothing is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from lxml import etree

from domain.money import Money, minor_digits
from intake.findings import Finding, Severity, Unreadable, shown
from intake.ubl.document import (
    Account,
    EmbeddedDocument,
    Identifier,
    PrecedingInvoice,
    UblAddress,
    UblContact,
    UblDocument,
    UblParty,
)
from intake.ubl.embedded import embedded_documents
from intake.ubl.names import CREDIT_NOTE, INVOICE, NAMESPACES, line_of, path_of, written
from intake.ubl.rules import check_rules
from intake.ubl.schema import check_schema
from intake.ubl.schematron import check_schematron
from intake.ubl.values import read_day, read_money
from intake.ubl.wrapping import unwrapped
from intake.xml_safety import parse_xml

__all__ = ["CREDIT_CODES", "DIRECT_DEBIT", "UblFile", "read_ubl", "read_ubl_document"]

_T = TypeVar("_T")

_LONGEST_NUMBER: Final = 64
_LONGEST_TEXT: Final = 1000
_MOST_FINDINGS: Final = 20
CREDIT_CODES: Final = frozenset({"81", "83", "381", "396", "532"})
_INVOICE_CODES: Final = frozenset({"380", "384", "386", "388", "389", "751"})
DIRECT_DEBIT: Final = frozenset({"49", "59"})
_DUE_PLACES: Final = (
    *("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate", "cac:PaymentTerms/cbc:PaymentDueDate"),
    "cac:PaymentTerms/cbc:InstallmentDueDate",
)
_OTHER_REFERENCES: Final = (
    *("cac:PaymentMeans/cbc:InstructionNote", "cac:PaymentMeans/cbc:InstructionID", "cac:PaymentTerms/cbc:Note"),
    *("cbc:Note", "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:PaymentNote"),
)
_STRUCTURED: Final = re.compile(r"[+*]{3} ?[0-9]{3} ?/ ?[0-9]{4} ?/ ?[0-9]{5} ?[+*]{3}")


@dataclass(frozen=True, slots=True)
class UblFile:
    """What was read of one file.

    Attributes:
        document: The invoice or credit note; None when the file can't be used.
        findings: Remarks; an error means that there is no document. `Finding.column` holds an XPath.
    """

    document: UblDocument | None
    findings: tuple[Finding, ...]

    @property
    def invoice(self) -> UblDocument | None:
        """The document when it asks for money (or for nothing)."""
        return self.document if self.document is not None and not self.document.is_credit else None

    @property
    def credit_note(self) -> UblDocument | None:
        """The document when it gives money back: a credit note, or a negative invoice."""
        return self.document if self.document is not None and self.document.is_credit else None


def read_ubl(data: bytes, *, file: str) -> UblFile:
    """Read one file.

    Args:
        data: The file.
        file: Its name, for the findings.

    Returns:
        The document with its remarks; without a document when something is missing that can't be done without.
    """
    try:
        root = unwrapped(parse_xml(data))
    except Unreadable as problem:
        return UblFile(None, (Finding(file, 1, None, str(problem), "error"),))
    return read_ubl_document(root, file=file)


def read_ubl_document(root: etree._Element, *, file: str) -> UblFile:
    """Read one document that is parsed already.

    Args:
        root: Its root element.
        file: Name of its file, for the findings.
    """
    name = etree.QName(root)
    if (name.namespace, name.localname) not in (INVOICE, CREDIT_NOTE):
        reason = f"this is no invoice or credit note in UBL 2.1, but {shown(name.text)}: ask for UBL"
        return UblFile(None, (Finding(file, 1, None, reason, "error"),))
    reading = _Reading(root, file)
    document = reading.document()
    for breach in (*check_schema(root), *check_schematron(root), *check_rules(root)):
        if not reading.said(breach.path):
            reading.findings.append(Finding(file, breach.line, breach.path, breach.reason, "warning", is_rule=True))
    if reading.failed:
        document = None
    return UblFile(document, tuple(sorted(reading.findings, key=lambda each: (each.severity != "error", each.line))))


class _Reading:
    """One file being read."""

    def __init__(self, root: etree._Element, file: str) -> None:
        self.root = root
        self.file = file
        self.findings: list[Finding] = []

    def note(self, at: etree._Element | str, reason: str, severity: Severity = "error") -> None:
        """Remark on an element, or on the place where one is missing; a file that is all wrong is told in part."""
        if len(self.findings) >= _MOST_FINDINGS and (severity == "warning" or self.failed):
            return
        if isinstance(at, str):
            path, line = f"{path_of(self.root)}/{at}", line_of(self.root)
        else:
            path, line = path_of(at), line_of(at)
        self.findings.append(Finding(self.file, line, path, reason, severity))

    def warn(self, at: etree._Element | str, reason: str) -> None:
        """Remark on something that does not keep the file from being used."""
        self.note(at, reason, "warning")

    def said(self, path: str) -> bool:
        """Whether an error about this place was given already."""
        return any(finding.column == path and finding.severity == "error" for finding in self.findings)

    @property
    def failed(self) -> bool:
        """Whether something makes the file unusable."""
        return any(finding.severity == "error" for finding in self.findings)

    # Elements ----------------------------------------------------------------------------------------------

    def each(self, path: str, under: etree._Element | None = None) -> Iterator[etree._Element]:
        """The elements on a path that are not empty, or have children."""
        for element in (self.root if under is None else under).iterfind(path, NAMESPACES):
            if len(element) or written(element):
                yield element

    def text(self, path: str, under: etree._Element | None = None) -> str | None:
        """The first text on a path that is not empty, cut where it is far too long."""
        return next((text[:_LONGEST_TEXT] for element in self.each(path, under) if (text := written(element))), None)

    def needed(self, path: str, what: str) -> str | None:
        """A text without which the file can't be used."""
        found = self.text(path)
        if found is None:
            self.note(path, f"{what} is missing: ask the sender for a complete file")
        return found

    def read(self, element: etree._Element, by: Callable[[str], _T], severity: Severity = "error") -> _T | None:
        """A value; a remark when it can't be read."""
        try:
            return by(written(element))
        except Unreadable as problem:
            self.note(element, str(problem), severity)
            return None

    # The document ------------------------------------------------------------------------------------------

    def document(self) -> UblDocument | None:
        """The whole; None when something needed is missing."""
        number = self.needed("cbc:ID", "the number")
        if number is not None and len(number) > _LONGEST_NUMBER:
            self.note("cbc:ID", f"a number has at most {_LONGEST_NUMBER} signs: this is no invoice number")
        issued = self._first_day("cbc:IssueDate", "the day of issue")
        payable = self._payable()
        supplier, customer = self._party("cac:AccountingSupplierParty"), self._party("cac:AccountingCustomerParty")
        if customer.name is None:
            place = "cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"
            self.note(place, "the name of the customer is missing: ask the sender for a complete file")
        if number is None or issued is None or payable is None:
            return None
        type_code = self._type_code(payable)
        means = _once(written(each) for each in self.each("cac:PaymentMeans/cbc:PaymentMeansCode"))
        mandates = any(True for _ in self.each("cac:PaymentMeans/cac:PaymentMandate"))
        return UblDocument(
            root=etree.QName(self.root).localname,
            number=number,
            issue_date=issued,
            type_code=type_code,
            due_dates=self._due_dates(),
            terms_due=self._terms(),
            payable=payable,
            with_vat=self._total("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", payable.currency),
            accounts=self._accounts(),
            payment_references=self._payment_references(),
            means=means,
            direct_debit=mandates or any(code in DIRECT_DEBIT for code in means),
            terms=self.text("cac:PaymentTerms/cbc:Note"),
            supplier=supplier,
            customer=customer,
            payee=self.text("cac:PayeeParty/cac:PartyName/cbc:Name"),
            preceding=self._preceding(),
            buyer_reference=self.text("cbc:BuyerReference"),
            order=self.text("cac:OrderReference/cbc:ID"),
            embedded=self._embedded(),
            delivered_on=self._delivered_on(),
            product=self.text("cac:InvoiceLine/cac:Item/cbc:Name"),
        )

    def _type_code(self, payable: Money) -> str | None:
        is_invoice = (etree.QName(self.root).namespace, etree.QName(self.root).localname) == INVOICE
        path = "cbc:InvoiceTypeCode" if is_invoice else "cbc:CreditNoteTypeCode"
        code = self.text(path)
        if is_invoice and code in CREDIT_CODES and payable.minor >= 0:
            self.note(
                path, f"the file calls itself an invoice, but its type {code} is that of a credit note: ask which"
            )
        if not is_invoice and code in _INVOICE_CODES:
            self.note(
                path, f"the file calls itself a credit note, but its type {code} is that of an invoice: ask which"
            )
        if not is_invoice and payable.minor < 0:
            self.note(
                "cac:LegalMonetaryTotal/cbc:PayableAmount",
                f"a credit note of {payable.text} would ask for money: ask the sender for an invoice",
            )
        return code

    def _payable(self) -> Money | None:
        path = "cac:LegalMonetaryTotal/cbc:PayableAmount"
        element = next(self.each(path), None)
        written_currency = self.needed("cbc:DocumentCurrencyCode", "the currency")
        if element is None:
            self.note(path, "the amount due is missing: ask the sender for a complete file")
        if element is None or written_currency is None:
            return None
        try:
            minor_digits(written_currency)
        except ValueError:
            self.note("cbc:DocumentCurrencyCode", f"{shown(written_currency)} is no currency: write a code like EUR")
            return None
        own = element.get("currencyID")
        if own is not None and own != written_currency:
            self.note(element, f"the amount is in {shown(own)}, the document in {written_currency}: ask which is right")
            return None
        return self.read(element, lambda text: read_money(text, written_currency))

    def _total(self, path: str, currency: str) -> Money | None:
        element = next(self.each(path), None)
        return None if element is None else self.read(element, lambda text: read_money(text, currency), "warning")

    def _first_day(self, path: str, what: str) -> date | None:
        element = next(self.each(path), None)
        if element is None:
            self.note(path, f"{what} is missing: ask the sender for a complete file")
            return None
        return self.read(element, read_day)

    def _due_dates(self) -> tuple[date, ...]:
        """All due dates: of an invoice, of each way to pay (BT-9 of a credit note), and of the terms."""
        places = _DUE_PLACES
        found = [(each, day) for path in places for each in self.each(path) if (day := self.read(each, read_day))]
        days = _once(day for _, day in found)
        if len(days) > 1 and not self._terms():
            told = ", ".join(day.isoformat() for day in days)
            self.warn(found[-1][0], f"there are several due dates ({told}): the latest counts")
        return days

    def _terms(self) -> tuple[date, ...]:
        """The days of the terms in which the invoice is to be paid, where it says several."""
        path = "cac:PaymentTerms"
        days = _once(
            day
            for each in self.each(path)
            for name in ("cbc:PaymentDueDate", "cbc:InstallmentDueDate")
            for at in self.each(name, each)
            if (day := self.read(at, read_day, "warning"))
        )
        return tuple(sorted(days)) if len(days) > 1 else ()

    def _delivered_on(self) -> date | None:
        """The first delivery: rights that end some time after it are then told too early, not too late."""
        places = self.each("cac:Delivery/cbc:ActualDeliveryDate")
        return min((day for each in places if (day := self.read(each, read_day, "warning")) is not None), default=None)

    def _accounts(self) -> tuple[Account, ...]:
        accounts: dict[str, Account] = {}
        for each in self.each("cac:PaymentMeans/cac:PayeeFinancialAccount"):
            number = "".join((self.text("cbc:ID", each) or "").split()).upper()
            if number:
                bank = self.text("cac:FinancialInstitutionBranch/cbc:ID", each)
                accounts.setdefault(number, Account(number, self.text("cbc:Name", each), bank))
        return tuple(accounts.values())

    def _payment_references(self) -> tuple[str, ...]:
        told = [written(each)[:_LONGEST_TEXT] for each in self.each("cac:PaymentMeans/cbc:PaymentID")]
        # A structured reference may stand in any text that the payer reads.
        for path in _OTHER_REFERENCES:
            for each in self.each(path):
                told += _STRUCTURED.findall(written(each)[:_LONGEST_TEXT])
        return _once(told)

    def _preceding(self) -> tuple[PrecedingInvoice, ...]:
        found: dict[str, PrecedingInvoice] = {}
        for each in self.each("cac:BillingReference/cac:InvoiceDocumentReference"):
            number = self.text("cbc:ID", each)
            day = next(self.each("cbc:IssueDate", each), None)
            issued = None if day is None else self.read(day, read_day, "warning")
            if number is not None:
                found.setdefault(number, PrecedingInvoice(number, issued))
        return tuple(found.values())

    # Parties -----------------------------------------------------------------------------------------------

    def _party(self, side: str) -> UblParty:
        party = next(self.each(f"{side}/cac:Party"), None)
        if party is None:
            return UblParty()
        trading = self.text("cac:PartyName/cbc:Name", party)
        endpoint = next(iter(self._identifiers("cbc:EndpointID", party)), None)
        other_side = "cbc:SupplierAssignedAccountID" if "Customer" in side else "cbc:CustomerAssignedAccountID"
        return UblParty(
            name=self.text("cac:PartyLegalEntity/cbc:RegistrationName", party) or trading,
            trading_name=trading,
            endpoint=endpoint,
            identifiers=self._identifiers("cac:PartyIdentification/cbc:ID", party),
            registrations=self._identifiers("cac:PartyLegalEntity/cbc:CompanyID", party),
            vat=self._vat(party),
            assigned=self.text(f"{side}/{other_side}"),
            address=self._address(party),
            contact=UblContact(
                name=self.text("cac:Contact/cbc:Name", party),
                phone=self.text("cac:Contact/cbc:Telephone", party),
                email=self.text("cac:Contact/cbc:ElectronicMail", party),
            ),
        )

    def _identifiers(self, path: str, party: etree._Element) -> tuple[Identifier, ...]:
        return _once(Identifier(written(each), each.get("schemeID") or None) for each in self.each(path, party))

    def _vat(self, party: etree._Element) -> str | None:
        for scheme in self.each("cac:PartyTaxScheme", party):
            number = self.text("cbc:CompanyID", scheme)
            if number is not None and (self.text("cac:TaxScheme/cbc:ID", scheme) or "").upper() == "VAT":
                return re.sub(r"[\s.]", "", number).upper()
        return None

    def _address(self, party: etree._Element) -> UblAddress:
        found = next(self.each("cac:PostalAddress", party), None)
        if found is None:
            return UblAddress()
        more = (self.text("cbc:AdditionalStreetName", found), self.text("cac:AddressLine/cbc:Line", found))
        return UblAddress(
            street=self.text("cbc:StreetName", found),
            more=tuple(line for line in more if line is not None),
            postcode=self.text("cbc:PostalZone", found),
            city=self.text("cbc:CityName", found),
            country=self.text("cac:Country/cbc:IdentificationCode", found),
        )

    def _embedded(self) -> tuple[EmbeddedDocument, ...]:
        path = "cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
        return embedded_documents(self.each(path), self.warn)


def _once(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))
