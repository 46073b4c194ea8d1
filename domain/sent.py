"""Messages of a case: one that is under way over its channels, and one that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.facts import (
    Announcement,
    Asked,
    Claims,
    DeliveryConcluded,
    DeliveryStatus,
    FileReturned,
    LegalRole,
    LetterDropped,
    StepIntended,
    VoidReason,
)
from domain.money import Money
from domain.quick_records import quick
from domain.replacing import replace

UNMADE = "the message can't be made"
"""How the reason begins when a message would be void, so that a person must mend what it says, not the contact."""


@quick
@dataclass(frozen=True, slots=True)
class Delivery:
    """One message over one channel, under its send key.

    Attributes:
        retry_at: When it may be tried, or looked for, again.
        failures: How often it was not sent, or nobody could say.
        unknowns: How often nobody could say since it was last handed to the provider.
        reason: What was said of it last.
    """

    channel: str
    key: str
    status: DeliveryStatus = DeliveryStatus.INTENDED
    retry_at: datetime | None = None
    failures: int = 0
    unknowns: int = 0
    reason: str = ""

    @property
    def unmade(self) -> bool:
        """Whether there is no such message: it would be void, or there is no wording for it."""
        return self.status is DeliveryStatus.REFUSED and self.reason.startswith(UNMADE)


@quick
@dataclass(frozen=True, slots=True)
class Attempt:
    """A message that is under way: intended, and not concluded on every channel."""

    step: str
    issue: int
    message: str
    at: datetime
    on: date
    deliveries: tuple[Delivery, ...]
    reminds: bool = False
    asked: Asked | None = None
    answers: bool = False
    """Whether it is a letter beside the ladder."""
    partner: str = ""
    """Of a hand-off: who gets the file."""

    @property
    def may_have_reached_debtor(self) -> bool:
        """Whether something went to the debtor, or may be going right now."""
        certainly_not = (DeliveryStatus.NOT_SENT, DeliveryStatus.REFUSED, DeliveryStatus.DROPPED)
        return any(d.channel != "agency" and d.status not in certainly_not for d in self.deliveries)


@quick
@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step that was taken.

    Attributes:
        keys: Send keys whose receipt starts its term. The same notice by post and by e-mail counts from the later
            of the two (practice.md, fact 4): then only those of the post.
        attempt: The deliveries it went by, for the case that a person says that one of them was not sent.
        legal: What it does in law, if anything.
        announced_costs: The exact fee that it announced.
        principal: What it said was open of the invoice.
        claimed: What it asked for, and `claims` by which words of its policy.
        announces: What it said would follow.
        costs: Collection costs that it asked for.
        entries: Number of ledger entries known when it was written.
        void: Whether it can no longer carry costs, so that it is given again.
        void_for: Why, then.
        imported: Taken before the case came to us.
        partner: Of a hand-off: who has the file, if the case lives on with him.
        returned_on: Day from which he has it no more, and `returned_for` why.
    """

    step: str
    issue: int
    kind: str
    on: date
    channels: tuple[str, ...]
    message: str
    term_days: int | None
    received_on: date | None
    reminds: bool
    proven: bool
    keys: tuple[str, ...] = ()
    attempt: Attempt | None = None
    legal: LegalRole | None = None
    announced_costs: Money | None = None
    principal: Money | None = None
    claimed: Money | None = None
    claims: Claims = "principal"
    announces: tuple[Announcement, ...] = ()
    costs: Money | None = None
    entries: int = 0
    void: bool = False
    void_for: VoidReason | None = None
    imported: bool = False
    partner: str | None = None
    returned_on: date | None = None
    returned_for: str = ""


def begun(current: Attempt | None, fact: StepIntended) -> Attempt:
    """A first attempt, or another one at the deliveries that were authoritatively not sent."""
    before = {d.key: d for d in current.deliveries} if current and current.message == fact.message else {}
    fresh = tuple(
        Delivery(channel, key, failures=before[key].failures if key in before else 0)
        for channel, key in fact.deliveries
    )
    again = {delivery.key for delivery in fresh}
    kept = tuple(d for key, d in before.items() if key not in again)
    return Attempt(
        fact.step,
        fact.issue,
        fact.message,
        fact.at,
        fact.on,
        (*kept, *fresh),
        fact.reminds,
        fact.asked,
        fact.answers,
        fact.partner,
    )


def given_up(current: Attempt | None, fact: LetterDropped) -> Attempt | None:
    """The attempt under way; none when it was at the letter that leaves no more."""
    return None if current and (current.step, current.issue) == (fact.letter, fact.issue) else current


def concluded(attempt: Attempt | None, fact: DeliveryConcluded) -> Attempt | None:
    """The attempt with what became of one of its deliveries; None when all were given up."""
    if attempt is None:
        return None
    unknown = fact.status is DeliveryStatus.UNKNOWN
    failed = unknown or fact.status is DeliveryStatus.NOT_SENT
    deliveries = tuple(
        replace(
            d,
            status=fact.status,
            retry_at=fact.retry_at,
            reason=fact.reason,
            failures=d.failures + failed,
            unknowns=d.unknowns + unknown,
        )
        if d.key == fact.key
        else d
        for d in attempt.deliveries
    )
    if all(d.status is DeliveryStatus.DROPPED for d in deliveries):
        return None
    return replace(attempt, deliveries=deliveries)


def all_came_back(keys: tuple[str, ...], bounced: tuple[str, ...]) -> bool:
    """Whether a message came back on every way it went: it reached nobody, and no term starts from it."""
    return bool(keys) and all(key in bounced for key in keys)


def is_handed_off(taken: tuple[TakenStep, ...]) -> bool:
    """Whether a partner has a file of these steps."""
    # A loop: it is asked several times a decision, and making a generator takes longer than the looking.
    for each in taken:  # noqa: SIM110
        if each.kind == "hand_off" and each.returned_on is None:
            return True
    return False


def returned(taken: tuple[TakenStep, ...], fact: FileReturned) -> tuple[TakenStep, ...]:
    """The steps, where the partner of one hand-off has its file no more."""
    return tuple(
        replace(each, returned_on=fact.on, returned_for=fact.reason)
        if each.kind == "hand_off" and (each.step, each.issue) == (fact.step, fact.issue)
        else each
        for each in taken
    )
