"""The tables of what goes between us and the partners who take cases over."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, text

from casefile.tables import MOMENT, counted, metadata, partial, words

agency_reports = Table(
    "agency_reports",
    metadata,
    Column("seq", counted(), primary_key=True, autoincrement=True),
    Column("partner", words(64), nullable=False),
    Column("id", words(300), nullable=False),
    Column("body", Text, nullable=False),
    Column("came_by", words(16), nullable=False),
    Column("received_at", MOMENT, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try_at", MOMENT),
    Column("settled_at", MOMENT),
    Column("outcome", words(16)),
    Column("problem", Text),
    UniqueConstraint("partner", "id"),
)
"""What partners reported, byte for byte, before anybody is told that it came.

`settled_at` is empty until its cases were told (`told`), or a person looked at what is nobody's (`dismissed`); until
then `problem` says why nobody was told yet. The id holds a hash of the content: two reports under one id are two rows.
"""
_open = text("settled_at IS NULL")
partial(Index("ix_agency_reports_open", agency_reports.c.seq), _open)

agency_cursors = Table(
    "agency_cursors",
    metadata,
    Column("partner", words(64), primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("read_at", MOMENT, nullable=False),
)
"""How far what each partner lists was read; moved in the transaction that keeps what was read."""

agency_files = Table(
    "agency_files",
    metadata,
    Column("partner", words(64), primary_key=True),
    Column("sha256", words(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("taken_at", MOMENT, nullable=False),
)
"""Return files that were taken, by what they hold: one is taken once, whatever it is called."""

agency_links = Table(
    "agency_links",
    metadata,
    Column("id", words(32), primary_key=True),
    Column("sha256", words(64), nullable=False, unique=True),
    Column("delivery", words(700), nullable=False),
    Column("partner", words(64), nullable=False),
    Column("made_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    Column("revoked_at", MOMENT),
    Column("wrong", Integer, nullable=False, server_default="0"),
    Column("fetched", Integer, nullable=False, server_default="0"),
    Column("fetched_at", MOMENT),
    Index("ix_agency_links_delivery", "delivery"),
)
"""Links under which a partner fetches a file; of the token only the hash. `wrong` counts wrong codes."""
