"""What a required part is: something that a letter must hold, in which letters, and how it is found there."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from letters.content import Language, LetterContent
from letters.figures import Figures
from letters.requirements.patterns import wording_pattern


@dataclass(frozen=True, slots=True)
class Printing:
    """A letter about to be printed: its content, the name of the letter it became, and how figures are written."""

    content: LetterContent
    letter: str
    paper: bool
    figures: Figures


Condition: TypeAlias = Callable[[Printing], bool]

Values: TypeAlias = Callable[[Printing], tuple[str | None, ...]]


@dataclass(frozen=True)
class Part:
    """Something that a letter must hold.

    Attributes:
        name: What it is, in words.
        give: What to do when it is missing.
        when: When it is asked; always if not given.
        values: The values that must stand in the letter as printed. None among them: the data is missing.
        blocks: Blocks of the wording in which it is said.
        said: Pattern by language that must be found in those blocks.
    """

    name: str
    give: str
    when: Condition = lambda _: True
    values: Values = lambda _: ()
    blocks: tuple[str, ...] = ()
    said: Mapping[Language, str] | None = None

    def pattern(self, language: Language) -> re.Pattern[str] | None:
        """What is looked for in a language; None where no words of it are asked."""
        said = (self.said or {}).get(language)
        return None if said is None else wording_pattern(said)


def consumer(printing: Printing) -> bool:
    """Whether the letter goes to a consumer."""
    return printing.content.consumer


def careful(printing: Printing) -> bool:
    """Whether the letter goes to a natural person, consumer or not."""
    return printing.content.consumer or printing.content.natural_person


def to_pay(printing: Printing) -> bool:
    """Whether the letter asks for money."""
    return printing.content.claimed.is_positive


def both(one: Condition, other: Condition) -> Condition:
    """Return a condition that holds where two do."""
    return lambda printing: one(printing) and other(printing)
