"""When an obligation is in time: the one place that counts it, for verdicts, reminders, the digest and the page.

"Trước ngày D" is taken in its lenient reading: a report is late only after the end of D, and when D is a Saturday,
a Sunday or a holiday, after the end of the next working day (Civil Code 2005, article 153.5, by analogy).
Replies print the letter's own words, never this reading.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

import holidays

from bot.language import VIETNAM

if TYPE_CHECKING:
    from bot.model import Deadline


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("VN", years=year))


def is_working_day(day: date) -> bool:
    """Return whether state offices work on *day* (Monday to Friday, no public holiday)."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def last_instant(deadline: Deadline) -> datetime:
    """Return the first instant that is late, in Vietnamese time."""
    day = deadline.day
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(0), VIETNAM)


def late_days(deadline: Deadline | None, received_at: datetime) -> int:
    """Return by how many calendar days after the named day something arrived; 0 when it is in time."""
    if deadline is None or received_at < last_instant(deadline):
        return 0
    return (received_at.astimezone(VIETNAM).date() - deadline.day).days


def days_left(deadline: Deadline | None, now: datetime) -> int | None:
    """Return the calendar days until the named day; negative when it has passed; None without a deadline."""
    return None if deadline is None else (deadline.day - now.astimezone(VIETNAM).date()).days


def working_days_before(day: date, count: int) -> date:
    """Return the day that lies *count* working days before *day*."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day
