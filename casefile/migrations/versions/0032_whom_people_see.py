"""Which creditors a user or a key sees, as whom a user signs in elsewhere, and wrong passwords of all processes."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("users", sa.Column("creditors", sa.Text()))
    op.add_column("users", sa.Column("issuer", words(400)))
    op.add_column("users", sa.Column("subject", words(400)))
    op.create_index("ix_users_subject", "users", ["issuer", "subject"], unique=True)
    op.add_column("api_keys", sa.Column("creditors", sa.Text()))
    op.add_column("api_keys", sa.Column("user_id", words(16)))
    op.create_table(
        "wrong_passwords",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", words(32), nullable=False),
        sa.Column("login", words(64), nullable=False),
        sa.Column("address", words(64), nullable=False),
    )
    op.create_index("ix_wrong_passwords_login", "wrong_passwords", ["login", "address", "at"])
    op.create_index("ix_wrong_passwords_address", "wrong_passwords", ["address", "at"])


def downgrade() -> None:
    op.drop_index("ix_wrong_passwords_address", table_name="wrong_passwords")
    op.drop_index("ix_wrong_passwords_login", table_name="wrong_passwords")
    op.drop_table("wrong_passwords")
    op.drop_column("api_keys", "user_id")
    op.drop_column("api_keys", "creditors")
    op.drop_index("ix_users_subject", table_name="users")
    op.drop_column("users", "subject")
    op.drop_column("users", "issuer")
    op.drop_column("users", "creditors")
