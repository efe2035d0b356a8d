"""Mails whose bytes need not be kept so long."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True))
