"""What an e-invoice says: plain values of an invoice or credit note in UBL 2.1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.money import Money

__all__ = [
    "Account",
    "EmbeddedDocument",
    "Identifier",
    "PrecedingInvoice",
    "UblAddress",
    "UblContact",
    "UblDocument",
    "UblParty",
]


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number with the list it is from: ISO 6523 code such as `0106` (KvK) or `0208` (KBO), None when not told."""

    value: str
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class UblAddress:
    """A postal address; `country` is an ISO 3166 code of two letters."""

    street: str | None = None
    more: tuple[str, ...] = ()
    postcode: str | None = None
    city: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class UblContact:
    """A person or mailbox, as written."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class UblParty:
    """One side of the invoice.

    Attributes:
        name: Registered name, else the trading name.
        trading_name: Trading name, if given.
        endpoint: Electronic address.
        identifiers: Numbers of the party; one without a scheme is known between the two (EN 16931 BT-29, BT-46).
        registrations: Numbers in a register of companies or of public bodies (BT-30, BT-47).
        vat: VAT number without spaces and dots.
        assigned: Number that the other side gave to this party.
        address: Postal address.
        contact: Whom to ask.
    """

    name: str | None = None
    trading_name: str | None = None
    endpoint: Identifier | None = None
    identifiers: tuple[Identifier, ...] = ()
    registrations: tuple[Identifier, ...] = ()
    vat: str | None = None
    assigned: str | None = None
    address: UblAddress = UblAddress()
    contact: UblContact = UblContact()


@dataclass(frozen=True, slots=True)
class Account:
    """An account to pay to: IBAN (or another number) without spaces, in capitals."""

    number: str
    name: str | None = None
    bank: str | None = None


@dataclass(frozen=True, slots=True)
class PrecedingInvoice:
    """An invoice that the document names (BT-25, BT-26)."""

    number: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class EmbeddedDocument:
    """A document that travels in the file; `name` is a bare file name."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class UblDocument:
    """An invoice or a credit note.

    Attributes:
        root: `Invoice` or `CreditNote`, as the file calls itself.
        number: Number as printed (BT-1).
        issue_date: Day of issue (BT-2).
        type_code: UNTDID 1001 code (BT-3), None when it is not told.
        due_dates: Every due date that the file tells, in the order of the file, each once (BT-9).
        payable: Amount due (BT-115), negative on an invoice that gives money back.
        with_vat: Total with VAT (BT-112), if told.
        accounts: Accounts to pay to (BT-84), each once.
        payment_references: What the payer should quote (BT-83), each once.
        means: Codes of the ways to pay (BT-81), each once.
        direct_debit: Whether the money is to be collected from the customer's account.
        terms: Payment terms in words (BT-20).
        supplier: Who gets the money.
        customer: Who owes.
        payee: Name of who is paid in the supplier's place (BT-59).
        preceding: Invoices that it names, each once.
        buyer_reference: Reference of the customer (BT-10).
        order: Number of his order (BT-13).
        delivered_on: Day of delivery (BT-72); of several the first.
        product: Name of the item on the first line (BT-153).
        terms_due: Days of the terms in which it is to be paid, the first first; empty when it is to be paid at once.
        embedded: Documents in the file that could be taken out.
    """

    root: str
    number: str
    issue_date: date
    type_code: str | None
    due_dates: tuple[date, ...]
    payable: Money
    with_vat: Money | None
    accounts: tuple[Account, ...]
    payment_references: tuple[str, ...]
    means: tuple[str, ...]
    direct_debit: bool
    terms: str | None
    supplier: UblParty
    customer: UblParty
    payee: str | None
    preceding: tuple[PrecedingInvoice, ...]
    buyer_reference: str | None
    order: str | None
    embedded: tuple[EmbeddedDocument, ...]
    delivered_on: date | None = None
    product: str | None = None
    terms_due: tuple[date, ...] = ()

    @property
    def is_credit(self) -> bool:
        """Whether it gives money back: a credit note, or an invoice with a negative amount."""
        return self.root == "CreditNote" or self.payable.minor < 0

    @property
    def credited(self) -> Money:
        """What a credit gives back, above zero."""
        return -self.payable if self.payable.minor < 0 else self.payable

    @property
    def due(self) -> date | None:
        """The last day on which payment is in time: of terms the first, of other dates the latest."""
        return min(self.terms_due, default=None) or max(self.due_dates, default=None)
