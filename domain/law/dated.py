"""Dated tables: figures of the law that change on a day, each row with its source.

No figure of the law stands in the code. A table also says until when it was checked, so that what is computed
for a later day can be marked: a rate that has changed meanwhile is not seen by looking at the result.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

__all__ = ["BeforeTable", "Dated", "DatedTable"]

T = TypeVar("T")


class BeforeTable(ValueError):
    """A day lies before the first row of a table."""


# Without slots: Python 3.11 cannot make `Dated[int](…)` of a frozen generic class that has them.
@dataclass(frozen=True)
class Dated(Generic[T]):
    """One row: what applies from a day on."""

    since: date
    """First day on which it applies."""
    value: T
    source: str
    """Statute, decree or publication in which it stands, for people."""


@dataclass(frozen=True)
class DatedTable(Generic[T]):
    """Rows of one figure in the order of time, each valid until the next.

    Raises:
        ValueError: no rows, or rows out of order.
    """

    name: str
    """What the figure is, with its article: `the Dutch trade rate`."""
    rows: tuple[Dated[T], ...]
    checked_until: date
    """Last day for which it was checked that no later row applies."""
    wording: str = "value of {}"
    """How a value is named in a sentence; `{}` stands for it."""
    _starts: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the order, and keep what is looked up all the time."""
        starts = tuple(row.since for row in self.rows)
        if not starts or any(later <= earlier for earlier, later in pairwise(starts)):
            raise ValueError(f"the table of {self.name} needs rows, each later than the one before it")
        object.__setattr__(self, "_starts", starts)
        object.__setattr__(self, "_hash", hash((self.name, starts, self.checked_until)))

    def __hash__(self) -> int:
        """Return a hash made once: tables are keys of caches that are asked very often."""
        return self._hash

    def row_at(self, day: date) -> Dated[T]:
        """The row that applies on a day.

        Raises:
            BeforeTable: the day is before the first row.
        """
        index = bisect_right(self._starts, day) - 1
        if index < 0:
            raise BeforeTable(
                f"the table of {self.name} begins on {self._starts[0]}; nothing is known for {day}: "
                "take a later day, or work this claim out by hand"
            )
        return self.rows[index]

    def at(self, day: date) -> T:
        """The value that applies on a day.

        Raises:
            BeforeTable: the day is before the first row.
        """
        return self.row_at(day).value

    def changes(self, first: date, last: date) -> tuple[date, ...]:
        """Days in a stretch on which another value begins to apply.

        A row that repeats the value before it is no change; nor is the first row.

        Args:
            first: first day of the stretch, inclusive.
            last: last day of the stretch, inclusive.
        """
        return tuple(
            row.since for before, row in pairwise(self.rows) if first <= row.since <= last and row.value != before.value
        )

    def remark(self, day: date) -> str | None:
        """One sentence when the day is past the last checked one, else nothing."""
        if day <= self.checked_until:
            return None
        return (
            f"the table of {self.name} was checked until {self.checked_until}; "
            f"for {day} the last known {self.wording.format(self.at(day))} is used"
        )
