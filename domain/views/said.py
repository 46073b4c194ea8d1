"""What people wrote when they decided something, and who they were: for readers of the case file only."""

from __future__ import annotations

from typing import NamedTuple

from domain import facts as f

__all__ = ["Said", "said"]


class Said(NamedTuple):
    """What a person said of a fact.

    Attributes:
        by: Who; empty when he did not say.
        words: His words; empty when he gave none.
    """

    by: str
    words: str

    @property
    def text(self) -> str:
        """Both, as they stand behind what was done: `els: on holiday`."""
        return ": ".join(filter(None, self))


def said(fact: f.Fact) -> Said | None:
    """What a person said of a fact; None of one without a person and without words."""
    by: str = getattr(fact, "actor", "")
    words: str = getattr(fact, "note", "")
    return Said(by, words) if by or words else None
