"""Payments of debtors that came without an invoice."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "debtor_money",
        sa.Column("creditor", words(64), sa.ForeignKey("creditors.id"), primary_key=True),
        sa.Column("debtor", words(200), primary_key=True),
        sa.Column("id", words(400), primary_key=True),
        sa.Column("of", words(400), nullable=False),
        sa.Column("kind", words(16), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", words(3), nullable=False),
        sa.Column("credited_on", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("case_id", words(400), sa.ForeignKey("cases.id")),
        sa.Column("recorded_at", words(32), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("debtor_money")
