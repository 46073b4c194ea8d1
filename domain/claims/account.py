"""The account of one claim: principal, interest and costs over time, and how each movement was allocated.

Sources: BW 6:44 lid 1 (costs, then accrued interest, then principal), 6:114 lid 2 (money counts from the day on which
the creditor's account is credited). A movement counts at the end of its day: that day still bears interest on the old
balance (BW 6:119a lid 1: up to and including the day of payment).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypeAlias, assert_never

from domain.law.allocation import Allocation
from domain.law.interest import Accrual, InterestRule, PaidInterest, Period
from domain.money import CurrencyMismatch, Money
from domain.quick_records import quick

__all__ = ["Account", "Booked", "CostsDue", "Movement", "MovementKind", "settle"]

MovementKind: TypeAlias = Literal["payment", "rebate", "write_off", "reversal", "refund"]


@quick
@dataclass(frozen=True, slots=True)
class Movement:
    """Money that lowers the claim, a reversal that raises it again, or a refund of what was paid too much.

    Raises:
        ValueError: an amount that is not above zero.
    """

    id: str
    """Unique in the claim."""
    on: date
    """Day on which it counts (for a payment the day of crediting); that day is still on the old balance."""
    amount: Money
    """Above zero, also of a reversal."""
    kind: MovementKind
    of: str | None = None
    """For a reversal: the id of the movement that it undoes, or for a refund out of which it came."""

    def __post_init__(self) -> None:
        """Check the amount."""
        if not self.amount.is_positive:
            raise ValueError(f"movement {self.id} of {self.amount}: an amount above zero is needed")


@quick
@dataclass(frozen=True, slots=True)
class CostsDue:
    """Collection costs, due from a day on. An amount of zero is as good as no costs."""

    since: date
    amount: Money


@quick
@dataclass(frozen=True, slots=True)
class Booked:
    """What one movement did. A reversal and a refund have negative amounts. The four add up to what it moved."""

    id: str
    on: date
    costs: Money
    interest: Money
    principal: Money
    over: Money
    """What nothing was left for; it is held."""


@quick
@dataclass(frozen=True, slots=True)
class Account:
    """The claim as it stands at the end of one day."""

    principal: Money
    """Still open."""
    interest: Money
    """Run up to and including that day, and not paid."""
    costs: Money
    """Due that day, and not paid."""
    overpaid: Money
    """Held; it is no part of the total, and never pays what comes due later."""
    periods: tuple[Period, ...]
    """All interest that has run, paid or not."""
    booked: tuple[Booked, ...]
    remarks: tuple[str, ...]

    @property
    def total(self) -> Money:
        """Principal, interest and costs."""
        return self.principal + self.interest + self.costs


def settle(
    principal: Money,
    movements: Sequence[Movement],
    as_of: date,
    *,
    interest: InterestRule | None = None,
    costs: CostsDue | None = None,
    allocation: Allocation = Allocation.PRINCIPAL_FIRST,
    legal_from: date | None = None,
    credited_too_much: Money | None = None,
    explained: bool = True,
) -> Account:
    """Work out a claim at the end of a day.

    The order of the movements does not matter. Those after the day do not count yet. A rebate or write-off lowers the
    principal only. A reversal gives back what its movement did, what was allocated last first, and never more than is
    left of it; one that names no known movement does nothing, and one that is dated before its movement counts with it.
    Interest does not run for the time in which we had the money. Money that is held counts for principal that comes
    open again, but not for interest or costs. A refund gives back what is held; where more was given back than that,
    the debtor owes it again, costs and interest first: the invoice that he paid is opened last.

    Args:
        principal: What was owed at first, zero or more.
        movements: What changed it.
        as_of: The day, inclusive.
        interest: How interest runs; None: it does not.
        costs: Collection costs and since when they are due.
        allocation: In which order payments pay.
        legal_from: Day of the hand-off, from which payments are allocated as the law has it.
        credited_too_much: What was credited beyond what was owed at first: it is held from the first day.
        explained: Whether the periods, what each movement did and the remarks are wanted, and not the amounts alone.

    Raises:
        BeforeTable: interest would run before the table of its rates begins.
        CurrencyMismatch: amounts in different currencies.
        ValueError: a principal below zero, or two movements with one id.
    """
    if principal.amount < 0:
        raise ValueError(f"a principal of {principal} is below zero")
    if costs is not None and (not costs.amount or costs.since > as_of):
        _same_currency(principal, costs.amount)
        costs = None
    if interest is None and not movements:
        # Nothing moved, and nothing runs: it is what it was at first.
        zero = Money.zero(principal.currency)
        held = zero if credited_too_much is None else credited_too_much
        due = zero if costs is None else costs.amount
        _same_currency(principal, due)
        return Account(principal, zero, due, held, (), (), ())
    book = _Book(principal, as_of, interest, costs, explained)
    if credited_too_much is not None:
        book.hold(credited_too_much.minor)
    for movement in _in_order(movements, as_of) if movements else ():
        _same_currency(principal, movement.amount)
        legal = (
            allocation is Allocation.LEGAL
            or (costs is not None and movement.on >= costs.since)
            or (legal_from is not None and movement.on >= legal_from)
        )
        book.take(movement, legal=legal)
    return book.close(as_of)


_Part: TypeAlias = Literal["costs", "interest", "principal", "over"]
_LEGAL: Final[tuple[_Part, ...]] = ("costs", "interest", "principal")
_PRINCIPAL_FIRST: Final[tuple[_Part, ...]] = ("principal", "interest")
_PRINCIPAL: Final[tuple[_Part, ...]] = ("principal",)
_GIVEN_BACK: Final[tuple[_Part, ...]] = ("over", "costs", "interest", "principal")


@dataclass(slots=True)
class _Taken:
    """What is left of one movement, in the order in which it was allocated."""

    parts: list[tuple[_Part, int]] = field(default_factory=list)
    interest: PaidInterest | None = None
    refunded: int = 0
    """What of it was given back: when it is taken back after that, the debtor owes this, too."""

    @property
    def held(self) -> int:
        return sum(minor for part, minor in self.parts if part == "over")


class _Book:
    """The account while movements are booked, in minor units."""

    def __init__(
        self, principal: Money, until: date, rule: InterestRule | None, costs: CostsDue | None, explained: bool
    ) -> None:
        if costs is not None:
            _same_currency(principal, costs.amount)
        self._currency = principal.currency
        self._principal = principal.minor
        self._accrual = None if rule is None else Accrual(rule, until, principal.currency)
        self._rule = rule
        self._explained = explained
        self._costs_since = None if costs is None else costs.since
        self._costs = 0 if costs is None else costs.amount.minor
        self._overpaid = 0
        self._taken: dict[str, _Taken] = {}
        self._booked: list[Booked] = []

    def hold(self, minor: int) -> None:
        """Hold money that no movement brought."""
        if minor:
            self._taken[""] = _Taken([("over", minor)])
            self._overpaid += minor

    def take(self, movement: Movement, *, legal: bool) -> None:
        """Book the next movement."""
        if self._accrual is not None:
            self._accrual.advance(movement.on, self._principal)
        match movement.kind:
            case "payment":
                self._pay(movement, _LEGAL if legal else _PRINCIPAL_FIRST)
            case "rebate" | "write_off":
                self._pay(movement, _PRINCIPAL)
            case "reversal":
                self._reverse(movement)
            case "refund":
                self._refund(movement)
            case _ as never:
                assert_never(never)

    def close(self, as_of: date) -> Account:
        """The account at the end of the day."""
        remark = None
        interest = Money.zero(self._currency)
        periods: tuple[Period, ...] = ()
        if self._accrual is not None and self._rule is not None:
            self._accrual.advance(as_of, self._principal)
            interest = self._accrual.owed_money
            if self._explained:
                periods = self._accrual.periods()
                if periods:
                    remark = self._rule.rates.remark(periods[-1].last)
        return Account(
            principal=self._money(self._principal),
            interest=interest,
            costs=self._money(self._costs),
            overpaid=self._money(self._overpaid),
            periods=periods,
            booked=tuple(self._booked),
            remarks=() if remark is None else (remark,),
        )

    def _money(self, minor: int) -> Money:
        if not minor:
            return Money.zero(self._currency)
        return Money.from_minor(minor, self._currency)

    def _pay(self, movement: Movement, order: tuple[_Part, ...]) -> None:
        taken = _Taken()
        left = movement.amount.minor
        for part in order:
            paid = min(left, self._owed(part, movement.on))
            if not paid:
                continue
            left -= paid
            taken.parts.append((part, paid))
            match part:
                case "costs":
                    self._costs -= paid
                case "interest":
                    taken.interest = None if self._accrual is None else self._accrual.pay(paid)
                case _:
                    self._principal -= paid
        if left:
            taken.parts.append(("over", left))
            self._overpaid += left
        self._taken[movement.id] = taken
        self._enter(movement, taken.parts, 1)

    def _owed(self, part: _Part, on: date) -> int:
        match part:
            case "costs":
                return self._costs if self._costs_since is not None and on >= self._costs_since else 0
            case "interest":
                return 0 if self._accrual is None else self._accrual.owed
            case _:
                return self._principal

    def _reverse(self, movement: Movement) -> None:
        taken = self._taken[movement.of or ""]
        left = movement.amount.minor
        undone: list[tuple[_Part, int]] = []
        while left and taken.parts:
            part, minor = taken.parts.pop()
            back = min(left, minor)
            left -= back
            if back < minor:
                taken.parts.append((part, minor - back))
            match part:
                case "costs":
                    self._costs += back
                case "interest":
                    self._restore_interest(taken, back)
                case "principal":
                    met = self._meet_from_held(back)
                    self._principal += back - met
                    undone.append(("over", met))
                    back -= met
                case "over":
                    self._overpaid -= back
            undone.append((part, back))
        again = min(left, taken.refunded)
        if again:
            taken.refunded -= again
            self._principal += again
            undone.append(("principal", again))
        self._enter(movement, undone, -1)

    def _refund(self, movement: Movement) -> None:
        left = movement.amount.minor
        undone: list[tuple[_Part, int]] = []
        named = self._taken.get(movement.of or "")
        last_first = [taken for taken in reversed(self._taken.values()) if taken is not named]
        order = last_first if named is None else [named, *last_first]
        for part in _GIVEN_BACK:
            for taken in order:
                back = min(left, sum(minor for of, minor in taken.parts if of == part))
                if not back:
                    continue
                left -= back
                undone.append((part, back))
                taken.refunded += back
                self._give_back(taken, part, back)
        if left:
            # More than ever came in: what is left of it is owed like the invoice.
            self._principal += left
            undone.append(("principal", left))
        self._enter(movement, undone, -1)

    def _give_back(self, taken: _Taken, part: _Part, back: int) -> None:
        kept = [(of, minor) for of, minor in taken.parts if of != part]
        rest = sum(minor for of, minor in taken.parts if of == part) - back
        taken.parts = [*kept, (part, rest)] if rest else kept
        match part:
            case "over":
                self._overpaid -= back
            case "costs":
                self._costs += back
            case "interest":
                self._restore_interest(taken, back)
            case "principal":
                self._principal += back

    def _restore_interest(self, taken: _Taken, back: int) -> None:
        if self._accrual is None or taken.interest is None:
            return
        paid = taken.interest
        running = min(back, paid.running)
        given = PaidInterest(back - running, running, paid.year)
        self._accrual.restore(given)
        taken.interest = PaidInterest(paid.capitalised - given.capitalised, paid.running - running, paid.year)

    def _meet_from_held(self, wanted: int) -> int:
        """Let money that is held pay principal that comes open again: a debtor who paid twice owes nothing."""
        met = 0
        for taken in reversed(self._taken.values()):
            held = min(taken.held, wanted - met)
            if not held:
                continue
            _, over = taken.parts.pop()
            taken.parts.append(("principal", held))
            if over > held:
                taken.parts.append(("over", over - held))
            met += held
        self._overpaid -= met
        return met

    def _enter(self, movement: Movement, parts: Sequence[tuple[_Part, int]], sign: int) -> None:
        if not self._explained:
            return
        sums: dict[_Part, int] = {"costs": 0, "interest": 0, "principal": 0, "over": 0}
        for part, minor in parts:
            sums[part] += sign * minor
        amounts = {part: self._money(minor) for part, minor in sums.items()}
        self._booked.append(
            Booked(
                id=movement.id,
                on=movement.on,
                costs=amounts["costs"],
                interest=amounts["interest"],
                principal=amounts["principal"],
                over=amounts["over"],
            )
        )


_RANKS: Final[dict[MovementKind, int]] = {"reversal": 1, "refund": 2}


def _in_order(movements: Sequence[Movement], as_of: date) -> list[Movement]:
    """The movements that count, by day; of one day the reversals after the others, and refunds last; then by id."""
    by_id = {movement.id: movement for movement in movements}
    if len(by_id) != len(movements):
        raise ValueError("two movements have one id; each needs its own")
    dated = []
    for movement in movements:
        if movement.kind == "reversal":
            undone = by_id.get(movement.of or "")
            if undone is None or undone.kind == "reversal":
                continue
            if undone.on > movement.on:
                movement = Movement(movement.id, undone.on, movement.amount, movement.kind, movement.of)
        if movement.on <= as_of:
            dated.append(movement)
    return sorted(dated, key=lambda movement: (movement.on, _RANKS.get(movement.kind, 0), movement.id))


def _same_currency(principal: Money, other: Money) -> None:
    if principal.currency != other.currency:
        raise CurrencyMismatch(f"a claim in {principal.currency} cannot take {other}")
