"""What the ministry did: its rules, its rulings, the time it granted, its orders by mail, contacts it approved."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlmodel import Field

from bot.adapters.tables.base import Row, Utc, only


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


class Contact(Row, table=True):
    """An address that was approved for a reporter; a row is never changed but to note that it was taken back."""

    __table_args__ = (only("ix_contact_address", "address", where="ended_at IS NULL", unique=True),)

    id: int = Field(default=None, primary_key=True)
    address: str
    reporter: str
    who: str
    at: datetime = Field(sa_type=Utc)
    note: str
    ended_by: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class OrderRequest(Row, table=True):
    """Orders of an officer that wait for his confirmation, or were confirmed."""

    __tablename__ = "order_request"

    code: str = Field(primary_key=True)
    """The SHA-256 of the code that he was told: who reads the ledger cannot confirm in his name."""
    officer: str
    message: int = Field(foreign_key="message.id")
    """The mail that holds the orders."""
    orders: list[dict[str, Any]] = Field(sa_type=JSON)
    asked_at: datetime = Field(sa_type=Utc)
    expires_at: datetime = Field(sa_type=Utc)
    used_by: int | None = None
    """The message that confirmed them."""


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
