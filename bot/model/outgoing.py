"""Mails of ours, and all that one message leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.model.decision import Decision
    from bot.model.message import Bounce, Heading


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that we attach."""

    name: str
    data: bytes = field(repr=False)
    content_type: str = "application/octet-stream"
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail of ours before it becomes bytes: its texts are rendered, its headers are not yet built."""

    key: str
    """Unique: ``reply:<sha256>``, ``remind:<campaign>/<reporter>/<stage>``, ``digest:<campaign>/<iso week>``."""
    kind: str
    """The folder in ``templates/``: ``reply_accepted``, ``refuse_password``, ``reminder``, ``digest`` …"""
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    cc: tuple[str, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of ours as bytes, ready for the outbox."""

    key: str
    kind: str
    message_id: str
    to: tuple[str, ...]
    """The envelope: the addresses of To and Cc."""
    subject: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Handed:
    """What answers were handed to the server of late, or may have been."""

    to: Mapping[str, Sequence[datetime]]
    """Address, as it is counted → the instants of the last day, ascending."""
    all: Sequence[tuple[datetime, str]]
    """Instant and kind of each mail of the last hour, ascending."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch of time in which an address was above a cap."""

    address: str
    """As it is counted; empty for all together."""
    since: datetime
    last_at: datetime
    waited: int
    """Mails that had to wait."""
    dropped: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """All that one message leads to; committed in one transaction."""

    decision: Decision
    heading: Heading
    mails: tuple[Mail, ...] = ()
    tables: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """SHA-256 → Parquet."""
    bounces: tuple[Bounce, ...] = ()
    """What a delivery notice says of mails of ours."""
