"""From when and until when an address may speak for a reporter, and those that were approved while the bot runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Term:
    """Some days on which an address speaks for its reporter; one without a term always does."""

    address: str
    since: date | None = None
    """The first day; None where that is long ago."""
    until: date | None = None
    """The last day; None where it has no end."""

    def holds(self, day: date) -> bool:
        """Tell whether *day* is one of them."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Remembered:
    """An address that a person of the ministry approved: it speaks for its reporter like one of the contacts file."""

    address: str
    """In small letters."""
    reporter: str
    """Its code."""
    who: str
    at: datetime
    note: str
    """Why, in the person's own words; may be empty."""


@dataclass(frozen=True, slots=True)
class Registration:
    """That an address is remembered, and the held mails of its sender are decided again, each by its own proof."""

    contact: Remembered
