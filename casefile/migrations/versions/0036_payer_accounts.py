"""From which account a payment came: as a mark, by which it is found again."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    known = sa.text("payer_mark IS NOT NULL")
    op.add_column("provider_payments", sa.Column("payer_mark", words(32)))
    op.create_index(
        "ix_provider_payments_payer_mark", "provider_payments", ["payer_mark"],
        sqlite_where=known, postgresql_where=known,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_provider_payments_payer_mark", table_name="provider_payments")
    op.drop_column("provider_payments", "payer_mark")
