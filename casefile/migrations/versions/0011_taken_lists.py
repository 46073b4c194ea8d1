"""Lists of open items that were taken: when a later one is refused, it is told by which one the cases stand."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "taken_lists",
        sa.Column("creditor", words(64), nullable=False),
        sa.Column("sha256", words(64), nullable=False),
        sa.Column("taken_at", words(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("invoices", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("creditor", "taken_at", "sha256", name=op.f("pk_taken_lists")),
    )


def downgrade() -> None:
    op.drop_table("taken_lists")
