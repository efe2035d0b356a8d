"""Which weekly digests are due, and the week each speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.language import VIETNAM

if TYPE_CHECKING:
    from datetime import date

    from bot.model import Campaign, Rulebook

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AFTER_LAST_DEADLINE = timedelta(days=35)
"""A campaign that is not closed by its file is followed for five weeks after its last deadline."""


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
    return tuple(DigestWeek(one.id, end) for one in rulebook.campaigns if _is_followed(one, rulebook, end))


def _is_followed(campaign: Campaign, rulebook: Rulebook, end: datetime) -> bool:
    days = [one.deadline.day for one in rulebook.obligations if one.campaign == campaign.id and one.deadline]
    last = campaign.closed or (max(days) + _AFTER_LAST_DEADLINE if days else None)
    return campaign.opened <= end.date() and (last is None or end.date() <= last)
