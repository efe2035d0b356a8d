"""Which weekly digests are due, and the week each speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.language import VIETNAM

if TYPE_CHECKING:
    from datetime import date

    from bot.model import Rulebook

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class DigestWeek:
    """The seven days before *end* that a digest tells of."""

    campaign: str
    end: datetime

    @property
    def begin(self) -> datetime:
        """Return the first instant of the week."""
        return self.end - timedelta(days=7)

    @property
    def last_day(self) -> date:
        """Return the last whole day that is told about; its ISO week names the digest."""
        return (self.end - timedelta(days=1)).date()

    @property
    def key(self) -> str:
        """Return the outbox key: one digest for each campaign and ISO week."""
        year, week, _ = self.last_day.isocalendar()
        return f"digest:{self.campaign}/{year}-W{week:02}"


def digests_due(now: datetime, rulebook: Rulebook, weekday: str, at: time) -> tuple[DigestWeek, ...]:
    """Return the digest of each campaign under way; one that was sent this week is among them and changes nothing."""
    local = now.astimezone(VIETNAM)
    monday_or_so = local.date() - timedelta(days=(local.weekday() - _WEEKDAYS.index(weekday)) % 7)
    end = datetime.combine(monday_or_so, at, VIETNAM)
    if end > now:
        end -= timedelta(days=7)
    return tuple(DigestWeek(one.id, end) for one in rulebook.under_way(end.date()))
