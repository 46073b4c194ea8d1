"""The business rules of the Dutch NLCIUS that matter for collecting, checked in Python.

NLCIUS is published as Schematron, too, but no package carries it; the rules of EN 16931 are in `ubl_schematron.py`.
The ids are those of the standard. A breach is a warning: a debt exists also when its invoice breaks a rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Final

from lxml import etree

from intake.ubl.names import NAMESPACES, Breach, line_of, path_of, written

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


def check_rules(root: etree._Element) -> tuple[Breach, ...]:
    """The rules of NLCIUS that a file breaks.

    Args:
        root: Root element, `Invoice` or `CreditNote`.
    """
    found: list[Breach] = []
    for rule, at, reason in islice(_dutch(root), _MOST):
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
    # Anything may be written there: 1e999999999 is no amount.
    if amount is None or not amount.is_finite() or abs(amount.adjusted()) > _MOST_DIGITS:
        return None
    return amount


def _is_invoice(root: etree._Element) -> bool:
    return etree.QName(root).localname == "Invoice"


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
