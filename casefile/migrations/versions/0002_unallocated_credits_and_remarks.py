"""Credit notes that are held until an invoice is known for them, and remarks on documents."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "unallocated_credits",
        sa.Column("creditor", words(64), nullable=False),
        sa.Column("id", words(400), nullable=False),
        sa.Column("number", words(200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("debtor", words(200), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", words(3), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", words(64), nullable=False),
        sa.Column("received_at", words(32), nullable=False),
        sa.Column("case_id", words(400), nullable=True),
        sa.Column("allocated_at", words(32), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_unallocated_credits_case_id")),
        sa.ForeignKeyConstraint(["creditor"], ["creditors.id"], name=op.f("fk_unallocated_credits_creditor")),
        sa.PrimaryKeyConstraint("creditor", "id", name=op.f("pk_unallocated_credits")),
    )
    op.create_table(
        "remarks",
        sa.Column("case_id", words(400), nullable=False),
        sa.Column("document", words(400), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_remarks_case_id")),
        sa.PrimaryKeyConstraint("case_id", "document", "position", name=op.f("pk_remarks")),
    )


def downgrade() -> None:
    op.drop_table("remarks")
    op.drop_table("unallocated_credits")
