"""Mails by address and time, and by the provider's name for them: what comes back without our ids is looked up so."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Mails alone: a postal address may be longer than PostgreSQL takes into an index.
MAILS = sa.text("channel = 'email'")


def upgrade() -> None:
    op.create_index(
        "ix_deliveries_address",
        "deliveries",
        [sa.text("lower(recipient)"), "intended_real"],
        sqlite_where=MAILS,
        postgresql_where=MAILS,
    )
    op.create_index("ix_deliveries_reference", "deliveries", ["reference"], sqlite_where=MAILS, postgresql_where=MAILS)
    op.create_index("ix_mail_events_reference", "mail_events", ["reference"])


def downgrade() -> None:
    op.drop_index("ix_mail_events_reference", "mail_events")
    op.drop_index("ix_deliveries_reference", "deliveries")
    op.drop_index("ix_deliveries_address", "deliveries")
