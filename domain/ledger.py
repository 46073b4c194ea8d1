"""The ledger of one case: a set of signed entries whose sum is the balance.

Order never matters: a reversal may come before the payment it names, be partial, or come twice from two
sources. A reversal takes effect as far as there is something to reverse, so the balance depends on the set
of what was learned and on nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.money import Money
from domain.quick_records import quick
from domain.replacing import replace


class EntryKind(StrEnum):
    """What an entry is; the sign of its amount follows from it."""

    PRINCIPAL = "principal"
    PAYMENT = "payment"
    CREDIT = "credit"
    WRITE_OFF = "write_off"
    REVERSAL = "reversal"
    REFUND = "refund"


@quick
@dataclass(frozen=True, slots=True)
class Entry:
    """One signed line: positive raises what is owed, negative lowers it.

    Attributes:
        id: Unique in the case, for ever.
        of: The entry that a reversal undoes, or out of which a refund was given back, if it names one.
        amount: Signed amount.
        credited_on: Day on which the money counts (BW 6:114 lid 2: the creditor's account is credited).
        known_on: Day on which we learned of it.
        from_the_start: A correction: what it takes off was never owed, so it counts from the first day. A payment
            counts from the day on which it was credited (practice.md, "What money does").
        reason: Why a payment came back, if the bank told it: `no_funds`, `refused` or `other`.
        source: The collection partner to whom it was paid; empty where it was paid to us.
    """

    id: str
    of: str | None
    amount: Money
    credited_on: date
    known_on: date
    kind: EntryKind
    from_the_start: bool = False
    reason: str = ""
    source: str = ""

    @property
    def lowers(self) -> bool:
        """Whether it lowers the debt: only such an entry can be reversed."""
        return self.amount.minor < 0


@dataclass(frozen=True, slots=True)
class WaitingReversal:
    """A reversal, or the part of it, that has nothing to reverse yet. `amount` None means all of it."""

    id: str
    of: str
    amount: Money | None
    credited_on: date
    known_on: date
    reason: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries of one case in the order in which they took effect."""

    currency: str
    entries: tuple[Entry, ...] = ()
    waiting: tuple[WaitingReversal, ...] = ()
    balance_minor: int = 0

    @property
    def balance(self) -> Money:
        """What is owed; negative when too much was paid."""
        return Money.from_minor(self.balance_minor, self.currency)

    def entry(self, entry_id: str) -> Entry | None:
        """The entry with this id, if it took effect."""
        for entry in self.entries:
            if entry.id == entry_id:
                return entry
        return None

    def knows(self, entry_id: str) -> bool:
        """Whether this id was ever used, by an entry or by a reversal that waits."""
        return self.entry(entry_id) is not None or any(w.id == entry_id for w in self.waiting)

    def total(self, kind: EntryKind) -> Money:
        """Sum of the entries of one kind, with their sign."""
        return Money.from_minor(sum(e.amount.minor for e in self.entries if e.kind is kind), self.currency)

    def left_of(self, entry_id: str) -> int:
        """How much of a payment or credit is not reversed yet, in minor units; nothing of any other entry."""
        entry = self.entry(entry_id)
        if entry is None or not entry.lowers:
            return 0
        undone = sum(e.amount.minor for e in self.entries if e.of == entry_id and e.kind is EntryKind.REVERSAL)
        return -entry.amount.minor - undone

    def book(self, entry: Entry) -> Ledger:
        """Add an entry that lowers or opens the debt, or gives back money; then let waiting reversals take effect.

        Booking an id that is already known changes nothing.
        """
        if self.knows(entry.id):
            return self
        if entry.amount.currency != self.currency:
            raise ValueError(f"entry {entry.id}: {entry.amount.currency} in a ledger kept in {self.currency}")
        booked = replace(self, entries=(*self.entries, entry), balance_minor=self.balance_minor + entry.amount.minor)
        if not self.waiting:
            return booked
        of_this = sorted((w for w in self.waiting if w.of == entry.id), key=lambda w: w.id)
        booked = replace(booked, waiting=tuple(w for w in self.waiting if w.of != entry.id))
        for reversal in of_this:
            booked = booked.reverse(reversal)
        return booked

    def reverse(self, reversal: WaitingReversal) -> Ledger:
        """Undo a payment or credit, wholly (`amount` None) or in part, now or as soon as it is known."""
        if self.knows(reversal.id):
            return self
        if reversal.amount is not None and reversal.amount.currency != self.currency:
            raise ValueError(f"reversal {reversal.id}: {reversal.amount.currency} in a ledger kept in {self.currency}")
        reversed_entry = self.entry(reversal.of)
        if reversed_entry is None:
            return replace(self, waiting=(*self.waiting, reversal))
        left = self.left_of(reversal.of)
        minor = left if reversal.amount is None else min(left, reversal.amount.minor)
        entry = Entry(
            id=reversal.id,
            of=reversal.of,
            amount=Money.from_minor(minor, self.currency),
            credited_on=reversal.credited_on,
            known_on=reversal.known_on,
            kind=EntryKind.REVERSAL,
            from_the_start=reversed_entry.from_the_start,
            reason=reversal.reason,
            source=reversed_entry.source,
        )
        return replace(self, entries=(*self.entries, entry), balance_minor=self.balance_minor + minor)


def paid_beyond(ledger: Ledger) -> int:
    """How much of what is overpaid came in as payments that paid more than was open, in minor units.

    What a credit note took off after the payment is none of it.
    """
    balance = beyond = 0
    for entry in ledger.entries:
        after = balance + entry.amount.minor
        if entry.kind is EntryKind.PAYMENT and after < 0:
            beyond += min(-entry.amount.minor, -after)
        balance = after
    return beyond
