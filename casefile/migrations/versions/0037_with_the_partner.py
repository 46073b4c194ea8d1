"""How a case stands with the partner who has it, which payments came in there, and what partners passed on."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0034"
branch_labels = None
depends_on = None

_WITH_PARTNER = sa.text("partner_state IS NOT NULL")


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("cases", sa.Column("partner", words(64)))
    op.add_column("cases", sa.Column("partner_state", words(32)))
    op.add_column("ledger_entries", sa.Column("source", words(64)))
    op.create_index(
        "ix_cases_partner_state",
        "cases",
        ["partner_state"],
        sqlite_where=_WITH_PARTNER,
        postgresql_where=_WITH_PARTNER,
    )
    op.create_table(
        "remittances",
        sa.Column("creditor", words(64), primary_key=True),
        sa.Column("partner", words(64), primary_key=True),
        sa.Column("number", words(100), primary_key=True),
        sa.Column("sha256", words(64), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", words(3), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", words(32), nullable=False),
    )
    op.create_table(
        "remitted",
        sa.Column("case_id", words(400), primary_key=True),
        sa.Column("entry", words(400), primary_key=True),
        sa.Column("creditor", words(64), nullable=False),
        sa.Column("partner", words(64), nullable=False),
        sa.Column("number", words(100), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("remitted")
    op.drop_table("remittances")
    op.drop_index("ix_cases_partner_state", table_name="cases")
    op.drop_column("ledger_entries", "source")
    op.drop_column("cases", "partner_state")
    op.drop_column("cases", "partner")
