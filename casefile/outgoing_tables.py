"""The tables of what other systems hear of cases: who is told, and what still is to be told."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from casefile.tables import MOMENT, counted, metadata, words

subscribers = Table(
    "subscribers",
    metadata,
    Column("name", words(64), primary_key=True),
    Column("host", words(300), nullable=False),
    Column("kinds", Text, nullable=False),
    Column("set_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
    Column("stopped_at", MOMENT),
    Column("stopped_why", Text),
)
"""Systems that are told what happens to cases, as the settings of the worker name them; without their secrets.

`kinds` (JSON) is what each is told. With `ended_at` the settings name it no more: nothing new is written for it. With
`stopped_at` it wants no more: what is written waits until a person lets it go on.
"""

outgoing_events = Table(
    "outgoing_events",
    metadata,
    Column("seq", counted(), primary_key=True, autoincrement=True),
    Column("subscriber", words(64), ForeignKey("subscribers.name"), nullable=False),
    Column("id", words(64), nullable=False),
    Column("case_id", words(400), nullable=False),
    Column("kind", words(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("happened_at", MOMENT, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try_at", MOMENT),
    Column("settled_at", MOMENT),
    Column("outcome", words(16)),
    Column("problem", Text),
    UniqueConstraint("subscriber", "id"),
    Index("ix_outgoing_events_settled_at", "settled_at", "subscriber", "seq"),
    Index("ix_outgoing_events_outcome", "outcome", "seq"),
    Index("ix_outgoing_events_case_id", "subscriber", "case_id", "settled_at", "seq"),
)
"""What is to be told, written in the transaction of the facts that it tells of; `body` is sent byte for byte.

`settled_at` is empty until it was taken (`delivered`), given up (`set_aside`) or left by a person (`dismissed`).
`next_try_at` is when it is tried next, and while it is under way when its try counts as lost.
"""
