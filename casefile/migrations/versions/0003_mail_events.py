"""Events of mails by the hash of their send key, which deliveries get too."""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "mail_events",
        sa.Column("id", words(200), nullable=False),
        sa.Column("key", words(64), nullable=False),
        sa.Column("kind", words(32), nullable=False),
        sa.Column("reference", words(200), nullable=False),
        sa.Column("at", words(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_events")),
    )
    op.create_index("ix_mail_events_key", "mail_events", ["key", "at"])
    # May be empty: workers of the version before go on while they are replaced.
    op.add_column("deliveries", sa.Column("hashed_key", words(64), nullable=True))
    deliveries = sa.table("deliveries", sa.column("key", sa.Text), sa.column("hashed_key", sa.Text))
    connection = op.get_bind()
    hashed = [
        {"own": key, "hash": sha256(key.encode("utf-8")).hexdigest()}
        for key in connection.scalars(sa.select(deliveries.c.key)).all()
    ]
    if hashed:
        statement = sa.update(deliveries).where(deliveries.c.key == sa.bindparam("own"))
        connection.execute(statement.values(hashed_key=sa.bindparam("hash")), hashed)
    op.create_index("ix_deliveries_hashed_key", "deliveries", ["hashed_key"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_hashed_key", "deliveries")
    op.drop_column("deliveries", "hashed_key")
    op.drop_index("ix_mail_events_key", "mail_events")
    op.drop_table("mail_events")
