"""What telephone and mail providers tell of messages, channels that stand still, and what debtors write back."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "phone_events",
        sa.Column("id", words(100), primary_key=True),
        sa.Column("key", words(64), nullable=False),
        sa.Column("channel", words(16), nullable=False),
        sa.Column("sid", words(64), nullable=False),
        sa.Column("status", words(32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("code", sa.Integer()),
        sa.Column("answered_by", words(32)),
        sa.Column("at", words(32), nullable=False),
    )
    op.create_index("ix_phone_events_key", "phone_events", ["key", "rank"])
    op.create_table(
        "channel_stops",
        sa.Column("event", words(200), primary_key=True),
        sa.Column("channel", words(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", words(32), nullable=False),
        sa.Column("ended_at", words(32)),
        sa.Column("ended_by", words(200)),
    )
    op.create_index("ix_channel_stops_channel", "channel_stops", ["channel", "ended_at"])
    op.create_table(
        "blocked_addresses",
        sa.Column("channel", words(16), primary_key=True),
        sa.Column("address", words(400), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", words(32), nullable=False),
        sa.Column("source", words(200), nullable=False),
    )
    op.create_table(
        "reply_tokens",
        sa.Column("token", words(64), primary_key=True),
        sa.Column("case_id", words(400), sa.ForeignKey("cases.id", name="fk_reply_tokens_case_id"), primary_key=True),
        sa.Column("message", words(400), nullable=False),
    )
    op.create_index("ix_reply_tokens_message", "reply_tokens", ["message"])
    op.create_table(
        "replies",
        sa.Column("id", words(100), primary_key=True),
        sa.Column("received_at", words(32), nullable=False),
        sa.Column("case_id", words(400)),
        sa.Column("sender", words(400), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("settled_at", words(32)),
        sa.Column("settled_by", words(200)),
    )
    op.create_index("ix_replies_case_id", "replies", ["case_id", "settled_at"])
    op.create_table(
        "reply_files",
        sa.Column("reply", words(100), sa.ForeignKey("replies.id", name="fk_reply_files_reply"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("name", words(400), nullable=False),
        sa.Column("media_type", words(100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("reply_files")
    op.drop_index("ix_replies_case_id", table_name="replies")
    op.drop_table("replies")
    op.drop_index("ix_reply_tokens_message", table_name="reply_tokens")
    op.drop_table("reply_tokens")
    op.drop_table("blocked_addresses")
    op.drop_index("ix_channel_stops_channel", table_name="channel_stops")
    op.drop_table("channel_stops")
    op.drop_index("ix_phone_events_key", table_name="phone_events")
    op.drop_table("phone_events")
