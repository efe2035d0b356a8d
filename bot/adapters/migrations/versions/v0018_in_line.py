"""Since when a stranger's message counts as waiting, so that registered senders come first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("in_line_at", sa.DateTime(timezone=True), nullable=True))
