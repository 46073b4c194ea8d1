"""What is wrong in a file of ours, and where: places, problems, and the error that holds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

__all__ = ["Loc", "Node", "Position", "Problem", "SourceError", "key_of"]


Node: TypeAlias = "dict[str, Node] | list[Node] | str | None"
"""What a file holds: mappings, lists, texts and nothings."""

Loc: TypeAlias = Sequence[str | int]
"""A way into the tree: keys of mappings and indexes of lists (from 0)."""


class Position(NamedTuple):
    """A place in a file, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file."""

    file: str
    line: int
    """From 1; 0 when the file as a whole is meant."""
    column: int
    """From 1; 0 when the file as a whole is meant."""
    key: str
    """The way to the value, like `steps[0].when.after_due`; empty for the whole file."""
    message: str

    def __str__(self) -> str:
        """Return `file:line:column: key: message`, without the parts that are not known."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return ": ".join(part for part in (place, self.key, self.message) if part)


class SourceError(ValueError):
    """A file that cannot be used. Its text has one line per problem, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column))
        )
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return one line per problem."""
        return "\n".join(map(str, self.problems))


def key_of(loc: Loc) -> str:
    """Write a way into the tree as `steps[0].when`."""
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return key.removeprefix(".")
