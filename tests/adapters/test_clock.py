"""The clock, and waiting."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.clock import Pause, SimulatedClock, SystemClock, retry_after
from bot.language import VIETNAM

NOON = datetime(2012, 7, 10, 12, 0, tzinfo=VIETNAM)


class Patient(threading.Event):
    """An event that notes how long it was waited for, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


def test_the_system_clock_tells_vietnamese_time() -> None:
    before, told, after = datetime.now(UTC), SystemClock().now(), datetime.now(UTC)
    assert told.utcoffset() == timedelta(hours=7)
    assert before <= told <= after


def test_a_simulated_clock_stands_still_and_never_runs_back() -> None:
    clock = SimulatedClock(NOON)
    assert clock.now() == NOON
    clock.move_to(NOON + timedelta(hours=1))
    clock.move_to(NOON)
    assert clock.now() == NOON + timedelta(hours=1)


def test_pauses_grow_to_the_longest_and_begin_again_after_a_success() -> None:
    stop = Patient()
    pause = Pause(stop, first=1, longest=5)
    assert all(pause.wait() for _ in range(5))
    pause.reset()
    pause.wait()
    assert stop.waits == [1, 2, 4, 5, 5, 1]


def test_a_pause_ends_when_the_daemon_stops() -> None:
    stop = threading.Event()
    stop.set()
    assert Pause(stop, first=3600).wait() is False


@pytest.mark.parametrize(
    ("tries", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (8, 128), (9, 240), (500, 240), (10**9, 240)]
)
def test_retries_are_spaced_from_a_minute_to_four_hours(tries: int, minutes: int) -> None:
    assert retry_after(tries) == timedelta(minutes=minutes)
