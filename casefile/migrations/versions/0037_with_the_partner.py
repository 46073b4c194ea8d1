"""How a case stands with the collection partner who has it, and which payments came in there."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
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


def downgrade() -> None:
    op.drop_index("ix_cases_partner_state", table_name="cases")
    op.drop_column("ledger_entries", "source")
    op.drop_column("cases", "partner_state")
    op.drop_column("cases", "partner")
