"""Who is known to have brought a message, as the door by which it came knows him.

The index of what lists sum up names the creditor as well: sums of somebody who sees some creditors read no case for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_STANDING = ["closed", "currency", "stage", "holds", "due", "open_minor", "next_action_at"]


def upgrade() -> None:
    op.add_column("inbox", sa.Column("by", sa.Text()))
    op.drop_index("ix_cases_standing", table_name="cases")
    op.create_index("ix_cases_standing", "cases", [*_STANDING, "creditor"])


def downgrade() -> None:
    op.drop_index("ix_cases_standing", table_name="cases")
    op.create_index("ix_cases_standing", "cases", _STANDING)
    op.drop_column("inbox", "by")
