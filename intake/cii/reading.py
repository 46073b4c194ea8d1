"""Reads invoices and credit notes in UN/CEFACT CII (EN 16931; Factur-X, ZUGFeRD, XRechnung), as `docs/ubl.md` says.

The values are those of UBL, so that what becomes of an invoice does not depend on its syntax.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, TypeVar

from lxml import etree

from domain.money import Money, minor_digits
from intake.cii.rules import check_cii
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
from intake.ubl.names import CII_NAMESPACES, line_of, written
from intake.ubl.reading import CREDIT_CODES, DIRECT_DEBIT, UblFile
from intake.ubl.values import read_day, read_money

__all__ = ["is_cii", "read_cii"]

_T = TypeVar("_T")

_NAMES: Final = CII_NAMESPACES
_ROOT: Final = f"{{{_NAMES['rsm']}}}CrossIndustryInvoice"
_AGREEMENT: Final = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement"
_DELIVERY: Final = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery"
_DELIVERED_AT: Final = f"{_DELIVERY}/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString"
_SETTLEMENT: Final = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
_SUMS: Final = f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_LONGEST: Final = 1000
_LONGEST_NUMBER: Final = 64
_DAY: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def is_cii(root: etree._Element) -> bool:
    """Whether a document is an invoice in CII."""
    return root.tag == _ROOT


def read_cii(root: etree._Element, *, file: str) -> UblFile:
    """Read one document.

    Args:
        root: Its root element.
        file: Its name, for the findings.
    """
    reading = _Reading(root, file)
    document = reading.document()
    said = {finding.column for finding in reading.findings if finding.severity == "error"}
    reading.findings += [
        Finding(file, breach.line, breach.path, breach.reason, "warning", is_rule=True)
        for breach in check_cii(root)
        if breach.path not in said
    ]
    if any(finding.severity == "error" for finding in reading.findings):
        document = None
    return UblFile(document, tuple(sorted(reading.findings, key=lambda each: (each.severity != "error", each.line))))


class _Reading:
    """One document being read."""

    def __init__(self, root: etree._Element, file: str) -> None:
        self.root = root
        self.file = file
        self.findings: list[Finding] = []

    def note(self, path: str, reason: str, severity: Severity = "error", at: etree._Element | None = None) -> None:
        line = line_of(self.root if at is None else at)
        self.findings.append(Finding(self.file, line, f"/rsm:CrossIndustryInvoice/{path}", reason, severity))

    def each(self, path: str, under: etree._Element | None = None) -> Iterator[etree._Element]:
        for element in (self.root if under is None else under).iterfind(path, _NAMES):
            if len(element) or written(element):
                yield element

    def text(self, path: str, under: etree._Element | None = None) -> str | None:
        return next((text[:_LONGEST] for element in self.each(path, under) if (text := written(element))), None)

    def needed(self, path: str, what: str) -> str | None:
        found = self.text(path)
        if found is None:
            self.note(path, f"{what} is missing: ask the sender for a complete file")
        return found

    def read(self, path: str, by: Callable[[str], _T], severity: Severity = "error") -> _T | None:
        element = next(self.each(path), None)
        if element is None:
            return None
        try:
            return by(written(element))
        except Unreadable as problem:
            self.note(path, str(problem), severity, element)
            return None

    def document(self) -> UblDocument | None:
        """The whole; None when something needed is missing."""
        number = self.needed("rsm:ExchangedDocument/ram:ID", "the number")
        if number is not None and len(number) > _LONGEST_NUMBER:
            self.note("rsm:ExchangedDocument/ram:ID", f"a number has at most {_LONGEST_NUMBER} signs")
        issued_at = "rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString"
        self.needed(issued_at, "the day of issue")
        issued = self.read(issued_at, _day)
        payable = self._payable()
        customer = self._party(f"{_AGREEMENT}/ram:BuyerTradeParty")
        if customer.name is None:
            self.note(f"{_AGREEMENT}/ram:BuyerTradeParty/ram:Name", "the name of the customer is missing")
        if number is None or issued is None or payable is None:
            return None
        code = self.text("rsm:ExchangedDocument/ram:TypeCode")
        means = self._once(f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode")
        mandate = self.text(f"{_SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID")
        due_dates = self._due_dates()
        return UblDocument(
            root="CreditNote" if code in CREDIT_CODES and payable.minor >= 0 else "Invoice",
            number=number,
            issue_date=issued,
            type_code=code,
            due_dates=due_dates,
            payable=payable,
            with_vat=self.read(
                f"{_SUMS}/ram:GrandTotalAmount", lambda text: read_money(text, payable.currency), "warning"
            ),
            accounts=self._accounts(),
            payment_references=self._once(f"{_SETTLEMENT}/ram:PaymentReference"),
            means=means,
            direct_debit=mandate is not None or any(each in DIRECT_DEBIT for each in means),
            terms=self.text(f"{_SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:Description"),
            supplier=self._party(f"{_AGREEMENT}/ram:SellerTradeParty"),
            customer=customer,
            payee=self.text(f"{_SETTLEMENT}/ram:PayeeTradeParty/ram:Name"),
            preceding=self._preceding(),
            buyer_reference=self.text(f"{_AGREEMENT}/ram:BuyerReference"),
            order=self.text(f"{_AGREEMENT}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
            embedded=self._embedded(),
            delivered_on=self.read(
                f"{_DELIVERY}/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString",
                _day,
                "warning",
            ),
            product=self.text(
                "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedTradeProduct/ram:Name"
            ),
            terms_due=due_dates if len(due_dates) > 1 else (),
        )

    def _embedded(self) -> tuple[EmbeddedDocument, ...]:
        path = f"{_AGREEMENT}/ram:AdditionalReferencedDocument/ram:AttachmentBinaryObject"
        return embedded_documents(self.each(path), lambda at, reason: self.note(path, reason, "warning", at))

    def _payable(self) -> Money | None:
        path = f"{_SUMS}/ram:DuePayableAmount"
        currency = self.needed(f"{_SETTLEMENT}/ram:InvoiceCurrencyCode", "the currency")
        if self.needed(path, "the amount due") is None or currency is None:
            return None
        try:
            minor_digits(currency)
        except ValueError:
            self.note(
                f"{_SETTLEMENT}/ram:InvoiceCurrencyCode", f"{shown(currency)} is no currency: write a code like EUR"
            )
            return None
        own = next(self.each(path)).get("currencyID")
        if own is not None and own != currency:
            self.note(path, f"the amount is in {shown(own)}, the document in {currency}: ask which is right")
            return None
        return self.read(path, lambda text: read_money(text, currency))

    def _due_dates(self) -> tuple[date, ...]:
        path = f"{_SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString"
        days = []
        for element in self.each(path):
            try:
                days.append(_day(written(element)))
            except Unreadable as problem:
                self.note(path, str(problem), at=element)
        return tuple(sorted(set(days)))

    def _once(self, path: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(written(each)[:_LONGEST] for each in self.each(path)))

    def _accounts(self) -> tuple[Account, ...]:
        accounts: dict[str, Account] = {}
        for means in self.each(f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans"):
            account = "ram:PayeePartyCreditorFinancialAccount"
            told = self.text(f"{account}/ram:IBANID", means) or self.text(f"{account}/ram:ProprietaryID", means) or ""
            number = "".join(told.split()).upper()
            if number:
                bank = self.text("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", means)
                accounts.setdefault(number, Account(number, self.text(f"{account}/ram:AccountName", means), bank))
        return tuple(accounts.values())

    def _preceding(self) -> tuple[PrecedingInvoice, ...]:
        found: dict[str, PrecedingInvoice] = {}
        for each in self.each(f"{_SETTLEMENT}/ram:InvoiceReferencedDocument"):
            number = self.text("ram:IssuerAssignedID", each)
            told = self.text("ram:FormattedIssueDateTime/qdt:DateTimeString", each)
            try:
                issued = None if told is None else _day(told)
            except Unreadable:
                issued = None
            if number is not None:
                found.setdefault(number, PrecedingInvoice(number, issued))
        return tuple(found.values())

    def _party(self, path: str) -> UblParty:
        party = next(self.each(path), None)
        if party is None:
            return UblParty()
        identifiers = [Identifier(written(each)) for each in self.each("ram:ID", party)]
        identifiers += [Identifier(written(each), each.get("schemeID")) for each in self.each("ram:GlobalID", party)]
        organisation = "ram:SpecifiedLegalOrganization"
        registered = self.each(f"{organisation}/ram:ID", party)
        vat = next(
            (
                written(each)
                for each in self.each("ram:SpecifiedTaxRegistration/ram:ID", party)
                if each.get("schemeID") == "VA"
            ),
            None,
        )
        address = "ram:PostalTradeAddress"
        more = (self.text(f"{address}/ram:LineTwo", party), self.text(f"{address}/ram:LineThree", party))
        contact = "ram:DefinedTradeContact"
        return UblParty(
            name=self.text("ram:Name", party),
            trading_name=self.text(f"{organisation}/ram:TradingBusinessName", party),
            identifiers=tuple(dict.fromkeys(identifiers)),
            registrations=tuple(Identifier(written(each), each.get("schemeID") or None) for each in registered),
            vat=None if vat is None else re.sub(r"[\s.]", "", vat).upper(),
            address=UblAddress(
                street=self.text(f"{address}/ram:LineOne", party),
                more=tuple(line for line in more if line is not None),
                postcode=self.text(f"{address}/ram:PostcodeCode", party),
                city=self.text(f"{address}/ram:CityName", party),
                country=self.text(f"{address}/ram:CountryID", party),
            ),
            contact=UblContact(
                name=self.text(f"{contact}/ram:PersonName", party),
                phone=self.text(f"{contact}/ram:TelephoneUniversalCommunication/ram:CompleteNumber", party),
                email=self.text(f"{contact}/ram:EmailURIUniversalCommunication/ram:URIID", party),
            ),
        )


def _day(text: str) -> date:
    """A day in format 102 (`20261102`), the only one of EN 16931; some senders write `2026-11-02`."""
    return read_day(_DAY.sub(r"\1-\2-\3", text) if _DAY.fullmatch(text) else text)
