"""Facts: what happened to one case, in the past tense. Append-only; a case is the fold of its facts.

Every fact has an `id` that makes writing it twice harmless, the moment `at` on which we learned of it and
the local day `on` of that moment in the zone of the policy. New fields get defaults; none is ever renamed.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from domain.invoice import Invoice
from domain.money import Money


class HoldKind(StrEnum):
    """Why the ladder stands still."""

    PAUSE = "pause"
    ONBOARDING_REVIEW = "onboarding_review"
    MISSING_FROM_LIST = "missing_from_list"
    PROMISE = "promise"
    IMPORTED = "imported"


class CloseReason(StrEnum):
    """Why a case is closed; `handed_off` means that our ladder ended with the hand-off."""

    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"
    BELOW_TOLERANCE = "below_tolerance"
    HANDED_OFF = "handed_off"


class DeliveryStatus(StrEnum):
    """Where the delivery of one message over one channel stands.

    `intended`: written down, the provider may or may not have been called. `unproven`: still unknown after
    all reconciling; never sent again by itself.
    """

    INTENDED = "intended"
    SENT = "sent"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    UNPROVEN = "unproven"
    DROPPED = "dropped"


Claims = Literal["principal", "principal+interest", "all"]
"""What a message asks for."""

Announcement = Literal["interest", "costs", "handoff", "supply_stop"]
"""What a message says will follow."""

Evidence = Literal["presumed", "delivered", "confirmed"]
"""How well it is known that a message reached the debtor."""

LegalRole = Literal["notice", "cost_notice", "default_notice", "first_reminder"]
"""What a message does in law: `notice` sets a business its last term; `cost_notice` is the 14-day letter after which a
consumer owes costs (BW 6:96 lid 6); `default_notice` puts a debtor in default whose term was only printed (BW 6:82);
`first_reminder` is the free first reminder of a Belgian consumer (WER XIX.2)."""


class Asked(BaseModel):
    """What a message says that is owed, as it was when its intent was written.

    Attributes:
        open, interest, costs, total: What was owed that day, by law.
        claimed: What it asks for.
        announced_costs: The exact fee that it announces, if it does.
        legal: What it does in law, if anything.
        term_days: Days of the term that it sets.
        entries: Number of ledger entries known at that moment: what is learned later may make the letter void.
    """

    model_config = ConfigDict(frozen=True)

    open: Money
    interest: Money
    costs: Money
    total: Money
    claimed: Money
    announced_costs: Money | None = None
    legal: LegalRole | None = None
    term_days: int | None = None
    entries: int = 0


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    at: AwareDatetime
    on: date


class CaseOpened(_Fact):
    """An overdue invoice became a case, under a pinned policy."""

    kind: Literal["case_opened"] = "case_opened"
    invoice: Invoice
    open: Money
    policy: str
    policy_version: int


class PaymentReceived(_Fact):
    """Money came in. `credited_on` counts for money, `on` for what we could know."""

    kind: Literal["payment_received"] = "payment_received"
    amount: Money
    credited_on: date


class PaymentReversed(_Fact):
    """A payment or credit `of` was undone, wholly (`amount` None) or in part."""

    kind: Literal["payment_reversed"] = "payment_reversed"
    of: str
    amount: Money | None = None
    credited_on: date


class InvoiceCredited(_Fact):
    """The creditor credited (part of) the invoice."""

    kind: Literal["invoice_credited"] = "invoice_credited"
    amount: Money
    credit_kind: Literal["correction", "return", "rebate"] = "correction"


class WrittenOff(_Fact):
    """The creditor gave up (part of) the claim."""

    kind: Literal["written_off"] = "written_off"
    amount: Money
    actor: str = ""


class DueDateChanged(_Fact):
    """The due date was moved."""

    kind: Literal["due_date_changed"] = "due_date_changed"
    due: date
    actor: str = ""


class PolicyChanged(_Fact):
    """The case was moved to another policy or version; nothing already sent is repeated."""

    kind: Literal["policy_changed"] = "policy_changed"
    policy: str
    policy_version: int
    actor: str = ""


class HoldPlaced(_Fact):
    """A hold began on the day `on`; `until` is its first free day, None when it has no end yet."""

    kind: Literal["hold_placed"] = "hold_placed"
    hold: HoldKind
    until: date | None = None
    actor: str = ""


class HoldLifted(_Fact):
    """All holds of one kind ended on the day `on`."""

    kind: Literal["hold_lifted"] = "hold_lifted"
    hold: HoldKind
    actor: str = ""


class StepIntended(_Fact):
    """A message was about to be handed to the providers: written before any of them is called.

    Attributes:
        message: Id of the message; the same for all cases that a bundle serves.
        deliveries: `(channel, send key)` of each delivery.
        reminds: Whether it is of the reminder class.
        asked: What it says that is owed.
    """

    kind: Literal["step_intended"] = "step_intended"
    step: str
    issue: int
    message: str
    deliveries: tuple[tuple[str, str], ...]
    reminds: bool = False
    asked: Asked | None = None


class DeliveryConcluded(_Fact):
    """What became of one delivery; `retry_at` when it may be planned again."""

    kind: Literal["delivery_concluded"] = "delivery_concluded"
    key: str
    status: DeliveryStatus
    retry_at: AwareDatetime | None = None
    reason: str = ""


class StepTaken(_Fact):
    """A step was taken, with what was owed and claimed on that day.

    Attributes:
        channels: Channels over which it went; `("task",)` or `("agency",)` for the other kinds of step.
        message: Shared by all steps that went in one message.
        term_days: Days of the term that it set, if any.
        received_on: Proven day of receipt, when known at once (import).
        proven: False when the outcome stayed unknown: no term starts from it.
        imported: Taken before the case came to us.
        claims: What it asked for, and `announces` what it said would follow (practice.md, fact 3).
        evidence: How well `received_on` is known (practice.md, fact 4); None where nothing is known of it.
        announced_costs: The exact fee that it announced.
        legal: What it does in law.
        entries: Number of ledger entries known when it was written.
    """

    kind: Literal["step_taken"] = "step_taken"
    step: str
    step_kind: Literal["send", "task", "hand_off"]
    issue: int = 1
    channels: tuple[str, ...]
    message: str
    open: Money
    interest: Money
    costs: Money
    total: Money
    claimed: Money
    term_days: int | None = None
    received_on: date | None = None
    reminds: bool = False
    proven: bool = True
    imported: bool = False
    claims: Claims = "principal"
    announces: tuple[Announcement, ...] = ()
    evidence: Evidence | None = None
    announced_costs: Money | None = None
    legal: LegalRole | None = None
    entries: int | None = None


class SendSettled(_Fact):
    """A person said what became of a step whose sending stayed unproven.

    `sent` starts its term after all; `not_sent` puts the step back on the ladder.
    """

    kind: Literal["send_settled"] = "send_settled"
    step: str
    issue: int
    outcome: Literal["sent", "not_sent"]
    received_on: date | None = None
    actor: str = ""


class StepPassedOver(_Fact):
    """A step was left out for good, and why."""

    kind: Literal["step_passed_over"] = "step_passed_over"
    step: str
    issue: int = 1
    reason: str


class StepHeldBack(_Fact):
    """A step's moment had come but it could not be taken; its codes say why."""

    kind: Literal["step_held_back"] = "step_held_back"
    step: str
    issue: int
    blockers: tuple[str, ...]


