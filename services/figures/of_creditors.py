"""The figures of some creditors, for who sees more: those that somebody sees who sees these alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from casefile.case_file import CaseFile
from casefile.morning import coverage
from casefile.narrowed import narrowed
from casefile.session import reading
from services.figures.figures import Figures, figures_of

__all__ = ["NoSuchCreditor", "creditor_names", "figures_in"]


class NoSuchCreditor(LookupError):
    """Figures are asked of a creditor who is not there, for who asks."""


def figures_in(file: CaseFile, on: date, creditors: Collection[str] = ()) -> Figures:
    """The figures of a day.

    Args:
        file: The case file, or what somebody sees of it.
        on: The day.
        creditors: Ids of those of whom they are; empty: of all.

    Raises:
        NoSuchCreditor: there is none of one of these ids.
    """
    if creditors:
        known = creditor_names(file)
        for each in creditors:
            if each not in known:
                names = ", ".join(known) or "none"
                raise NoSuchCreditor(f"there is no creditor {each!r} in the case file; there are: {names}")
        file = narrowed(file, frozenset(creditors))
    with reading(file.database) as session:
        return figures_of(session, on)


def creditor_names(file: CaseFile) -> tuple[str, ...]:
    """Ids of the creditors that there are, in order."""
    with reading(file.database) as session:
        return tuple(row.id for row in coverage(session))
