"""Who may work, and what a ledger out of a backup has to find out before it does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from bot.adapters.tables.base import Row, Utc, only


class Lease(Row, table=True):
    """Who works at a mailbox now: one process, wherever it runs."""

    name: str = Field(primary_key=True)
    number: int
    """Counts the holders: a transaction of an earlier one is refused by it."""
    seat: str
    """Which data folder on which machine; only one process at a time can sit there. Empty while nobody holds it."""
    place: str
    """The same for people: machine and process."""
    beat: int
    """Counts the signs of life of the holder."""
    works_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The hash of all by which the holder decides: who helps it must decide by the same."""


class Shared(Row, table=True):
    """A secret of the program's own that all machines of one ledger have in common."""

    name: str = Field(primary_key=True)
    secret: bytes


class Recovery(Row, table=True):
    """That this ledger came out of a backup: what happened since has to be found on the mail server first."""

    id: int = Field(default=None, primary_key=True)
    backup_at: datetime = Field(sa_type=Utc)
    """When the backup was begun: whatever came later is not in it."""
    restored_at: datetime = Field(sa_type=Utc)
    done_at: datetime | None = Field(default=None, sa_type=Utc)


class Alarm(Row, table=True):
    """That something was not well with the daemon, from when to when it was told so."""

    __table_args__: tuple[Any, ...] = (only("ix_alarm_open", "ill", "subject", where="ended_at IS NULL", unique=True),)

    id: int = Field(default=None, primary_key=True)
    ill: str
    subject: str
    mail: str
    """The outbox key of the mail that says so; empty where the operator had heard of it otherwise."""
    began_at: datetime = Field(sa_type=Utc)
    second_at: datetime | None = Field(default=None, sa_type=Utc)
    """When the second server took the news, since the first one took nothing."""
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class FoundSent(Row, table=True):
    """A mail of ours of which a ledger that was lost is known to have sent it; it is never sent again."""

    __tablename__ = "found_sent"

    message_id: str = Field(primary_key=True)
    sent_at: datetime = Field(sa_type=Utc)
