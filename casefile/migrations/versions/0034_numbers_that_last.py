"""Numbers of facts, messages, acts and events have 63 bits on PostgreSQL too: 31 are full within years."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_COUNTED = ("facts", "inbox", "audit", "provider_events", "outgoing_events")


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _be("bigint", sa.BigInteger())


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _be("integer", sa.Integer())


def _be(kind: str, column: sa.types.TypeEngine[int]) -> None:
    for table in _COUNTED:
        op.alter_column(table, "seq", type_=column)
        op.execute(f"ALTER SEQUENCE {table}_seq_seq AS {kind}")
    op.alter_column("bulk_jobs", "audit_seq", type_=column)
