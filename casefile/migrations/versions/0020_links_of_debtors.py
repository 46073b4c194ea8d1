"""Links of debtors to their page, by the hash of their token."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "pay_tokens",
        sa.Column("id", words(16), primary_key=True),
        sa.Column("sha256", words(64), nullable=False),
        sa.Column("creditor", words(64), nullable=False),
        sa.Column("debtor", words(200), nullable=False),
        sa.Column("case_id", words(400), sa.ForeignKey("cases.id")),
        sa.Column("made_by", words(200), nullable=False),
        sa.Column("made_at", words(32), nullable=False),
        sa.Column("expires_at", words(32), nullable=False),
        sa.Column("revoked_at", words(32)),
        sa.UniqueConstraint("sha256", name="uq_pay_tokens_sha256"),
    )
    op.create_index("ix_pay_tokens_debtor", "pay_tokens", ["creditor", "debtor", "made_at"])


def downgrade() -> None:
    op.drop_index("ix_pay_tokens_debtor", table_name="pay_tokens")
    op.drop_table("pay_tokens")
