"""What came: the mailboxes, each message with its decision, and where its copies lie."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from bot.adapters.tables.base import Row, Utc, only


class Mailbox(Row, table=True):
    """How far a mailbox is known."""

    account: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(primary_key=True, sa_type=BigInteger)
    uid: int = Field(default=0, sa_type=BigInteger)
    """Every uid up to this one is known."""


class Message(Row, table=True):
    """One message as received, and its decision."""

    __table_args__: tuple[Any, ...] = (
        Index("ix_message_state", "state", "received_at"),
        only("ix_message_claimed", "claimed_by", where="claimed_by IS NOT NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    """The running number that the receipt prints."""
    sha256: str = Field(unique=True)
    size: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=Utc)
    oversize: bool = False
    state: str = "received"
    """``received``, ``settled`` or ``aside``."""
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=Utc)
    error: str = ""
    outcome: str = ""
    receipt: str | None = Field(default=None, unique=True)
    reason: str = ""
    why: str = ""
    grounds: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Of a held one: what our server found about its author."""
    vouched: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The reporter whose mail a person has said it to be; empty where nobody had to."""
    proved: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """By which signature, checked here, its author is proved; it is not asked for again."""
    rules: str = ""
    code: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The version of the program that decided; empty for what was decided before it was kept."""
    reporter: str = ""
    campaign: str = ""
    documents: list[str] = Field(default_factory=list, sa_type=JSON)
    sender: str = Field(default="", index=True)
    sender_name: str = ""
    subject: str = ""
    message_id: str = ""
    settled_at: datetime | None = Field(default=None, sa_type=Utc, index=True)
    about: int | None = None
    """The number of the message about whose findings this one speaks."""
    dropped_at: datetime | None = Field(default=None, sa_type=Utc)
    """Since when its bytes are not kept any more, because they need not be."""
    claimed_by: str | None = None
    """Which worker decides it just now; None where nobody does, or where one process works alone."""
    claimed_until: datetime | None = Field(default=None, sa_type=Utc)
    """By the database's clock: until then the worker gives a sign of life, or another may take the message."""
    in_line_at: datetime | None = Field(default=None, sa_type=Utc)
    """Since when it counts as waiting, where that is not its arrival: a stranger's lets registered senders pass."""
    turn: str | None = None
    """Whose it is, once that is known: messages of one reporter are decided in their order."""


class Location(Row, table=True):
    """One copy of a message on a server."""

    __table_args__: tuple[Any, ...] = (
        UniqueConstraint("account", "folder", "uidvalidity", "uid"),
        only("ix_location_unfiled", "account", "folder", "uidvalidity", "uid", where="filed_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    message: int = Field(foreign_key="message.id", index=True)
    account: str
    folder: str
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    found_at: datetime = Field(sa_type=Utc)
    filed_at: datetime | None = Field(default=None, sa_type=Utc)
