"""Where the money of one payment stands: on which cases, and how much with the debtor on no invoice.

It is read from the entries of `debtor_money` alone, in the order in which they were recorded. What goes back is taken
from no invoice first, then from the case that got its share last; what comes again fills them in the order in which
they got theirs. So what each case has depends on how much stands with us, and not on the way there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from casefile.debtor_money import MoneyEntry

__all__ = ["Part", "Standing", "standing_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an amount that is told to one case, or that is on no invoice.

    Attributes:
        case_id: The case; None: on no invoice.
        minor: How much, above zero.
        of: The entry of the case's ledger that a part which goes back is taken from.
    """

    case_id: str | None
    minor: int
    of: str = ""


@dataclass
class _Share:
    """What one case has of the payment."""

    case_id: str
    most: int = 0
    entries: dict[str, int] = field(default_factory=dict)
    """By the id in the case's ledger: what is left of it, in minor units."""

    @property
    def now(self) -> int:
        return sum(self.entries.values())


@dataclass
class Standing:
    """Where the money of one payment stands now.

    Attributes:
        shares: What each case has, in the order in which it got it first.
        loose: What is on no invoice, in minor units.
        begun: Whether anything was ever booked of it.
    """

    shares: dict[str, _Share] = field(default_factory=dict)
    loose: int = 0
    begun: bool = False

    @property
    def total(self) -> int:
        """What stands with us of it, in minor units."""
        return self.loose + sum(each.now for each in self.shares.values())

    def taking(self, minor: int) -> tuple[Part, ...]:
        """Where so much is taken from; less where less is there."""
        parts = []
        part = min(minor, self.loose)
        if part > 0:
            parts.append(Part(None, part))
            minor -= part
        for share in reversed(self.shares.values()):
            for entry, left in reversed(share.entries.items()):
                part = min(minor, left)
                if part > 0:
                    parts.append(Part(share.case_id, part, entry))
                    minor -= part
        return tuple(parts)

    def filling(self, minor: int) -> tuple[Part, ...]:
        """Where so much goes that comes again: to each case as much as it had, the rest on no invoice."""
        parts = []
        for share in self.shares.values():
            part = min(minor, share.most - share.now)
            if part > 0:
                parts.append(Part(share.case_id, part))
                minor -= part
        if minor > 0:
            parts.append(Part(None, minor))
        return tuple(parts)


def standing_of(entries: Iterable[MoneyEntry], payment: str) -> Standing:
    """Where the money of a payment stands.

    Args:
        entries: All entries of its debtor, in the order in which they were recorded.
        payment: Its id.
    """
    found = Standing()
    for each in entries:
        if each.of != payment:
            continue
        found.begun = True
        found.loose += each.amount.minor
        if each.kind != "allocated" or each.case_id is None:
            continue
        share = found.shares.setdefault(each.case_id, _Share(each.case_id))
        if each.amount.minor < 0:
            # The row is named after the entry in the case's ledger, and the case.
            share.entries[each.id.removesuffix(f":{each.case_id}")] = -each.amount.minor
            share.most = max(share.most, share.now)
        else:
            _take(share, each.amount.minor)
    return found


def _take(share: _Share, minor: int) -> None:
    for entry, left in reversed(share.entries.items()):
        part = min(minor, left)
        share.entries[entry] = left - part
        minor -= part
