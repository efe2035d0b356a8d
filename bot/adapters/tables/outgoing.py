"""What goes out: the outbox, the stages of reminders, and the addresses that are out of reach."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from bot.adapters.tables.base import Row, Utc, only


class Outbox(Row, table=True):
    """One mail of ours, from the moment it was decided until its copy lies in the folder of sent mail."""

    __table_args__: tuple[Any, ...] = (
        only("ix_outbox_due", "due_at", "id", where="sent_at IS NULL AND dead_at IS NULL"),
        only("ix_outbox_uncopied", "sent_at", "id", where="sent_at IS NOT NULL AND copied_at IS NULL"),
        only("ix_outbox_way", "kind", "way", "fate", where="way <> 'live'"),
    )

    id: int = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    message: int | None = Field(default=None, foreign_key="message.id", index=True)
    """The message that it answers; None for reminders and digests."""
    message_id: str = Field(index=True)
    recipients: str = Field(index=True)
    """One address per line."""
    subject: str
    raw: str
    """SHA-256 of its bytes in the vault."""
    created_at: datetime = Field(sa_type=Utc)
    due_at: datetime = Field(sa_type=Utc)
    tries: int = 0
    error: str = ""
    sent_at: datetime | None = Field(default=None, sa_type=Utc, index=True)
    dead_at: datetime | None = Field(default=None, sa_type=Utc)
    copied_at: datetime | None = Field(default=None, sa_type=Utc)
    withheld_at: datetime | None = Field(default=None, sa_type=Utc)
    """When a cap first held it back; with ``dead_at`` it was dropped for that."""
    handed_at: datetime | None = Field(default=None, sa_type=Utc)
    """When a mail that nobody asked for was handed to the server, noted before that was done."""
    way: str = "live"
    """How it leaves: ``live``, or ``approve`` or ``drafts`` from the moment it waits for a person."""
    fate: str = ""
    """What a person made of it: a :class:`bot.model.Fate`; empty while nothing is known, and for ``live``."""
    fate_at: datetime | None = Field(default=None, sa_type=Utc)
    drafting: str = ""
    """UIDVALIDITY and UIDNEXT of the folder of drafts, noted before the mail was written there."""
    drafted_at: datetime | None = Field(default=None, sa_type=Utc)
    """When it lay in the folder of drafts."""
    missed_at: datetime | None = Field(default=None, sa_type=Utc)
    """Since when it is seen neither among the drafts nor among the sent mails."""


class Handed(Row, table=True):
    """That an answer was handed to the server for an address, or may have been: what the caps count."""

    __table_args__ = (Index("ix_handed_address", "address", "at"),)

    id: int = Field(default=None, primary_key=True)
    mail: str = Field(index=True)
    """The key in the outbox."""
    kind: str
    address: str
    """As it is counted (see ``schedule.caps``)."""
    copy_only: bool
    """Somebody else was answered."""
    at: datetime = Field(sa_type=Utc, index=True)


class Silence(Row, table=True):
    """A stretch of time in which an address was above a cap, all together where it is empty."""

    __table_args__ = (Index("ix_silence_address", "address", "last_at"),)

    id: int = Field(default=None, primary_key=True)
    address: str
    since: datetime = Field(sa_type=Utc)
    last_at: datetime = Field(sa_type=Utc, index=True)
    waited: int = 0
    """Mails that had to wait."""
    dropped: int = 0


class Stage(Row, table=True):
    """That a reminder tells a reporter of one stage of one deadline: once, whatever the clock does."""

    campaign: str = Field(primary_key=True)
    reporter: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    number: int = Field(primary_key=True)
    mail: str = Field(index=True)
    """The key in the outbox."""
    says: str = ""


class Unreachable(Row, table=True):
    """An address from which a mail of ours came back for good; nothing is sent there but answers."""

    address: str = Field(primary_key=True)
    since: datetime = Field(sa_type=Utc)
    status: str
    mail: str
    """The key in the outbox of the mail that came back."""
