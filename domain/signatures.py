"""What waits in a case for a second person, and until when it can be signed for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from domain.facts.signatures import SignatureAsked, SignatureSettled, Signs
from domain.replacing import replace

__all__ = ["LASTS_DAYS", "Asked", "asked", "is_same_person", "settled"]

LASTS_DAYS = 10
"""Days after which it lapses, as an approval of a hand-off does (practice.md, hand-off)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision that waits for a second person, or did.

    Attributes:
        stood: How the case stood when it was asked (`Case.standing`): it is signed for that, and nothing else.
        settled: What became of it; empty while it waits.
    """

    id: str
    request: str
    content: str
    amount_minor: int
    on: date
    actor: str
    by: str
    stood: tuple[object, ...]
    settled: Signs | None = None

    @property
    def waits(self) -> bool:
        """Whether nobody has said anything of it yet."""
        return self.settled is None

    @property
    def last_day(self) -> date:
        """The last day on which it can be signed for."""
        return self.on + timedelta(days=LASTS_DAYS)


def asked(fact: SignatureAsked, stood: tuple[object, ...]) -> Asked:
    """What a fact asks, of a case as it stood."""
    return Asked(fact.id, fact.request, fact.content, fact.amount.minor, fact.on, fact.actor, fact.by, stood)


def settled(known: tuple[Asked, ...], fact: SignatureSettled) -> tuple[Asked, ...]:
    """The same after one of them was settled."""
    return tuple(replace(each, settled=fact.outcome) if each.id == fact.of and each.waits else each for each in known)


def is_same_person(one: str, other: str) -> bool:
    """Whether two are known by any same name: a user, a key, who is logged in on the machine, or a name as written.

    Args:
        one: A line for each way of naming him.
        other: Likewise.
    """
    return bool(_names(one) & _names(other))


def _names(by: str) -> frozenset[str]:
    return frozenset(" ".join(line.casefold().split()) for line in by.splitlines() if line.strip())
