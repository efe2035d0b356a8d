"""More time granted to single reporters, and which stage of which deadline was told to whom."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_extension()
    _create_stage()


def _create_extension() -> None:
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_extension"),
    )
    op.create_index("ix_extension_reporter", "extension", ["reporter", "campaign", "form"])


def _create_stage() -> None:
    stage = op.create_table(
        "stage",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "reporter", "day", "number", name="pk_stage"),
    )
    op.create_index("ix_stage_mail", "stage", ["mail"])
    # Until now only the key of the mail said what it told: remind:<campaign>/<reporter>/<stage>/<day>.
    keys = op.get_bind().execute(sa.text("SELECT key FROM outbox WHERE key LIKE 'remind:%'")).scalars()
    rows = [row for key in keys if (row := _stage_of(str(key))) is not None]
    if rows:
        op.bulk_insert(stage, rows)


def _stage_of(key: str) -> dict[str, object] | None:
    campaign, _, told = key.removeprefix("remind:").partition("/")
    try:
        reporter, number, day = told.split("/")
        facts = {"reporter": reporter, "number": int(number), "day": date.fromisoformat(day)}
    except ValueError:  # a key of another shape was never written by this program
        return None
    return {"campaign": campaign, **facts, "mail": key, "says": ""}
