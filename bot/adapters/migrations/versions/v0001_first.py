"""The first tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from datetime import datetime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_mailbox()
    _create_message()
    _create_location()
    _create_outbox()
    _create_part()
    _create_finding()
    _create_tally()


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_mailbox() -> None:
    op.create_table(
        "mailbox",
        _words("account"),
        _words("folder"),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", "uidvalidity", name="pk_mailbox"),
    )


def _create_message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        _words("sha256"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        _instant("received_at"),
        sa.Column("oversize", sa.Boolean(), nullable=False),
        _words("state"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _instant("retry_at", nullable=True),
        _words("error"),
        _words("outcome"),
        sa.Column("receipt", sa.String(), nullable=True),
        _words("reason"),
        _words("why"),
        _words("rules"),
        _words("reporter"),
        _words("campaign"),
        sa.Column("documents", sa.JSON(), nullable=False),
        _words("sender"),
        _words("sender_name"),
        _words("subject"),
        _words("message_id"),
        _instant("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("receipt", name="uq_message_receipt"),
        sa.UniqueConstraint("sha256", name="uq_message_sha256"),
    )
    op.create_index("ix_message_sender", "message", ["sender"])
    op.create_index("ix_message_settled_at", "message", ["settled_at"])
    op.create_index("ix_message_state", "message", ["state", "received_at"])


def _create_location() -> None:
    op.create_table(
        "location",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message", sa.Integer(), nullable=False),
        _words("account"),
        _words("folder"),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        _instant("found_at"),
        _instant("filed_at", nullable=True),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name="fk_location_message"),
        sa.PrimaryKeyConstraint("id", name="pk_location"),
        sa.UniqueConstraint(
            "account", "folder", "uidvalidity", "uid", name="uq_location_account_folder_uidvalidity_uid"
        ),
    )
    op.create_index("ix_location_message", "location", ["message"])
    op.create_index(
        "ix_location_unfiled",
        "location",
        ["account", "folder", "uidvalidity", "uid"],
        sqlite_where=sa.text("filed_at IS NULL"),
        postgresql_where=sa.text("filed_at IS NULL"),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        _words("key"),
        _words("kind"),
        sa.Column("message", sa.Integer(), nullable=True),
        _words("message_id"),
        _words("recipients"),
        _words("subject"),
        _words("raw"),
        _instant("created_at"),
        _instant("due_at"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _words("error"),
        _instant("sent_at", nullable=True),
        _instant("dead_at", nullable=True),
        _instant("copied_at", nullable=True),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name="fk_outbox_message"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at", "id"],
        sqlite_where=sa.text("sent_at IS NULL AND dead_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND dead_at IS NULL"),
    )
    op.create_index("ix_outbox_message", "outbox", ["message"])
    op.create_index("ix_outbox_recipients", "outbox", ["recipients"])
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"])
    op.create_index(
        "ix_outbox_uncopied",
        "outbox",
        ["sent_at", "id"],
        sqlite_where=sa.text("sent_at IS NOT NULL AND copied_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NOT NULL AND copied_at IS NULL"),
    )


def _create_part() -> None:
    op.create_table(
        "part",
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        _instant("received_at"),
        _words("reporter"),
        _words("campaign"),
        _words("form"),
        _words("file"),
        _words("content"),
        _words("verdict"),
        _words("reason"),
        _words("detail"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        _words("table_sha256"),
        _words("earlier"),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("queries", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name="fk_part_message"),
        sa.PrimaryKeyConstraint("message", "ordinal", name="pk_part"),
    )
    op.create_index("ix_part_reporter", "part", ["reporter", "verdict", "campaign", "form", "revision"])
    op.create_index("ix_part_content", "part", ["content"])


def _create_finding() -> None:
    op.create_table(
        "finding",
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        _words("rule"),
        _words("severity"),
        _words("title"),
        _words("say"),
        _words("fix"),
        _words("sheet"),
        _words("cell"),
        sa.Column("line", sa.Integer(), nullable=False),
        _words("column_title"),
        _words("row_key"),
        _words("written"),
        sa.Column("trial", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["message", "part"], ["part.message", "part.ordinal"], name="fk_finding_message_part"),
        sa.PrimaryKeyConstraint("message", "part", "ordinal", name="pk_finding"),
    )


def _create_tally() -> None:
    op.create_table(
        "tally",
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        _words("rule"),
        _words("severity"),
        sa.Column("trial", sa.Boolean(), nullable=False),
        _words("title"),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["message", "part"], ["part.message", "part.ordinal"], name="fk_tally_message_part"),
        sa.PrimaryKeyConstraint("message", "part", "rule", "severity", "trial", name="pk_tally"),
    )
