"""What lists are sought by, in small letters, beside cases and debtors; indexes that hold all that lists ask."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_STALE = "folded IS NULL OR (viewed_at IS NOT NULL AND (listed IS NULL OR listed <> viewed_at))"


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    # All may be empty: processes of the version before go on meanwhile, and write without them.
    op.add_column("cases", sa.Column("folded", words(700)))
    op.add_column("cases", sa.Column("debtor_folded", words(200)))
    op.add_column("debtors", sa.Column("folded", words(400)))
    _fill()
    for name, table, columns, where in (
        ("ix_cases_stale", "cases", ["id"], _STALE),
        ("ix_cases_unseen", "cases", ["id", "listed"], "viewed_at IS NULL"),
        ("ix_debtors_unfolded", "debtors", ["creditor", "id"], "folded IS NULL"),
    ):
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    if op.get_bind().dialect.name == "sqlite":
        # PostgreSQL refuses what is too long for an index, and reads its narrow rows quickly enough.
        last = ["number", "id", "next_action_at", "creditor", "debtor"]
        asked = ["due", "open_minor", "stage", "needs_attention", "holds", "open_tasks", "folded", "debtor_folded"]
        op.create_index("ix_cases_asked", "cases", ["currency", "closed", *asked, *last])
        op.create_index("ix_cases_asked_by_debtor", "cases", ["creditor", "debtor", "closed", *asked, "currency"])
        op.create_index("ix_debtors_folded", "debtors", ["creditor", "id", "folded"])


def _fill() -> None:
    connection = op.get_bind()
    cases = sa.table("cases", *(sa.column(name) for name in ("id", "number", "debtor", "folded", "debtor_folded")))
    change = sa.update(cases).where(cases.c.id == sa.bindparam("of"))
    change = change.values(folded=sa.bindparam("text"), debtor_folded=sa.bindparam("by"))
    after = ""
    while rows := connection.execute(
        sa.select(cases.c.id, cases.c.number, cases.c.debtor)
        .where(cases.c.id > after)
        .order_by(cases.c.id)
        .limit(_AT_ONCE)
    ).all():
        connection.execute(
            change, [{"of": r.id, "text": _folded(r.number, r.id), "by": _folded(r.debtor)} for r in rows]
        )
        after = rows[-1].id
    debtors = sa.table("debtors", *(sa.column(name) for name in ("creditor", "id", "body", "folded")))
    change = sa.update(debtors).where(debtors.c.creditor == sa.bindparam("by"), debtors.c.id == sa.bindparam("of"))
    change = change.values(folded=sa.bindparam("text"))
    named = connection.execute(sa.select(debtors.c.creditor, debtors.c.id, debtors.c.body)).all()
    for begin in range(0, len(named), _AT_ONCE):
        connection.execute(
            change,
            [
                {"by": creditor, "of": of, "text": _folded(str(json.loads(body)["name"]))}
                for creditor, of, body in named[begin : begin + _AT_ONCE]
            ],
        )


def _folded(*texts: str) -> str:
    return "\n".join(" ".join(text.split("\n")) for text in texts).casefold()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_debtors_folded", "debtors")
        op.drop_index("ix_cases_asked_by_debtor", "cases")
        op.drop_index("ix_cases_asked", "cases")
    op.drop_index("ix_debtors_unfolded", "debtors")
    op.drop_index("ix_cases_unseen", "cases")
    op.drop_index("ix_cases_stale", "cases")
    op.drop_column("debtors", "folded")
    op.drop_column("cases", "debtor_folded")
    op.drop_column("cases", "folded")
