"""One open item: an unpaid invoice with its debtor, as a list of them gives it (`docs/open-items.md`)."""

import hashlib
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from domain.invoice import ClaimBasis, Kind, LegalStatus, TermBasis, YesNo, YesNoUnknown
from domain.money import Money


class NoticeProof(StrEnum):
    """How well it is known that a notice sent before the import reached the debtor."""

    PRESUMED = "presumed"
    DELIVERED = "delivered"
    CONFIRMED = "confirmed"


# With slots: a list has tens of thousands, and each would take ten times as much.
@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class OpenItem:
    """One unpaid invoice with its debtor and what was done about it before.

    Attributes:
        line: Line in the file, counted from 1.
        number: Invoice number as printed on the invoice.
        key: The accounting system's own id of the invoice, if it has one.
        debtor_id: The debtor number, else a name-free id derived by `debtor_slug`.
        debtor_name: Name of the debtor; None only when the row gives just a debtor number.
        contact_name: Person to address.
        email: E-mail address for reminders.
        phone: `+` and digits where the country is known, else digits.
        street: Street and house number.
        postcode: Postal code.
        city: Town.
        country: ISO 3166 code of two letters.
        language: ISO 639 code of two letters.
        kind: The short form, if given.
        natural_person: Whether the debtor is a person and no company; from `kind` where the column is silent.
        in_business: Whether he bought for his business or profession; from `kind` where the column is silent.
        government: Whether the debtor is a public body; from `kind` where the column is silent.
        invoice_date: Day of issue.
        due: Last day on which payment is in time.
        amount: Original principal, VAT included, above zero.
        open: What is still unpaid of it, above zero and at most `amount`.
        term_basis: Where the payment term comes from; `printed` when the file does not say.
        received_on: Day on which the debtor had the invoice, if known.
        law: Law that governs the contract, if given.
        tags: Words by which a profile may choose the policy.
        reference: Reference of the debtor, or of the payment in words.
        payment_reference: Structured reference that a payment is to carry, as written; whether its check digits are
            right is asked where it is imported.
        payment_link: Page where the debtor can pay; it names nobody.
        kvk: The debtor's number in the Dutch trade register, and `enterprise_number` in the Belgian one.
        product: What was sold, in a few words.
        goods: Whether goods were sold.
        delivered_on: Day of their delivery.
        contract: The contract of which this invoice is an instalment.
        claim_basis: What is claimed; the price when the file does not say.
        document: Path of the invoice PDF, relative to the file, with forward slashes.
        last_step: Id of the last step taken before the import.
        last_contact_on: Day of the last contact before the import.
        notice_posted_on: Day on which a notice was posted before the import.
        notice_proof: What is known of its arrival.
        promise_until: Last day of a promise to pay.
        promise_amount: What was promised; None with a promise means all that is open.
        hold: Reason why the ladder must stand still.
        hold_until: First free day after that hold; None is open-ended.
        handed_off: Whether the invoice lies with an agency or bailiff already.
        status_evidence: Where the answers about the debtor come from when `kind` does not give them.
    """

    line: int
    number: str
    key: str | None = None
    debtor_id: str
    debtor_name: str | None = None
    contact_name: str | None = None
    email: str | None = None
    phone: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str | None = None
    language: str | None = None
    kind: Kind | None = None
    natural_person: YesNoUnknown = YesNoUnknown.UNKNOWN
    in_business: YesNoUnknown = YesNoUnknown.UNKNOWN
    government: YesNoUnknown = YesNoUnknown.UNKNOWN
    invoice_date: date
    due: date
    amount: Money
    open: Money
    term_basis: TermBasis = TermBasis.PRINTED
    received_on: date | None = None
    law: Literal["NL", "BE"] | None = None
    tags: tuple[str, ...] = ()
    reference: str | None = None
    payment_reference: str | None = None
    payment_link: str | None = None
    kvk: str | None = None
    enterprise_number: str | None = None
    product: str | None = None
    goods: bool = False
    delivered_on: date | None = None
    contract: str | None = None
    claim_basis: ClaimBasis = ClaimBasis.PRICE
    document: str | None = None
    last_step: str | None = None
    last_contact_on: date | None = None
    notice_posted_on: date | None = None
    notice_proof: NoticeProof | None = None
    promise_until: date | None = None
    promise_amount: Money | None = None
    hold: str | None = None
    hold_until: date | None = None
    handed_off: bool = False
    status_evidence: str = "open items file"
    term_of: str | None = None

    @property
    def currency(self) -> str:
        """ISO 4217 code of all amounts of this invoice."""
        return self.amount.currency

    @property
    def legal_status(self) -> LegalStatus:
        """The same answers as a value of the domain, where a public body is only one that is known to be."""
        known = (self.natural_person, self.in_business) != (YesNoUnknown.UNKNOWN, YesNoUnknown.UNKNOWN)
        source = self.status_evidence if self.kind is None else "kind"
        return LegalStatus(
            natural_person=self.natural_person,
            in_business=self.in_business,
            government=YesNo.YES if self.government is YesNoUnknown.YES else YesNo.NO,
            evidence=source if known else "",
        )

    @property
    def has_history(self) -> bool:
        """Whether the file says anything of earlier collection."""
        told = (self.last_step, self.last_contact_on, self.notice_posted_on, self.promise_until, self.hold)
        return self.handed_off or any(value is not None for value in told)


def case_key(item: OpenItem) -> str:
    """Give the part of the case id that names the invoice: the system's id, else issue year and number."""
    return key_of(item.key, item.number, item.invoice_date)


def debtor_slug(name: str, postcode: str | None) -> str:
    """Derive a stable id for a debtor without a number.

    Capitals, accents, spaces and punctuation make no difference, so that another export gives the same id.

    Args:
        name: Name of the debtor.
        postcode: His postal code, if known.

    Returns:
        `d-` and 16 hexadecimal digits, from which the name can't be read.
    """
    parts = (plain(name) or name.casefold(), plain(postcode or ""))
    return "d-" + hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def key_of(key: str | None, number: str, invoice_date: date | None) -> str:
    """Give the key of an invoice of which only these three are known; see `case_key`.

    Raises:
        ValueError: There is neither a key nor a date.
    """
    if key is not None:
        return key
    if invoice_date is None:
        raise ValueError("an invoice without a key of its own is named by its date")
    return f"{invoice_date.year}-{number}"


def plain(text: str) -> str:
    """Reduce a text to its letters and digits, without accents and capitals."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.lower()))
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())
