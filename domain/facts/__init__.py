"""Facts: what happened to one case, in the past tense. Append-only; a case is the fold of its facts."""

from domain.blockers import HoldKind
from domain.facts.cases import CaseClosed, CaseOpened, CaseReopened, CloseReason, DueDateChanged, PolicyChanged
from domain.facts.fact import FACT, Fact
from domain.facts.holds import HoldLifted, HoldPlaced
from domain.facts.letters import GateUndone, LetterVoided, VoidReason
from domain.facts.money import InvoiceCredited, MessageCrossed, PaymentReceived, PaymentReversed, WrittenOff
from domain.facts.quarantine import MessageQuarantined, QuarantineSettled
from domain.facts.steps import (
    CAME_BACK,
    Announcement,
    Asked,
    Claims,
    DeliveryConcluded,
    DeliveryReported,
    DeliveryStatus,
    Evidence,
    LegalRole,
    SendSettled,
    StepHeldBack,
    StepIntended,
    StepPassedOver,
    StepTaken,
)
from domain.facts.tasks import CallLogged, HandoffApproved, TaskDone, TaskRaised

__all__ = [
    "CAME_BACK",
    "FACT",
    "Announcement",
    "Asked",
    "CallLogged",
    "CaseClosed",
    "CaseOpened",
    "CaseReopened",
    "Claims",
    "CloseReason",
    "DeliveryConcluded",
    "DeliveryReported",
    "DeliveryStatus",
    "DueDateChanged",
    "Evidence",
    "Fact",
    "GateUndone",
    "HandoffApproved",
    "HoldKind",
    "HoldLifted",
    "HoldPlaced",
    "InvoiceCredited",
    "LegalRole",
    "LetterVoided",
    "MessageCrossed",
    "MessageQuarantined",
    "PaymentReceived",
    "PaymentReversed",
    "PolicyChanged",
    "QuarantineSettled",
    "SendSettled",
    "StepHeldBack",
    "StepIntended",
    "StepPassedOver",
    "StepTaken",
    "TaskDone",
    "TaskRaised",
    "VoidReason",
    "WrittenOff",
]
