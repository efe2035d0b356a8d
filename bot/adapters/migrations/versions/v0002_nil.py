"""Forms that say there is nothing to tell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("part", sa.Column("nil", sa.Boolean(), nullable=False, server_default=sa.false()))
