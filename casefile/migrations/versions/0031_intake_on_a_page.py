"""Lists and invoices that are dropped on a page, how lists are read, and where the money stood by day."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", words(32), primary_key=True),
        sa.Column("creditor", words(64), nullable=False),
        sa.Column("user_id", words(16), nullable=False),
        sa.Column("actor", words(200), nullable=False),
        sa.Column("sha256", words(64), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("state", words(16), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("result", sa.Text()),
        sa.Column("made_at", words(32), nullable=False),
        sa.Column("touched_at", words(32), nullable=False),
    )
    op.create_index("ix_uploads_creditor_made_at", "uploads", ["creditor", "made_at"])
    op.create_table(
        "upload_files",
        sa.Column("upload_id", words(32), sa.ForeignKey("uploads.id"), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("beside", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "list_readings",
        sa.Column("creditor", words(64), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "kept_mappings",
        sa.Column("creditor", words(64), primary_key=True),
        sa.Column("name", words(64), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("actor", words(200), nullable=False),
        sa.Column("kept_at", words(32), nullable=False),
    )
    op.create_table(
        "standings",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("of", words(8), primary_key=True),
        sa.Column("kind", words(64), primary_key=True),
        sa.Column("currency", words(3), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    for table in ("standings", "kept_mappings", "list_readings", "upload_files", "uploads"):
        op.drop_table(table)
