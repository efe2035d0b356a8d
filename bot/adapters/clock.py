"""The clock: the only place that knows what time it is, and the only one that waits."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.language import VIETNAM

if TYPE_CHECKING:
    import threading


class Clock(Protocol):
    """What tells the time to the runners."""

    def now(self) -> datetime:
        """Return the instant, with its time zone."""

    def steady(self) -> float:
        """Return the seconds since some instant: differences hold even when somebody sets the clock."""


class SystemClock:
    """The machine's clock, in Vietnamese time."""

    def now(self) -> datetime:
        """Return the instant in Vietnamese time."""
        return datetime.now(VIETNAM)

    def steady(self) -> float:
        """Return the seconds of the machine's monotonic clock."""
        return time.monotonic()


class SimulatedClock:
    """A clock that stands still until it is moved: for the demo and the tests."""

    def __init__(self, start: datetime) -> None:
        self._start = self._now = start

    def now(self) -> datetime:
        """Return the instant to which it was last moved."""
        return self._now

    def steady(self) -> float:
        """Return the seconds by which it was moved."""
        return (self._now - self._start).total_seconds()

    def move_to(self, instant: datetime) -> None:
        """Go forward to *instant*; an earlier instant is ignored, time never runs back here."""
        self._now = max(self._now, instant)


LONGEST_PAUSE = 120.0
"""Seconds: whatever was broken is noticed to work again well within five minutes."""
LOG_IN_AGAIN = timedelta(minutes=4)
"""After a refused login: quicker tries lock accounts, slower ones leave it unnoticed that the login works again."""


class Pause:
    """Growing pauses between tries: doubled each time up to a longest one, and cut short when the daemon stops."""

    def __init__(self, stop: threading.Event, first: float = 1.0, longest: float = LONGEST_PAUSE) -> None:
        self._stop = stop
        self._first = first
        self._longest = longest
        self._next = first

    def wait(self) -> bool:
        """Wait the next pause; return False when the daemon is stopping."""
        return not self._stop.wait(self.next())

    def next(self) -> float:
        """Return the seconds of the next pause, for somebody who waits otherwise."""
        seconds, self._next = self._next, min(self._next * 2, self._longest)
        return seconds

    def reset(self) -> None:
        """Begin again with the shortest pause, after something worked."""
        self._next = self._first


def retry_after(
    tries: int, first: timedelta = timedelta(minutes=1), longest: timedelta = timedelta(hours=4)
) -> timedelta:
    """Return how long to wait after *tries* failures: 1, 2, 4 … minutes, at most 4 hours."""
    doublings = min(max(0, tries - 1), 16)
    return min(first * (1 << doublings), longest)
