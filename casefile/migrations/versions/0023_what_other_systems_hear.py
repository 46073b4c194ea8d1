"""Systems that are told what happens to cases, and what is to be told to them."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "subscribers",
        sa.Column("name", words(64), primary_key=True),
        sa.Column("host", words(300), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("set_at", words(32), nullable=False),
        sa.Column("ended_at", words(32)),
        sa.Column("stopped_at", words(32)),
        sa.Column("stopped_why", sa.Text()),
    )
    op.create_table(
        "outgoing_events",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column(
            "subscriber",
            words(64),
            sa.ForeignKey("subscribers.name", name="fk_outgoing_events_subscriber"),
            nullable=False,
        ),
        sa.Column("id", words(64), nullable=False),
        sa.Column("case_id", words(400), nullable=False),
        sa.Column("kind", words(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("happened_at", words(32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_try_at", words(32)),
        sa.Column("settled_at", words(32)),
        sa.Column("outcome", words(16)),
        sa.Column("problem", sa.Text()),
        sa.UniqueConstraint("subscriber", "id", name="uq_outgoing_events_subscriber"),
    )
    op.create_index("ix_outgoing_events_settled_at", "outgoing_events", ["settled_at", "subscriber", "seq"])
    op.create_index("ix_outgoing_events_outcome", "outgoing_events", ["outcome", "seq"])
    op.create_index("ix_outgoing_events_case_id", "outgoing_events", ["subscriber", "case_id", "settled_at", "seq"])


def downgrade() -> None:
    op.drop_index("ix_outgoing_events_case_id", table_name="outgoing_events")
    op.drop_index("ix_outgoing_events_outcome", table_name="outgoing_events")
    op.drop_index("ix_outgoing_events_settled_at", table_name="outgoing_events")
    op.drop_table("outgoing_events")
    op.drop_table("subscribers")
