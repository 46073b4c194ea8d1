"""What is played: invoices, each under a policy, and what happens to them on which day.

A scenario is complete in itself: policies resolved, ids given, so that every runner plays the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from domain.terms import PLAIN_TERMS, CreditorTerms
from simulation.events import Event
from simulation.scenario_invoice import ScenarioInvoice

__all__ = ["Scenario", "ScriptFile"]


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
