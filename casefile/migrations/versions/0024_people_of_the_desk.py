"""Who may sign in at the desk, who is signed in, links that let somebody choose a password, and notes on cases."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", words(16), primary_key=True),
        sa.Column("login", words(200), nullable=False),
        sa.Column("name", words(200), nullable=False),
        sa.Column("role", words(16), nullable=False),
        sa.Column("language", words(2), nullable=False),
        sa.Column("keys", sa.Boolean(), nullable=False, server_default="1"),
        sa.Column("password", sa.Text()),
        sa.Column("created_at", words(32), nullable=False),
        sa.Column("disabled_at", words(32)),
        sa.UniqueConstraint("login", name="uq_users_login"),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("sha256", words(64), primary_key=True),
        sa.Column("user_id", words(16), nullable=False),
        sa.Column("created_at", words(32), nullable=False),
        sa.Column("seen_at", words(32), nullable=False),
    )
    op.create_index("ix_desk_sessions_user_id", "desk_sessions", ["user_id"])
    op.create_table(
        "sign_in_links",
        sa.Column("sha256", words(64), primary_key=True),
        sa.Column("user_id", words(16)),
        sa.Column("created_at", words(32), nullable=False),
        sa.Column("expires_at", words(32), nullable=False),
        sa.Column("used_at", words(32)),
    )
    op.create_table(
        "case_notes",
        sa.Column("id", words(64), primary_key=True),
        sa.Column("case_id", words(400), sa.ForeignKey("cases.id", name="fk_case_notes_case_id"), nullable=False),
        sa.Column("at", words(32), nullable=False),
        sa.Column("user_id", words(16), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", words(32)),
    )
    op.create_index("ix_case_notes_case_id", "case_notes", ["case_id"])


def downgrade() -> None:
    op.drop_index("ix_case_notes_case_id", table_name="case_notes")
    op.drop_table("case_notes")
    op.drop_table("sign_in_links")
    op.drop_index("ix_desk_sessions_user_id", table_name="desk_sessions")
    op.drop_table("desk_sessions")
    op.drop_table("users")
