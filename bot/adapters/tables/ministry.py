"""What the ministry did: its rules, its rulings, the time it granted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from bot.adapters.tables.base import Row, Utc


class Edition(Row, table=True):
    """One state of ``rules/`` by which something was decided."""

    rules: str = Field(primary_key=True)
    """The hash that decisions store."""
    bundle: str
    """SHA-256 of its files, packed, in the vault."""
    kept_at: datetime = Field(sa_type=Utc)


class Ruling(Row, table=True):
    """What the ministry decided on a part; rows are only ever added."""

    __table_args__ = (ForeignKeyConstraint(["message", "part"], ["part.message", "part.ordinal"]),)

    id: int = Field(default=None, primary_key=True)
    message: int = Field(index=True)
    part: int
    act: str
    before: str
    who: str
    at: datetime = Field(sa_type=Utc)
    note: str


class Extension(Row, table=True):
    """More time that was granted for one obligation; a row is never changed but to note that it was taken back."""

    __table_args__ = (Index("ix_extension_reporter", "reporter", "campaign", "form"),)

    id: int = Field(default=None, primary_key=True)
    campaign: str
    form: str
    reporter: str
    until: date
    words: str
    reason: str
    who: str
    at: datetime = Field(sa_type=Utc)
    ended_by: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class Audit(Row, table=True):
    """One deed of one person; the database refuses to change or delete a row."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """1, 2, 3 … without a gap."""
    at: datetime = Field(sa_type=Utc)
    who: str
    act: str
    subject: str
    note: str
    previous: str
    """The link of the row before; empty in the first."""
    link: str
    """The hash of this row and of ``previous``."""
