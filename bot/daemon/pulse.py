"""What the daemon did last: each work notes its beginning, its steps, and how it ended."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model.health import Work
from bot.runners.doctor import tell_problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.adapters.clock import Clock


@dataclass(slots=True)
class _Seen:
    """What is known of one work; instants of the steady clock."""

    done: float
    moved: float
    done_at: datetime
    """When it was done by the clock on the wall, for what the calendar starts."""
    under_way: int = 0
    ever: bool = False
    failing: float | None = None
    cause: str = ""


@dataclass(slots=True)
class Effort:
    """One attempt; it has come to its end well unless it says otherwise, or raises."""

    failed: bool = False
    cause: str = ""

    def fail(self, cause: str) -> None:
        """Say that nothing came of it and why; an empty *cause* keeps what was said last."""
        self.failed, self.cause = True, cause


class Pulse:
    """The works of the daemon by name; safe to share among threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[str, _Seen] = {}

    def expect(self, *names: str) -> None:
        """Count from now on how long these have not been done."""
        with self._lock:
            for name in names:
                self._of(name)

    @contextmanager
    def working(self, name: str) -> Iterator[Effort]:
        """Note that the work begins here and ends with the block; an exception is a failure and goes on."""
        with self._lock:
            seen = self._of(name)
            seen.under_way += 1
            seen.moved = self._clock.steady()
        effort = Effort()
        try:
            yield effort
        except Exception as problem:
            effort.fail(tell_problem(problem))
            raise
        finally:
            self._end(name, effort)

    def moved(self, *names: str) -> None:
        """Note a sign of life."""
        with self._lock:
            for name in names:
                self._of(name).moved = self._clock.steady()

    def done_at(self, name: str) -> datetime:
        """Return when the work was done last, or first expected, by the clock on the wall."""
        with self._lock:
            return self._of(name).done_at

    def works(self) -> tuple[Work, ...]:
        """Return all works as they are now."""
        now = self._clock.steady()
        with self._lock:
            return tuple(
                Work(
                    name,
                    done_ago=now - one.done,
                    moved_ago=now - one.moved,
                    busy=one.under_way > 0,
                    failing_for=None if one.failing is None else now - one.failing,
                    cause=one.cause,
                    ever=one.ever,
                )
                for name, one in self._seen.items()
            )

    def _of(self, name: str) -> _Seen:
        now = self._clock.steady()
        return self._seen.setdefault(name, _Seen(now, now, self._clock.now()))

    def _end(self, name: str, effort: Effort) -> None:
        now = self._clock.steady()
        with self._lock:
            seen = self._of(name)
            seen.under_way -= 1
            seen.moved = now
            if effort.failed:
                seen.failing = now if seen.failing is None else seen.failing
                seen.cause = effort.cause or seen.cause
            else:
                seen.ever = True
                seen.done, seen.done_at, seen.failing, seen.cause = now, self._clock.now(), None, ""
