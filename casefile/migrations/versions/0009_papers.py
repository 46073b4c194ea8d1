"""What a debtor sent: pictures, letters and other files about a case, which go to nobody by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("case_id", words(400), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("sha256", words(64), primary_key=True),
        sa.Column("name", words(400), nullable=False),
        sa.Column("media_type", words(100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("about", words(200), nullable=False),
        sa.Column("actor", words(200), nullable=False),
        sa.Column("received_at", words(32), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("papers")
