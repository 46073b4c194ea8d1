"""What the morning screen reads: what leaves next, dated things, stops of sending, the plan of a day."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "sending_stops",
        sa.Column("id", words(64), primary_key=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", words(200), nullable=False),
        sa.Column("placed_at", words(32), nullable=False),
        sa.Column("ended_at", words(32)),
        sa.Column("ended_by", words(200)),
    )
    op.create_index("ix_sending_stops_until", "sending_stops", ["until"])
    op.create_table(
        "planned_sends",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("case_id", words(400), primary_key=True),
        sa.Column("step", words(64), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", words(3), nullable=False),
    )
    # All may be empty: workers of the version before go on meanwhile, and write views without them.
    op.add_column("cases", sa.Column("next_action", words(16), nullable=True))
    op.add_column("cases", sa.Column("why", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("kept_by", words(32), nullable=True))
    op.add_column("cases", sa.Column("first_formal", sa.Boolean(), nullable=True))
    op.add_column("cases", sa.Column("dates", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("dates_from", sa.Date(), nullable=True))
    op.create_index("ix_cases_next_action_at", "cases", ["next_action", "next_action_at"])
    op.create_index("ix_cases_dates_from", "cases", ["dates_from"])
    op.create_index("ix_cases_due", "cases", ["due"])
    kept = sa.text("kept_by IS NOT NULL")
    op.create_index("ix_cases_kept_by", "cases", ["kept_by"], sqlite_where=kept, postgresql_where=kept)
    op.create_index(
        "ix_cases_standing", "cases", ["closed", "currency", "stage", "holds", "due", "open_minor", "next_action_at"]
    )
    open_ones = sa.text("done_on IS NULL")
    op.create_index("ix_tasks_open", "tasks", ["raised_on", "kind"], sqlite_where=open_ones, postgresql_where=open_ones)
    op.create_index("ix_ledger_entries_known_on", "ledger_entries", ["known_on", "kind"])
    op.create_index(
        "ix_ledger_entries_credited_on", "ledger_entries", ["credited_on", "currency", "kind", "amount_minor"]
    )
    promised = sa.text("kind IN ('promise_made', 'promise_judged')")
    op.create_index("ix_facts_promises", "facts", ["seq"], sqlite_where=promised, postgresql_where=promised)
    way = sa.text("status IN ('intended', 'unknown')")
    op.create_index("ix_deliveries_under_way", "deliveries", ["status"], sqlite_where=way, postgresql_where=way)
    op.create_index("ix_deliveries_concluded_at", "deliveries", ["concluded_at"])
    _fill()


def _fill() -> None:
    """What leaves next stands in the views; what is dated stays empty until a worker has seen the case."""
    cases = sa.table("cases", *(sa.column(name) for name in ("id", "view", "next_action", "why", "kept_by")))
    connection = op.get_bind()
    statement = sa.update(cases).where(cases.c.id == sa.bindparam("of"))
    names = ("next_action", "why", "kept_by")
    statement = statement.values({name: sa.bindparam(f"new_{name}") for name in names})
    after = ""
    while True:
        rows = connection.execute(
            sa.select(cases.c.id, cases.c.view)
            .where(cases.c.id > after, cases.c.view.is_not(None))
            .order_by(cases.c.id)
            .limit(_AT_ONCE)
        ).all()
        if not rows:
            return
        connection.execute(statement, [_ahead(row.id, json.loads(row.view)) for row in rows])
        after = rows[-1].id


def _ahead(case_id: str, view: dict[str, Any]) -> dict[str, object]:
    codes = [blocker["code"] for blocker in view.get("why", ())]
    kept_by = next((code for code in codes if code in ("outcome_unknown", "bank_not_covering")), None)
    why = json.dumps(codes) if codes else None
    return {"of": case_id, "new_next_action": view["next"], "new_why": why, "new_kept_by": kept_by}


def downgrade() -> None:
    op.drop_index("ix_deliveries_concluded_at", table_name="deliveries")
    op.drop_index("ix_deliveries_under_way", table_name="deliveries")
    op.drop_index("ix_facts_promises", table_name="facts")
    op.drop_index("ix_ledger_entries_credited_on", table_name="ledger_entries")
    op.drop_index("ix_ledger_entries_known_on", table_name="ledger_entries")
    op.drop_index("ix_tasks_open", table_name="tasks")
    for name in (
        "ix_cases_standing",
        "ix_cases_kept_by",
        "ix_cases_due",
        "ix_cases_dates_from",
        "ix_cases_next_action_at",
    ):
        op.drop_index(name, table_name="cases")
    for name in ("dates_from", "dates", "first_formal", "kept_by", "why", "next_action"):
        op.drop_column("cases", name)
    op.drop_table("planned_sends")
    op.drop_index("ix_sending_stops_until", table_name="sending_stops")
    op.drop_table("sending_stops")
