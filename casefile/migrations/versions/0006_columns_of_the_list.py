"""What `case list` shows of a case, in columns of its own, filled from the views."""

import json
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    # All may be empty: workers of the version before go on meanwhile, and write views without them.
    op.add_column("cases", sa.Column("due", sa.Date(), nullable=True))
    op.add_column("cases", sa.Column("step", words(64), nullable=True))
    op.add_column("cases", sa.Column("zone", words(64), nullable=True))
    op.add_column("cases", sa.Column("holds", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("open_tasks", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("quarantined", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("listed", words(32), nullable=True))
    _fill()


def _fill() -> None:
    """Cases without a view stay empty: what is read of them comes from their facts, until a worker has seen them."""
    cases = sa.table(
        "cases",
        *(sa.column(name) for name in ("id", "view", "viewed_at", "step", "zone", "holds", "open_tasks")),
        sa.column("due", sa.Date),
        sa.column("quarantined", sa.Integer),
        sa.column("listed"),
    )
    connection = op.get_bind()
    statement = sa.update(cases).where(cases.c.id == sa.bindparam("of"))
    names = ("due", "step", "zone", "holds", "open_tasks", "quarantined", "listed")
    statement = statement.values({name: sa.bindparam(f"new_{name}") for name in names})
    after = ""
    while True:
        rows = connection.execute(
            sa.select(cases.c.id, cases.c.view, cases.c.viewed_at)
            .where(cases.c.id > after, cases.c.view.is_not(None), cases.c.viewed_at.is_not(None))
            .order_by(cases.c.id)
            .limit(_AT_ONCE)
        ).all()
        if not rows:
            return
        connection.execute(statement, [_shown(row.id, json.loads(row.view), row.viewed_at) for row in rows])
        after = rows[-1].id


def _shown(case_id: str, view: dict[str, object], viewed_at: str) -> dict[str, object]:
    holds: Any = view.get("holds", ())
    tasks: Any = view.get("tasks", ())
    quarantined: Any = view.get("quarantined", ())
    return {
        "of": case_id,
        "new_due": date.fromisoformat(str(view["due"])),
        "new_step": view.get("step"),
        "new_zone": view["zone"],
        "new_holds": _words([hold["kind"] for hold in holds]),
        "new_open_tasks": _words(tasks),
        "new_quarantined": len(quarantined),
        "new_listed": viewed_at,
    }


def _words(words: list[str]) -> str | None:
    return json.dumps(list(words)) if words else None


def downgrade() -> None:
    for name in ("listed", "quarantined", "open_tasks", "holds", "zone", "step", "due"):
        op.drop_column("cases", name)
