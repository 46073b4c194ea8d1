"""Arrangements of a case: the instalments that were agreed, what of them is paid, and how each arrangement ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.facts import (
    AgreedInstalment,
    ArrangementAgreed,
    ArrangementBroken,
    ArrangementEnded,
    ArrangementInterest,
    ArrangementKept,
    ArrangementOutcome,
    ArrangementReopened,
    ArrangementWarned,
)
from domain.ledger import EntryKind, Ledger
from domain.money import Money
from domain.replacing import replace


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning to a consumer, and which instalments it was about."""

    on: date
    missed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One arrangement.

    Attributes:
        since: Day on which it was agreed, and `entries` how many entries the ledger had then.
        principal, interest_due, costs: What was owed that day.
        others: Numbers of the other invoices in it.
        signed_off_by: Who signed for what is not allowed otherwise.
        outcome: How it ended; None while it stands.
        ended_on: Day of that.
        missed: Numbers of the instalments by which it was broken.
        goes_on_at: Step at which the ladder goes on after it; None: after the last one taken.
        respite_until: First day on which it does.
    """

    id: str
    since: date
    instalments: tuple[AgreedInstalment, ...]
    interest: ArrangementInterest
    acknowledges: bool
    principal: Money
    interest_due: Money
    costs: Money
    entries: int
    others: tuple[str, ...] = ()
    signed_off_by: str = ""
    warnings: tuple[Warned, ...] = ()
    outcome: ArrangementOutcome | None = None
    ended_on: date | None = None
    missed: tuple[int, ...] = ()
    goes_on_at: str | None = None
    respite_until: date | None = None

    @property
    def stands(self) -> bool:
        """Whether it is still to be kept."""
        return self.outcome is None

    @property
    def total(self) -> Money:
        """All instalments together."""
        return _sum([each.amount for each in self.instalments])

    @property
    def released(self) -> Money:
        """What was owed beside the sum agreed, and is given up by it: nothing unless that sum was final (frozen)."""
        if self.interest != "frozen" or self.outcome in ("agreement", "changed"):
            return Money.zero(self.total.currency)
        return self.principal + self.interest_due + self.costs - self.total

    @property
    def interrupts_until(self) -> date:
        """Day from which the limitation runs anew where he acknowledged the debt: not before all of it is due."""
        return max(self.since, self.ended_on or self.instalments[-1].due)


@dataclass(frozen=True, slots=True)
class Instalment:
    """One instalment as it stands.

    Attributes:
        number: Which one, 1 for the first.
        amount: What is to be paid: what was agreed, without what was credited since.
        open: What of it has not come in.
        open_since: Day from which it is late when it stays open: its due day, or the later one on which a payment for
            it was taken back.
    """

    number: int
    due: date
    amount: Money
    open: Money
    open_since: date

    @property
    def paid(self) -> Money:
        """What of it came in."""
        return self.amount - self.open


def schedule_of(arrangement: Arrangement, ledger: Ledger) -> tuple[Instalment, ...]:
    """The instalments as they stand: payments go to them in their order, early and partial ones too.

    What is credited or given up makes the last ones smaller. A payment that came before the arrangement and is taken
    back raises the claim, not an instalment.
    """
    return schedule_together(((arrangement, ledger),))


def schedule_together(parts: Sequence[tuple[Arrangement, Ledger]]) -> tuple[Instalment, ...]:
    """The same of one arrangement over several invoices: what falls due on one day is one instalment.

    Args:
        parts: What was agreed on each of the invoices, with its ledger; one at least, all in one currency.
    """
    currency = parts[0][1].currency
    agreed_on: dict[date, int] = {}
    to_pay = 0
    moved: list[tuple[date, int]] = []
    for arrangement, ledger in parts:
        later = ledger.entries[arrangement.entries :]
        kinds = {entry.id: entry.kind for entry in later}
        lowered = 0
        for entry in later:
            kind = kinds.get(entry.of or "") if entry.kind is EntryKind.REVERSAL else entry.kind
            if kind is EntryKind.PAYMENT:
                moved.append((entry.known_on, -entry.amount.minor))
            elif kind is not None:
                lowered -= entry.amount.minor
        to_pay += max(0, arrangement.total.minor - lowered)
        for each in arrangement.instalments:
            agreed_on[each.due] = agreed_on.get(each.due, 0) + each.amount.minor
    if len(parts) > 1:
        moved.sort(key=lambda each: each[0])
    paid = 0
    steps: list[tuple[date, int]] = []
    for known_on, amount in moved:
        paid += amount
        steps.append((known_on, paid))
    found = []
    before = 0
    for number, (due, minor) in enumerate(sorted(agreed_on.items()), start=1):
        until = min(before + minor, to_pay)
        left = max(0, until - max(before, paid))
        found.append(
            Instalment(
                number,
                due,
                Money.from_minor(until - before, currency),
                Money.from_minor(left, currency),
                max(due, _came_open(steps, until) or due),
            )
        )
        before = until
    return tuple(found)


def _came_open(steps: Sequence[tuple[date, int]], until: int) -> date | None:
    """The last day on which what had been paid fell below a sum that it had reached."""
    day, reached = None, False
    for on, paid in steps:
        if reached and paid < until:
            day = on
        reached = paid >= until
    return day


def left_of(arrangement: Arrangement, ledger: Ledger) -> Money:
    """What of the instalments has not come in."""
    return _sum([each.open for each in schedule_of(arrangement, ledger)])


def standing(arrangements: tuple[Arrangement, ...]) -> Arrangement | None:
    """The arrangement that is to be kept, if there is one: the last one."""
    last = arrangements[-1] if arrangements else None
    return last if last is not None and last.stands else None


def named(arrangements: tuple[Arrangement, ...], arrangement_id: str) -> Arrangement | None:
    """The arrangement of this id."""
    return next((each for each in reversed(arrangements) if each.id == arrangement_id), None)


def kept(arrangements: tuple[Arrangement, ...], ledger: Ledger, tolerance: int) -> bool:
    """Whether the last arrangement was kept, and nothing of it came open again.

    Args:
        arrangements: The arrangements of a case.
        ledger: Its ledger.
        tolerance: What is not chased, in minor units.
    """
    last = arrangements[-1] if arrangements else None
    return last is not None and last.outcome == "kept" and left_of(last, ledger).minor <= tolerance


# The fold -------------------------------------------------------------------------------------------------


def agreed(arrangements: tuple[Arrangement, ...], fact: ArrangementAgreed, entries: int) -> tuple[Arrangement, ...]:
    """The arrangements with one more, after so many entries of the ledger."""
    one = Arrangement(
        id=fact.arrangement,
        since=fact.on,
        instalments=fact.instalments,
        interest=fact.interest,
        acknowledges=fact.acknowledges,
        principal=fact.principal,
        interest_due=fact.interest_due,
        costs=fact.costs,
        entries=entries,
        others=fact.others,
        signed_off_by=fact.signed_off_by,
    )
    return (*arrangements, one)


def changed(
    arrangements: tuple[Arrangement, ...],
    fact: ArrangementWarned | ArrangementBroken | ArrangementKept | ArrangementReopened | ArrangementEnded,
) -> tuple[Arrangement, ...]:
    """The arrangements, the last of which was warned of, ended, or stands again."""
    if not arrangements or arrangements[-1].id != fact.arrangement:
        return arrangements
    *before, last = arrangements
    match fact:
        case ArrangementWarned():
            last = replace(last, warnings=(*last.warnings, Warned(fact.on, fact.missed)))
        case ArrangementBroken():
            last = replace(
                last,
                outcome="broken",
                ended_on=fact.on,
                missed=fact.missed,
                goes_on_at=fact.goes_on_at,
                respite_until=fact.respite_until,
            )
        case ArrangementKept():
            last = replace(last, outcome="kept", ended_on=fact.on, respite_until=fact.respite_until)
        case ArrangementReopened():
            last = replace(last, outcome=None, ended_on=None, respite_until=None)
        case ArrangementEnded():
            last = replace(
                last,
                outcome=fact.outcome,
                ended_on=fact.on,
                goes_on_at=fact.goes_on_at,
                respite_until=fact.respite_until,
            )
    return (*before, last)


def _sum(amounts: Sequence[Money]) -> Money:
    return sum(amounts[1:], start=amounts[0])
