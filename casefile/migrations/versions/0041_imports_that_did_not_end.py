"""How far an import came that did not end, so that whoever runs it again is told."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0038"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "begun_imports",
        sa.Column("creditor", words(64), primary_key=True),
        sa.Column("import_name", words(32), primary_key=True),
        sa.Column("begun_at", words(32), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("begun_imports")
