"""Facts about holds: why the ladder stands still, and from when to when."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.blockers import HoldKind
from domain.facts.base import BaseFact


class HoldPlaced(BaseFact):
    """A hold began on the day `on`; `until` is its first free day, None when it has no end yet.

    `note` is why, in the words of who placed it; `of` the id of the promise, settlement or the like that it is about,
    and `about` what it is about as a code. With `noted` it holds
    nothing: a hold of its kind was placed as often as one may be.
    """

    kind: Literal["hold_placed"] = "hold_placed"
    hold: HoldKind
    until: date | None = None
    actor: str = ""
    note: str = ""
    of: str = ""
    about: str = ""
    noted: bool = False


class HoldLifted(BaseFact):
    """All holds of one kind ended on the day `on`; with `of` only the one about that.

    `ends_habit` of `payment_run`: the debtor pays on no fixed day any more.
    """

    kind: Literal["hold_lifted"] = "hold_lifted"
    hold: HoldKind
    actor: str = ""
    of: str = ""
    note: str = ""
    ends_habit: bool = False
