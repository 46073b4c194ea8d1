"""A scenario in parts: debtors have nothing to do with each other, so each part is played by itself, and anywhere.

What comes of the parts, put together, is byte for byte what comes of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.calendar import SendingCalendar
from domain.policy import Policy
from simulation.events import Event
from simulation.feedback_events import Delivery
from simulation.scenario import Scenario

__all__ = ["Part", "Parts", "Whole", "parts_of"]

_INVOICES = 20
"""Invoices of a part: enough that what a part costs by itself is nothing, few enough that they stay in the cache of a
processor while all of them go through their days together."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What the parts of a scenario share.

    Attributes:
        calendar: Says when a day begins: that of the first invoice.
        policies: All that the invoices are under, each once.
        tells_of_messages: Whether providers tell anything of messages.
    """

    calendar: SendingCalendar
    policies: tuple[Policy, ...]
    tells_of_messages: bool

    @classmethod
    def of(cls, scenario: Scenario) -> Whole:
        """What the parts of this scenario share."""
        return cls(
            calendar=scenario.invoices[0].policy.sending_calendar,
            policies=tuple({id(each.policy): each.policy for each in scenario.invoices}.values()),
            tells_of_messages=any(isinstance(event, Delivery) for event in scenario.events),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Some debtors of a scenario, with all their invoices and what happens to them.

    Attributes:
        scenario: These invoices alone.
        places: The place of each invoice in the whole.
        event_places: The place of each event in the whole.
        whole: What it shares with the other parts.
    """

    scenario: Scenario
    places: tuple[int, ...]
    event_places: tuple[int, ...]
    whole: Whole

    @classmethod
    def all_of(cls, scenario: Scenario) -> Part:
        """The whole scenario as one part."""
        places, events = range(len(scenario.invoices)), range(len(scenario.events))
        return cls(scenario, tuple(places), tuple(events), Whole.of(scenario))


class Parts:
    """A scenario in parts, each of which is made when it is asked for, in whichever process that is."""

    def __init__(self, scenario: Scenario, places: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]) -> None:
        """These parts.

        Args:
            scenario: The whole.
            places: Of each part the places of its invoices in the whole, and those of what happens to them.
        """
        self._scenario = scenario
        self._whole = Whole.of(scenario)
        self._places = places

    def __len__(self) -> int:
        """How many there are."""
        return len(self._places)

    def __iter__(self) -> Iterator[Part]:
        """One after the other."""
        return map(self.part, range(len(self)))

    def part(self, number: int) -> Part:
        """One of them, from 0 on."""
        scenario, (own, happens) = self._scenario, self._places[number]
        part = replace(
            scenario,
            invoices=tuple(scenario.invoices[place] for place in own),
            events=tuple(scenario.events[place] for place in happens),
        )
        return Part(part, own, happens, self._whole)


def parts_of(scenario: Scenario, most: int = _INVOICES) -> Parts:
    """A scenario in parts.

    Args:
        scenario: The whole.
        most: Invoices of a part; a debtor who has more is a part by himself.
    """
    debtor_of = {each.number: each.invoice.debtor for each in scenario.invoices}
    invoices: dict[str, list[int]] = {}
    for place, each in enumerate(scenario.invoices):
        invoices.setdefault(each.invoice.debtor, []).append(place)
    events: dict[str | None, list[int]] = {}
    for place, event in enumerate(scenario.events):
        events.setdefault(_debtor(event, debtor_of), []).append(place)
    about_all = events.get(None, [])
    parts: list[tuple[list[int], list[int]]] = []
    for debtor, own in invoices.items():
        if not parts or len(parts[-1][0]) + len(own) > most:
            parts.append(([], [*about_all]))
        parts[-1][0].extend(own)
        parts[-1][1].extend(events.get(debtor, ()))
    return Parts(scenario, [(tuple(sorted(own)), tuple(sorted(happens))) for own, happens in parts])


def _debtor(event: Event, debtor_of: dict[str, str]) -> str | None:
    """Whom an event is about; None of one about all."""
    if event.invoice is not None:
        return debtor_of[event.invoice]
    debtor: str | None = getattr(event, "debtor", None)
    return debtor
