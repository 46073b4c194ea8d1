"""Letters beside the ladder that a case owes its debtor, or has sent him."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from domain.facts import LetterDropped, LetterOwed, StepTaken


@dataclass(frozen=True, slots=True)
class OwedLetter:
    """One letter beside the ladder.

    Attributes:
        letter: Its name, and `issue` which one of that name it is.
        of: What it answers.
        since: Day on which it was asked for.
        sent_on: Day on which it left.
        dropped: Whether it leaves no more.
    """

    letter: str
    issue: int
    of: str
    since: date
    sent_on: date | None = None
    dropped: bool = False

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


def sent(owing: tuple[OwedLetter, ...], fact: StepTaken) -> tuple[OwedLetter, ...]:
    """The letters, one of which has left."""
    return tuple(
        replace(each, sent_on=fact.on) if (each.letter, each.issue) == (fact.step, fact.issue) else each
        for each in owing
    )
