"""What an e-invoice means for collecting: the open item it asks to be paid, and who owes it (`docs/ubl.md`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from domain.invoice import YesNoUnknown
from domain.parties import Creditor
from intake.comparing import CannotImport
from intake.findings import Unreadable, shown
from intake.open_item import OpenItem, debtor_slug, key_of, plain
from intake.ubl.document import UblDocument, UblParty
from intake.written.contacts import doubt_about, read_email, read_phone
from intake.written.legal_forms import legal_form

__all__ = ["check_supplier", "customer_id", "key_of_document", "open_item_of"]

_SUPPLIER: Final = "/cac:AccountingSupplierParty/cac:Party"
_CUSTOMER: Final = "/cac:AccountingCustomerParty/cac:Party"
_AS_CONSUMER: Final = "treated as a consumer in letters and costs until you say otherwise"
_MOST: Final = 64
"""Signs of a debtor number, as in a list of open items."""

_LONGEST_PRODUCT: Final = 200

# Registers of businesses by ISO 6523 code, with what a number in them looks like. An OIN (0190) is no such register, a
# GLN (0088) or D-U-N-S number (0060) neither.
_BUSINESS_REGISTERS: Final = {
    "0002": ("SIRENE", r"[0-9]{9}"),
    "0007": ("Swedish register", r"[0-9]{10}"),
    "0009": ("SIRET", r"[0-9]{14}"),
    "0106": ("KvK", r"[0-9]{8}"),
    "0184": ("CVR", r"[0-9]{8}"),
    "0192": ("Norwegian register", r"[0-9]{9}"),
    "0208": ("KBO", r"[0-9]{10}"),
}

_DAYS_IN_WORDS: Final = re.compile(r"\b([0-9]{1,3}) *(?:dagen|dag|days|day|jours|jour|tage|tagen)\b", re.IGNORECASE)

Remark = Callable[[str, str], None]
"""Told of what a person should know: XPath below the root, and a sentence."""


def key_of_document(document: UblDocument) -> str:
    """What names the document among those of its supplier: year of issue and number."""
    return key_of(None, document.number, document.issue_date)


def check_supplier(document: UblDocument, creditor: Creditor, remark: Remark, *, must_prove: bool = False) -> None:
    """See that the document is one of the creditor's own.

    Args:
        document: The invoice or credit note.
        creditor: The profile under which it is imported.
        remark: Told when nothing proves it.
        must_prove: Whether it is refused then: who imports sees some creditors only, and it may be another's.

    Raises:
        CannotImport: it is from somebody else.
    """
    supplier = document.supplier
    registered = {each.value for each in (*supplier.registrations, *supplier.identifiers) if each.scheme == "0106"}
    told = (
        ("KvK number", {_digits(each) for each in registered}, _digits(creditor.kvk or "")),
        ("VAT number", {plain(supplier.vat)} if supplier.vat else set(), plain(creditor.vat or "")),
    )
    compared = [(what, own in theirs, theirs) for what, theirs, own in told if own and theirs]
    if any(same for _, same, _ in compared):
        return
    if compared:
        what, _, theirs = compared[0]
        raise CannotImport(
            _SUPPLIER,
            f"its supplier has {what} {', '.join(sorted(theirs))}, and is not {creditor.name}: an invoice of somebody"
            " else is not collected; import your own",
        )
    names = {plain(name) for name in (supplier.name, supplier.trading_name) if name}
    if plain(creditor.name) not in names:
        if must_prove:
            raise CannotImport(
                _SUPPLIER,
                f"nothing in it proves that {creditor.name} is the supplier, and you see some creditors only: have "
                "somebody import it who sees all of them",
            )
        remark(_SUPPLIER, f"nothing in it proves that {creditor.name} is the supplier: check that it is your invoice")


def customer_id(document: UblDocument) -> str:
    """Id of the customer in the case file: the number he has with the supplier, else one from name and postcode.

    EN 16931 BT-46: an identifier without a scheme is one that the two know, such as the supplier's customer number.
    """
    customer = document.customer
    numbers = (customer.assigned, *(each.value for each in customer.identifiers if each.scheme is None))
    number = next((number for number in numbers if number and len(number) <= _MOST), None)
    return number or debtor_slug(customer.name or "", customer.address.postcode)


def open_item_of(document: UblDocument, creditor: Creditor, remark: Remark) -> OpenItem:
    """The open item of an invoice.

    Args:
        document: An invoice with an amount above zero.
        creditor: Who collects it.
        remark: Told of what a person should know.

    Raises:
        CannotImport: it does not say when it is due, or asks it before it was issued.
    """
    due = document.due
    if due is None:
        terms = f" (its terms say {shown(document.terms)})" if document.terms else ""
        raise CannotImport(
            "/cbc:DueDate",
            f"there is no due date{terms}: have the invoice written with cbc:DueDate, or import it with a list of open"
            " items, which has a column due",
        )
    if due < document.issue_date:
        raise CannotImport("/cbc:DueDate", f"it is due on {due}, before it was issued on {document.issue_date}")
    _check_accounts(document, creditor, remark)
    _check_due(document, due, remark)
    customer = document.customer
    natural_person, in_business, evidence = _status(customer)
    if YesNoUnknown.UNKNOWN in (natural_person, in_business) and in_business is not YesNoUnknown.YES:
        remark(_CUSTOMER, f"it does not say whether the customer is a consumer: {_AS_CONSUMER}")
    address = customer.address
    street = ", ".join(line for line in (address.street, *address.more) if line)
    country = address.country if address.country and re.fullmatch(r"[A-Z]{2}", address.country) else None
    contact = customer.contact
    hold = None
    if document.direct_debit:
        hold = "direct debit"
        remark(
            "/cac:PaymentMeans", "the money is collected by direct debit: on hold until a person says that it failed"
        )
    return OpenItem(
        line=1,
        number=document.number,
        debtor_id=customer_id(document),
        debtor_name=customer.name,
        contact_name=contact.name,
        email=_email(contact.email, remark),
        phone=_contact(contact.phone, "/cac:Contact/cbc:Telephone", lambda text: read_phone(text, country), remark),
        street=street or None,
        postcode=address.postcode,
        city=address.city,
        country=country,
        natural_person=natural_person,
        in_business=in_business,
        invoice_date=document.issue_date,
        due=due,
        amount=document.payable,
        open=document.payable,
        kvk=_registered(customer, "0106"),
        enterprise_number=_registered(customer, "0208"),
        product=_product(document.product),
        delivered_on=document.delivered_on,
        reference=next(iter(document.payment_references), None) or document.buyer_reference,
        hold=hold,
        status_evidence=evidence,
    )


def _check_due(document: UblDocument, due: date, remark: Remark) -> None:
    """Tell what is doubtful about the day: terms, or words that say another one."""
    if document.terms_due:
        told = ", ".join(day.isoformat() for day in document.terms_due)
        remark(
            "/cac:PaymentTerms",
            f"it is to be paid in terms ({told}): the ladder starts at the first; when only a part is late, give the"
            " terms by a list",
        )
    days = _DAYS_IN_WORDS.search(document.terms or "")
    if due == document.issue_date and days is not None and int(days[1]) > 0:
        remark(
            "/cbc:DueDate",
            f"it is due on the day of issue, but its terms say {shown(document.terms or '')}: check the due date",
        )
    if document.payable.currency != "EUR":
        remark("/cbc:DocumentCurrencyCode", f"it is in {document.payable.currency}: so are the letters about it")


def _product(name: str | None) -> str | None:
    """What was sold, short enough for a sentence; nothing when the name holds no letter or digit."""
    return None if name is None or not plain(name) else name[:_LONGEST_PRODUCT].strip()


def _check_accounts(document: UblDocument, creditor: Creditor, remark: Remark) -> None:
    numbers = [account.number for account in document.accounts]
    if numbers and "".join(creditor.iban.split()).upper() not in numbers:
        remark(
            "/cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID",
            f"it asks for payment to {', '.join(numbers)}; letters name the account of the profile, {creditor.iban}",
        )
    if document.payee is not None:
        remark(
            "/cac:PayeeParty", f"it is to be paid to {shown(document.payee)}; letters name {creditor.name}: check it"
        )


def _status(customer: UblParty) -> tuple[YesNoUnknown, YesNoUnknown, str]:
    """Whether the customer is a natural person, whether he bought in business, and what says so.

    Only what is there says something. A number in a business register, with its scheme, says that he was invoiced as a
    business; a sole trader has one too, so only a legal form in his name besides says that he is no natural person.
    """
    unknown = YesNoUnknown.UNKNOWN
    for each in (*customer.registrations, *customer.identifiers):
        register = _BUSINESS_REGISTERS.get(each.scheme or "")
        if register is None or not re.fullmatch(register[1], re.sub(r"[\s.]", "", each.value)):
            continue
        evidence = f"e-invoice: {register[0]} number"
        form = legal_form(customer.name or "")
        if form is None:
            return unknown, YesNoUnknown.YES, evidence
        return YesNoUnknown.NO, YesNoUnknown.YES, f"{evidence} and legal form {form}"
    return unknown, unknown, ""


def _registered(customer: UblParty, scheme: str) -> str | None:
    """The customer's number in a register, its digits alone; None where there is none of its form."""
    form = re.compile(_BUSINESS_REGISTERS[scheme][1])
    numbers = (_digits(e.value) for e in (*customer.registrations, *customer.identifiers) if e.scheme == scheme)
    return next((number for number in numbers if form.fullmatch(number)), None)


def _contact(text: str | None, path: str, read: Callable[[str], str], remark: Remark) -> str | None:
    if text is None:
        return None
    try:
        return read(text)
    except Unreadable as problem:
        remark(f"{_CUSTOMER}{path}", f"{problem}; it is not used")
        return None


def _email(text: str | None, remark: Remark) -> str | None:
    path = "/cac:Contact/cbc:ElectronicMail"
    email = _contact(text, path, read_email, remark)
    if email is not None and (doubt := doubt_about(email)) is not None:
        remark(f"{_CUSTOMER}{path}", doubt)
    return email


def _digits(text: str) -> str:
    return "".join(re.findall(r"[0-9]", text))
