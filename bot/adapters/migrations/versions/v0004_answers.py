"""What reporters say about our mails: numbers of findings, explanations, which mail was answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("finding", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("finding", sa.Column("explained", sa.String(), nullable=False, server_default=""))
    op.add_column("part", sa.Column("explained", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("message", sa.Column("about", sa.Integer(), nullable=True))
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"])
    op.create_table(
        "explanation",
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("about", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("doubt", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name="fk_explanation_message"),
        sa.ForeignKeyConstraint(["about"], ["message.id"], name="fk_explanation_about"),
        sa.PrimaryKeyConstraint("message", "ordinal", name="pk_explanation"),
    )
    op.create_index("ix_explanation_about", "explanation", ["about"])
    op.create_index("ix_explanation_reporter", "explanation", ["reporter"])
