"""Secrets of the case file: the one under which Temporal's search attribute names a debtor."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    table = op.create_table(
        "secrets",
        sa.Column("name", words(64), nullable=False),
        sa.Column("secret", words(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    # Here, once, so that no two processes ever begin with two.
    op.bulk_insert(table, [{"name": "debtor_attribute", "secret": secrets.token_hex(32)}])


def downgrade() -> None:
    op.drop_table("secrets")
