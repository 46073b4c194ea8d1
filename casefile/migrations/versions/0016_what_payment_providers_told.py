"""What payment providers posted, the payments it is about, and how their money moved."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "provider_events",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("provider", words(32), nullable=False),
        sa.Column("id", words(200), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("about", words(200), nullable=False),
        sa.Column("received_at", words(32), nullable=False),
        sa.Column("knocks", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("read_at", words(32)),
        sa.Column("outcome", words(32)),
        sa.Column("problem", sa.Text()),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_try_at", words(32)),
        sa.UniqueConstraint("provider", "id", name=op.f("uq_provider_events_provider")),
    )
    op.create_index("ix_provider_events_read_at", "provider_events", ["read_at", "seq"])
    op.create_table(
        "provider_payments",
        sa.Column("id", words(200), primary_key=True),
        sa.Column("provider", words(32), nullable=False),
        sa.Column("status", words(16), nullable=False),
        sa.Column("state", words(16), nullable=False),
        sa.Column("state_at", words(32)),
        sa.Column("expected_on", sa.Date()),
        sa.Column("method", words(64), nullable=False),
        sa.Column("designation", sa.Text(), nullable=False),
        sa.Column("creditor", words(64)),
        sa.Column("debtor", words(200)),
        sa.Column("case_id", words(400), sa.ForeignKey("cases.id")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("guesses", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("first_at", words(32), nullable=False),
        sa.Column("changed_at", words(32), nullable=False),
    )
    op.create_index("ix_provider_payments_status", "provider_payments", ["status", "first_at"])
    op.create_table(
        "provider_movements",
        sa.Column("payment", words(200), sa.ForeignKey("provider_payments.id"), primary_key=True),
        sa.Column("id", words(300), primary_key=True),
        sa.Column("kind", words(16), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", words(3), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", words(32), nullable=False),
        sa.Column("of", words(300)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("known_at", words(32), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("provider_movements")
    op.drop_index("ix_provider_payments_status", "provider_payments")
    op.drop_table("provider_payments")
    op.drop_index("ix_provider_events_read_at", "provider_events")
    op.drop_table("provider_events")
