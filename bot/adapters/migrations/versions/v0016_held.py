"""What was found about the author of a held mail, and whose mail a person has said it to be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("grounds", sa.String(), server_default="", nullable=False))
    op.add_column("message", sa.Column("vouched", sa.String(), server_default="", nullable=False))
