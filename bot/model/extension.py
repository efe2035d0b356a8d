"""More time that was granted while a campaign runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model.rules import Deadline

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Extension:
    """More time that the ministry granted one reporter for one form: it takes the place of the letter's deadline."""

    campaign: str
    form: str
    reporter: str
    until: date
    """The last day."""
    words: str
    """How that day is told: ``chậm nhất ngày 20/7/2012``."""
    reason: str
    who: str
    """Who granted it."""
    at: datetime
    """When it was granted."""
    ended_by: str = ""
    """Who took it back; empty while it holds."""
    ended_at: datetime | None = None

    @property
    def deadline(self) -> Deadline:
        """Return the deadline that now holds; a day that is granted counts to its end."""
        return Deadline(self.words, self.until, "lenient", self.reason)
