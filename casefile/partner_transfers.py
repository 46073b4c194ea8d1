"""Which payment that came in is which remittance of a collection partner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select

from casefile import payment_tables as pt
from casefile import remittance_tables as rt
from casefile import tables as t
from casefile.case_file import Transaction
from casefile.parties import read_creditor
from casefile.session import Session, moment_text, storable
from domain.money import Money

__all__ = [
    "PartnerTransfer",
    "forget_transfer",
    "keep_transfer",
    "partner_accounts",
    "payer_mark_of",
    "remittance_numbers",
    "remittances_of",
    "transfers",
]

# Asked of every payment that comes in: of creditors without partners nothing is read.
_WITH_PARTNERS = select(t.creditors.c.id, t.creditors.c.body).where(t.creditors.c.body.not_like('%"partners":[]%'))


@dataclass(frozen=True, slots=True)
class PartnerTransfer:
    """A payment that is a remittance; `actor` is who said so, empty where both agreed by themselves."""

    payment: str
    creditor: str
    partner: str
    number: str
    amount: Money
    on: date
    actor: str


def partner_accounts(session: Session) -> tuple[tuple[str, str, str], ...]:
    """Creditor, partner and account of each partner of whom it is known from which account he transfers."""

    def ask() -> tuple[tuple[str, str, str], ...]:
        return tuple(
            (row.id, each.id, each.iban)
            for row in session.connection.execute(_WITH_PARTNERS.order_by(t.creditors.c.id))
            for each in read_creditor(row.body).partners
            if each.iban
        )

    return session.asked(t.creditors, "partner accounts", ask)


def payer_mark_of(session: Session, payment: str) -> str | None:
    """The mark of the account that a payment came from; None where nobody told it."""
    p = pt.provider_payments.c
    mark: str | None = session.connection.scalar(select(p.payer_mark).where(p.id == payment))
    return mark


def remittances_of(session: Session, creditor: str, partner: str, currency: str) -> tuple[tuple[str, int, str], ...]:
    """Number, total in minor units and result (JSON) of each remittance of a partner in a currency."""
    c = rt.remittances.c
    rows = session.connection.execute(
        select(c.number, c.total_minor, c.result)
        .where(c.creditor == creditor, c.partner == partner, c.currency == currency)
        .order_by(c.number)
    )
    return tuple((row.number, row.total_minor, row.result) for row in rows)


def remittance_numbers(session: Session, partner: str) -> frozenset[str]:
    """The numbers of all remittances of a partner."""
    c = rt.remittances.c
    return frozenset(session.connection.scalars(select(c.number).where(c.partner == partner)))


def transfers(session: Session, creditor: str | None = None, payment: str | None = None) -> tuple[PartnerTransfer, ...]:
    """The payments that are remittances: of a creditor, or this one payment; the last first."""
    c = rt.partner_transfers.c
    query = select(rt.partner_transfers).order_by(c.on.desc(), c.payment)
    if creditor is not None:
        query = query.where(c.creditor == creditor)
    if payment is not None:
        query = query.where(c.payment == payment)
    return tuple(
        PartnerTransfer(
            row.payment,
            row.creditor,
            row.partner,
            row.number,
            Money.from_minor(row.amount_minor, row.currency),
            row.on,
            row.actor,
        )
        for row in session.connection.execute(query)
    )


def keep_transfer(transaction: Transaction, transfer: PartnerTransfer, at: datetime) -> None:
    """Keep that a payment is a remittance; neither may be anything else yet."""
    row = {
        "payment": transfer.payment,
        "creditor": transfer.creditor,
        "partner": transfer.partner,
        "number": transfer.number,
        "amount_minor": transfer.amount.minor,
        "currency": transfer.amount.currency,
        "on": transfer.on,
        "actor": storable(transfer.actor),
        "at": moment_text(at),
    }
    transaction.session.connection.execute(insert(rt.partner_transfers), row)


def forget_transfer(transaction: Transaction, payment: str) -> None:
    """A payment is that remittance no more: part of it went back, say."""
    transaction.session.connection.execute(
        delete(rt.partner_transfers).where(rt.partner_transfers.c.payment == payment)
    )
