"""When a call that was put off is made, who calls whom just now, and what is known of a debtor's credit."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0027"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    # What all debtors owe is read from the index alone.
    op.drop_index("ix_cases_debtor", table_name="cases")
    op.create_index("ix_cases_debtor", "cases", ["creditor", "debtor", "closed", "currency", "open_minor", "due"])
    op.add_column("tasks", sa.Column("again_on", sa.Date()))
    op.add_column("tasks", sa.Column("again_at", words(5)))
    op.create_table(
        "call_claims",
        sa.Column("creditor", words(64), primary_key=True),
        sa.Column("debtor", words(200), primary_key=True),
        sa.Column("user_id", words(16), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("until", words(32), nullable=False),
    )
    op.create_table(
        "debtor_credit",
        sa.Column("creditor", words(64), primary_key=True),
        sa.Column("debtor", words(200), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", words(32), nullable=False),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_debtor", table_name="cases")
    op.create_index("ix_cases_debtor", "cases", ["creditor", "debtor"])
    op.drop_table("debtor_credit")
    op.drop_table("call_claims")
    op.drop_column("tasks", "again_at")
    op.drop_column("tasks", "again_on")
