"""What the ledger tells of mails of ours on their way: frozen records, like those of ``records``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import Stage


@dataclass(frozen=True, slots=True)
class Due:
    """A mail of ours to be sent, or to be copied into the folder of sent mail."""

    key: str
    kind: str
    message_id: str
    to: tuple[str, ...]
    subject: str
    raw: str
    """SHA-256 of its bytes in the vault."""
    tries: int
    """How often it was deferred."""
    queued_at: datetime
    approved: bool = False
    """A person has said that it may leave."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail of ours among the drafts of the mailbox."""

    key: str
    message_id: str
    raw: str
    """SHA-256 of its bytes in the vault."""
    drafted_at: datetime
    missed_at: datetime | None
    """Since when it is seen nowhere."""
    deleted: bool
    """It was thought to be deleted; a person may have sent it much later all the same."""


@dataclass(frozen=True, slots=True)
class Told:
    """A stage that a reminder tells."""

    stage: Stage
    mail: str
    """The key of the reminder in the outbox."""
    says: str
    """By which it is known whether the reminder is still right."""
    waits: bool
    """The reminder is not sent yet."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """An address from which a mail of ours came back for good."""

    address: str
    since: datetime
    status: str
    """``5.1.1`` (RFC 3463)."""
    mail: str
    """The outbox key of the mail that came back."""


@dataclass(frozen=True, slots=True)
class PossiblySent:
    """A reminder or digest of which nobody knows whether the server has got it."""

    number: int
    """Of the outbox: by it a person names the mail."""
    kind: str
    to: tuple[str, ...]
    subject: str
    handed_at: datetime
    error: str
    """Why it is not known; empty where the process died."""
