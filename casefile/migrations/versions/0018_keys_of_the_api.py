"""Keys of the API, the audit log, and answers that may be asked for again."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", words(16), primary_key=True),
        sa.Column("name", words(200), nullable=False),
        sa.Column("role", words(16), nullable=False),
        sa.Column("sha256", words(64), nullable=False),
        sa.Column("created_at", words(32), nullable=False),
        sa.Column("expires_at", words(32)),
        sa.Column("revoked_at", words(32)),
        sa.UniqueConstraint("sha256", name="uq_api_keys_sha256"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", words(32), nullable=False),
        sa.Column("key_id", words(16), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", words(100), nullable=False),
        sa.Column("subject", words(700), nullable=False),
        sa.Column("outcome", words(32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_index("ix_audit_subject", "audit", ["subject", "seq"])
    op.create_table(
        "idempotent_answers",
        sa.Column("key_id", words(16), primary_key=True),
        sa.Column("idempotency_key", words(200), primary_key=True),
        sa.Column("fingerprint", words(64), nullable=False),
        sa.Column("begun_at", words(32), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("body", sa.Text()),
    )
    op.create_index("ix_idempotent_answers_begun_at", "idempotent_answers", ["begun_at"])


def downgrade() -> None:
    op.drop_index("ix_idempotent_answers_begun_at", table_name="idempotent_answers")
    op.drop_table("idempotent_answers")
    op.drop_index("ix_audit_subject", table_name="audit")
    op.drop_table("audit")
    op.drop_table("api_keys")
