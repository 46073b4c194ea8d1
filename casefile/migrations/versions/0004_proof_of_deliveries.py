"""What a delivery was made of, how it was counted, its templates and its documents, beside its bytes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    # May be empty: of what was sent before nobody knows it, and workers of the version before go on meanwhile.
    op.add_column("deliveries", sa.Column("letter_content", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("calculation", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("template_version", words(64), nullable=True))
    op.add_column("deliveries", sa.Column("enclosed", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("deliveries", "enclosed")
    op.drop_column("deliveries", "template_version")
    op.drop_column("deliveries", "calculation")
    op.drop_column("deliveries", "letter_content")
