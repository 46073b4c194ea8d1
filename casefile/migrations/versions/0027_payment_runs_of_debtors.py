"""On which day of the month a debtor pays, kept once for him; when a case looks again; how money of a debtor was paid.

What cases were told of payment runs is taken over.
"""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    runs = op.create_table(
        "payment_runs",
        sa.Column("creditor", words(64), primary_key=True),
        sa.Column("debtor", words(200), primary_key=True),
        sa.Column("day", sa.Integer()),
        sa.Column("told_at", words(32), nullable=False),
        sa.Column("fact", words(700), nullable=False),
    )
    op.add_column("debtor_money", sa.Column("method", words(16)))
    op.add_column("cases", sa.Column("wakes_at", words(32)))
    told = sa.text(
        "SELECT cases.creditor, cases.debtor, facts.id, facts.body FROM facts JOIN cases ON cases.id = facts.case_id "
        "WHERE facts.kind = 'hold_placed' AND facts.body LIKE '%payment_run%' ORDER BY facts.seq"
    )
    last: dict[tuple[str, str], dict[str, object]] = {}
    for creditor, debtor, fact, body in op.get_bind().execute(told):
        placed = json.loads(body)
        if placed.get("hold") != "payment_run" or placed.get("actor", "") in ("", "debtor") or not placed.get("about"):
            continue
        at = datetime.fromisoformat(placed["at"]).astimezone(UTC).isoformat(timespec="microseconds")
        known = last.get((creditor, debtor))
        if known is None or at >= str(known["told_at"]):
            day = int(placed["about"])
            last[creditor, debtor] = {"creditor": creditor, "debtor": debtor, "day": day, "told_at": at, "fact": fact}
    if last:
        op.bulk_insert(runs, list(last.values()))


def downgrade() -> None:
    op.drop_column("debtor_money", "method")
    op.drop_column("cases", "wakes_at")
    op.drop_table("payment_runs")
