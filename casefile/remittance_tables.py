"""The tables of remittances: what collection partners passed on, and which payments that were."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Table, Text, UniqueConstraint

from casefile.tables import MOMENT, metadata, words

__all__ = ["partner_transfers", "remittances", "remitted"]

remittances = Table(
    "remittances",
    metadata,
    Column("creditor", words(64), primary_key=True),
    Column("partner", words(64), primary_key=True),
    Column("number", words(100), primary_key=True),
    Column("sha256", words(64), nullable=False),
    Column("on", Date, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", words(3), nullable=False),
    Column("result", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
)
"""Each remittance once: its file's hash, and what was found of it, as JSON."""

remitted = Table(
    "remitted",
    metadata,
    Column("case_id", words(400), primary_key=True),
    Column("entry", words(400), primary_key=True),
    Column("creditor", words(64), nullable=False),
    Column("partner", words(64), nullable=False),
    Column("number", words(100), nullable=False),
)
"""Which entries of ledgers were passed on, and by which remittance."""

partner_transfers = Table(
    "partner_transfers",
    metadata,
    Column("payment", words(200), ForeignKey("provider_payments.id"), primary_key=True),
    Column("creditor", words(64), nullable=False),
    Column("partner", words(64), nullable=False),
    Column("number", words(100), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", words(3), nullable=False),
    Column("on", Date, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    UniqueConstraint("creditor", "partner", "number"),
)
"""Which payment that came in is which remittance, and how much is with us; `actor` is empty where both said so."""
