"""The tables of a day: stops of all sending, and what was planned on the days before.

Made by the migrations, as those of `casefile/tables.py`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Table, Text

from casefile.tables import MOMENT, metadata, words

sending_stops = Table(
    "sending_stops",
    metadata,
    Column("id", words(64), primary_key=True),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", words(200), nullable=False),
    Column("placed_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
    Column("ended_by", words(200)),
    Index("ix_sending_stops_until", "until"),
)
"""Days on which a person let nothing leave: from `since` to the day before `until`, which its end brings forward."""

planned_sends = Table(
    "planned_sends",
    metadata,
    Column("day", Date, primary_key=True),
    Column("case_id", words(400), primary_key=True),
    Column("step", words(64), nullable=False),
    Column("planned_on", Date, nullable=False),
    Column("open_minor", BigInteger, nullable=False),
    Column("currency", words(3), nullable=False),
)
"""What was to leave in the week after a `day`, as it stood when a worker first looked on that day."""
