"""What a payment provider tells of a payment: movements of money, and how much of it stands with us.

A provider tells the same twice, late, and in any order; now as an amount of its own, now as a total so far. So what
stands is counted from the set of all that was told, and never from the order in which it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, assert_never

from domain.money import Money

__all__ = [
    "Designation",
    "Movement",
    "MovementKind",
    "PaymentReport",
    "PaymentState",
    "gross_of",
    "in_order",
    "net_of",
    "source_of",
    "steps_of",
]

MovementKind = Literal["received", "stands", "refund", "chargeback", "returned", "undone", "refunded_total"]
"""What a movement says.

- `received`: so much came in; several of one payment add up (partial captures).
- `stands`: from a moment on so much of the payment is with us, before refunds; the last one counts (direct debits,
  which may fail after they were collected, and be collected again).
- `refund`, `chargeback`, `returned`: so much went back to the payer: by us, by him through his bank, by a bank.
- `undone`: one of all those never happened after all, or was won back: `of` names it.
- `refunded_total`: so much was refunded in all until a moment; it counts as far as refunds with an id don't reach.
"""

PaymentState = Literal["", "pending", "paid", "failed"]
"""How far a payment is: the money is under way, is there, or will not come; empty where it was not told."""

_RANK: dict[MovementKind, int] = {"received": 0, "stands": 1}
"""Money comes in before any of it goes back, whatever was told first."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One thing that was told about the money of a payment.

    Attributes:
        id: Unique for ever: the provider's own id behind its name, as `mollie:re_1`.
        amount: Zero or more; of `undone` it is not looked at, for the amount is that of what it undoes.
        on: Local day on which the money came or went (BW 6:114 lid 2).
        at: Moment of it by the provider's clock, aware.
        of: Id of what an `undone` undoes.
        reason: Why it came back: a code of the bank (ISO 20022), or one of ours (`no_funds`, `refused`, `other`).
    """

    id: str
    kind: MovementKind
    amount: Money
    on: date
    at: datetime
    of: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Designation:
    """What a payment says about what it is for, the surest first.

    Attributes:
        case_id: Our own id of a case, which we gave the provider along.
        creditor: Id of the creditor; narrows what follows.
        invoices: Invoice numbers that stand in a field of their own.
        debtor: Number of the debtor.
        texts: Descriptions and references, in which anything may stand.
        payer: Name of the payer, for people who look for whose it is.
        account: The bank account that it came from; it is told once, and never kept as it is.
    """

    case_id: str | None = None
    creditor: str | None = None
    invoices: tuple[str, ...] = ()
    debtor: str | None = None
    texts: tuple[str, ...] = ()
    payer: str = ""
    account: str = ""

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return self == Designation()


@dataclass(frozen=True, slots=True)
class PaymentReport:
    """What one event, or one look at the provider, told of one payment.

    Attributes:
        payment: The provider's id behind its name, as `mollie:tr_1`.
        state: How far it is, and `state_at` since when, by the provider's clock.
        movements: What was told of its money.
        expected_on: Day on which a pending payment is collected, if it is known.
        method: How it was paid, as the provider calls it: `ideal`, `card`, `sepa_debit`; empty where unknown.
        designation: What it is for; empty in events that do not say it.
        aliases: Other names of the same payment at the provider, such as that of a payment link.
    """

    payment: str
    state_at: datetime
    state: PaymentState = ""
    movements: tuple[Movement, ...] = ()
    expected_on: date | None = None
    method: str = ""
    designation: Designation = field(default_factory=Designation)
    aliases: tuple[str, ...] = ()


def source_of(payment_id: str) -> str:
    """Who told of a payment, by the id it is booked under: `mollie` of `mollie:tr_1`; empty where it names nobody."""
    source, colon, _ = payment_id.partition(":")
    return source if colon else ""


def in_order(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    """Movements in the one order in which they are told to cases: what came in first, then by moment and id."""
    return tuple(sorted(movements, key=lambda each: (_RANK.get(each.kind, 2), each.at, each.id)))


def gross_of(movements: Iterable[Movement]) -> int:
    """How much came in, in minor units, before anything went back; without what never came in after all."""
    known = tuple(movements)
    undone = {each.of for each in known if each.kind == "undone"}
    received, stands = 0, None
    for each in known:
        match each.kind:
            case "received":
                received += 0 if each.id in undone else each.amount.minor
            case "stands":
                if stands is None or (stands.at, stands.id) < (each.at, each.id):
                    stands = each
            case "refund" | "chargeback" | "returned" | "undone" | "refunded_total":
                pass
            case _:
                assert_never(each.kind)
    return received + (0 if stands is None else stands.amount.minor)


def net_of(movements: Iterable[Movement]) -> int:
    """How much of a payment stands with us, in minor units; below zero where more went back than we know came in."""
    known = tuple(movements)
    undone = {each.of: each for each in known if each.kind == "undone"}
    back = [each for each in known if each.kind in ("chargeback", "returned")]
    taken = sum(each.amount.minor for each in back if each.id not in undone)
    return gross_of(known) - taken - _refunded(known, undone)


def _refunded(known: Iterable[Movement], undone: Mapping[str | None, Movement]) -> int:
    """How much we refunded, in minor units: by the refunds themselves, or by the last total where that says more."""
    refunds = [each for each in known if each.kind == "refund"]
    by_id = sum(each.amount.minor for each in refunds if each.id not in undone)
    totals = [each for each in known if each.kind == "refunded_total"]
    if not totals:
        return by_id
    last = max(totals, key=lambda each: (each.at, each.id))
    # What was undone later was in that total still.
    since = sum(each.amount.minor for each in refunds if each.id in undone and undone[each.id].at > last.at)
    return max(by_id, last.amount.minor - since)


def steps_of(known: Sequence[Movement], fresh: Iterable[Movement]) -> Iterator[tuple[Movement, int]]:
    """Each new movement, and what stands with us once it is counted, never below zero.

    Args:
        known: What was counted before.
        fresh: What is new, in any order.
    """
    counted = list(known)
    for each in in_order(fresh):
        counted.append(each)
        yield each, max(net_of(counted), 0)
