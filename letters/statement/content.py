"""What the claim statement says, as values: the PDF, the summary and the manifest are all made of these."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.handoffs.grounds import CostsGround, DefaultGround, InterestGround
from domain.money import Money

__all__ = [
    "Agreement",
    "Call",
    "Claimed",
    "Complaint",
    "CourtLanguage",
    "InterestPeriod",
    "Moved",
    "MovedKind",
    "Party",
    "PartyKind",
    "SentLetter",
    "Statement",
    "TakingOver",
    "court_language",
]

CourtLanguage = Literal["nl", "fr"]
MovedKind = Literal["payment", "credit", "write_off", "reversal", "refund"]
PartyKind = Literal["company", "consumer", "person_in_business", "public_body", "unknown"]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Party(_Said):
    """Creditor or debtor.

    Attributes:
        kind: Whether the debtor is a natural person, and in business; of the creditor `company`.
        legal_form: As the register or the name shows it; None where nobody knows.
        kvk: Number in the Dutch trade register, `enterprise_number` in the Belgian one.
    """

    name: str
    address: tuple[str, ...] = ()
    kind: PartyKind = "company"
    legal_form: str | None = None
    kvk: str | None = None
    enterprise_number: str | None = None
    vat: str | None = None
    iban: str | None = None
    bic: str | None = None
    account_name: str | None = None
    email: str | None = None
    phone: str | None = None


class TakingOver(_Said):
    """The partner that the file is for."""

    name: str
    kind: Literal["agency", "bailiff", "lawyer"]
    register_number: str | None = None
    iso: str | None = None
    guarantee_fund: str | None = None
    address: tuple[str, ...] = ()


class InterestPeriod(_Said):
    """Days with one rate on one base; `first` and `last` included."""

    first: date
    last: date
    days: int
    rate: Decimal
    base: Money
    amount: Money


class Moved(_Said):
    """Money that moved, and what it went to; below zero where it was taken back."""

    on: date
    kind: MovedKind
    amount: Money
    costs: Money | None = None
    interest: Money | None = None
    principal: Money | None = None
    over: Money | None = None
    reference: str = ""


class SentLetter(_Said):
    """A letter as it was sent over one channel, with what proves it.

    Attributes:
        letter: Which letter it is; `role` what it does in law.
        term: Days of the term that it set, and `last_day` the last of them.
        reference: The provider's own name for it: of registered post its number.
        reports: What the provider told of it: `(day, status)`.
        received: `proven`, `presumed` by the law's count, or `unknown`.
        void: Whether the claim rests on it no more.
        document: Its name in the file; None where it was sent before the case came to us and is not kept.
    """

    letter: str
    role: str | None = None
    sent_on: date
    channel: str
    recipient: str
    reference: str | None = None
    reports: tuple[tuple[date, str], ...] = ()
    received_on: date | None = None
    received: Literal["proven", "presumed", "unknown"] = "unknown"
    term: int | None = None
    last_day: date | None = None
    void: bool = False
    document: str | None = None
    sha256: str | None = None


class Complaint(_Said):
    """A dispute of the debtor, and what came of it."""

    on: date
    reason: str
    amount: Money | None = None
    words: str = ""
    outcome: str | None = None
    resolved_on: date | None = None


class Call(_Said):
    """A call with the debtor."""

    on: date
    outcome: str
    words: str = ""


class Agreement(_Said):
    """A promise, a settlement or instalments, and what came of it."""

    on: date
    kind: Literal["promise", "settlement", "arrangement"]
    amount: Money
    by: date
    outcome: str | None = None
    paid: Money | None = None


class Claimed(_Said):
    """What is claimed of one invoice on the day of the file, and everything that it rests on.

    Attributes:
        invoiced: The invoice as it was sent; `principal`, `interest` and `costs` are what is still owed.
        costs_how: How the costs were counted, in words of the statement's language; empty where it has none.
        interest_run: All interest that has run, paid or not.
        daily: What one more day bears.
        notice: Which letter set the last term; `notice_last_day` its last day.
        contract: What the contract is called; None where nobody knows it.
        terms_document: The general terms among the documents; None where there are none.
        register_checked_on: Day on which a person last looked into the registers of companies and insolvency.
    """

    case: str
    number: str
    invoice_date: date
    received_on: date | None = None
    due: date
    term_basis: str
    invoiced: Money
    product: str | None = None
    delivered_on: date | None = None
    contract: str | None = None
    principal: Money
    interest: Money
    costs: Money
    total: Money
    overpaid: Money
    default_since: date | None = None
    default_ground: DefaultGround
    default_letter_on: date | None = None
    default_last_day: date | None = None
    notice: str | None = None
    notice_sent_on: date | None = None
    notice_received_on: date | None = None
    notice_received: Literal["proven", "presumed", "unknown"] = "unknown"
    notice_last_day: date | None = None
    interest_ground: InterestGround
    interest_periods: tuple[InterestPeriod, ...] = ()
    interest_run: Money
    daily: Money | None = None
    costs_ground: CostsGround
    costs_how: tuple[str, ...] = ()
    movements: tuple[Moved, ...] = ()
    letters: tuple[SentLetter, ...] = ()
    disputes: tuple[Complaint, ...] = ()
    calls: tuple[Call, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    limitation: date | None = None
    register_checked_on: date | None = None
    invoice_documents: tuple[str, ...] = ()
    contract_document: str | None = None
    terms_document: str | None = None
    without_notice: str | None = None


class Statement(_Said):
    """The claim of a creditor on a debtor on one day."""

    on: date
    language: CourtLanguage
    law: Literal["NL", "BE"] | None
    creditor: Party
    debtor: Party
    partner: TakingOver | None
    invoices: tuple[Claimed, ...]

    @property
    def currency(self) -> str:
        """That of all its invoices."""
        return self.invoices[0].total.currency

    def sum_of(self, amounts: Iterable[Money]) -> Money:
        """The sum of amounts of it."""
        return sum(amounts, Money.zero(self.currency))

    @property
    def total(self) -> Money:
        """What is claimed in all."""
        return self.sum_of(each.total for each in self.invoices)


def court_language(law: str | None, debtor_language: str) -> CourtLanguage:
    """The language of the court: Dutch, and French where a debtor under Belgian law speaks it."""
    return "fr" if debtor_language == "fr" and law != "NL" else "nl"
