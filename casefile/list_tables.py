"""The tables of lists: views that people keep, what is assigned to whom, and jobs over many cases.

Made by the migrations, as those of `casefile/tables.py`.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from casefile.tables import MOMENT, counted, metadata, partial, words

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", words(16), primary_key=True),
    Column("user_id", words(16), nullable=False),
    Column("list", words(32), nullable=False),
    Column("name", words(100), nullable=False),
    Column("query", Text, nullable=False),
    Column("shared", Boolean, nullable=False, server_default="0"),
    Column("kept_at", MOMENT, nullable=False),
    Index("ix_saved_views_user_id", "user_id"),
)
"""Lists that somebody named: what chooses them (`query`, as in the address); for him, or for all (`shared`)."""

debtor_assignments = Table(
    "debtor_assignments",
    metadata,
    Column("creditor", words(64), primary_key=True),
    Column("debtor", words(200), primary_key=True),
    Column("user_id", words(16), nullable=False),
    Column("at", MOMENT, nullable=False),
    Index("ix_debtor_assignments_user_id", "user_id", "creditor", "debtor"),
)
"""Who looks after a debtor."""

task_assignments = Table(
    "task_assignments",
    metadata,
    Column("case_id", words(400), primary_key=True),
    Column("task", words(400), primary_key=True),
    Column("user_id", words(16), nullable=False),
    Column("at", MOMENT, nullable=False),
    Index("ix_task_assignments_user_id", "user_id", "case_id"),
)
"""Who is to deal with a task; it goes before who looks after the debtor."""

bulk_jobs = Table(
    "bulk_jobs",
    metadata,
    Column("id", words(64), primary_key=True),
    Column("user_id", words(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("act", words(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("begun_at", MOMENT, nullable=False),
    Column("ended_at", MOMENT),
    Column("stopped_by", Text),
    Column("audit_seq", counted(), nullable=False),
    Column("seen", Text, nullable=False),
    Column("alive_at", MOMENT),
    Index("ix_bulk_jobs_begun_at", "begun_at"),
)
_under_way = text("ended_at IS NULL")
partial(Index("ix_bulk_jobs_under_way", bulk_jobs.c.id), _under_way)
"""One act over many cases: what (`act`, with its `content`), chosen how, as it was previewed (`seen`, JSON).

`alive_at` is renewed by the process that works on it: where it is old, another may go on with it.
"""

bulk_cases = Table(
    "bulk_cases",
    metadata,
    Column("job", words(64), ForeignKey("bulk_jobs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("case_id", words(400), nullable=False),
    Column("mark", words(64)),
    Column("outcome", words(16)),
    Column("says", Text),
    Column("done_at", MOMENT),
    Index("ix_bulk_cases_outcome", "job", "outcome", "position"),
)
"""Its cases, each with what came of it (empty: not done yet), and how far it was when it was previewed (`mark`)."""
