"""Which payment that came in is which remittance of a partner."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0041"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "partner_transfers",
        sa.Column("payment", words(200), sa.ForeignKey("provider_payments.id"), primary_key=True),
        sa.Column("creditor", words(64), nullable=False),
        sa.Column("partner", words(64), nullable=False),
        sa.Column("number", words(100), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", words(3), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", words(32), nullable=False),
        sa.UniqueConstraint("creditor", "partner", "number"),
    )


def downgrade() -> None:
    op.drop_table("partner_transfers")
