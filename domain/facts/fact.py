"""A fact: the closed union of all that can have happened to a case, and how it is read and written."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.facts.cases import CaseClosed, CaseOpened, CaseReopened, DueDateChanged, PolicyChanged
from domain.facts.holds import HoldLifted, HoldPlaced
from domain.facts.letters import GateUndone, LetterVoided
from domain.facts.money import InvoiceCredited, MessageCrossed, PaymentReceived, PaymentReversed, WrittenOff
from domain.facts.quarantine import MessageQuarantined, QuarantineSettled
from domain.facts.steps import (
    DeliveryConcluded,
    DeliveryReported,
    SendSettled,
    StepHeldBack,
    StepIntended,
    StepPassedOver,
    StepTaken,
)
from domain.facts.tasks import CallLogged, HandoffApproved, TaskDone, TaskRaised

Fact = Annotated[
    CaseOpened
    | PaymentReceived
    | PaymentReversed
    | InvoiceCredited
    | WrittenOff
    | DueDateChanged
    | PolicyChanged
    | HoldPlaced
    | HoldLifted
    | StepIntended
    | DeliveryConcluded
    | StepTaken
    | SendSettled
    | StepPassedOver
    | StepHeldBack
    | TaskRaised
    | TaskDone
    | CallLogged
    | HandoffApproved
    | DeliveryReported
    | MessageQuarantined
    | QuarantineSettled
    | MessageCrossed
    | LetterVoided
    | GateUndone
    | CaseClosed
    | CaseReopened,
    Field(discriminator="kind"),
]
"""Anything that can have happened to a case: a closed union."""

FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
"""Reads and writes a fact as JSON."""
