"""Payments of debtors that came without an invoice, in the case file: received, put on cases, given back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, bindparam, func, select

from casefile import tables as t
from casefile.case_file import Transaction
from casefile.session import moment_text, storable
from domain.debtor_money import LooseMoney
from domain.money import Money

__all__ = ["KnownDebtor", "MoneyEntry", "add_entry", "entries_of", "find_debtors", "loose_money", "loose_of"]


@dataclass(frozen=True, slots=True)
class MoneyEntry:
    """One signed line: what came in is positive, what was put on a case or given back negative.

    Attributes:
        creditor: Id of the creditor, and `debtor` of the debtor.
        id: Unique for this debtor, for ever.
        of: Id of the payment; its own of one that was received.
        credited_on: Day on which our account was credited, or the money left it; `known_on` when we learned of it.
        reference: What was written with it; `actor` is who booked it.
        case_id: The case on which it was put.
        method: Of what was received: how he paid, where that is known.
    """

    creditor: str
    debtor: str
    id: str
    of: str
    kind: Literal["received", "allocated", "refunded", "reversed"]
    amount: Money
    credited_on: date
    known_on: date
    reference: str = ""
    actor: str = ""
    case_id: str | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class KnownDebtor:
    """A debtor of a creditor, with his name; the name is his id where nothing else is known of him."""

    creditor: str
    id: str
    name: str


def find_debtors(transaction: Transaction, text: str, creditor: str | None = None) -> tuple[KnownDebtor, ...]:
    """The debtors that a person means by a number, or by a part of a name; who has just that number stands alone."""
    wanted = text.strip().casefold()
    names: dict[tuple[str, str], str] = {}
    connection = transaction.session.connection
    for row in connection.execute(select(t.cases.c.creditor, t.cases.c.debtor).distinct()):
        names[row.creditor, row.debtor] = row.debtor
    for row in connection.execute(select(t.debtors)):
        names[row.creditor, row.id] = str(json.loads(row.body)["name"])
    all_of = [KnownDebtor(*own, name) for own, name in sorted(names.items()) if creditor in (None, own[0])]
    exact = [each for each in all_of if each.id.casefold() == wanted]
    return tuple(exact or [each for each in all_of if wanted and wanted in each.name.casefold()])


# Building a statement takes longer than running it: it is asked at every turn of every case.
_OF_DEBTOR = (
    select(t.debtor_money)
    .where(t.debtor_money.c.creditor == bindparam("creditor"), t.debtor_money.c.debtor == bindparam("debtor"))
    .order_by(t.debtor_money.c.recorded_at, t.debtor_money.c.id)
)

_LAST = select(func.max(t.debtor_money.c.recorded_at)).where(
    t.debtor_money.c.creditor == bindparam("creditor"), t.debtor_money.c.debtor == bindparam("debtor")
)


def add_entry(transaction: Transaction, entry: MoneyEntry, at: datetime) -> bool:
    """Keep an entry; True when it was new. Only under the lock of the whole file, or of a case of this debtor.

    It stands behind those before it, also where all were made at one moment.
    """
    last = transaction.session.connection.scalar(_LAST, {"creditor": entry.creditor, "debtor": entry.debtor})
    if last is not None:
        at = max(at, datetime.fromisoformat(last) + timedelta(microseconds=1))
    row = {
        "creditor": entry.creditor,
        "debtor": entry.debtor,
        "id": entry.id,
        "of": entry.of,
        "kind": entry.kind,
        "amount_minor": entry.amount.minor,
        "currency": entry.amount.currency,
        "credited_on": entry.credited_on,
        "known_on": entry.known_on,
        "reference": storable(entry.reference),
        "actor": storable(entry.actor),
        "case_id": entry.case_id,
        "method": entry.method or None,
        "recorded_at": moment_text(at),
    }
    return transaction.session.insert_once(t.debtor_money, row, ("creditor", "debtor", "id"))


def entries_of(transaction: Transaction, creditor: str, debtor: str) -> tuple[MoneyEntry, ...]:
    """All entries of a debtor, in the order in which they were recorded."""
    own = {"creditor": creditor, "debtor": debtor}
    session = transaction.session
    return session.asked(
        t.debtor_money,
        (creditor, debtor),
        lambda: tuple(_entry(row) for row in session.connection.execute(_OF_DEBTOR, own)),
    )


def loose_money(transaction: Transaction, creditor: str, debtor: str) -> tuple[LooseMoney, ...]:
    """What stands on no invoice, the payment that came first first."""
    return loose_of(entries_of(transaction, creditor, debtor))


def loose_of(entries: Iterable[MoneyEntry]) -> tuple[LooseMoney, ...]:
    """What is left of each payment, without those of which nothing is."""
    received: dict[str, MoneyEntry] = {}
    left: dict[str, int] = {}
    for entry in entries:
        if entry.kind == "received":
            received[entry.of] = entry
        left[entry.of] = left.get(entry.of, 0) + entry.amount.minor
    return tuple(
        LooseMoney(
            own,
            Money.from_minor(left[own], each.amount.currency),
            each.credited_on,
            each.known_on,
            each.reference,
            each.method,
        )
        for own, each in received.items()
        if left[own] > 0
    )


def _entry(row: Row[Any]) -> MoneyEntry:
    return MoneyEntry(
        creditor=row.creditor,
        debtor=row.debtor,
        id=row.id,
        of=row.of,
        kind=row.kind,
        amount=Money.from_minor(row.amount_minor, row.currency),
        credited_on=row.credited_on,
        known_on=row.known_on,
        reference=row.reference,
        actor=row.actor,
        case_id=row.case_id,
        method=row.method or "",
    )
