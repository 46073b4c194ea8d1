"""To which partner a file goes, what partners report, and the links under which they fetch a file."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def words(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def counted() -> sa.BigInteger:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("partner", words(64)))
    op.add_column("deliveries", sa.Column("way", words(16)))
    of_partners = sa.text("partner IS NOT NULL")
    op.create_index(
        "ix_deliveries_partner",
        "deliveries",
        ["partner", "reference"],
        sqlite_where=of_partners,
        postgresql_where=of_partners,
    )
    op.create_table(
        "agency_reports",
        sa.Column("seq", counted(), primary_key=True, autoincrement=True),
        sa.Column("partner", words(64), nullable=False),
        sa.Column("id", words(300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("came_by", words(16), nullable=False),
        sa.Column("received_at", words(32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_try_at", words(32)),
        sa.Column("settled_at", words(32)),
        sa.Column("outcome", words(16)),
        sa.Column("problem", sa.Text()),
        sa.UniqueConstraint("partner", "id", name="uq_agency_reports_partner"),
    )
    still_open = sa.text("settled_at IS NULL")
    op.create_index(
        "ix_agency_reports_open", "agency_reports", ["seq"], sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_table(
        "agency_cursors",
        sa.Column("partner", words(64), primary_key=True),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("read_at", words(32), nullable=False),
    )
    op.create_table(
        "agency_files",
        sa.Column("partner", words(64), primary_key=True),
        sa.Column("sha256", words(64), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("taken_at", words(32), nullable=False),
    )
    op.create_table(
        "agency_links",
        sa.Column("id", words(32), primary_key=True),
        sa.Column("sha256", words(64), nullable=False),
        sa.Column("delivery", words(700), nullable=False),
        sa.Column("partner", words(64), nullable=False),
        sa.Column("made_at", words(32), nullable=False),
        sa.Column("expires_at", words(32), nullable=False),
        sa.Column("revoked_at", words(32)),
        sa.Column("wrong", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("fetched", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("fetched_at", words(32)),
        sa.UniqueConstraint("sha256", name="uq_agency_links_sha256"),
    )
    op.create_index("ix_agency_links_delivery", "agency_links", ["delivery"])


def downgrade() -> None:
    op.drop_index("ix_agency_links_delivery", table_name="agency_links")
    for table in ("agency_links", "agency_files", "agency_cursors"):
        op.drop_table(table)
    op.drop_index("ix_agency_reports_open", table_name="agency_reports")
    op.drop_table("agency_reports")
    op.drop_index("ix_deliveries_partner", table_name="deliveries")
    op.drop_column("deliveries", "way")
    op.drop_column("deliveries", "partner")
