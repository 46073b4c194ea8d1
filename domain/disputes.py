"""Disputes of a case: what the debtor does not agree with, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.facts import (
    DisputeAccepted,
    DisputeLapsed,
    DisputeOutcome,
    DisputeRaised,
    DisputeReason,
    DisputeResolved,
    InvoiceCredited,
)
from domain.replacing import replace


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute.

    Attributes:
        minor: What is disputed, in minor units; None: all that is open.
        since: Day on which it was raised, and `letters` how many steps had been taken by then; `letters_answered` by
            the day on which it was decided.
        was_open_minor: What was open then.
        answer_by: Day by which the debtor has an answer.
        needs_person: Whether it stops anything for a few days only, until a person looked at it.
        stands: Whether it keeps anything from being asked, while it is open.
        upheld_minor: What turned out not to be owed.
        credited_minor: How much of that, or of what is disputed, was credited since; `credits` are the ids of credits
            that booked nothing else.
        respite_until: First day on which he is asked again for what he owes after all.
    """

    id: str
    minor: int | None
    reason: DisputeReason
    since: date
    letters: int
    was_open_minor: int
    answer_by: date
    needs_person: bool = False
    stands: bool = True
    outcome: DisputeOutcome | None = None
    resolved_on: date | None = None
    letters_answered: int = 0
    upheld_minor: int = 0
    credited_minor: int = 0
    credits: tuple[str, ...] = ()
    respite_until: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.outcome is None

    @property
    def disputed_minor(self) -> int:
        """What was disputed when it was raised, in minor units."""
        return self.was_open_minor if self.minor is None else self.minor

    def left_minor(self, open_minor: int) -> int:
        """How much of it is still open, whether or not it keeps that from being asked."""
        if self.minor is None:
            return open_minor
        return min(open_minor, max(0, self.minor - self.credited_minor))

    def contested_minor(self, open_minor: int) -> int:
        """How much of what is open is not asked for because of it, in minor units."""
        if self.is_open and not self.stands:
            return 0
        if self.is_open:
            return open_minor if self.minor is None else max(0, self.minor - self.credited_minor)
        return max(0, self.upheld_minor - self.credited_minor)


def raised(fact: DisputeRaised, letters: int, open_minor: int) -> Dispute:
    """The dispute that a fact begins, after so many steps, while so much is open."""
    return Dispute(
        id=fact.dispute,
        minor=None if fact.amount is None else fact.amount.minor,
        reason=fact.reason,
        since=fact.on,
        letters=letters,
        was_open_minor=open_minor,
        answer_by=fact.answer_by,
        needs_person=fact.needs_person,
    )


def judged(disputes: tuple[Dispute, ...], fact: DisputeAccepted | DisputeLapsed) -> tuple[Dispute, ...]:
    """The disputes, one of which holds until it is decided, or stops nothing any more."""
    accepted = isinstance(fact, DisputeAccepted)
    return tuple(
        replace(each, stands=accepted, needs_person=not accepted) if each.id == fact.dispute else each
        for each in disputes
    )


def resolved(disputes: tuple[Dispute, ...], fact: DisputeResolved, letters: int) -> tuple[Dispute, ...]:
    """The disputes, one of them decided after so many steps."""
    return tuple(
        replace(
            each,
            outcome=fact.outcome,
            resolved_on=fact.on,
            letters_answered=letters,
            upheld_minor=0 if fact.upheld is None else fact.upheld.minor,
            respite_until=fact.respite_until,
        )
        if each.id == fact.dispute and each.is_open
        else each
        for each in disputes
    )


def credited(disputes: tuple[Dispute, ...], fact: InvoiceCredited) -> tuple[Dispute, ...]:
    """The disputes after a credit note: it books what was upheld, or comes before the answer; the oldest first."""
    left = fact.amount.minor
    found = []
    for each in disputes:
        wanted = (each.upheld_minor if each.outcome else each.minor or 0) - each.credited_minor
        if each.outcome in ("rejected", "withdrawn") or wanted <= 0 or not left:
            found.append(each)
            continue
        booked = min(wanted, left)
        left -= booked
        # A credit that books more than was upheld is a correction of its own, too.
        whole = (fact.id,) if not left and each.outcome else ()
        found.append(replace(each, credited_minor=each.credited_minor + booked, credits=(*each.credits, *whole)))
    return tuple(found)
