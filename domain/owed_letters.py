"""Letters beside the ladder that a case owes its debtor, or has sent him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.facts import DeliveryStatus, LetterDropped, LetterOwed, SendSettled, StepTaken
from domain.replacing import replace
from domain.sent import Attempt


@dataclass(frozen=True, slots=True)
class OwedLetter:
    """One letter beside the ladder.

    Attributes:
        letter: Its name, and `issue` which one of that name it is.
        of: What it answers.
        since: Day on which it was asked for.
        sent_on: Day on which it left.
        dropped: Whether it leaves no more.
        proven: Whether it is certain that it went.
        attempt: The deliveries it went by, where that is not certain: a person may say that one was not sent.
    """

    letter: str
    issue: int
    of: str
    since: date
    sent_on: date | None = None
    dropped: bool = False
    proven: bool = True
    attempt: Attempt | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing is to be done about it any more."""
        return self.sent_on is not None or self.dropped


def owed(owing: tuple[OwedLetter, ...], fact: LetterOwed) -> tuple[OwedLetter, ...]:
    """The letters with one more."""
    return (*owing, OwedLetter(fact.letter, fact.issue, fact.of, fact.on))


def dropped(owing: tuple[OwedLetter, ...], fact: LetterDropped) -> tuple[OwedLetter, ...]:
    """The letters, one of which leaves no more."""
    return tuple(
        replace(each, dropped=True) if (each.letter, each.issue) == (fact.letter, fact.issue) else each
        for each in owing
    )


def sent(owing: tuple[OwedLetter, ...], fact: StepTaken, attempt: Attempt | None) -> tuple[OwedLetter, ...]:
    """The letters, one of which has left."""
    return tuple(
        replace(each, sent_on=fact.on, proven=fact.proven, attempt=None if fact.proven else attempt)
        if (each.letter, each.issue) == (fact.step, fact.issue)
        else each
        for each in owing
    )


def unproven(owing: tuple[OwedLetter, ...], letter: str, issue: int | None) -> OwedLetter | None:
    """The last letter of a name of which nobody knows whether it went."""
    found = (each for each in reversed(owing) if each.letter == letter and not each.proven)
    return next((each for each in found if issue in (None, each.issue)), None)


def settled(owing: tuple[OwedLetter, ...], fact: SendSettled) -> tuple[tuple[OwedLetter, ...], Attempt | None]:
    """The letters after a person said what became of one; with the attempt that goes on when it was not sent."""
    known = unproven(owing, fact.step, fact.issue)
    if known is None:
        return owing, None
    attempt = None
    after = replace(known, proven=True, attempt=None)
    if fact.outcome == "not_sent":
        after = replace(after, sent_on=None)
        if known.attempt is not None:
            final = (DeliveryStatus.SENT, DeliveryStatus.REFUSED, DeliveryStatus.DROPPED)
            deliveries = tuple(
                each if each.status in final else replace(each, status=DeliveryStatus.NOT_SENT, retry_at=fact.at)
                for each in known.attempt.deliveries
            )
            attempt = replace(known.attempt, deliveries=deliveries)
    return tuple(after if each is known else each for each in owing), attempt
