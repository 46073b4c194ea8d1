"""What a letter says, before it has a form: the parties, the invoices, the claim and what it announces.

Nothing in here is markup: every text is one line of data (`letters.lines`). What a letter answers, such as a payment or
a dispute, stands in `letters.answers`.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from domain.money import Money
from letters.answers import (
    Apology,
    Arrangement,
    ArrangementDefault,
    ContactChange,
    Dispute,
    DisputeDecision,
    DueInstalment,
    Instalment,
    Overpaid,
    PromisedPayment,
    ReceivedPayment,
    ReturnedDebit,
    SettlementOffer,
    Withdrawal,
    amounts_of,
)
from letters.lines import FilledLine, Frozen, Line, one_line
from letters.payment_link import PaymentLink
from letters.references import StructuredReference, checked_reference

__all__ = [
    "AnnouncedCosts",
    "Announcement",
    "Apology",
    "Arrangement",
    "ArrangementDefault",
    "BlockedAccount",
    "Claims",
    "ContactChange",
    "CreditorParty",
    "DayCount",
    "DebtorParty",
    "Dispute",
    "DisputeDecision",
    "DueInstalment",
    "Instalment",
    "InterestBasis",
    "InterestPeriod",
    "InvoiceLine",
    "Language",
    "Law",
    "LetterContent",
    "Overpaid",
    "Partner",
    "PromisedPayment",
    "ReceivedPayment",
    "ReturnedDebit",
    "SettlementOffer",
    "Withdrawal",
    "one_line",
]

Language = Literal["nl", "en", "fr", "de"]
Law = Literal["NL", "BE"]
Claims = Literal["principal", "principal+interest", "all"]
InterestBasis = Literal["statutory", "trade", "contract"]
DayCount = Literal["anniversary_year", "actual_365"]
Announcement = Literal["interest", "costs", "handoff", "supply_stop"]

ASKS_NOTHING = frozenset(
    {"arrangement_ended", "claim_withdrawn", "neutral_statement", "contact_change", "reservation", "overpayment"}
)
"""Letters that ask no money, whatever is open: their `claimed` is zero."""

# Kept as people read it: the digits of a Belgian one alone would be taken for a Dutch one.
Reference = Annotated[str, AfterValidator(lambda text: checked_reference(text).shown)]


class CreditorParty(Frozen):
    """The company that asks for its money, as printed on its letters.

    Attributes:
        name: Trade name; also the name of the account holder, unless `factor` is.
        address: Lines of the postal address, street first.
        kvk: Number in the trade register, if any.
        vat: VAT number, if any.
        iban: Account to pay into; spaces do not matter.
        bic: Bank identifier, if any.
        email: Address that a debtor can write to.
        phone: Number that a debtor can call, as it should be printed.
        enterprise_number: Number in the Belgian Kruispuntbank van Ondernemingen, if any.
        register_number: Registration as a collection business (Wki in the Netherlands, FPS Economy in Belgium), if it
            collects for others.
        factor: To whom the claim was assigned and the account belongs: only what is paid to him counts.
    """

    name: FilledLine
    address: tuple[Line, ...]
    kvk: Line | None = None
    vat: Line | None = None
    iban: FilledLine
    bic: Line | None = None
    email: FilledLine
    phone: Line | None = None
    enterprise_number: Line | None = None
    register_number: Line | None = None
    factor: FilledLine | None = None

    @property
    def account_name(self) -> str:
        """In whose name the account is."""
        return self.factor or self.name


class BlockedAccount(Frozen):
    """A G-rekening: a blocked account for wage tax, into which a part of what is asked goes.

    Attributes:
        iban: The account.
        amount: The part.
    """

    iban: FilledLine
    amount: Money


class DebtorParty(Frozen):
    """The addressee.

    Attributes:
        name: Name of the company or person that owes.
        contact_name: The person at the company who gets the letter, if known.
        address: Lines of the postal address, street first; may be empty for e-mail and text messages.
    """

    name: FilledLine
    contact_name: Line | None = None
    address: tuple[Line, ...] = ()


class InvoiceLine(Frozen):
    """One invoice in a letter.

    Attributes:
        number: Invoice number as printed on the invoice.
        invoice_date: Date of the invoice.
        due: Last day on which it could be paid in time.
        currency: ISO 4217 code; the same for both amounts.
        principal: What the invoice asked.
        open: What is neither paid, credited nor disputed of it.
        step: Id of the policy step that this invoice is at. Kept for the record, never printed.
        reminder: Which reminder of this invoice the letter is, where it says so: 1 for the first.
    """

    number: FilledLine
    invoice_date: date
    due: date
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    principal: Money
    open: Money
    step: str
    reminder: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        for field, money in (("principal", self.principal), ("open", self.open)):
            if money.currency != self.currency:
                raise ValueError(
                    f"invoice {self.number}: {field} is in {money.currency}, the invoice in {self.currency}; "
                    "give both amounts in the currency of the invoice"
                )
        return self


class InterestPeriod(Frozen):
    """A stretch of days over which one rate ran on one base.

    Attributes:
        invoice: Number of the invoice, as in the lines.
        first: First day with interest.
        last: Last day with interest, included.
        rate: In per cent a year.
        days: Number of days from `first` to `last`, both included.
        base: What the interest ran on.
        amount: The interest of these days; all periods add up to the interest of the letter.
    """

    invoice: FilledLine
    first: date
    last: date
    rate: Annotated[Decimal, Field(ge=0)]
    days: Annotated[int, Field(ge=1)]
    base: Money
    amount: Money

    @model_validator(mode="after")
    def _counts_its_days(self) -> Self:
        counted = (self.last - self.first).days + 1
        if counted != self.days:
            raise ValueError(
                f"interest on {self.invoice}: {self.first} to {self.last} are {counted} days, not {self.days}; "
                "both ends count"
            )
        return self


class AnnouncedCosts(Frozen):
    """The fee that a consumer will owe when his 14-day letter has run out (art. 6:96 lid 6 BW).

    Attributes:
        amount: The whole fee, including VAT.
        vat: The part of it that is VAT; None without.
        vat_reason: Whether the creditor uses a collection service with VAT that he cannot deduct; the letter then
            says so (art. 2 lid 3 Besluit vergoeding voor buitengerechtelijke incassokosten).
    """

    amount: Money
    vat: Money | None = None
    vat_reason: bool = False

    @model_validator(mode="after")
    def _vat_is_part(self) -> Self:
        if not self.amount.is_positive:
            raise ValueError(f"announced costs of {self.amount} are no costs; leave them out")
        if self.vat is not None and not (self.vat.is_positive and self.vat < self.amount):
            raise ValueError(f"VAT of {self.vat} is no part of announced costs of {self.amount}")
        return self


class Partner(Frozen):
    """The agency, bailiff or lawyer that takes a claim over.

    Attributes:
        name: As registered.
        register_number: In the Dutch register of collection services (Wki) or at FPS Economy; None for a bailiff or
            lawyer, who needs none.
        takes_over_on: First day on which it may act.
        kind: What it is; an agency names its registration on every letter (art. 11 Wki).
    """

    name: FilledLine
    register_number: Line | None = None
    takes_over_on: date
    kind: Literal["agency", "bailiff", "lawyer"] = "agency"


class LetterContent(Frozen):
    """Everything that one letter says; from it the e-mail, the text message and the PDF are made.

    What a letter *must* hold to stand is asked when it is rendered (`letters.requirements`); here only what makes the
    content itself untrue is refused.

    Attributes:
        letter: Name of the letter, one of `letters.render.known_letters()`.
        language: Language that the debtor reads.
        on: Date of the letter.
        creditor: Who asks.
        debtor: Who is asked.
        lines: The invoices; several make it a statement of account.
        claimed: The one amount asked (`due_by`): what the lines show as open, with interest and costs as far as
            `claims` says; in a letter about an instalment, a promise or a settlement what is to be paid of it now; zero
            in a letter that asks nothing.
        announces: What follows if no payment comes. To a consumer only the hand-off is printed in words, and only in
            the final demand; costs are announced to him by their exact amount alone (`announced_costs`).
        term_days: Days to pay, counted from the day after delivery; None if the letter sets no term.
        consumer: True for a natural person who did not act in business, and when that is not known.
        reference: What to mention with the payment; kept as the letter's own mark also beside a structured one.
        law: The law of the claim; None while it is not known, and then no letter with statutory wording is made.
        natural_person: True also for a sole trader in business: the careful wording, but not the consumer's scale.
        claims: What `claimed` takes in beside the open principal.
        interest: Interest due on the date of the letter; in `claimed` unless `claims` is `principal`.
        costs: Collection costs that are due on the date of the letter; in `claimed` when `claims` is `all`.
        periods: How the interest was counted; printed where interest is claimed.
        interest_paid: What of that interest was paid already; the periods explain the interest with it.
        interest_basis: Which rate it is.
        day_count: The convention in `periods`, printed with them.
        announced_costs: The exact fee of the consumer's 14-day letter.
        partner: Who takes the claim over, and when; printed in the final demand and in an announcement of hand-off.
        payment_link: Page where the debtor can pay; without personal data.
        structured_reference: ISO 11649, Dutch betalingskenmerk or Belgian OGM, kept in groups as people read it.
        received: The payment that a receipt confirms.
        apology: The letter that an apology takes back.
        arrangement: The agreed instalments that a confirmation repeats.
        dispute: The dispute that a confirmation of receipt answers.
        decision: What came of a dispute.
        promise: The payment that the debtor promised, kept to or not.
        instalment: The instalment that is due soon, or was missed.
        default: The arrangement that is not kept.
        settlement: The lower amount that was agreed.
        returned: The payment that came back.
        withdrawn: Why the claim is dropped.
        contact_change: The change of data that the debtor is asked about.
        overpaid: What the debtor paid too much.
        damages_if_late: Amount of the Belgian damages clause if the reminder has no effect; None prints the variant
            "no costs".
        product: What was sold; the Belgian first reminder must say so.
        blocked_account: The blocked account into which a part of `claimed` goes, the rest to the creditor's own.
        reminded_before: Whether each invoice was reminded of before; else no letter calls itself a second one.
        others: Overdue invoices of the debtor that the letter lists and does not ask for.
    """

    letter: str
    language: Language
    on: date
    creditor: CreditorParty
    debtor: DebtorParty
    lines: Annotated[tuple[InvoiceLine, ...], Field(min_length=1)]
    claimed: Money
    announces: tuple[Announcement, ...] = ()
    term_days: Annotated[int, Field(ge=1)] | None = None
    consumer: bool
    reference: FilledLine
    law: Law | None = None
    natural_person: bool = False
    claims: Claims = "principal"
    interest: Money | None = None
    costs: Money | None = None
    periods: tuple[InterestPeriod, ...] = ()
    interest_paid: Money | None = None
    interest_basis: InterestBasis | None = None
    day_count: DayCount | None = None
    announced_costs: AnnouncedCosts | None = None
    partner: Partner | None = None
    payment_link: PaymentLink | None = None
    structured_reference: Reference | None = None
    received: ReceivedPayment | None = None
    apology: Apology | None = None
    arrangement: Arrangement | None = None
    dispute: Dispute | None = None
    decision: DisputeDecision | None = None
    promise: PromisedPayment | None = None
    instalment: DueInstalment | None = None
    default: ArrangementDefault | None = None
    settlement: SettlementOffer | None = None
    returned: ReturnedDebit | None = None
    withdrawn: Withdrawal | None = None
    contact_change: ContactChange | None = None
    overpaid: Overpaid | None = None
    damages_if_late: Money | None = None
    product: FilledLine | None = None
    blocked_account: BlockedAccount | None = None
    reminded_before: bool = True
    others: tuple[InvoiceLine, ...] = ()

    @property
    def to_own_account(self) -> Money:
        """What of the claimed amount goes to the creditor's own account; a part of the balance goes there whole."""
        if self.blocked_account is None or not self.asks_all:
            return self.claimed
        return self.claimed - self.blocked_account.amount

    @property
    def claimed_interest(self) -> Money | None:
        """The interest that is part of `claimed`, None if there is none."""
        return self.interest if self.claims != "principal" and self.interest else None

    @property
    def claimed_costs(self) -> Money | None:
        """The collection costs that are part of `claimed`, None if there are none."""
        return self.costs if self.claims == "all" and self.costs else None

    @property
    def checked_reference(self) -> StructuredReference | None:
        """The structured reference with its standard and the form for people."""
        return checked_reference(self.structured_reference) if self.structured_reference else None

    @property
    def open(self) -> Money:
        """What the lines show as open together: the principal that is asked."""
        return sum((line.open for line in self.lines[1:]), start=self.lines[0].open)

    @property
    def balance(self) -> Money:
        """All that the letter shows as open: the principal, with interest and costs as far as `claims` says."""
        extras = (extra for extra in (self.claimed_interest, self.claimed_costs) if extra is not None)
        return sum(extras, start=self.open)

    @property
    def asks_all(self) -> bool:
        """Whether the balance is asked, and not a part of it or nothing."""
        return self.claimed == self.balance

    @property
    def due_by(self) -> Money:
        """What this letter has to ask, by its name and by what it answers."""
        if self.letter in ASKS_NOTHING:
            return self.balance - self.balance
        match self.letter:
            case "instalment_reminder" | "instalment_missed" if self.instalment:
                return self.instalment.open
            case "promise_confirmation" if self.promise:
                return self.promise.missing
            case "settlement_confirmation" if self.settlement:
                return self.settlement.amount
            case "arrangement_default" if self.default and self.default.warning:
                return self.default.missed_sum
            case _:
                return self.balance

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        currency = self.claimed.currency
        foreign = sorted({money.currency for money in amounts_of(self)} - {currency})
        if foreign:
            raise ValueError(
                f"amounts in {', '.join(foreign)} in a letter that claims {currency}; write one letter per currency"
            )
        return self

    @model_validator(mode="after")
    def _claims_what_is_due(self) -> Self:
        if self.claimed == self.due_by:
            return self
        if self.due_by != self.balance:
            raise ValueError(
                f"claimed is {self.claimed.amount}, but {self.letter} asks {self.due_by.amount} by what it answers; a "
                "letter asks for exactly that"
            )
        parts = f"the lines are open for {self.open.amount} together"
        if (interest := self.claimed_interest) is not None:
            parts = f"{parts}, interest is {interest.amount}"
        if (costs := self.claimed_costs) is not None:
            parts = f"{parts}, costs are {costs.amount}"
        raise ValueError(
            f"claimed is {self.claimed.amount}, but {parts}; "
            f"a letter with claims={self.claims} asks for exactly their sum"
        )

    @model_validator(mode="after")
    def _periods_explain_the_interest(self) -> Self:
        if not self.periods or self.interest is None:
            return self
        unknown = sorted({period.invoice for period in self.periods} - {line.number for line in self.lines})
        if unknown:
            raise ValueError(f"periods: interest on {', '.join(unknown)}, which is not among the lines")
        counted = sum((period.amount for period in self.periods[1:]), start=self.periods[0].amount)
        owed = self.interest if self.interest_paid is None else self.interest + self.interest_paid
        if counted != owed:
            raise ValueError(
                f"periods come to {counted.amount}, but interest is {owed.amount}, paid or not; "
                "a specification must add up to what it explains"
            )
        return self

    @model_validator(mode="after")
    def _others_are_others(self) -> Self:
        twice = sorted({line.number for line in self.others} & {line.number for line in self.lines})
        if twice:
            raise ValueError(f"others: {', '.join(twice)} is among the lines; list beside them what is not asked for")
        return self

    @model_validator(mode="after")
    def _link_names_nobody(self) -> Self:
        if self.payment_link is None:
            return self
        link = self.payment_link.casefold()
        named = [self.debtor.name, self.debtor.contact_name or "", *(line.number for line in self.lines)]
        for word in (re.sub(r"[^0-9a-z]", "", text.casefold()) for text in named):
            if len(word) >= 4 and word in re.sub(r"[^0-9a-z]", "", link):
                raise ValueError(
                    "payment_link: holds the debtor's name or an invoice number, and links are read by others; "
                    "make it from a random token"
                )
        return self
