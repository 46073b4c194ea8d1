"""To which partner a case was handed off: the debtor's other invoices go to no other one meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "handed_to",
        sa.Column("case_id", words(400), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("partner", words(64), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("handed_to")
