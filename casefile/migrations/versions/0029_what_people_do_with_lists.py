"""Views that people keep, what is assigned to whom, and jobs over many cases."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", words(16), primary_key=True),
        sa.Column("user_id", words(16), nullable=False),
        sa.Column("list", words(32), nullable=False),
        sa.Column("name", words(100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("kept_at", words(32), nullable=False),
    )
    op.create_index("ix_saved_views_user_id", "saved_views", ["user_id"])
    op.create_table(
        "debtor_assignments",
        sa.Column("creditor", words(64), primary_key=True),
        sa.Column("debtor", words(200), primary_key=True),
        sa.Column("user_id", words(16), nullable=False),
        sa.Column("at", words(32), nullable=False),
    )
    op.create_index("ix_debtor_assignments_user_id", "debtor_assignments", ["user_id", "creditor", "debtor"])
    op.create_table(
        "task_assignments",
        sa.Column("case_id", words(400), primary_key=True),
        sa.Column("task", words(400), primary_key=True),
        sa.Column("user_id", words(16), nullable=False),
        sa.Column("at", words(32), nullable=False),
    )
    op.create_index("ix_task_assignments_user_id", "task_assignments", ["user_id", "case_id"])
    op.create_table(
        "bulk_jobs",
        sa.Column("id", words(64), primary_key=True),
        sa.Column("user_id", words(16), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", words(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("begun_at", words(32), nullable=False),
        sa.Column("ended_at", words(32)),
        sa.Column("stopped_by", sa.Text()),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("alive_at", words(32)),
    )
    op.create_index("ix_bulk_jobs_begun_at", "bulk_jobs", ["begun_at"])
    under_way = sa.text("ended_at IS NULL")
    op.create_index("ix_bulk_jobs_under_way", "bulk_jobs", ["id"], sqlite_where=under_way, postgresql_where=under_way)
    op.create_table(
        "bulk_cases",
        sa.Column("job", words(64), sa.ForeignKey("bulk_jobs.id", name="fk_bulk_cases_job"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("case_id", words(400), nullable=False),
        sa.Column("mark", words(64)),
        sa.Column("outcome", words(16)),
        sa.Column("says", sa.Text()),
        sa.Column("done_at", words(32)),
    )
    op.create_index("ix_bulk_cases_outcome", "bulk_cases", ["job", "outcome", "position"])


def downgrade() -> None:
    for name in ("bulk_cases", "bulk_jobs", "task_assignments", "debtor_assignments", "saved_views"):
        op.drop_table(name)
