"""The business rules of EN 16931 and of the Dutch NLCIUS that matter for collecting, checked in Python.

The whole set is published as Schematron, which needs an XSLT 2 processor. factur-x runs it only through a Saxon server:
it posts the whole invoice there, and logs the invoice when it breaks a rule. So we check ourselves what tells that an
invoice can't be relied on: required terms, sums, ways to pay, and the Dutch rules. The ids are those of the standards.
A breach is a warning: a debt exists also when its invoice breaks a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import chain, islice
from typing import Final

from lxml import etree

from intake.ubl_names import NAMESPACES, Breach, line_of, path_of, written

__all__ = ["check_rules"]

_Found = Iterator[tuple[str, etree._Element | str, str]]
"""Rule, the element or missing path, and what is wrong."""

_MOST: Final = 20
"""Breaches told of one file."""

_MOST_DIGITS: Final = 18

_SELLER: Final = "cac:AccountingSupplierParty/cac:Party"
_BUYER: Final = "cac:AccountingCustomerParty/cac:Party"
_TAX_REPRESENTATIVE: Final = "cac:TaxRepresentativeParty"
_TOTAL: Final = "cac:LegalMonetaryTotal"
_DUTCH_REGISTERS: Final = frozenset({"0106", "0190"})
_DUTCH_MEANS: Final = frozenset({"30", "48", "49", "57", "58", "59"})
_TRANSFERS: Final = frozenset({"30", "58"})


def check_rules(root: etree._Element) -> tuple[Breach, ...]:
    """The rules that a file breaks.

    Args:
        root: Root element, `Invoice` or `CreditNote`.
    """
    found: list[Breach] = []
    for rule, at, reason in islice(chain.from_iterable(rules(root) for rules in _RULES), _MOST):
        if isinstance(at, str):
            path, line = f"{path_of(root)}/{at}", line_of(root)
        else:
            path, line = path_of(at), line_of(at)
        found.append(Breach(path, line, f"[{rule}] {reason}"))
    return tuple(found)


# Looking -----------------------------------------------------------------------------------------------------


def _all(root: etree._Element, path: str) -> list[etree._Element]:
    return root.findall(path, NAMESPACES)


def _text(root: etree._Element, path: str) -> str:
    return next((text for each in _all(root, path) if (text := written(each))), "")


def _amount(root: etree._Element, path: str) -> Decimal | None:
    text = _text(root, path)
    try:
        amount = Decimal(text) if text else None
    except InvalidOperation:
        return None
    # Anything may be written there: sums of 1e999999999 have no end.
    if amount is None or not amount.is_finite() or abs(amount.adjusted()) > _MOST_DIGITS:
        return None
    return amount


def _sum(root: etree._Element, path: str) -> Decimal | None:
    """Sum of the amounts on a path; None when one can't be read."""
    total = Decimal(0)
    for each in _all(root, path):
        amount = _amount(each, ".")
        if amount is None:
            return None
        total += amount
    return total


def _is_invoice(root: etree._Element) -> bool:
    return etree.QName(root).localname == "Invoice"


# EN 16931 ----------------------------------------------------------------------------------------------------


def _required(root: etree._Element) -> _Found:
    type_code = "cbc:InvoiceTypeCode" if _is_invoice(root) else "cbc:CreditNoteTypeCode"
    needed = (
        ("BR-01", "cbc:CustomizationID", "the specification that the file follows"),
        ("BR-02", "cbc:ID", "the number"),
        ("BR-03", "cbc:IssueDate", "the day of issue"),
        ("BR-04", type_code, "the type code"),
        ("BR-05", "cbc:DocumentCurrencyCode", "the currency"),
        ("BR-06", f"{_SELLER}/cac:PartyLegalEntity/cbc:RegistrationName", "the name of the supplier"),
        ("BR-07", f"{_BUYER}/cac:PartyLegalEntity/cbc:RegistrationName", "the name of the customer"),
        ("BR-09", f"{_SELLER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode", "the country of the supplier"),
        ("BR-11", f"{_BUYER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode", "the country of the customer"),
        ("BR-12", f"{_TOTAL}/cbc:LineExtensionAmount", "the sum of the lines"),
        ("BR-13", f"{_TOTAL}/cbc:TaxExclusiveAmount", "the total without VAT"),
        ("BR-14", f"{_TOTAL}/cbc:TaxInclusiveAmount", "the total with VAT"),
        ("BR-15", f"{_TOTAL}/cbc:PayableAmount", "the amount due"),
    )
    for rule, path, what in needed:
        if not _text(root, path):
            yield rule, path, f"{what} is missing"
    line = "cac:InvoiceLine" if _is_invoice(root) else "cac:CreditNoteLine"
    if not _all(root, line):
        yield "BR-16", line, "there is no line at all"


