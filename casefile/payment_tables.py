"""The tables of payments from outside: what providers told, whose it is, and the links under which debtors pay."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from casefile.tables import MOMENT, counted, metadata, partial, words

provider_events = Table(
    "provider_events",
    metadata,
    Column("seq", counted(), primary_key=True, autoincrement=True),
    Column("provider", words(32), nullable=False),
    Column("id", words(200), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("about", words(200), nullable=False),
    Column("received_at", MOMENT, nullable=False),
    Column("knocks", Integer, nullable=False, server_default="1"),
    Column("read_at", MOMENT),
    Column("outcome", words(32)),
    Column("problem", Text),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try_at", MOMENT),
    Column("link", words(64)),
    UniqueConstraint("provider", "id"),
    Index("ix_provider_events_read_at", "read_at", "seq"),
)
"""What payment providers posted, byte for byte, before it was answered; `read_at` is empty until it was read.

`about` is the provider's payment where the event is of one alone. `knocks` counts how often an event came that says no
more than "look at this payment": it is read again. `link` is the hash of what stood in its address, where that is to
prove that the event is about a payment link of ours.
"""

provider_payments = Table(
    "provider_payments",
    metadata,
    Column("id", words(200), primary_key=True),
    Column("provider", words(32), nullable=False),
    Column("status", words(16), nullable=False),
    Column("state", words(16), nullable=False),
    Column("state_at", MOMENT),
    Column("expected_on", Date),
    Column("method", words(64), nullable=False),
    Column("designation", Text, nullable=False),
    Column("creditor", words(64)),
    Column("debtor", words(200)),
    Column("case_id", words(400), ForeignKey("cases.id")),
    Column("reason", Text, nullable=False),
    Column("guesses", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("held", Text, nullable=False),
    Column("first_at", MOMENT, nullable=False),
    Column("changed_at", MOMENT, nullable=False),
    Column("payer_mark", words(32)),
    Index("ix_provider_payments_status", "status", "first_at"),
)
partial(Index("ix_provider_payments_payer_mark", provider_payments.c.payer_mark), text("payer_mark IS NOT NULL"))
"""Payments at providers: whose each is (`booked`), or that nobody knows yet (`unmatched`), or that a person left it.

`designation` (JSON) is what it says it is for; `guesses` (JSON) are cases that it may be of; `held` is the case that
waits for it while it is pending; `payer_mark` tells of two payments whether they came from one account.
"""

provider_movements = Table(
    "provider_movements",
    metadata,
    Column("payment", words(200), ForeignKey("provider_payments.id"), primary_key=True),
    Column("id", words(300), primary_key=True),
    Column("kind", words(16), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", words(3), nullable=False),
    Column("on", Date, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("of", words(300)),
    Column("reason", Text, nullable=False),
    Column("known_at", MOMENT, nullable=False),
)
"""What was told of the money of each payment (`domain.provider_money`): append-only, each once."""

payment_references = Table(
    "payment_references",
    metadata,
    Column("reference", words(64), primary_key=True),
    Column("case_id", words(400), ForeignKey("cases.id"), primary_key=True),
)
"""The structured reference that the payment of an invoice is to carry, without spaces and signs between its digits."""

pay_tokens = Table(
    "pay_tokens",
    metadata,
    Column("id", words(16), primary_key=True),
    Column("sha256", words(64), nullable=False, unique=True),
    Column("creditor", words(64), nullable=False),
    Column("debtor", words(200), nullable=False),
    Column("case_id", words(400), ForeignKey("cases.id")),
    Column("made_by", words(200), nullable=False),
    Column("made_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    Column("revoked_at", MOMENT),
    Index("ix_pay_tokens_debtor", "creditor", "debtor", "made_at"),
)
"""Links of debtors to their page, by the hash of their token; with a `case_id` they show that case alone."""

payment_links = Table(
    "payment_links",
    metadata,
    Column("provider", words(32), primary_key=True),
    Column("id", words(200), primary_key=True),
    Column("token", words(16), ForeignKey("pay_tokens.id"), nullable=False),
    Column("cases", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", words(3), nullable=False),
    Column("url", Text, nullable=False),
    Column("made_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
    Column("proof", words(64)),
    Index("ix_payment_links_token", "token", "made_at"),
    Index("ix_payment_links_proof", "proof"),
)
"""What was asked of a payment provider for whom: its payment link or session, and the cases it pays (JSON, ids).

`proof` is the hash of what the provider alone brings back in the address of its webhook; empty where it signs.
"""
