"""What is played: invoices, each under a policy, and what happens to them on which day.

A scenario is complete in itself: policies resolved, ids given, so that every runner plays the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal, TypeAlias

from domain.invoice import Invoice
from domain.money import Money
from domain.opening import History
from domain.policy import Policy
from domain.terms import PLAIN_TERMS, CreditorTerms

__all__ = [
    "Approve",
    "BankCovers",
    "Credit",
    "Event",
    "Pause",
    "Payment",
    "Resume",
    "Reversal",
    "Scenario",
    "ScenarioInvoice",
    "ScriptFile",
    "TaskDone",
]


@dataclass(frozen=True, slots=True)
class ScenarioInvoice:
    """One invoice of a scenario and the policy it is collected under."""

    invoice: Invoice
    policy: Policy
    history: History | None = None

    @property
    def number(self) -> str:
        """Number of the invoice, which names it in events and output."""
        return self.invoice.number


@dataclass(frozen=True, slots=True)
class Payment:
    """Money comes in: for one invoice, or (`invoice` None) for all open ones of a debtor."""

    on: date
    id: str
    amount: Money
    invoice: str | None = None
    debtor: str | None = None
    credited: date | None = None


@dataclass(frozen=True, slots=True)
class Reversal:
    """A payment or credit `of` is undone, wholly (`amount` None) or in part."""

    on: date
    id: str
    invoice: str
    of: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """The creditor credits (part of) an invoice."""

    on: date
    id: str
    invoice: str
    amount: Money
    kind: Literal["correction", "return", "rebate"] = "correction"


@dataclass(frozen=True, slots=True)
class Pause:
    """A person stops the ladder; `until` is the first free day."""

    on: date
    id: str
    invoice: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """A person ends all pauses."""

    on: date
    id: str
    invoice: str


@dataclass(frozen=True, slots=True)
class Approve:
    """A person approves the hand-off step."""

    on: date
    id: str
    invoice: str
    step: str


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A person finished a task, named by its kind or by the step that raised it."""

    on: date
    id: str
    invoice: str
    task: str


@dataclass(frozen=True, slots=True)
class BankCovers:
    """From now on the bank statements are known up to and including `until`, and no further."""

    on: date
    id: str
    until: date


Event: TypeAlias = Payment | Reversal | Credit | Pause | Resume | Approve | TaskDone | BankCovers
"""Anything that happens in a scenario: a closed union."""


@dataclass(frozen=True)
class Scenario:
    """A dry run in virtual time, complete in itself.

    Attributes:
        path: Where it was read from, or a name for it.
        name: What it is about.
        start: First day.
        until: Last day.
        invoices: In the order of the file.
        events: In the order of the file.
        awake: The only days on which anything is decided or sent; None: all days.
        terms: The creditor's terms, as in his profile.
    """

    path: str
    name: str
    start: date
    until: date
    invoices: tuple[ScenarioInvoice, ...]
    events: tuple[Event, ...] = ()
    awake: frozenset[date] | None = field(default=None)
    terms: CreditorTerms = PLAIN_TERMS

    @cached_property
    def by_number(self) -> Mapping[str, ScenarioInvoice]:
        """The invoices by their number."""
        return {each.number: each for each in self.invoices}

    @cached_property
    def by_debtor(self) -> Mapping[str, tuple[ScenarioInvoice, ...]]:
        """The invoices of each debtor, in the order of the file."""
        found: dict[str, tuple[ScenarioInvoice, ...]] = {}
        for each in self.invoices:
            debtor = each.invoice.debtor
            found[debtor] = (*found.get(debtor, ()), each)
        return found

    def opens_on(self, number: str) -> date:
        """Day on which the case of an invoice is opened: the start, or its own date when that is later."""
        return max(self.start, self.by_number[number].invoice.invoice_date)


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """What happens to invoices that come from elsewhere: the events of a scenario, and an outage.

    Attributes:
        start: First day.
        until: Last day.
        events: In the order of the file.
        outage: First day on which the engine is down, and the day on which it is back.
    """

    start: date
    until: date
    events: tuple[Event, ...]
    outage: tuple[date, date] | None = None