def _sums(root: etree._Element) -> _Found:
    line = "cac:InvoiceLine" if _is_invoice(root) else "cac:CreditNoteLine"
    lines = _amount(root, f"{_TOTAL}/cbc:LineExtensionAmount")
    without = _amount(root, f"{_TOTAL}/cbc:TaxExclusiveAmount")
    including = _amount(root, f"{_TOTAL}/cbc:TaxInclusiveAmount")
    payable = _amount(root, f"{_TOTAL}/cbc:PayableAmount")
    allowances = _amount(root, f"{_TOTAL}/cbc:AllowanceTotalAmount") or Decimal(0)
    charges = _amount(root, f"{_TOTAL}/cbc:ChargeTotalAmount") or Decimal(0)
    prepaid = _amount(root, f"{_TOTAL}/cbc:PrepaidAmount") or Decimal(0)
    rounding = _amount(root, f"{_TOTAL}/cbc:PayableRoundingAmount") or Decimal(0)

    added = _sum(root, f"{line}/cbc:LineExtensionAmount")
    if lines is not None and added is not None and lines != added:
        yield "BR-CO-10", f"{_TOTAL}/cbc:LineExtensionAmount", f"the lines add up to {added}, not {lines}"
    if lines is not None and without is not None and without != lines - allowances + charges:
        right = lines - allowances + charges
        yield "BR-CO-13", f"{_TOTAL}/cbc:TaxExclusiveAmount", f"the total without VAT should be {right}, not {without}"
    vat = _vat(root)
    if vat is not None:
        parts = [_amount(each, "cbc:TaxAmount") for each in _all(vat, "cac:TaxSubtotal")]
        own = _amount(vat, "cbc:TaxAmount")
        if parts and own is not None and None not in parts and sum(part for part in parts if part is not None) != own:
            yield "BR-CO-14", vat, f"the VAT of {own} is not the sum of its parts"
        if own is not None and without is not None and including is not None and including != without + own:
            right = without + own
            yield (
                "BR-CO-15",
                f"{_TOTAL}/cbc:TaxInclusiveAmount",
                f"the total with VAT should be {right}, not {including}",
            )
    if including is not None and payable is not None and payable != including - prepaid + rounding:
        right = including - prepaid + rounding
        yield "BR-CO-16", f"{_TOTAL}/cbc:PayableAmount", f"the amount due should be {right}, not {payable}"


def _vat(root: etree._Element) -> etree._Element | None:
    """The VAT in the currency of the document; another total may repeat it in that of the accounts."""
    currency = _text(root, "cbc:DocumentCurrencyCode")
    for each in _all(root, "cac:TaxTotal"):
        amount = each.find("cbc:TaxAmount", NAMESPACES)
        if amount is not None and amount.get("currencyID") == currency:
            return each
    return None


def _payment(root: etree._Element) -> _Found:
    payable = _amount(root, f"{_TOTAL}/cbc:PayableAmount")
    due = ("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate", "cac:PaymentTerms/cbc:Note")
    if _is_invoice(root) and payable is not None and payable > 0 and not any(_text(root, path) for path in due):
        yield "BR-CO-25", due[0], "there is neither a due date nor a payment term"
    for means in _all(root, "cac:PaymentMeans"):
        code = _text(means, "cbc:PaymentMeansCode")
        if not code:
            yield "BR-49", means, "the way to pay has no code"
        if code in _TRANSFERS and not _text(means, "cac:PayeeFinancialAccount/cbc:ID"):
            yield "BR-61", means, "the money is to be transferred, but no account is named"


