"""Payments at providers, in the case file: what was told of each, and whose it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Row, select

from casefile import payment_tables as pt
from casefile.case_file import Transaction
from casefile.payer_accounts import account_mark, is_account
from casefile.session import Session, moment_text, storable
from domain.money import Money
from domain.provider_money import Designation, Movement, PaymentState

__all__ = [
    "PaymentStatus",
    "ProviderPayment",
    "add_movements",
    "movements_of",
    "owner_debtors",
    "provider_payment",
    "save_payment",
    "unmatched_payments",
]

# Building a statement takes longer than running it.
_UNMATCHED = (
    select(pt.provider_payments)
    .where(pt.provider_payments.c.status == "unmatched")
    .order_by(pt.provider_payments.c.first_at, pt.provider_payments.c.id)
)

PaymentStatus = Literal["new", "booked", "unmatched", "dismissed", "remitted"]
"""Where a payment stands: nothing came in yet; it is on cases or with its debtor; nobody knows whose it is; a person
said that it is none of ours; it is a remittance of a collection partner, and on no case."""


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """A payment at a provider.

    Attributes:
        id: The provider's id behind its name, as `mollie:tr_1`.
        status: Whose it is.
        state: How far it is, and `state_at` since when by the provider's clock.
        first_at: When we heard of it first.
        expected_on: Day on which it is collected, while it is pending.
        method: How it was paid, as the provider calls it.
        designation: What it says it is for.
        creditor: Whose it is, with `debtor`; None while nobody knows.
        case_id: The one case that it is for, if it is for one alone.
        reason: Why it is unmatched, or was dismissed.
        guesses: Ids of cases that it may be of.
        actor: Who assigned or dismissed it.
        held: The case that waits for it while it is pending; empty where none does.
    """

    id: str
    status: PaymentStatus
    first_at: datetime
    state: PaymentState = ""
    state_at: datetime | None = None
    expected_on: date | None = None
    method: str = ""
    designation: Designation = field(default_factory=Designation)
    creditor: str | None = None
    debtor: str | None = None
    case_id: str | None = None
    reason: str = ""
    guesses: tuple[str, ...] = ()
    actor: str = ""
    held: str = ""

    @property
    def provider(self) -> str:
        """Name of the provider."""
        return self.id.partition(":")[0]


def provider_payment(session: Session, payment: str) -> ProviderPayment | None:
    """A payment by its id, None when nothing was ever told of it."""
    row = session.connection.execute(select(pt.provider_payments).where(pt.provider_payments.c.id == payment)).first()
    return None if row is None else _payment(row)


def save_payment(transaction: Transaction, payment: ProviderPayment, at: datetime) -> None:
    """Keep how a payment stands now."""
    said = asdict(payment.designation)
    account = said.pop("account")
    row = {
        "id": payment.id,
        "provider": payment.provider,
        "status": payment.status,
        "state": payment.state,
        "state_at": None if payment.state_at is None else moment_text(payment.state_at),
        "expected_on": payment.expected_on,
        "method": storable(payment.method)[:64],
        "designation": storable(json.dumps(said, ensure_ascii=False)),
        "creditor": payment.creditor,
        "debtor": payment.debtor,
        "case_id": payment.case_id,
        "reason": storable(payment.reason),
        "guesses": json.dumps(payment.guesses),
        "actor": storable(payment.actor),
        "held": payment.held,
        "first_at": moment_text(payment.first_at),
        "changed_at": moment_text(at),
    }
    if account and is_account(account):
        row["payer_mark"] = account_mark(transaction.session, account)
    changed = [name for name in row if name not in ("id", "provider", "first_at")]
    transaction.session.upsert(pt.provider_payments, row, ["id"], changed)


def add_movements(
    transaction: Transaction, payment: str, movements: Iterable[Movement], at: datetime
) -> tuple[Movement, ...]:
    """Keep movements of a payment, each once; returns those that were new. The payment must be kept before."""
    fresh = []
    for each in movements:
        row = {
            "payment": payment,
            "id": each.id,
            "kind": each.kind,
            "amount_minor": each.amount.minor,
            "currency": each.amount.currency,
            "on": each.on,
            "at": moment_text(each.at),
            "of": each.of,
            "reason": storable(each.reason)[:200],
            "known_at": moment_text(at),
        }
        if transaction.session.insert_once(pt.provider_movements, row, ["payment", "id"]):
            fresh.append(each)
    return tuple(fresh)


def movements_of(session: Session, payment: str) -> tuple[Movement, ...]:
    """All that was told of the money of a payment, in no order that matters."""
    rows = session.connection.execute(
        select(pt.provider_movements)
        .where(pt.provider_movements.c.payment == payment)
        .order_by(pt.provider_movements.c.at, pt.provider_movements.c.id)
    )
    return tuple(
        Movement(
            row.id,
            row.kind,
            Money.from_minor(row.amount_minor, row.currency),
            row.on,
            datetime.fromisoformat(row.at),
            row.of,
            row.reason,
        )
        for row in rows
    )


def unmatched_payments(session: Session) -> tuple[ProviderPayment, ...]:
    """The payments of which nobody knows whose they are, the first first."""
    # An import asks for each case that it opens.
    return session.asked(
        pt.provider_payments, "unmatched", lambda: tuple(map(_payment, session.connection.execute(_UNMATCHED)))
    )


def owner_debtors(session: Session, payments: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Creditor and debtor of those payments that have one, by payment."""
    p = pt.provider_payments.c
    rows = session.connection.execute(
        select(p.id, p.creditor, p.debtor).where(p.id.in_(list(payments)), p.debtor.is_not(None))
    )
    return {row.id: (row.creditor, row.debtor) for row in rows}


def _payment(row: Row[Any]) -> ProviderPayment:
    said: dict[str, Any] = json.loads(row.designation)
    for name in ("invoices", "texts"):
        said[name] = tuple(said[name])
    return ProviderPayment(
        id=row.id,
        status=row.status,
        first_at=datetime.fromisoformat(row.first_at),
        state=row.state,
        state_at=None if row.state_at is None else datetime.fromisoformat(row.state_at),
        expected_on=row.expected_on,
        method=row.method,
        designation=Designation(**said),
        creditor=row.creditor,
        debtor=row.debtor,
        case_id=row.case_id,
        reason=row.reason,
        guesses=tuple(json.loads(row.guesses)),
        actor=row.actor,
        held=row.held,
    )
