"""What a file check has to say to the person who made the file."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one place in a file.

    `str(finding)` is one line: `file:line: column: reason`, without the column where the remark is about the
    whole line.

    Attributes:
        file: Name of the file as the person gave it.
        line: Line in the file, counted from 1 (the header is line 1).
        column: The header as written in the file (a missing column: the documented name), or None.
        reason: A sentence that says what is wrong and what to do.
        is_rule: Whether it is a rule of a standard that the file breaks, which changes nothing in what is owed.
        severity: `error` leaves the row out (on the header: the file); `warning` does not, unless it says so.
    """

    file: str
    line: int
    column: str | None
    reason: str
    severity: Severity
    is_rule: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place}: {self.reason}" if self.column is None else f"{place}: {self.column}: {self.reason}"


class Unreadable(Exception):
    """A value can't be read; its text is the sentence for the person who wrote it."""


class NotUsed(Unreadable):
    """A value is read and must not be used; it is left out with a warning, and the rest of the row is used."""


def shown(text: str) -> str:
    """Quote a cell in a message: on one line, shortened, with invisible characters written out."""
    return repr(text if len(text) <= 40 else text[:39] + "…")
