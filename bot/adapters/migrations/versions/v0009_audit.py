"""The audit trail, which the database itself keeps from being changed; it begins with what people did until now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.adapters.ledger.audit import link_of

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SQLITE = """
CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END
"""
_POSTGRESQL = (
    """
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit trail is only added to'; END $$
    """,
    """
    CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
)
_RULED = """
SELECT ruling.at, ruling.who, ruling.act, message.receipt, part.form, part.revision, ruling.note
FROM ruling JOIN message ON message.id = ruling.message
JOIN part ON part.message = ruling.message AND part.ordinal = ruling.part
"""
_GRANTED = "SELECT at, who, campaign, form, reporter, words, reason, ended_at, ended_by FROM extension"


def upgrade() -> None:
    audit = op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    rows = _linked(sorted([*_rulings(), *_extensions()], key=lambda told: told[0]))
    if rows:
        op.bulk_insert(audit, rows)
    if op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRESQL:
            op.execute(statement)
    else:
        for verb in ("update", "delete"):
            op.execute(_SQLITE.format(verb=verb))


def _rulings() -> list[tuple[datetime, str, str, str, str]]:
    return [
        (row.at, row.who, row.act, f"{row.receipt}/{row.form}/{row.revision}", row.note) for row in _query(_RULED, "at")
    ]


def _extensions() -> list[tuple[datetime, str, str, str, str]]:
    told = []
    for row in _query(_GRANTED, "at", "ended_at"):
        subject = f"{row.campaign}/{row.form}/{row.reporter}"
        told.append((row.at, row.who, "extend", subject, f"{row.words}; {row.reason}"))
        if row.ended_at is not None:
            told.append((row.ended_at, row.ended_by, "end_extension", subject, ""))
    return told


def _query(statement: str, *instants: str) -> list[Any]:
    typed = sa.text(statement).columns(**{name: sa.DateTime(timezone=True) for name in instants})
    return list(op.get_bind().execute(typed))


def _linked(told: list[tuple[datetime, str, str, str, str]]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    before = ""
    for number, (moment, who, act, subject, note) in enumerate(told, start=1):
        # SQLite gives instants back without the zone, which is UTC.
        at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        link = link_of(number, before, at, who, act, subject, note)
        facts = {"id": number, "at": at.astimezone(UTC), "who": who, "act": act, "subject": subject, "note": note}
        rows.append({**facts, "previous": before, "link": link})
        before = link
    return rows
