"""The structured reference of each invoice, so that a payment that carries it finds its case."""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    made = op.create_table(
        "payment_references",
        sa.Column("reference", words(64), primary_key=True),
        sa.Column("case_id", words(400), sa.ForeignKey("cases.id"), primary_key=True),
    )
    facts = sa.table("facts", sa.column("case_id"), sa.column("kind"), sa.column("body"))
    found = op.get_bind().execute(sa.select(facts.c.case_id, facts.c.body).where(facts.c.kind == "case_opened"))
    rows = []
    for case_id, body in found:
        written = json.loads(body)["invoice"].get("payment_reference")
        # As `casefile.payment_references` writes it.
        bare = re.sub(r"[^0-9A-Z]", "", written.upper()) if isinstance(written, str) else ""
        if bare:
            rows.append({"reference": bare[:64], "case_id": case_id})
    if rows:
        op.bulk_insert(made, rows)


def downgrade() -> None:
    op.drop_table("payment_references")
