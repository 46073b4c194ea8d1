"""Runs of Temporal that ended from outside, and whose histories were searched for messages."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "searched_runs",
        sa.Column("run_id", words(64), primary_key=True),
        sa.Column("case_id", words(400), nullable=False),
        sa.Column("ended", words(32), nullable=False),
        sa.Column("searched_at", words(32), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("rescued", sa.Integer(), nullable=False),
    )
    op.create_index("ix_searched_runs_case_id", "searched_runs", ["case_id"])


def downgrade() -> None:
    op.drop_table("searched_runs")
