"""What a debtor is in: debt help, insolvency, death… for all his cases at once."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "debtor_statuses",
        sa.Column("creditor", words(64), primary_key=True),
        sa.Column("debtor", words(200), primary_key=True),
        sa.Column("report", words(200), primary_key=True),
        sa.Column("status", words(32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("ended_for", words(32)),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("ended_note", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("debtor_statuses")
