"""Several workers share a ledger: who decides which message, by which rules, and the secret they have in common."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("claimed_by", sa.String(), nullable=True))
    op.add_column("message", sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("message", sa.Column("turn", sa.String(), nullable=True))
    claimed = sa.text("claimed_by IS NOT NULL")
    op.create_index("ix_message_claimed", "message", ["claimed_by"], sqlite_where=claimed, postgresql_where=claimed)
    op.add_column("lease", sa.Column("works_by", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "shared",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_shared"),
    )
