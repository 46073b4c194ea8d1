"""The scenario file as it is written: its keys, and what each may hold (docs/scenarios.md)."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from domain.invoice import ClaimBasis, Kind, LegalStatus, TermBasis
from domain.money import Money
from domain.opening import History
from domain.policy import Hours
from domain.terms import PLAIN_TERMS, CreditorTerms

__all__ = ["EXTRAS", "FORMS", "LATER", "MAY_BE_EMPTY", "EventRow", "InvoiceRow", "WrittenScenario", "WrittenScript"]


def _plain_amount(value: object) -> object:
    """Only `1234.50`: neither an exponent nor a sign that Decimal would take."""
    if isinstance(value, str):
        Money.parse(value, "EUR")
    return value


_Amount = Annotated[Decimal, BeforeValidator(_plain_amount), Field(gt=0, max_digits=14, decimal_places=2)]

_Day = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2199, 12, 31))]

_Word = Annotated[str, Field(min_length=1, max_length=200)]

_Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InvoiceRow(_Row):
    """An item of `invoices`."""

    number: _Word
    debtor: _Word
    kind: Kind | None = None
    invoice_date: _Day
    due: _Day
    amount: _Amount
    currency: _Currency = "EUR"
    term_basis: TermBasis = TermBasis.AGREED
    received_on: _Day | None = None
    legal_status: LegalStatus | None = None
    claim_basis: ClaimBasis = ClaimBasis.PRICE
    contract: _Word | None = None
    goods: bool = False
    delivered_on: _Day | None = None
    product: _Word | None = None
    payment_reference: _Word | None = None
    payment_link: _Word | None = None
    history: History | None = None
    policy: _Word | None = None


class _PauseRow(_Row):
    until: _Day | None = None


class _ResumeRow(_Row):
    pass


class EventRow(_Row):
    """An item of `events`: one of the forms, with what goes with it."""

    on: _Day
    invoice: _Word | None = None
    debtor: _Word | None = None
    payment: _Amount | None = None
    reverse: _Word | None = None
    credit: _Amount | None = None
    pause: _PauseRow | None = None
    resume: _ResumeRow | None = None
    approve: _Word | None = None
    task_done: _Word | None = None
    bank_covers: _Day | None = None
    dispute: Any = None
    resolve: Any = None
    promise: Any = None
    arrangement: Any = None
    id: _Word | None = None
    credited: _Day | None = None
    amount: _Amount | None = None
    kind: Literal["correction", "return", "rebate"] | None = None
    currency: _Currency | None = None


class _OutageRow(_Row):
    since: date = Field(alias="from")
    until: date


class WrittenScenario(_Row):
    """A scenario file."""

    scenario: str = ""
    policy: Any = None
    policies: dict[str, Any] = Field(default_factory=dict)
    start: _Day
    until: _Day
    awake: tuple[_Day, ...] | None = None
    calendar: Hours | Literal["off"] | None = None
    terms: CreditorTerms = PLAIN_TERMS
    invoices: Annotated[tuple[InvoiceRow, ...], Field(min_length=1)]
    events: tuple[EventRow, ...] | None = None


class WrittenScript(_Row):
    """A file of events and an outage, about invoices that come from elsewhere."""

    start: date
    until: date
    outage: _OutageRow | None = None
    events: tuple[EventRow, ...] | None = None


LATER = {
    "dispute": "disputes",
    "resolve": "disputes",
    "promise": "promises",
    "arrangement": "instalment plans",
}
"""Forms of the file that this version can't play, and what they come with."""

FORMS = ("payment", "reverse", "credit", "pause", "resume", "approve", "task_done", "bank_covers")
MAY_BE_EMPTY = ("pause", "resume")
EXTRAS = {
    "id": FORMS,
    "credited": ("payment",),
    "amount": ("reverse",),
    "kind": ("credit",),
    "currency": ("payment",),
    "debtor": ("payment",),
}
"""Keys that go with some forms of event only."""
