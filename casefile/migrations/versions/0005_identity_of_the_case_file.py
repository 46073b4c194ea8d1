"""Which case file this is: an id made with the tables, and when it was last accepted in the place of another one."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    identity = op.create_table(
        "identity",
        # One row, always 1: two processes that migrate at once make no second one.
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", words(32), nullable=False),
        sa.Column("created_at", words(32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("row", name="pk_identity"),
    )
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    op.bulk_insert(identity, [{"row": 1, "id": uuid4().hex, "created_at": now}])


def downgrade() -> None:
    op.drop_table("identity")
