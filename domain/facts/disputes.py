"""Facts about disputes: the debtor does not agree with all or part of an invoice."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.facts.base import BaseFact
from domain.money import Money

DisputeReason = Literal["late", "wrong_price", "damaged", "not_ordered", "not_received", "already_paid", "other"]
"""Why a debtor disputes an invoice."""

DisputeOutcome = Literal["upheld", "partly", "rejected", "withdrawn"]
"""How a dispute ended: he is right, right in part, not right, or takes it back."""


class DisputeRaised(BaseFact):
    """The debtor disputes `amount` of the invoice; None: all of it.

    Attributes:
        dispute: Its own id, which its letters name.
        reason: Its code; `note` has the words of who raised it.
        answer_by: Day by which he has an answer.
        needs_person: Whether it stops anything for a few days only, until a person looked at it: a second one, or one
            raised after the notice (practice.md, "What debtors misuse").
        late: Whether goods were complained of later than was agreed; it is flagged, not refused.
    """

    kind: Literal["dispute_raised"] = "dispute_raised"
    dispute: str
    amount: Money | None = None
    reason: DisputeReason = "other"
    answer_by: date
    needs_person: bool = False
    late: bool = False
    actor: str = ""
    note: str = ""


class DisputeAccepted(BaseFact):
    """A person looked at a dispute that stopped things for some days only: it holds until it is decided."""

    kind: Literal["dispute_accepted"] = "dispute_accepted"
    dispute: str
    actor: str = ""


class DisputeLapsed(BaseFact):
    """Nobody accepted a dispute in its days: it still waits for an answer, and stops no reminder any more."""

    kind: Literal["dispute_lapsed"] = "dispute_lapsed"
    dispute: str


class DisputeResolved(BaseFact):
    """A dispute was decided.

    Attributes:
        upheld: What is not owed: of `upheld` all that was disputed, of `partly` a part.
        respite_until: First day on which he is asked again for what he owes after all.
    """

    kind: Literal["dispute_resolved"] = "dispute_resolved"
    dispute: str
    outcome: DisputeOutcome
    upheld: Money | None = None
    respite_until: date | None = None
    actor: str = ""
    note: str = ""
