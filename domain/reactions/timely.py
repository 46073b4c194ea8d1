"""What follows from a moment: the form in which each subject says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain import facts as f
from domain.quick_records import quick


@quick
@dataclass(frozen=True, slots=True)
class Timely:
    """What follows now.

    Attributes:
        facts: New facts; none of them was seen before.
        next_at: When something follows next by the clock alone; None when nothing does.
    """

    facts: tuple[f.Fact, ...] = ()
    next_at: datetime | None = None


NOTHING_FOLLOWS = Timely()


def together(parts: Iterable[Timely]) -> Timely:
    """All of them."""
    # Of most cases most subjects say nothing.
    found = [part for part in parts if part is not NOTHING_FOLLOWS]
    if len(found) <= 1:
        return found[0] if found else NOTHING_FOLLOWS
    moments = [part.next_at for part in found if part.next_at is not None]
    return Timely(tuple(fact for part in found for fact in part.facts), min(moments, default=None))
