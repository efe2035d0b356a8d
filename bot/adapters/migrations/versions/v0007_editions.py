"""What a verdict came from: the version of the program, and the rules themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("code", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "edition",
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("bundle", sa.String(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("rules", name="pk_edition"),
    )
