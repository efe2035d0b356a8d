"""What must be sent, told as plainly as it can be: no line of it is the program's, and nothing in it is quick.

Each deadline's stages are written out as a list of instants; at each round one looks which was passed last.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Obligation
    from tests.oracle.events import Event, Tick

Unit = tuple[str, date]
"""Reporter and the named day of a deadline."""
Mail = tuple[str, frozenset[tuple[date, int]], frozenset[str], frozenset[str]]
"""Reporter, the stages that are told, the envelope's addresses, the forms that are named."""

_ZONE = timezone(timedelta(hours=7))
_EIGHT = time(8, 0)
_OPENED, _CLOSED = date(2012, 3, 2), date(2013, 1, 4)
_OFF = {
    *(date(2012, 4, 2), date(2012, 4, 30), date(2012, 5, 1), date(2012, 9, 3), date(2013, 1, 1)),
    *(date(2013, 2, day) for day in range(11, 16)),
}
"""The public holidays of that year that fall on Monday to Friday (Labour Code 1994, article 73)."""


class Plain:
    """The state that follows from the events so far, and what is to be said."""

    def __init__(self, owed: Sequence[Obligation], staff: dict[str, list[str]], heads: dict[str, list[str]]) -> None:
        self.letter = {(one.reporter, one.form): one.deadline.day for one in owed if one.deadline}
        self.day = dict(self.letter)
        self.done: set[tuple[str, str]] = set()
        self.asked = {(one.reporter, one.form): one.signed for one in owed}
        self.signed: set[tuple[str, str]] = set()
        self.queried: set[tuple[str, str]] = set()
        self.staff, self.heads = staff, heads
        self.gone: set[str] = set()
        self.written: set[str] = set()
        self.waiting: dict[str, Mail] = {}
        self.told: dict[Unit, int] = {}
        self.weeks: set[tuple[int, int]] = set()

    def happen(self, event: Event) -> None:
        """Follow one event."""
        for form in event.forms:
            key = event.reporter, form
            if event.kind in ("accepted", "nil"):
                self.done.add(key)
                self.queried.discard(key)
            elif event.kind == "queried":
                self.done.add(key)
                self.queried.add(key)
            elif event.kind == "signed":
                self.signed.add(key)
            elif event.kind == "extended" and event.until:
                self.day[key] = event.until
            elif event.kind == "taken back":
                self.day[key] = self.letter[key]
        if event.kind in ("accepted", "queried", "returned", "nil", "signed"):
            self.gone.discard(event.address)
        reached = self.written | {one for mail in self.waiting.values() for one in mail[2]}
        if event.kind == "bounce" and event.address in reached:
            self.gone.add(event.address)

    def think(self, now: datetime) -> None:
        """Write anew all that is to be said at *now*."""
        self.waiting = {}
        if not _OPENED <= now.astimezone(_ZONE).date() <= _CLOSED:
            return
        open_now: dict[str, list[tuple[set[str], date, int]]] = {}
        owed_days: dict[str, list[date]] = {}  # a query alone is no matter for the head of an office
        for (reporter, form), day in self.day.items():
            stage, copy = _stage(day, now), self.asked[reporter, form]
            missing = set() if (reporter, form) in self.done else {form}
            missing |= {copy} if copy and (reporter, copy) not in self.signed else set()
            asked = {form} if (reporter, form) in self.queried else set()
            if stage is not None and (missing or asked):
                open_now.setdefault(reporter, []).append((missing | asked, day, stage))
                owed_days.setdefault(reporter, []).extend([day] if missing else [])
        for reporter, found in open_now.items():
            new = {(day, stage) for _, day, stage in found if stage > self.told.get((reporter, day), -1)}
            to = self._envelope(reporter, owed_days[reporter], now)
            if new and to:
                numbered = frozenset((day, _number(stage)) for day, stage in new)
                self.waiting[reporter] = (reporter, numbered, to, frozenset().union(*(names for names, _, _ in found)))

    def send(self, reporter: str, now: datetime) -> Mail:
        """Let the mail to that reporter out."""
        mail = self.waiting.pop(reporter)
        self.written |= mail[2]
        for day, _ in mail[1]:
            stage = _stage(day, now)
            self.told[reporter, day] = -1 if stage is None else stage
        return mail

    def digest(self, now: datetime) -> tuple[int, int] | None:
        """Return the ISO week of which a digest is due and was not sent, and note it as sent."""
        monday = datetime.combine(now.astimezone(_ZONE).date(), time(7, 30), _ZONE)
        while monday.weekday() != 0 or monday > now:
            monday -= timedelta(days=1)
        year, week, _ = (monday.date() - timedelta(days=1)).isocalendar()
        if not _OPENED <= monday.date() <= _CLOSED or (year, week) in self.weeks:
            return None
        self.weeks.add((year, week))
        return year, week

    def _envelope(self, reporter: str, days: Sequence[date], now: datetime) -> frozenset[str]:
        staff = [one for one in self.staff[reporter] if one not in self.gone]
        heads = [one for one in self.heads[reporter] if one not in self.gone]
        if not staff:
            return frozenset(heads)
        late = any(now >= _end(day) and (now.astimezone(_ZONE).date() - day).days >= 7 for day in days)
        return frozenset(staff + heads) if late else frozenset(staff)


def _works(day: date) -> bool:
    return day.weekday() < 5 and day not in _OFF


def _end(day: date) -> datetime:
    """Return the end of the last day in which what is due on *day* is in time."""
    while not _works(day):
        day += timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(0), _ZONE)


def _instants(day: date) -> Iterator[datetime]:
    """Yield when each stage of a deadline begins, in order: four before it, then one a week for half a year."""
    for count in (14, 7, 3, 1):
        before, left = day, count
        while left:
            before -= timedelta(days=1)
            left -= _works(before)
        yield datetime.combine(before, _EIGHT, _ZONE)
    for week in range(26):
        after = _end(day).date() + timedelta(weeks=week)
        while not _works(after):
            after += timedelta(days=1)
        yield datetime.combine(after, _EIGHT, _ZONE)


def _stage(day: date, now: datetime) -> int | None:
    """Return the place of the stage that began last; None before the first, and from the day's end to the next."""
    if day < now.astimezone(_ZONE).date() and now < _instants_of(day)[4]:
        return None
    begun = [place for place, instant in enumerate(_instants_of(day)) if instant <= now]
    return begun[-1] if begun else None


_KNOWN: dict[date, list[datetime]] = {}


def _instants_of(day: date) -> list[datetime]:
    if day not in _KNOWN:
        _KNOWN[day] = list(_instants(day))
    return _KNOWN[day]


def _number(stage: int) -> int:
    return (14, 7, 3, 1)[stage] if stage < 4 else 3 - stage


def replay(plain: Plain, events: Sequence[Event], tick: Tick, before: datetime | None) -> None:
    """Let happen what happened since the round *before*, and think."""
    for event in events:
        if event.at <= tick.at and (before is None or event.at > before):
            plain.happen(event)
    plain.think(tick.shown)
