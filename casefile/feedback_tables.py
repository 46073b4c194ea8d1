"""The tables of what becomes of messages: what telephone and mail providers tell of them, and what debtors write back.

Made by the migrations, as those of `casefile/tables.py`.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from casefile.tables import MOMENT, metadata, words

phone_events = Table(
    "phone_events",
    metadata,
    Column("id", words(100), primary_key=True),
    Column("key", words(64), nullable=False),
    Column("channel", words(16), nullable=False),
    Column("sid", words(64), nullable=False),
    Column("status", words(32), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("code", Integer),
    Column("answered_by", words(32)),
    Column("at", MOMENT, nullable=False),
    Index("ix_phone_events_key", "key", "rank"),
)
"""What a telephone provider told of text messages and calls, by the hash of the send key; each status once."""

channel_stops = Table(
    "channel_stops",
    metadata,
    Column("event", words(200), primary_key=True),
    Column("channel", words(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
    Column("ended_by", words(200)),
    Index("ix_channel_stops_channel", "channel", "ended_at"),
)
"""When nothing more was handed over by a channel, and why; without `ended_at` that still holds. An event stops once."""

blocked_addresses = Table(
    "blocked_addresses",
    metadata,
    Column("channel", words(16), primary_key=True),
    Column("address", words(400), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since", MOMENT, nullable=False),
    Column("source", words(200), nullable=False),
)
"""Addresses and numbers that a channel does not use any more: they reach nobody, or their owner does not want it."""

reply_tokens = Table(
    "reply_tokens",
    metadata,
    Column("token", words(64), primary_key=True),
    Column("case_id", words(400), ForeignKey("cases.id"), primary_key=True),
    Column("message", words(400), nullable=False),
    Index("ix_reply_tokens_message", "message"),
)
"""The token in the address that a mail asks to be answered to, and the cases in that mail."""

replies = Table(
    "replies",
    metadata,
    Column("id", words(100), primary_key=True),
    Column("received_at", MOMENT, nullable=False),
    Column("case_id", words(400)),
    Column("sender", words(400), nullable=False),
    Column("subject", Text, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("files", Integer, nullable=False),
    Column("settled_at", MOMENT),
    Column("settled_by", words(200)),
    Index("ix_replies_case_id", "case_id", "settled_at"),
)
"""Mails that came back to us; one without a case waits for a person, until it is settled. Their texts are papers."""

reply_files = Table(
    "reply_files",
    metadata,
    Column("reply", words(100), ForeignKey("replies.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", words(400), nullable=False),
    Column("media_type", words(100), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""Text and attachments of replies that name no case, until a person says whose they are."""
