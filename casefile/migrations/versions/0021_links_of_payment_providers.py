"""Payment links that were made at payment providers, and the cases that each pays."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "payment_links",
        sa.Column("provider", words(32), primary_key=True),
        sa.Column("id", words(200), primary_key=True),
        sa.Column("token", words(16), sa.ForeignKey("pay_tokens.id"), nullable=False),
        sa.Column("cases", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", words(3), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("made_at", words(32), nullable=False),
        sa.Column("expires_at", words(32), nullable=False),
        sa.Column("ended_at", words(32)),
    )
    op.create_index("ix_payment_links_token", "payment_links", ["token", "made_at"])


def downgrade() -> None:
    op.drop_index("ix_payment_links_token", table_name="payment_links")
    op.drop_table("payment_links")
