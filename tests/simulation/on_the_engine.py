"""What of the shipped scenarios is played on the engine: of every kind of thing that happens in them, one.

The engine plays a debtor's case a hundred times as slowly as the rules alone, and most debtors of the scenarios differ
in their money only. `kinds_of` says what happens in a scenario; a debtor whose kinds are all among those of others need
not be played here. All of them are played with `MAANWERK_DIFFERENTIAL=500`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from domain import facts as f
from simulation.events import Event
from simulation.outcome import Outcome
from simulation.scenario import Scenario

Kind = tuple[str, ...]

PLAYED: Mapping[str, tuple[str, ...]] = {
    "arrangement-over-several": ("cas",),
    "arrangements": ("bob", "dot"),
    "delivery-reports": ("a bv", "b bv", "c bv", "d bv", "e bv", "f bv"),
    "disputes": ("ann", "bob", "cas"),
    "holds": ("c", "e", "f", "g", "i", "j"),
    "joint-hand-off": ("visser",),
    "misuse": ("late bv", "cheque bv"),
    "money": ("d-small", "d-over", "d-funds", "d-refused", "d-twice"),
    "part-payment": ("bakker",),
    "payment-runs": ("run bv",),
    "promise-withdrawn": ("ann",),
    "promises": ("dee", "gus"),
    "r4-states": ("terms",),
    "r5-tryton": ("customer",),
    "s14-sole-trader": ("mulder",),
    "s8-credit-after-letter-norm": ("visser", "dekker"),
    "sending-stop": ("bakker",),
    "settlements": ("ann", "bob"),
    "statuses": ("ann", "bob", "cas", "eef bv", "fien", "gijs"),
    "told-twice": ("d-one", "d-two"),
    "two-people": ("d-one", "d-four", "d-five", "d-six"),
    "what-stops-what": ("reversed-i",),
    "with-the-partner": ("d2", "d4", "d5", "d6", "d8", "d9"),
}
"""Debtors by the name of the file; of the other files nobody."""

DEFAULTS = ("nl-business", "nl-consumer", "be-business", "be-consumer", "preset-7-14-21", "preset-3-14-30")
"""The policies of whose own scenario, `policy-NAME`, everybody is played (`test_default_policies.py`)."""

_TELLING = frozenset(("step_kind", "outcome", "reason", "hold", "task", "status", "letter", "channels", "kind"))
"""Fields of facts that say what happened; the others are amounts, days, ids and texts."""


def narrowed(scenario: Scenario, debtors: tuple[str, ...]) -> Scenario:
    """The same scenario with these debtors alone."""
    invoices = tuple(each for each in scenario.invoices if each.invoice.debtor in debtors)
    events = tuple(event for event in scenario.events if _debtor_of(scenario, event) in (None, *debtors))
    return replace(scenario, invoices=invoices, events=events)


def kinds_of(scenario: Scenario, outcome: Outcome) -> frozenset[Kind]:
    """Every kind of event, fact, end and letter for several, and of case under which law."""
    return frozenset((*_events(scenario), *_facts(outcome), *_cases(scenario)))


def _debtor_of(scenario: Scenario, event: Event) -> str | None:
    """Whom an event is about; None where it is about all."""
    if event.invoice is not None:
        return scenario.by_number[event.invoice].invoice.debtor
    debtor: str | None = getattr(event, "debtor", None)
    return debtor


def _events(scenario: Scenario) -> Iterator[Kind]:
    for event in scenario.events:
        name, debtor = type(event).__name__, _debtor_of(scenario, event)
        yield (name,)
        if debtor is not None and len(scenario.by_debtor.get(debtor, ())) > 1:
            yield name, "one of several"


def _facts(outcome: Outcome) -> Iterator[Kind]:
    carrying: dict[str, set[str]] = {}
    for played in outcome.played:
        for fact in played.facts:
            for name, value in fact.model_dump(mode="json").items():
                # A reason is one of a few words, or a text that names what was wrong.
                if name in _TELLING and (isinstance(value, list) or re.fullmatch("[a-z_]+", str(value))):
                    yield fact.kind, name, str(value)
            if isinstance(fact, f.StepTaken):
                carried = carrying.setdefault(fact.message, set())
                carried.add(played.number)
                if len(carried) > 1:
                    yield fact.kind, fact.step_kind, "for several"
    for refusal in outcome.refusals:
        yield "refused", refusal.event


def _cases(scenario: Scenario) -> Iterator[Kind]:
    for each in scenario.invoices:
        legal = each.invoice.legal_status
        yield "case", str(each.policy.law), str(legal.natural_person), str(legal.in_business)
