"""Remittances of collection partners, and which payments to them were passed on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, insert, select

from casefile import remittance_tables as rt
from casefile import tables as t
from casefile.case_file import Transaction
from casefile.session import moment_text, storable
from domain.money import Money

__all__ = ["HeldThere", "KeptRemittance", "cases_with", "held_there", "keep_remittance", "remittance_of", "remitted_by"]


@dataclass(frozen=True, slots=True)
class KeptRemittance:
    """A remittance that was taken in: the hash of its file, and what was found of it."""

    sha256: str
    result: object


@dataclass(frozen=True, slots=True)
class HeldThere:
    """An entry of a payment to a partner, or of one (`of`) that came back, that he did not pass on yet."""

    case_id: str
    number: str
    entry: str
    of: str | None
    amount: Money
    on: date


def remittance_of(transaction: Transaction, creditor: str, partner: str, number: str) -> KeptRemittance | None:
    """The remittance of this number; None when it was not taken in."""
    c = rt.remittances.c
    row = transaction.session.connection.execute(
        select(c.sha256, c.result).where(c.creditor == creditor, c.partner == partner, c.number == number)
    ).first()
    return None if row is None else KeptRemittance(row.sha256, json.loads(row.result))


def keep_remittance(
    transaction: Transaction,
    creditor: str,
    partner: str,
    number: str,
    *,
    sha256: str,
    on: date,
    total: Money,
    result: object,
    entries: Iterable[tuple[str, str]],
    actor: str,
    at: datetime,
) -> None:
    """Keep a remittance, and which entries (case, entry) it passed on."""
    transaction.session.connection.execute(
        insert(rt.remittances),
        {
            "creditor": creditor,
            "partner": partner,
            "number": number,
            "sha256": sha256,
            "on": on,
            "total_minor": total.minor,
            "currency": total.currency,
            "result": json.dumps(result),
            "actor": storable(actor),
            "at": moment_text(at),
        },
    )
    for case_id, entry in entries:
        row = {"case_id": case_id, "entry": entry, "creditor": creditor, "partner": partner, "number": number}
        transaction.session.connection.execute(insert(rt.remitted), row)


def remitted_by(transaction: Transaction, case_id: str, entry: str) -> str | None:
    """Number of the remittance that passed an entry on; None when none did."""
    c = rt.remitted.c
    return transaction.session.connection.scalar(select(c.number).where(c.case_id == case_id, c.entry == entry))


def held_there(transaction: Transaction, creditor: str, partner: str, until: date) -> tuple[HeldThere, ...]:
    """What was paid to a partner up to a day, or came back there, and was not passed on, the oldest first."""
    e, c, r = t.entries.c, t.cases.c, rt.remitted.c
    rows = transaction.session.connection.execute(
        select(e.case_id, c.number, e.id, e.of, e.amount_minor, e.currency, e.credited_on)
        .join(t.cases, c.id == e.case_id)
        .outerjoin(rt.remitted, and_(r.case_id == e.case_id, r.entry == e.id))
        .where(e.source == partner, c.creditor == creditor, e.credited_on <= until, r.entry.is_(None))
        .order_by(e.credited_on, e.case_id, e.id)
    )
    return tuple(
        HeldThere(
            row.case_id,
            row.number,
            row.id,
            row.of,
            Money.from_minor(row.amount_minor, row.currency),
            row.credited_on,
        )
        for row in rows
    )


def cases_with(transaction: Transaction, creditor: str, partner: str) -> tuple[str, ...]:
    """Ids of the cases that a partner has, or was paid on."""
    c, e = t.cases.c, t.entries.c
    paid = select(e.case_id).where(e.source == partner)
    query = select(c.id).where(c.creditor == creditor, (c.partner == partner) | c.id.in_(paid)).order_by(c.id)
    return tuple(transaction.session.connection.scalars(query))
