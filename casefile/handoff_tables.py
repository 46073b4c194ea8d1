"""The table of who has what was handed off."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table

from casefile.tables import metadata, words

handed_to = Table(
    "handed_to",
    metadata,
    Column("case_id", words(400), ForeignKey("cases.id"), primary_key=True),
    Column("partner", words(64), nullable=False),
)
"""The partner of the creditor's profile, by its id, to whom the file of a case last left, or was to leave."""