class TaskRaised(_Fact):
    """Work for a person. `task` is its kind, `step` the rung it belongs to."""

    kind: Literal["task_raised"] = "task_raised"
    task: str
    step: str | None = None


class TaskDone(_Fact):
    """A person finished (or the case itself settled) a task."""

    kind: Literal["task_done"] = "task_done"
    task: str
    outcome: str = ""
    actor: str = ""


class CallLogged(_Fact):
    """A call with the debtor was noted; the words stand in the case file."""

    kind: Literal["call_logged"] = "call_logged"
    outcome: str
    actor: str = ""


class HandoffApproved(_Fact):
    """A person approved the hand-off of this balance; it lapses after ten days or when the balance changes."""

    kind: Literal["handoff_approved"] = "handoff_approved"
    step: str
    open: Money
    actor: str = ""


CAME_BACK = ("bounced", "failed", "returned")
"""Reports that a message did not reach the debtor."""


class DeliveryReported(_Fact):
    """A provider reported on a message after it was sent. `received_on` is proof of receipt."""

    kind: Literal["delivery_reported"] = "delivery_reported"
    key: str
    status: str
    received_on: date | None = None


class MessageQuarantined(_Fact):
    """A message could not be used; its bytes stand in the quarantine under this id."""

    kind: Literal["message_quarantined"] = "message_quarantined"
    name: str
    sha256: str
    error: str


class QuarantineSettled(_Fact):
    """A person resubmitted or dismissed a quarantined message `of`."""

    kind: Literal["quarantine_settled"] = "quarantine_settled"
    of: str
    outcome: Literal["resubmitted", "dismissed"]
    actor: str = ""


class MessageCrossed(_Fact):
    """A payment was acknowledged after a message's intent was written; the two crossed."""

    kind: Literal["message_crossed"] = "message_crossed"
    message: str
    payment: str


VoidReason = Literal["corrected", "paid_before", "reversed", "together", "reissue", "not_in_default"]
"""Why a letter is void for costs: the invoice was corrected; a payment from before it was learned of later; a payment
inside its term was taken back; another invoice in the same letter made it void; a person asked for a new one; as we
know now the debtor was not in default when it left."""


class LetterVoided(_Fact):
    """A letter can no longer carry costs; it and what hung on its term are given again, with a full new term.

    Attributes:
        steps: `(step, issue)` of the letter, and of the steps taken since then that waited for its term.
        of: Id of the ledger entry, or of the request, that made it void; the day of default that was not reached.
        actor: Who asked for a new letter.
    """

    kind: Literal["letter_voided"] = "letter_voided"
    steps: tuple[tuple[str, int], ...]
    reason: VoidReason
    of: str = ""
    actor: str = ""


class GateUndone(_Fact):
    """Costs were claimed that turned out not to be due: a payment inside the term was learned of only later.

    Attributes:
        step: Step whose message claimed them, and its issue.
        claimed: Costs that it claimed.
        due: Costs that were due that day as we know now.
    """

    kind: Literal["gate_undone"] = "gate_undone"
    step: str
    issue: int
    claimed: Money
    due: Money


class CaseClosed(_Fact):
    """The case was closed. `waived`: interest and costs that are not pursued (the policy's `remainder`)."""

    kind: Literal["case_closed"] = "case_closed"
    reason: CloseReason
    waived: Money | None = None


class CaseReopened(_Fact):
    """A closed case is owed money again."""

    kind: Literal["case_reopened"] = "case_reopened"


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
