"""Facts: what happened to one case, in the past tense. Append-only; a case is the fold of its facts.

The closed union of them stands here, and how one is read and written.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.blockers import HoldKind
from domain.facts.agencies import (
    AgencyReported,
    AgencyStatus,
    ClosingCode,
    FileReturned,
    RecallAsked,
    ReturnedFor,
)
from domain.facts.arrangements import (
    AgreedInstalment,
    ArrangementAgreed,
    ArrangementBroken,
    ArrangementEnded,
    ArrangementInterest,
    ArrangementKept,
    ArrangementOutcome,
    ArrangementProposed,
    ArrangementReopened,
    ArrangementWarned,
)
from domain.facts.cases import CaseClosed, CaseOpened, CaseReopened, CloseReason, DueDateChanged, PolicyChanged
from domain.facts.correspondence import LetterDropped, LetterOwed
from domain.facts.disputes import (
    DisputeAccepted,
    DisputeLapsed,
    DisputeOutcome,
    DisputeRaised,
    DisputeReason,
    DisputeResolved,
)
from domain.facts.habits import HabitNoted
from domain.facts.holds import HoldLifted, HoldPlaced
from domain.facts.letters import GateUndone, LetterVoided, VoidReason
from domain.facts.money import (
    InvoiceCredited,
    MessageCrossed,
    PaymentReceived,
    PaymentReversed,
    RefundMade,
    ReturnReason,
    WriteOffReason,
    WrittenOff,
)
from domain.facts.promises import PromiseJudged, PromiseMade, PromiseOutcome
from domain.facts.quarantine import MessageQuarantined, QuarantineSettled
from domain.facts.settlements import SettlementAgreed, SettlementJudged, SettlementOutcome
from domain.facts.signatures import SignatureAsked, SignatureSettled, Signs
from domain.facts.statuses import DebtorStatusEnded, DebtorStatusProven, DebtorStatusReported
from domain.facts.steps import (
    CAME_BACK,
    SENDER_REFUSED,
    UNREACHED,
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
from domain.facts.tasks import CallLogged, HandoffApproved, TaskDone, TaskRaised, WithoutNotice

__all__ = [
    "CAME_BACK",
    "FACT",
    "SENDER_REFUSED",
    "UNREACHED",
    "AgencyReported",
    "AgencyStatus",
    "AgreedInstalment",
    "Announcement",
    "ArrangementAgreed",
    "ArrangementBroken",
    "ArrangementEnded",
    "ArrangementInterest",
    "ArrangementKept",
    "ArrangementOutcome",
    "ArrangementProposed",
    "ArrangementReopened",
    "ArrangementWarned",
    "Asked",
    "CallLogged",
    "CaseClosed",
    "CaseOpened",
    "CaseReopened",
    "Claims",
    "CloseReason",
    "ClosingCode",
    "DebtorStatusEnded",
    "DebtorStatusProven",
    "DebtorStatusReported",
    "DeliveryConcluded",
    "DeliveryReported",
    "DeliveryStatus",
    "DisputeAccepted",
    "DisputeLapsed",
    "DisputeOutcome",
    "DisputeRaised",
    "DisputeReason",
    "DisputeResolved",
    "DueDateChanged",
    "Evidence",
    "Fact",
    "FileReturned",
    "GateUndone",
    "HabitNoted",
    "HandoffApproved",
    "HoldKind",
    "HoldLifted",
    "HoldPlaced",
    "InvoiceCredited",
    "LegalRole",
    "LetterDropped",
    "LetterOwed",
    "LetterVoided",
    "MessageCrossed",
    "MessageQuarantined",
    "PaymentReceived",
    "PaymentReversed",
    "PolicyChanged",
    "PromiseJudged",
    "PromiseMade",
    "PromiseOutcome",
    "QuarantineSettled",
    "RecallAsked",
    "RefundMade",
    "ReturnReason",
    "ReturnedFor",
    "SendSettled",
    "SettlementAgreed",
    "SettlementJudged",
    "SettlementOutcome",
    "SignatureAsked",
    "SignatureSettled",
    "Signs",
    "StepHeldBack",
    "StepIntended",
    "StepPassedOver",
    "StepTaken",
    "TaskDone",
    "TaskRaised",
    "VoidReason",
    "WithoutNotice",
    "WriteOffReason",
    "WrittenOff",
]

Fact = Annotated[
    CaseOpened
    | PaymentReceived
    | PaymentReversed
    | RefundMade
    | InvoiceCredited
    | WrittenOff
    | DueDateChanged
    | PolicyChanged
    | HabitNoted
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
    | SignatureAsked
    | SignatureSettled
    | DeliveryReported
    | MessageQuarantined
    | QuarantineSettled
    | MessageCrossed
    | LetterVoided
    | GateUndone
    | LetterOwed
    | LetterDropped
    | DisputeRaised
    | DisputeAccepted
    | DisputeLapsed
    | DisputeResolved
    | PromiseMade
    | PromiseJudged
    | SettlementAgreed
    | SettlementJudged
    | DebtorStatusReported
    | DebtorStatusProven
    | DebtorStatusEnded
    | ArrangementProposed
    | ArrangementAgreed
    | ArrangementWarned
    | ArrangementBroken
    | ArrangementKept
    | ArrangementReopened
    | ArrangementEnded
    | AgencyReported
    | RecallAsked
    | FileReturned
    | CaseClosed
    | CaseReopened,
    Field(discriminator="kind"),
]
"""Anything that can have happened to a case: a closed union."""

FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
"""Reads and writes a fact as JSON."""
