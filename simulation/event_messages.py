"""From the events of a scenario to the messages that the cases are told.

Shared by both runners, so that the pure simulation and the engine hear exactly the same. A debtor's payment that
names no invoice is spread over his open cases by the law (`domain.law.allocation`); what no case can take is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from domain.law.allocation import OpenClaim, spread
from domain.money import Money
from simulation.scenario import (
    Approve,
    BankCovers,
    Credit,
    Event,
    Pause,
    Payment,
    Resume,
    Reversal,
    Scenario,
    TaskDone,
)

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


_EVENT_OF = {
    "payment_received": "payment",
    "payment_reversed": "reverse",
    "invoice_credited": "credit",
    "pause": "pause",
    "resume": "resume",
    "approve_handoff": "approve",
    "complete_task": "task_done",
}


def message_names() -> Mapping[str, str]:
    """The word of the scenario file for each message: `payment` for `payment_received`."""
    return _EVENT_OF


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
            case Payment():
                if event.invoice is None:
                    return self._debtor_paid(event, claim_on)
                return _one(event.invoice, "payment_received", _paid(event, event.amount), event.id)
            case Reversal():
                payload: dict[str, object] = {"id": event.id, "payment": event.of}
                if event.amount is not None:
                    payload |= {"amount": event.amount.text, "currency": event.amount.currency}
                return _one(event.invoice, "payment_reversed", payload, event.id)
            case Credit():
                payload = {
                    "id": event.id,
                    "amount": event.amount.text,
                    "currency": event.amount.currency,
                    "kind": event.kind,
                }
                return _one(event.invoice, "invoice_credited", payload, event.id)
            case Pause():
                payload = {"id": event.id}
                if event.until is not None:
                    payload["until"] = event.until.isoformat()
                return _one(event.invoice, "pause", payload, event.id)
            case Resume():
                return _one(event.invoice, "resume", {"id": event.id}, event.id)
            case Approve():
                return _one(event.invoice, "approve_handoff", {"id": event.id, "step": event.step}, event.id)
            case TaskDone():
                return _one(event.invoice, "complete_task", {"id": event.id, "task": event.task}, event.id)
            case BankCovers():
                return Cue(bank_covers=event.until)
            case _:
                assert_never(event)

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
                CaseMessage(
                    number,
                    "payment_received",
                    _paid(event, share + left if index == last else share),
                    event.id,
                )
                for index, (number, share) in enumerate(shares)
            )
        )


def _one(number: str, name: str, payload: Mapping[str, object], message_id: str) -> Cue:
    return Cue(messages=(CaseMessage(number, name, payload, message_id),))


def _paid(event: Payment, amount: Money) -> dict[str, object]:
    return {
        "id": event.id,
        "amount": amount.text,
        "currency": amount.currency,
        "credited_on": (event.credited or event.on).isoformat(),
    }
