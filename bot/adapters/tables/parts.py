"""What was decided on the parts of a message: forms, findings, signed copies, explanations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Index, false
from sqlmodel import Field

from bot.adapters.tables.base import Row, Utc


class Part(Row, table=True):
    """One form or file of a message, with its verdict."""

    __table_args__ = (
        Index("ix_part_reporter", "reporter", "verdict", "campaign", "form", "revision"),
        Index("ix_part_content", "content"),
    )

    message: int = Field(primary_key=True, foreign_key="message.id")
    ordinal: int = Field(primary_key=True)
    received_at: datetime = Field(sa_type=Utc)
    """The message's own, so that the latest part is found in the index."""
    reporter: str = ""
    campaign: str = ""
    form: str = ""
    file: str = ""
    content: str = ""
    verdict: str
    """What it counts as now: that of the rules, or of the latest ruling (then also ``invalidated``)."""
    reason: str = ""
    detail: str = ""
    revision: int = 0
    late_days: int = 0
    rows: int = 0
    table_sha256: str = ""
    earlier: str = ""
    errors: int = 0
    queries: int = 0
    explained: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How many of the queries were explained since."""
    findings: int = 0
    """The exact number, also where not all are kept."""
    nil: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """The form says that there is nothing to tell."""


class SignedCopy(Row, table=True):
    """A file of a message that counts as the signed copy of a narrative or form; one row for each."""

    __tablename__ = "signed_copy"
    __table_args__ = (Index("ix_signed_copy_reporter", "reporter", "campaign", "form", "received_at"),)

    message: int = Field(primary_key=True, foreign_key="message.id")
    ordinal: int = Field(primary_key=True)
    received_at: datetime = Field(sa_type=Utc)
    """The message's own."""
    reporter: str
    campaign: str
    form: str
    file: str
    content: str
    number: str = ""
    """``85/BC-UBND``; empty where no text of the file says it."""
    day: date | None = None


class Finding(Row, table=True):
    """One finding in words, as it was told."""

    __table_args__ = (ForeignKeyConstraint(["message", "part"], ["part.message", "part.ordinal"]),)

    message: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    ordinal: int = Field(primary_key=True)
    rule: str
    severity: str
    title: str
    say: str
    fix: str
    sheet: str = ""
    cell: str = ""
    line: int = 0
    column_title: str = ""
    row_key: str = ""
    written: str = ""
    trial: bool = False
    number: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Under which the reply told it, together with others of its kind; 0 for one that it did not tell."""
    explained: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """What the reporter had said about it before it was judged again."""


class Tally(Row, table=True):
    """How often a rule spoke about a part: exact, also where not every finding is kept in words."""

    __table_args__ = (ForeignKeyConstraint(["message", "part"], ["part.message", "part.ordinal"]),)

    message: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    severity: str = Field(primary_key=True)
    trial: bool = Field(primary_key=True)
    title: str
    findings: int


class Explanation(Row, table=True):
    """What a message says about one number of an earlier reply of ours."""

    message: int = Field(primary_key=True, foreign_key="message.id")
    ordinal: int = Field(primary_key=True)
    about: int = Field(foreign_key="message.id", index=True)
    """The message whose findings carry the number."""
    number: int
    reporter: str = Field(index=True)
    received_at: datetime = Field(sa_type=Utc)
    text: str
    doubt: bool
    """It doubts the rule, not the figure."""
