"""Deadlines of the letters, counted as the law on periods does (DOMAIN facts, section 5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.language import VIETNAM
from bot.model import Deadline
from bot.schedule.deadline import days_left, is_working_day, last_instant, late_days, working_days_before


@pytest.mark.parametrize(
    ("day", "first_late"),
    [
        (date(2012, 7, 15), datetime(2012, 7, 17)),  # noqa: DTZ001
        (date(2012, 9, 30), datetime(2012, 10, 2)),  # noqa: DTZ001
        (date(2012, 11, 30), datetime(2012, 12, 1)),  # noqa: DTZ001
        (date(2022, 5, 25), datetime(2022, 5, 26)),  # noqa: DTZ001
    ],
)
def test_a_deadline_on_a_day_off_runs_to_the_end_of_the_next_working_day(day: date, first_late: datetime) -> None:
    deadline = Deadline("", day)
    instant = first_late.replace(tzinfo=VIETNAM)
    assert last_instant(deadline) == instant
    assert late_days(deadline, instant - timedelta(seconds=1)) == 0
    assert late_days(deadline, instant) == (first_late.date() - day).days


def test_without_a_deadline_nothing_is_late_and_no_days_are_left() -> None:
    now = datetime(2030, 1, 1, tzinfo=VIETNAM)
    assert late_days(None, now) == 0
    assert days_left(None, now) is None


def test_days_left_are_counted_in_vietnamese_time() -> None:
    assert days_left(Deadline("", date(2012, 7, 15)), datetime(2012, 7, 13, 23, 59, tzinfo=VIETNAM)) == 2
    assert days_left(Deadline("", date(2012, 7, 15)), datetime(2012, 7, 20, tzinfo=VIETNAM)) == -5


@pytest.mark.parametrize(
    ("day", "works"),
    [(date(2012, 7, 16), True), (date(2012, 7, 15), False), (date(2012, 4, 30), False), (date(2012, 1, 23), False)],
)
def test_offices_rest_at_weekends_and_on_public_holidays(day: date, *, works: bool) -> None:
    assert is_working_day(day) is works


def test_stages_are_counted_in_working_days() -> None:
    assert working_days_before(date(2012, 7, 15), 3) == date(2012, 7, 11)
    assert working_days_before(date(2012, 9, 4), 1) == date(2012, 8, 31)
