"""From the events of a scenario to the messages that the cases are told.

Shared by both runners, so that the pure simulation and the engine hear exactly the same. A debtor's payment that
names no invoice is spread over his open cases by the law (`domain.law.allocation`); what no case can take is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from domain.law.allocation import OpenClaim, spread
from domain.money import Money
from simulation.events import FORMS, BankCovers, Event, Payment
from simulation.scenario import Scenario

__all__ = ["CaseMessage", "Cue", "EventMessages", "Refusal", "message_names"]

ClaimOn = Callable[[str, date], OpenClaim | None]
"""What is open on an invoice on a day; None when nothing is, or its case is not open yet."""


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """One message for one case, as a signal would carry it.

    Attributes:
        number: The invoice that the case is about.
        name: Name of the message.
        payload: Its content, JSON values only.
        id: Id of its delivery, the same in every run.
    """

    number: str
    name: str
    payload: Mapping[str, object]
    id: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that reaches no case, and why."""

    on: date
    event: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cue:
    """What an event comes down to.

    Attributes:
        messages: What the cases are told, in this order.
        bank_covers: Last day that the bank statements cover from now on; None: unchanged.
        refusal: Why it reaches no case, if so.
    """

    messages: tuple[CaseMessage, ...] = ()
    bank_covers: date | None = None
    refusal: Refusal | None = None


def message_names() -> Mapping[str, str]:
    """The word of the scenario file for each message: `payment` for `payment_received`."""
    return {event.form.message: word for word, event in FORMS.items() if event.form.message is not None}


class EventMessages:
    """Turns events into messages, one after another in the order of playing.

    It remembers the payments that were spread over a debtor's cases, so that one told twice counts once.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._spread: dict[tuple[str, str], Money] = {}

    def cue(self, event: Event, claim_on: ClaimOn) -> Cue:
        """What an event comes down to, now.

        Args:
            event: The event.
            claim_on: What is open on an invoice on a day; only a debtor's payment asks.
        """
        match event:
            case Payment(invoice=None):
                return self._debtor_paid(event, claim_on)
            case BankCovers():
                return Cue(bank_covers=event.until)
            case _ if event.form.about_debtor:
                return self._of_debtor(event)
            case _:
                return Cue(messages=(_told(event),))

    def _of_debtor(self, event: Event) -> Cue:
        """Each case that the debtor has by then is told the same; one that is opened later finds it with the debtor."""
        scenario = self._scenario
        family = scenario.by_debtor[scenario.by_number[event.invoice or ""].invoice.debtor]
        numbers = [each.number for each in family if scenario.opens_on(each.number) <= event.on]
        return Cue(messages=tuple(_told(replace(event, invoice=number)) for number in numbers))

    def _debtor_paid(self, event: Payment, claim_on: ClaimOn) -> Cue:
        debtor = event.debtor or ""
        known = self._spread.setdefault((debtor, event.id), event.amount)
        if known is not event.amount:
            if known == event.amount:
                return Cue()
            reason = f"{event.id} of {debtor} was {known.text} before; now it says {event.amount.text}"
            return Cue(refusal=Refusal(event.on, "payment", reason))
        counts_on = event.credited or event.on
        claims = [
            claim
            for each in self._scenario.by_debtor[debtor]
            if (claim := claim_on(each.number, counts_on)) is not None and claim.open.currency == event.amount.currency
        ]
        shares, left = spread(event.amount, claims, counts_on)
        if not shares:
            reason = f"no open case of {debtor} in {event.amount.currency} to book {event.amount.text} on"
            del self._spread[(debtor, event.id)]
            return Cue(refusal=Refusal(event.on, "payment", reason))
        last = len(shares) - 1
        return Cue(
            messages=tuple(
                _told(replace(event, invoice=number, amount=share + left if index == last else share))
                for index, (number, share) in enumerate(shares)
            )
        )


def _told(event: Event) -> CaseMessage:
    """The message by which the case of an event about one invoice is told."""
    number, name = event.invoice, event.form.message
    if number is None or name is None:
        raise ValueError(f"{event.form.word} {event.id} is about no one case")
    return CaseMessage(number, name, event.content(), event.id)
