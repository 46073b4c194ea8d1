"""Who is known to have brought a message, as the door by which it came knows him."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("by", sa.Text()))


def downgrade() -> None:
    op.drop_column("inbox", "by")
