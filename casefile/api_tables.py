"""The tables of the API: its keys, who did what over it, and answers that may be asked for again."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from casefile.tables import MOMENT, counted, metadata, words

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", words(16), primary_key=True),
    Column("name", words(200), nullable=False),
    Column("role", words(16), nullable=False),
    Column("sha256", words(64), nullable=False, unique=True),
    Column("created_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT),
    Column("revoked_at", MOMENT),
    Column("creditors", Text),
    Column("user_id", words(16)),
)
"""Keys of the API, by the hash of their secret. `creditors` (JSON) are whom it sees, without it all; `user_id` is the
user of the desk whose key it is."""

audit = Table(
    "audit",
    metadata,
    Column("seq", counted(), primary_key=True, autoincrement=True),
    Column("at", MOMENT, nullable=False),
    Column("key_id", words(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("act", words(100), nullable=False),
    Column("subject", words(700), nullable=False),
    Column("outcome", words(32), nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_audit_subject", "subject", "seq"),
)
"""Who did what over HTTP, and what became of it, which is filled in once; a bulk act is one row."""

idempotent_answers = Table(
    "idempotent_answers",
    metadata,
    Column("key_id", words(16), primary_key=True),
    Column("idempotency_key", words(200), primary_key=True),
    Column("fingerprint", words(64), nullable=False),
    Column("begun_at", MOMENT, nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("status", Integer),
    Column("body", Text),
    Index("ix_idempotent_answers_begun_at", "begun_at"),
)
"""What was answered to requests with an `Idempotency-Key`; no `status`: it is being answered, or its answer is lost."""
