"""The tables of the desk: its users, who is signed in, links that let them choose a password, who calls whom, notes."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from casefile.tables import MOMENT, metadata, words

users = Table(
    "users",
    metadata,
    Column("id", words(16), primary_key=True),
    Column("login", words(200), nullable=False, unique=True),
    Column("name", words(200), nullable=False),
    Column("role", words(16), nullable=False),
    Column("language", words(2), nullable=False),
    Column("keys", Boolean, nullable=False, server_default="1"),
    Column("password", Text),
    Column("created_at", MOMENT, nullable=False),
    Column("disabled_at", MOMENT),
    Column("creditors", Text),
    Column("issuer", words(400)),
    Column("subject", words(400)),
    Index("ix_users_subject", "issuer", "subject", unique=True),
)
"""Who may sign in at the desk; `password` is a hash of Argon2, with its own salt and costs in it. None is ever deleted:
the audit log names them. `creditors` (JSON) are whom he sees, without it all; `issuer` and `subject` are as whom he
signs in elsewhere."""

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("sha256", words(64), primary_key=True),
    Column("user_id", words(16), nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("seen_at", MOMENT, nullable=False),
    Index("ix_desk_sessions_user_id", "user_id"),
)
"""Who is signed in, by the hash of what his browser brings."""

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("sha256", words(64), primary_key=True),
    Column("user_id", words(16)),
    Column("created_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    Column("used_at", MOMENT),
)
"""Links that let a user choose his password, once; without a user: that make the first one."""

wrong_passwords = Table(
    "wrong_passwords",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", MOMENT, nullable=False),
    Column("login", words(64), nullable=False),
    Column("address", words(64), nullable=False),
    Index("ix_wrong_passwords_login", "login", "address", "at"),
    Index("ix_wrong_passwords_address", "address", "at"),
)
"""Wrong passwords of the last quarter of an hour, whichever process was told them: by the hash of what was typed for a
login, and by the hash of the address from which it came."""

call_claims = Table(
    "call_claims",
    metadata,
    Column("creditor", words(64), primary_key=True),
    Column("debtor", words(200), primary_key=True),
    Column("user_id", words(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("until", MOMENT, nullable=False),
)
"""Who calls which debtor just now, so that nobody else does; it lapses by itself."""

case_notes = Table(
    "case_notes",
    metadata,
    Column("id", words(64), primary_key=True),
    Column("case_id", words(400), ForeignKey("cases.id"), nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("user_id", words(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("withdrawn_at", MOMENT),
    Index("ix_case_notes_case_id", "case_id"),
)
"""What people wrote down about a case for each other; no rule reads it. One that is withdrawn is kept."""
