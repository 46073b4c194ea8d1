"""Where the money stood is kept by creditor, and indexes hold all that figures ask of fifty thousand cases."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_WIDER = {
    "ix_cases_next_action_at": (
        "cases",
        ["next_action", "next_action_at"],
        ["closed", "currency", "step", "open_minor", "first_formal", "creditor"],
    ),
    "ix_cases_due": ("cases", ["due"], ["creditor", "id"]),
    "ix_ledger_entries_credited_on": (
        "ledger_entries",
        ["credited_on", "currency", "kind", "amount_minor"],
        ["case_id", "id"],
    ),
    "ix_deliveries_concluded_at": ("deliveries", ["concluded_at"], ["status", "step", "issue", "key"]),
}
"""Indexes that are there, with their table and columns, and what they hold from now on."""


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for name, (table, columns, more) in _WIDER.items():
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, *more])
    op.create_index(
        "ix_ledger_entries_of_case", "ledger_entries", ["case_id", "credited_on", "currency", "amount_minor"]
    )
    _standings("standings_kept", creditor=True)
    # Where there was never another creditor, all that was kept is his.
    op.execute(
        """INSERT INTO standings_kept (day, "of", kind, currency, creditor, number, open_minor)
        SELECT day, "of", kind, currency, (SELECT CASE WHEN count(*) = 1 THEN min(id) ELSE '' END FROM creditors),
        number, open_minor FROM standings"""
    )
    op.drop_table("standings")
    op.rename_table("standings_kept", "standings")
    _named("standings_kept")


def downgrade() -> None:
    _standings("standings_summed", creditor=False)
    op.execute(
        """INSERT INTO standings_summed (day, "of", kind, currency, number, open_minor)
        SELECT day, "of", kind, currency, sum(number), sum(open_minor) FROM standings
        GROUP BY day, "of", kind, currency"""
    )
    op.drop_table("standings")
    op.rename_table("standings_summed", "standings")
    _named("standings_summed")
    op.drop_index("ix_ledger_entries_of_case", "ledger_entries")
    for name, (table, columns, _) in _WIDER.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns)


def _standings(name: str, *, creditor: bool) -> None:
    own = [sa.Column("creditor", words(64), primary_key=True, server_default=sa.text("''"))] if creditor else []
    op.create_table(
        name,
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("of", words(8), primary_key=True),
        sa.Column("kind", words(64), primary_key=True),
        sa.Column("currency", words(3), primary_key=True),
        *own,
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
    )


def _named(before: str) -> None:
    """On PostgreSQL the key has kept the name that it was made with."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER INDEX pk_{before} RENAME TO pk_standings")
