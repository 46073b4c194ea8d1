"""Facts about the steps of the ladder: intended, sent, taken, left out, held back, reported on."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.facts.base import BaseFact
from domain.money import Money


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


class StepIntended(BaseFact):
    """A message was about to be handed to the providers: written before any of them is called.

    Attributes:
        message: Id of the message; the same for all cases that a bundle serves.
        deliveries: `(channel, send key)` of each delivery.
        reminds: Whether it is of the reminder class.
        asked: What it says that is owed.
        answers: Whether it is a letter beside the ladder.
        partner: Of a hand-off the partner who gets the file, by his id in the profile; empty where none is named.
    """

    kind: Literal["step_intended"] = "step_intended"
    step: str
    issue: int
    message: str
    deliveries: tuple[tuple[str, str], ...]
    reminds: bool = False
    asked: Asked | None = None
    answers: bool = False
    partner: str = ""


class DeliveryConcluded(BaseFact):
    """What became of one delivery; `retry_at` when it may be planned again."""

    kind: Literal["delivery_concluded"] = "delivery_concluded"
    key: str
    status: DeliveryStatus
    retry_at: AwareDatetime | None = None
    reason: str = ""


class StepTaken(BaseFact):
    """A step was taken, with what was owed and claimed on that day; of kind `answer` a letter beside the ladder.

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
        partner: Of a hand-off the partner who has the file from then on, and with whom the case lives on; empty where
            none is named. None of every other step, of an import, and of hand-offs with which a case ended.
    """

    kind: Literal["step_taken"] = "step_taken"
    step: str
    step_kind: Literal["send", "task", "hand_off", "answer"]
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
    partner: str | None = None


class SendSettled(BaseFact):
    """A person said what became of a step whose sending stayed unproven.

    `sent` starts its term after all; `not_sent` puts the step back on the ladder.
    """

    kind: Literal["send_settled"] = "send_settled"
    step: str
    issue: int
    outcome: Literal["sent", "not_sent"]
    received_on: date | None = None
    actor: str = ""


class StepPassedOver(BaseFact):
    """A step was left out for good, and why."""

    kind: Literal["step_passed_over"] = "step_passed_over"
    step: str
    issue: int = 1
    reason: str


class StepHeldBack(BaseFact):
    """A step's moment had come but it could not be taken; its codes say why."""

    kind: Literal["step_held_back"] = "step_held_back"
    step: str
    issue: int
    blockers: tuple[str, ...]


UNREACHED = "unreached"
"""Report that a message did not reach the debtor, though his address is good: his telephone was off, say."""

SENDER_REFUSED = "sender_refused"
"""Report that a message did not reach the debtor because our sender is set up wrong: nothing is said of his address."""

CAME_BACK = ("bounced", "failed", "returned", UNREACHED, SENDER_REFUSED)
"""Reports that a message did not reach the debtor."""


class DeliveryReported(BaseFact):
    """A provider reported on a message after it was sent. `received_on` is proof of receipt.

    Attributes:
        reason: What the provider says of it, in our words and without personal data.
    """

    kind: Literal["delivery_reported"] = "delivery_reported"
    key: str
    status: str
    received_on: date | None = None
    reason: str = ""
