"""How a mail of ours leaves, and what a person made of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("way", sa.String(), server_default="live", nullable=False))
    op.add_column("outbox", sa.Column("fate", sa.String(), server_default="", nullable=False))
    op.add_column("outbox", sa.Column("drafting", sa.String(), server_default="", nullable=False))
    for name in ("fate_at", "drafted_at", "missed_at"):
        op.add_column("outbox", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    only = sa.text("way <> 'live'")
    op.create_index("ix_outbox_way", "outbox", ["kind", "way", "fate"], sqlite_where=only, postgresql_where=only)
