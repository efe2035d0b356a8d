"""When an obligation is in time: the one place that counts it, for verdicts, reminders, replies, digest and status.

"Trước ngày D" has two readings, and the campaign says which one holds (``Deadline.counting``). *Lenient*: late only
after the end of D. *Strict*: D itself is late, D − 1 is the last day. Either way a last day on which offices rest moves
to the end of the next working day (Civil Code 2005, article 153.5, by analogy).
Replies print the letter's own words, never this reading. More time for one reporter changes the deadline of its
obligation (``Rulebook.extended``), so nobody has to ask for it apart. Late is not closed: how long what is late is
still followed says the campaign (``Campaign.is_under_way``).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from bot.language import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Deadline

_DAY = timedelta(days=1)


@cache
def _holidays(year: int) -> frozenset[date]:
    import holidays  # a command that counts no days need not load the calendars of the world

    return frozenset(holidays.country_holidays("VN", years=year))


def is_working_day(day: date, workdays: Mapping[date, bool]) -> bool:
    """Return whether state offices work on *day*: Monday to Friday, no public holiday, unless *workdays* says else."""
    return workdays.get(day, day.weekday() < 5 and day not in _holidays(day.year))


def last_instant(deadline: Deadline, workdays: Mapping[date, bool]) -> datetime:
    """Return the first instant that is late, in Vietnamese time."""
    day = next_working_day(_last_day(deadline), workdays)
    return datetime.combine(day + _DAY, time(0), VIETNAM)


def late_days(deadline: Deadline | None, received_at: datetime, workdays: Mapping[date, bool]) -> int:
    """Return by how many calendar days something came after the last day that the letter allows; 0 when in time.

    That day is D, or D − 1 in the strict reading; the days off to which it may move are not taken off when late.
    """
    if deadline is None or received_at < last_instant(deadline, workdays):
        return 0
    return (received_at.astimezone(VIETNAM).date() - _last_day(deadline)).days


def days_left(deadline: Deadline | None, now: datetime) -> int | None:
    """Return the calendar days until the named day; negative when it has passed; None without a deadline."""
    return None if deadline is None else (deadline.day - now.astimezone(VIETNAM).date()).days


def next_working_day(day: date, workdays: Mapping[date, bool]) -> date:
    """Return *day*, or the first day after it on which state offices work."""
    while not is_working_day(day, workdays):
        day += _DAY
    return day


def working_days_before(day: date, count: int, workdays: Mapping[date, bool]) -> date:
    """Return the day that lies *count* working days before *day*."""
    while count > 0:
        day -= _DAY
        count -= is_working_day(day, workdays)
    return day


def _last_day(deadline: Deadline) -> date:
    return deadline.day - _DAY if deadline.counting == "strict" else deadline.day
