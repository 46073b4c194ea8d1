"""What other systems hear of a case: from its facts to events that name the case and nothing of a person.

An event says what happened, not all about it: who wants to know more asks with a key of his own. So there is no name,
address, amount or text of anybody in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.case import Case
from domain.case_event_kinds import CaseEventKind
from domain.facts import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    Fact,
    PaymentReceived,
    PaymentReversed,
    StepTaken,
    TaskDone,
    TaskRaised,
)

__all__ = ["CaseEvent", "events_of"]


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """Something that happened to a case.

    Attributes:
        kind: What.
        at: When, aware.
        says: What is told of it besides the case, its invoice and its stage.
    """

    kind: CaseEventKind
    at: datetime
    says: Mapping[str, object]


def events_of(fact: Fact, before: Case | None, after: Case) -> tuple[CaseEvent, ...]:
    """The events that a fact makes.

    Args:
        fact: What was recorded.
        before: The case without it; None where it opens the case.
        after: The case with it.
    """
    found = []
    if (own := _own_event(fact)) is not None:
        found.append(own)
    # What an imported case went through elsewhere is no news.
    imported = isinstance(fact, StepTaken) and fact.imported
    if before is not None and before.stage != after.stage and not imported:
        found.append(CaseEvent(CaseEventKind.STAGE_CHANGED, fact.at, {"was": before.stage}))
    return tuple(found)


def _own_event(fact: Fact) -> CaseEvent | None:
    match fact:
        case CaseOpened():
            return CaseEvent(CaseEventKind.CASE_OPENED, fact.at, {})
        case CaseClosed():
            return CaseEvent(CaseEventKind.CASE_CLOSED, fact.at, {"reason": fact.reason.value})
        case CaseReopened():
            return CaseEvent(CaseEventKind.CASE_REOPENED, fact.at, {})
        case TaskRaised():
            return CaseEvent(CaseEventKind.TASK_RAISED, fact.at, {"task": fact.task})
        case TaskDone():
            return CaseEvent(CaseEventKind.TASK_DONE, fact.at, {"task": fact.task})
        case StepTaken(step_kind="send" | "answer", imported=False):
            sent = {"step": fact.step, "issue": fact.issue, "channels": list(fact.channels), "proven": fact.proven}
            return CaseEvent(CaseEventKind.MESSAGE_SENT, fact.at, sent)
        case PaymentReceived():
            return CaseEvent(CaseEventKind.PAYMENT_COUNTED, fact.at, {})
        case PaymentReversed():
            return CaseEvent(CaseEventKind.PAYMENT_REVERSED, fact.at, {})
        case _:
            return None
