"""What proves that a classic webhook of Mollie is about a payment link of ours."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("provider_events", sa.Column("link", words(64)))
    op.add_column("payment_links", sa.Column("proof", words(64)))
    op.create_index("ix_payment_links_proof", "payment_links", ["proof"])


def downgrade() -> None:
    op.drop_index("ix_payment_links_proof", table_name="payment_links")
    op.drop_column("payment_links", "proof")
    op.drop_column("provider_events", "link")
