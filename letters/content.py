"""What a letter says, before it has a form: the parties, the invoices, the claim and what it announces.

Nothing in here is markup. Every text is one line of data: line breaks, control characters and characters that
turn the reading direction are taken out when the value is made, so that a debtor's name can neither add a
paragraph to a letter nor a header to an e-mail.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from domain.money import Money
from letters.payment_link import PaymentLink
from letters.references import StructuredReference, checked_reference

Language = Literal["nl", "en", "fr", "de"]
Law = Literal["NL", "BE"]
Claims = Literal["principal", "principal+interest", "all"]
InterestBasis = Literal["statutory", "trade", "contract"]
DayCount = Literal["anniversary_year", "actual_365"]
Announcement = Literal["interest", "costs", "handoff", "supply_stop"]

# Directional embeddings, overrides and isolates: they could show an amount or an account number backwards.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
# Private-use characters with which rendering marks what is data; nobody's name needs them.
_MARKS = frozenset("\ue000\ue001\ue002")


def one_line(text: str) -> str:
    """Return the text as one line: no line breaks, controls, direction characters or doubled spaces."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
        for char in text
        if char not in _TURNING and char not in _MARKS
    )
    return " ".join(part for part in visible.split(" ") if part)


Line = Annotated[str, AfterValidator(one_line)]
FilledLine = Annotated[Line, AfterValidator(lambda text: _filled(text))]


def _filled(text: str) -> str:
    if not text:
        raise ValueError("is empty; give at least one visible character")
    return text


# Kept as people read it: the digits of a Belgian one alone would be taken for a Dutch one.
Reference = Annotated[str, AfterValidator(lambda text: checked_reference(text).shown)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CreditorParty(_Frozen):
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


class BlockedAccount(_Frozen):
    """A G-rekening: a blocked account for wage tax, into which a part of what is asked goes.

    Attributes:
        iban: The account.
        amount: The part.
    """

    iban: FilledLine
    amount: Money


class DebtorParty(_Frozen):
    """The addressee.

    Attributes:
        name: Name of the company or person that owes.
        contact_name: The person at the company who gets the letter, if known.
        address: Lines of the postal address, street first; may be empty for e-mail and text messages.
    """

    name: FilledLine
    contact_name: Line | None = None
    address: tuple[Line, ...] = ()


class InvoiceLine(_Frozen):
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


class InterestPeriod(_Frozen):
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


class AnnouncedCosts(_Frozen):
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


class Partner(_Frozen):
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


class ReceivedPayment(_Frozen):
    """A payment that a receipt confirms.

    Attributes:
        amount: What came in.
        credited_on: Day on which the account was credited (art. 6:114 lid 2 BW).
        rest: What is still open after it, zero when all is paid.
    """

    amount: Money
    credited_on: date
    rest: Money


class Apology(_Frozen):
    """The letter that was wrong.

    Attributes:
        letter: Name of that letter, as `LetterContent.letter`.
        sent_on: Its date.
        too_much: What it claimed or announced too much; zero if no amount was wrong.
    """

    letter: str
    sent_on: date
    too_much: Money


class Instalment(_Frozen):
    """One payment of an arrangement: how much, and by which day."""

    due: date
    amount: Money


class Arrangement(_Frozen):
    """Instalments that were agreed.

    Attributes:
        total: All instalments together.
        instalments: In the order in which they fall due.
        grace_days: Banking days after a due day before an instalment counts as missed.
        interest_runs: Whether interest goes on during the arrangement.
        acknowledges_debt: Whether the debtor acknowledged the debt by it (art. 3:318 BW).
    """

    total: Money
    instalments: Annotated[tuple[Instalment, ...], Field(min_length=1)]
    grace_days: Annotated[int, Field(ge=0)] = 0
    interest_runs: bool = False
    acknowledges_debt: bool = True

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        amounts = [instalment.amount for instalment in self.instalments]
        added = sum(amounts[1:], start=amounts[0])
        if added != self.total:
            raise ValueError(f"instalments come to {added}, the arrangement to {self.total}")
        days = [instalment.due for instalment in self.instalments]
        if days != sorted(set(days)):
            raise ValueError("instalments must fall due on different days, the first one first")
        return self


class Dispute(_Frozen):
    """A dispute whose receipt is confirmed.

    Attributes:
        id: Its mark, which the debtor can mention.
        disputed: The part that stands still.
        undisputed: The part that is still asked.
        answer_by: Day by which the debtor has an answer.
    """

    id: FilledLine
    disputed: Money
    undisputed: Money
    answer_by: date


class LetterContent(_Frozen):
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
        claimed: The one amount asked: what the lines show as open, with interest and costs as far as `claims` says.
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
    damages_if_late: Money | None = None
    product: FilledLine | None = None
    blocked_account: BlockedAccount | None = None
    reminded_before: bool = True
    others: tuple[InvoiceLine, ...] = ()

    @property
    def to_own_account(self) -> Money:
        """What of the claimed amount goes to the creditor's own account."""
        return self.claimed if self.blocked_account is None else self.claimed - self.blocked_account.amount

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

    @model_validator(mode="after")
    def _claims_what_is_open(self) -> Self:
        currency = self.claimed.currency
        foreign = sorted({money.currency for money in _amounts(self)} - {currency})
        if foreign:
            raise ValueError(
                f"amounts in {', '.join(foreign)} in a letter that claims {currency}; write one letter per currency"
            )
        total = self.open
        parts = f"the lines are open for {total.amount} together"
        if (interest := self.claimed_interest) is not None:
            total, parts = total + interest, f"{parts}, interest is {interest.amount}"
        if (costs := self.claimed_costs) is not None:
            total, parts = total + costs, f"{parts}, costs are {costs.amount}"
        if total != self.claimed:
            raise ValueError(
                f"claimed is {self.claimed.amount}, but {parts}; "
                f"a letter with claims={self.claims} asks for exactly their sum"
            )
        return self

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


def _amounts(content: LetterContent) -> Iterator[Money]:
    """Every amount of a letter, for the check of its currency."""
    for line in (*content.lines, *content.others):
        yield from (line.principal, line.open)
    for period in content.periods:
        yield from (period.base, period.amount)
    singles = [content.interest, content.interest_paid, content.costs, content.damages_if_late]
    if content.announced_costs:
        singles += [content.announced_costs.amount, content.announced_costs.vat]
    if content.received:
        singles += [content.received.amount, content.received.rest]
    if content.apology:
        singles.append(content.apology.too_much)
    if content.blocked_account:
        singles.append(content.blocked_account.amount)
    if content.dispute:
        singles += [content.dispute.disputed, content.dispute.undisputed]
    if content.arrangement:
        singles.append(content.arrangement.total)
        singles += [instalment.amount for instalment in content.arrangement.instalments]
    yield from (money for money in singles if money is not None)