def _once_only(root: etree._Element) -> _Found:
    for rule, side, who in (("UBL-SR-11", _SELLER, "supplier"), ("UBL-SR-17", _BUYER, "customer")):
        numbers = _all(root, f"{side}/cac:PartyLegalEntity/cbc:CompanyID")
        if len(numbers) > 1:
            yield rule, numbers[1], f"the {who} has more than one registration number"


# NLCIUS ------------------------------------------------------------------------------------------------------


def _country(root: etree._Element, party: str) -> str:
    return _text(root, f"{party}/cac:PostalAddress/cac:Country/cbc:IdentificationCode").upper()


def _dutch_addresses(root: etree._Element) -> _Found:
    places = (
        ("BR-NL-3", _SELLER, "supplier"),
        ("BR-NL-4", _BUYER, "customer"),
        ("BR-NL-5", _TAX_REPRESENTATIVE, "tax representative"),
    )
    for rule, party, who in places:
        if _country(root, party) != "NL":
            continue
        parts = (("cbc:StreetName", "street"), ("cbc:CityName", "town"), ("cbc:PostalZone", "postal code"))
        missing = [name for path, name in parts if not _text(root, f"{party}/cac:PostalAddress/{path}")]
        if missing:
            yield (
                rule,
                f"{party}/cac:PostalAddress",
                f"the address of the Dutch {who} has no {' and no '.join(missing)}",
            )


def _dutch_registers(root: etree._Element) -> _Found:
    sides = [("BR-NL-1", _SELLER, "supplier")]
    if _country(root, _BUYER) == "NL":
        sides.append(("BR-NL-10", _BUYER, "customer"))
    for rule, party, who in sides:
        path = f"{party}/cac:PartyLegalEntity/cbc:CompanyID"
        numbers = [each for each in _all(root, path) if written(each)]
        if not any(each.get("schemeID") in _DUTCH_REGISTERS for each in numbers):
            yield rule, path, f"the Dutch {who} has no KvK number (0106) or OIN (0190)"


def _dutch_rest(root: etree._Element) -> _Found:
    payable = _amount(root, f"{_TOTAL}/cbc:PayableAmount")
    if _is_invoice(root):
        code = _text(root, "cbc:InvoiceTypeCode")
        if code not in ("380", "384", "389"):
            yield "BR-NL-7", "cbc:InvoiceTypeCode", f"the type of an invoice is 380, 384 or 389, not {code!r}"
        references = _text(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID")
        if code == "384" and not references:
            yield "BR-NL-9", "cac:BillingReference", "a corrected invoice names the invoice it corrects"
    else:
        code = _text(root, "cbc:CreditNoteTypeCode")
        if code != "381":
            yield "BR-NL-8", "cbc:CreditNoteTypeCode", f"the type of a credit note is 381, not {code!r}"
    if _is_invoice(root) and payable is not None and payable > 0 and not _all(root, "cac:PaymentMeans"):
        yield "BR-NL-11", "cac:PaymentMeans", "there is no way to pay"
    for means in _all(root, "cac:PaymentMeans/cbc:PaymentMeansCode"):
        if written(means) and written(means) not in _DUTCH_MEANS:
            yield (
                "BR-NL-12",
                means,
                f"the way to pay {written(means)!r} is not one of {', '.join(sorted(_DUTCH_MEANS))}",
            )
    line = "cac:InvoiceLine" if _is_invoice(root) else "cac:CreditNoteLine"
    if _text(root, f"{line}/cac:OrderLineReference/cbc:LineID") and not _text(root, "cac:OrderReference/cbc:ID"):
        yield "BR-NL-13", "cac:OrderReference", "lines name a line of an order, but the order is not named"


def _dutch(root: etree._Element) -> _Found:
    """The rules of NLCIUS, which hold for Dutch suppliers only, and for files that say they follow it."""
    if _country(root, _SELLER) == "NL" and "nlcius" in _text(root, "cbc:CustomizationID").lower():
        for rules in (_dutch_addresses, _dutch_registers, _dutch_rest):
            yield from rules(root)


_RULES: Final[tuple[Callable[[etree._Element], _Found], ...]] = (_required, _sums, _payment, _once_only, _dutch)
