"""What a letter says, before it has a form: the parties, the invoices, the claim and what it announces.

Nothing in here is markup. Every text is one line of data: line breaks, control characters and characters that
turn the reading direction are taken out when the value is made, so that a debtor's name can neither add a
paragraph to a letter nor a header to an e-mail.
"""

import unicodedata
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from domain.money import Money

Language = Literal["nl", "en"]
Announcement = Literal["interest", "costs", "handoff", "supply_stop"]

# Directional embeddings, overrides and isolates: they could show an amount or an account number backwards.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def one_line(text: str) -> str:
    """Return the text as one line: no line breaks, controls, direction characters or doubled spaces."""
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text if char not in _TURNING
    )
    return " ".join(part for part in visible.split(" ") if part)


Line = Annotated[str, AfterValidator(one_line)]
FilledLine = Annotated[Line, AfterValidator(lambda text: _filled(text))]


def _filled(text: str) -> str:
    if not text:
        raise ValueError("is empty; give at least one visible character")
    return text


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CreditorParty(_Frozen):
    """The company that asks for its money, as printed on its letters.

    Attributes:
        name: Trade name; also the name of the account holder.
        address: Lines of the postal address, street first.
        kvk: Number in the trade register, if any.
        vat: VAT number, if any.
        iban: Account to pay into; spaces do not matter.
        bic: Bank identifier, if any.
        email: Address that a debtor can write to.
        phone: Number that a debtor can call, as it should be printed.
    """

    name: FilledLine
    address: tuple[Line, ...]
    kvk: Line | None = None
    vat: Line | None = None
    iban: FilledLine
    bic: Line | None = None
    email: FilledLine
    phone: Line | None = None


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
    """

    number: FilledLine
    invoice_date: date
    due: date
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    principal: Money
    open: Money
    step: str

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        for field, money in (("principal", self.principal), ("open", self.open)):
            if money.currency != self.currency:
                raise ValueError(
                    f"invoice {self.number}: {field} is in {money.currency}, the invoice in {self.currency}; "
                    "give both amounts in the currency of the invoice"
                )
        return self


class LetterContent(_Frozen):
    """Everything that one letter says; from it the e-mail, the text message and the PDF are made.

    Attributes:
        letter: Name of the letter, one of `letters.render.known_letters()`.
        language: Language that the debtor reads.
        on: Date of the letter.
        creditor: Who asks.
        debtor: Who is asked.
        lines: The invoices; several make it a statement of account.
        claimed: The one amount asked. Principal only, so exactly the sum of what is open: interest and costs
        get
            lines of their own when they come, and never hide in a total.
        announces: What follows if no payment comes. To a consumer only the hand-off is printed, and only in
        the final
            demand: costs may be announced to him by their exact amount alone (art. 6:96 lid 6 BW), which no
            letter here states.
        term_days: Days to pay, counted from the day after delivery; None if the letter sets no term.
        consumer: True for a natural person who did not act in business, and when that is not known.
        reference: What to mention with the payment.
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

    @model_validator(mode="after")
    def _claims_what_is_open(self) -> Self:
        foreign = sorted({line.currency for line in self.lines} - {self.claimed.currency})
        if foreign:
            raise ValueError(
                f"lines in {', '.join(foreign)} in a letter that claims {self.claimed.currency}; "
                "write one letter per currency"
            )
        total = sum((line.open.amount for line in self.lines[1:]), start=self.lines[0].open.amount)
        if total != self.claimed.amount:
            raise ValueError(
                f"claimed is {self.claimed.amount}, but the lines are open for {total} together; "
                "a letter claims exactly what its lines show as open"
            )
        return self
