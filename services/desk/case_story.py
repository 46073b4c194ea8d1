"""What happened to a case, the newest first: each with its day, who did it, what he wrote, and what was sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from casefile.case_file import Transaction
from domain.blockers import blocker_text
from domain.facts import (
    DeliveryConcluded,
    DeliveryStatus,
    Fact,
    PaymentReceived,
    StepHeldBack,
    StepIntended,
    StepTaken,
    TaskDone,
    TaskRaised,
)
from domain.tasks import task_text
from domain.views.said import said
from domain.views.step_names import step_name, with_named_step
from domain.views.timeline import bare_line, line
from services.reports.case_deliveries import OwnDelivery
from speech.amounts import amount_in
from speech.sentences import say
from speech.words import spoken_language, tr

__all__ = ["Event", "Part", "bare_event", "is_told_by_another", "story_of", "worded"]

_OWN = re.compile(r"\b(?:payment|refund):(\d{4}-\d{2}-\d{2}):(\d+(?:\.\d+)?):\w+")
"""Ids under which money that a person books is kept."""

Look = Literal["out", "in", "hold", "red", "plain"]
Part = Literal["messages", "money", "decisions"]
"""A part of a story that can be looked at alone."""

_MONEY = frozenset(("payment_received", "payment_reversed", "refund_made", "invoice_credited", "written_off"))
_HOLDS = frozenset(("hold_placed", "hold_lifted"))
_COMES_IN = frozenset(("dispute_raised", "promise_made", "arrangement_proposed", "call_logged"))
_WRITTEN = frozenset(("delivery_concluded", "delivery_reported", "message_quarantined"))
_DECIDED = frozenset(("handoff_approved", "policy_changed", "due_date_changed", "written_off", "dispute_resolved"))
_OUT_WELL = (DeliveryStatus.INTENDED, DeliveryStatus.SENT)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        on: Its local day.
        look: Whether something went out, came in, holds the case, or needs a person's eye.
        kind: Which fact it is.
        text: What happened, without its day.
        step: The step that was taken, where one was; then `channels` and `claimed` say how, and what it asked.
        by: Who did it; empty when nobody said.
        words: What he wrote.
        messages: Which of the messages of the case went with it, by their places.
        payment: Id of a payment that was booked, under which it can be taken back.
    """

    on: date
    look: Look
    kind: str
    text: str
    step: str | None = None
    channels: tuple[str, ...] = ()
    claimed: str | None = None
    by: str = ""
    words: str = ""
    messages: tuple[int, ...] = ()
    payment: str = ""

    @property
    def is_of(self) -> frozenset[Part]:
        """The parts of the story to which it belongs, beside all of it."""
        found: set[Part] = set()
        if self.look == "out" or self.messages or self.kind in _WRITTEN:
            found.add("messages")
        if self.kind in _MONEY:
            found.add("money")
        if self.by or self.kind in _DECIDED:
            found.add("decisions")
        return frozenset(found)


def story_of(
    transaction: Transaction, case_id: str, pending: Sequence[Fact], deliveries: Sequence[OwnDelivery]
) -> tuple[Event, ...]:
    """What happened to a case, the newest first.

    Args:
        transaction: A reading transaction on the case file.
        case_id: The case.
        pending: What follows from messages that wait in its inbox.
        deliveries: What went out for it.
    """
    facts = (*transaction.cases.facts(case_id), *pending)
    taken = {(fact.step, fact.issue) for fact in facts if isinstance(fact, StepTaken)}
    shown = [fact for fact in reversed(facts) if not is_told_by_another(fact, taken)]
    # What an import tells of the time before it is of an earlier day than the facts around it.
    shown.sort(key=lambda fact: fact.on, reverse=True)
    return tuple(_event(fact, deliveries) for fact in shown)


def story_since(transaction: Transaction, case_id: str, mark: str) -> tuple[Event, ...]:
    """What was recorded of a case after it had come as far as a mark says, the newest first.

    Args:
        transaction: A reading transaction on the case file.
        case_id: The case.
        mark: As `casefile.case_mark.mark_of` gave it; of what is none, nothing is known.
    """
    last = mark.partition(".")[0]
    facts = transaction.cases.facts_after(case_id, int(last)) if last.isdecimal() and len(last) < 19 else ()
    return tuple(bare_event(fact) for fact in reversed(facts))


def is_told_by_another(fact: Fact, taken: Iterable[tuple[str, int]]) -> bool:
    """Whether the line of the step that was taken says it, too."""
    if isinstance(fact, StepIntended):
        return (fact.step, fact.issue) in taken
    return isinstance(fact, DeliveryConcluded) and fact.status in _OUT_WELL


def _event(fact: Fact, deliveries: Sequence[OwnDelivery]) -> Event:
    event = bare_event(fact)
    if not isinstance(fact, StepTaken | StepIntended):
        return event
    own = (fact.step, fact.issue)
    return replace(
        event, messages=tuple(place for place, each in enumerate(deliveries) if (each.step, each.issue) == own)
    )


def bare_event(fact: Fact) -> Event:
    """What happened, without the messages that went with it."""
    told = said(fact)
    event = Event(
        on=fact.on,
        look=_look(fact),
        kind=fact.kind,
        text=worded(fact),
        by=told.by if told else "",
        words=told.words if told else "",
        payment=fact.id if isinstance(fact, PaymentReceived) else "",
    )
    if not isinstance(fact, StepTaken | StepIntended):
        return event
    channels = fact.channels if isinstance(fact, StepTaken) else tuple(channel for channel, _ in fact.deliveries)
    claimed = fact.claimed.text if isinstance(fact, StepTaken) and fact.step_kind != "task" else None
    return replace(event, step=fact.step, channels=channels, claimed=claimed)


def worded(fact: Fact, *, bare: bool = False) -> str:
    """What a fact says on a page, without its day: a task by what it asks, not by its name.

    Args:
        fact: The fact.
        bare: Without what people wrote.
    """
    match fact:
        case TaskRaised():
            return tr("task raised: {task}", task=task_text(fact.task))
        case TaskDone():
            said_of_it = f" ({say(fact.outcome)})" if fact.outcome and not bare else ""
            return tr("task done: {task}", task=task_text(fact.task)) + said_of_it
        case StepHeldBack():
            why = "; ".join(map(blocker_text, fact.blockers))
            return tr("{step}: held back, {codes}", step=step_name(fact.step), codes=why)
        case _:
            text = (bare_line(fact) if bare else line(fact))[11:]
            if isinstance(fact, PaymentReceived) and is_own_id(fact.id):
                text = text.replace(f" {fact.id}", "", 1)
            return with_named_step(_OWN.sub(_said_own, text))


def is_own_id(payment: str) -> bool:
    """Whether the id of a payment or a refund was made here, of its day and amount, and says nothing to a person."""
    return _OWN.fullmatch(payment) is not None


def _said_own(found: re.Match[str]) -> str:
    return f"{amount_in(spoken_language(), found[2])} ({found[1]})"


def _look(fact: Fact) -> Look:
    match fact.kind:
        case "step_taken" | "step_intended":
            return "out"
        case "message_quarantined" | "delivery_concluded":
            return "red"
        case kind if kind in _MONEY or kind in _COMES_IN:
            return "in"
        case kind if kind in _HOLDS:
            return "hold"
        case _:
            return "plain"
