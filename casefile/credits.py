"""Credit notes that could not be booked on one invoice, and remarks on documents, in the case file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from casefile import tables as t
from casefile.case_file import Transaction
from casefile.session import moment_text
from domain.money import Money

__all__ = [
    "Remark",
    "UnallocatedCredit",
    "allocate",
    "cases_numbered",
    "held_credit",
    "hold_credit",
    "remarks",
    "save_remarks",
    "unallocated",
]

_REMARKS = (
    select(t.remarks.c.document, t.remarks.c.place, t.remarks.c.reason)
    .where(t.remarks.c.case_id == bindparam("of"))
    .order_by(t.remarks.c.document, t.remarks.c.position)
)
"""Built once: that takes longer than running it."""


@dataclass(frozen=True, slots=True)
class UnallocatedCredit:
    """A credit note that is held.

    Attributes:
        creditor: Id of the creditor who gave it.
        id: Its issue year and number, as the key of an invoice is made.
        number: Number as printed.
        issued_on: Day of issue.
        debtor: Id of the debtor in the case file.
        amount: What it credits, above zero.
        names: Numbers of the invoices that it names.
        reason: Why it is on no invoice, in a sentence.
        file: Name of the file that it came in.
        content: The bytes of that file.
        case_id: The case it was booked on since, None while it is held.
    """

    creditor: str
    id: str
    number: str
    issued_on: date
    debtor: str
    amount: Money
    names: tuple[str, ...]
    reason: str
    file: str
    content: bytes
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What the checks had to say of a document.

    Attributes:
        document: Name of the document.
        place: Where in it, as line and XPath.
        reason: What is wrong, in a sentence.
    """

    document: str
    place: str
    reason: str


def hold_credit(transaction: Transaction, credit: UnallocatedCredit, at: datetime) -> bool:
    """Keep a credit note that is on no invoice yet; True when it was new."""
    row = {
        "creditor": credit.creditor,
        "id": credit.id,
        "number": credit.number,
        "issued_on": credit.issued_on,
        "debtor": credit.debtor,
        "amount_minor": credit.amount.minor,
        "currency": credit.amount.currency,
        "names": "\n".join(credit.names),
        "reason": credit.reason,
        "file": credit.file,
        "content": credit.content,
        "sha256": hashlib.sha256(credit.content).hexdigest(),
        "received_at": moment_text(at),
    }
    return transaction.session.insert_once(t.unallocated_credits, row, ("creditor", "id"))


def held_credit(transaction: Transaction, creditor: str, credit_id: str) -> UnallocatedCredit | None:
    """A credit note that was held at some time, None when it never was."""
    c = t.unallocated_credits.c
    row = transaction.session.connection.execute(
        select(t.unallocated_credits).where(c.creditor == creditor, c.id == credit_id)
    ).first()
    return None if row is None else _credit(row)


def unallocated(transaction: Transaction, creditor: str | None = None) -> tuple[UnallocatedCredit, ...]:
    """The credit notes that are on no invoice, oldest first."""
    c = t.unallocated_credits.c
    query = select(t.unallocated_credits).where(c.case_id.is_(None)).order_by(c.issued_on, c.creditor, c.id)
    if creditor is not None:
        query = query.where(c.creditor == creditor)
    return tuple(_credit(row) for row in transaction.session.connection.execute(query))


def allocate(transaction: Transaction, credit: UnallocatedCredit, case_id: str, at: datetime) -> None:
    """Write down on which case a held credit note was booked."""
    c = t.unallocated_credits.c
    transaction.session.connection.execute(
        update(t.unallocated_credits)
        .where(c.creditor == credit.creditor, c.id == credit.id)
        .values(case_id=case_id, allocated_at=moment_text(at))
    )


def cases_numbered(transaction: Transaction, creditor: str, number: str) -> tuple[str, ...]:
    """Ids of the cases of a creditor whose invoice has exactly this number."""
    c = t.cases.c
    query = select(c.id).where(c.creditor == creditor, c.number == number).order_by(c.id)
    return tuple(transaction.session.connection.scalars(query))


def save_remarks(transaction: Transaction, case_id: str, document: str, told: Sequence[tuple[str, str]]) -> None:
    """Keep the remarks on a document, each a place and a reason; those of the first time stay."""
    for position, (place, reason) in enumerate(told):
        row = {"case_id": case_id, "document": document, "position": position, "place": place, "reason": reason}
        transaction.session.insert_once(t.remarks, row, ("case_id", "document", "position"))


def remarks(transaction: Transaction, case_id: str) -> tuple[Remark, ...]:
    """The remarks on the documents of a case."""
    rows = transaction.session.connection.execute(_REMARKS, {"of": case_id})
    return tuple(Remark(row.document, row.place, row.reason) for row in rows)


def _credit(row: Row[Any]) -> UnallocatedCredit:
    return UnallocatedCredit(
        creditor=row.creditor,
        id=row.id,
        number=row.number,
        issued_on=row.issued_on,
        debtor=row.debtor,
        amount=Money.from_minor(row.amount_minor, row.currency),
        names=tuple(row.names.splitlines()),
        reason=row.reason,
        file=row.file,
        content=row.content,
        case_id=row.case_id,
    )
