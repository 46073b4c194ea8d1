"""What was asked of a payment provider for whom: its payment link or session, and the cases that it pays."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from casefile import payment_tables as pt
from casefile.case_file import Transaction
from casefile.pay_tokens import PayToken, pay_token_read
from casefile.session import Session, moment_text
from domain.money import Money

__all__ = [
    "LinkOwner",
    "PaymentLink",
    "cases_of_link",
    "end_link",
    "keep_link",
    "links_of_debtor",
    "links_proved_by",
    "open_links",
]


@dataclass(frozen=True, slots=True)
class PaymentLink:
    """One of them.

    Attributes:
        provider: Such as `mollie`.
        id: The provider's own name for it: a payment link, or a session.
        token: Id of the debtor's link for which it was made.
        cases: Ids of the cases that it pays.
        amount: What it asks.
        url: Where the debtor pays.
        expires_at: From when on nobody can pay there any more.
        ended_at: When we ended it before that, because the amount had changed; None: we did not.
        proof: Hash of what the provider alone brings back in the address of its webhook; empty where it signs.
    """

    provider: str
    id: str
    token: str
    cases: tuple[str, ...]
    amount: Money
    url: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    proof: str = ""

    def opens(self, at: datetime) -> bool:
        """Whether it can be paid there still."""
        return self.ended_at is None and at < self.expires_at


def keep_link(transaction: Transaction, link: PaymentLink) -> None:
    """Keep a link, once: a provider that was asked twice under one key gives the same."""
    row = {
        "provider": link.provider,
        "id": link.id,
        "token": link.token,
        "cases": json.dumps(list(link.cases)),
        "amount_minor": link.amount.minor,
        "currency": link.amount.currency,
        "url": link.url,
        "made_at": moment_text(link.made_at),
        "expires_at": moment_text(link.expires_at),
        "proof": link.proof or None,
    }
    transaction.session.insert_once(pt.payment_links, row, ["provider", "id"])


def links_of_debtor(transaction: Transaction, creditor: str, debtor: str) -> tuple[PaymentLink, ...]:
    """What was made for a debtor at a creditor, by whichever of his links, the newest first."""
    c, token = pt.payment_links.c, pt.pay_tokens.c
    rows = transaction.session.connection.execute(
        select(pt.payment_links)
        .join(pt.pay_tokens, token.id == c.token)
        .where(token.creditor == creditor, token.debtor == debtor)
        .order_by(c.made_at.desc(), c.id)
    )
    return tuple(_link(row) for row in rows)


def open_links(session: Session, provider: str, at: datetime) -> tuple[tuple[PaymentLink, PayToken], ...]:
    """What can be paid at a provider still, by its address, and for whom it was made."""
    c, token = pt.payment_links.c, pt.pay_tokens.c
    rows = session.connection.execute(
        select(pt.payment_links, *(column.label(f"token_{column.name}") for column in token))
        .join(pt.pay_tokens, token.id == c.token)
        .where(c.provider == provider, c.ended_at.is_(None), c.expires_at > moment_text(at))
        .order_by(c.made_at, c.id)
    )
    return tuple((_link(row), pay_token_read(row, "token_")) for row in rows)


def end_link(transaction: Transaction, provider: str, own: str, at: datetime) -> None:
    """Note that a link was ended at the provider."""
    c = pt.payment_links.c
    ended = update(pt.payment_links).where(c.provider == provider, c.id == own, c.ended_at.is_(None))
    transaction.session.connection.execute(ended.values(ended_at=moment_text(at)))


def cases_of_link(transaction: Transaction, provider: str, provider_id: str) -> tuple[str, ...] | None:
    """Ids of the cases that a provider's link or session pays, ended or not; None when it is none of ours.

    Args:
        transaction: On the case file.
        provider: Such as `mollie`.
        provider_id: The provider's own name for it: Mollie's `pl_…`, Stripe's `cs_…`, Adyen's `PL…`.
    """
    c = pt.payment_links.c
    found = transaction.session.connection.scalar(select(c.cases).where(c.provider == provider, c.id == provider_id))
    return None if found is None else tuple(json.loads(found))


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whose a payment link is: `name` is the provider's own name for it behind its name, as `mollie:pl_1`."""

    name: str
    creditor: str
    debtor: str


def links_proved_by(session: Session, proofs: Iterable[str]) -> dict[str, LinkOwner]:
    """The links that were made with these proofs, by proof; what is none of ours is left out."""
    c, token = pt.payment_links.c, pt.pay_tokens.c
    wanted = sorted({each for each in proofs if each})
    rows = session.connection.execute(
        select(c.proof, c.provider, c.id, token.creditor, token.debtor)
        .join(pt.pay_tokens, token.id == c.token)
        .where(c.proof.in_(wanted))
    )
    return {row.proof: LinkOwner(f"{row.provider}:{row.id}", row.creditor, row.debtor) for row in rows}


def _link(row: Row[Any]) -> PaymentLink:
    return PaymentLink(
        provider=row.provider,
        id=row.id,
        token=row.token,
        cases=tuple(json.loads(row.cases)),
        amount=Money.from_minor(row.amount_minor, row.currency),
        url=row.url,
        made_at=datetime.fromisoformat(row.made_at),
        expires_at=datetime.fromisoformat(row.expires_at),
        ended_at=None if row.ended_at is None else datetime.fromisoformat(row.ended_at),
        proof=row.proof or "",
    )
