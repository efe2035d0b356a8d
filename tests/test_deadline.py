"""Deadlines of the letters, counted as the law on periods does (DOMAIN facts, section 5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.deadline import days_left, is_working_day, last_instant, late_days, working_days_before
from bot.language import VIETNAM
from bot.model import Counting, Deadline

SWAPPED = {date(2012, 1, 27): False, date(2012, 2, 4): True}
"""27/1/2012 was off for Tết, Saturday 4/2 was worked instead."""


def midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("day", "strict", "lenient"),
    [
        (date(2012, 7, 15), midnight(2012, 7, 17), midnight(2012, 7, 17)),
        (date(2012, 9, 30), midnight(2012, 10, 2), midnight(2012, 10, 2)),
        (date(2012, 11, 30), midnight(2012, 11, 30), midnight(2012, 12, 1)),
        (date(2022, 5, 25), midnight(2022, 5, 25), midnight(2022, 5, 26)),
        (date(2019, 9, 26), midnight(2019, 9, 26), midnight(2019, 9, 27)),
        (date(2020, 1, 20), midnight(2020, 1, 21), midnight(2020, 1, 21)),
    ],
)
def test_the_first_late_instant_of_each_letter_in_both_readings(day: date, strict: datetime, lenient: datetime) -> None:
    assert last_instant(Deadline("", day, "strict"), {}) == strict
    assert last_instant(Deadline("", day), {}) == lenient
    for counting in ("strict", "lenient"):
        deadline = Deadline("", day, counting)
        assert late_days(deadline, last_instant(deadline, {}) - timedelta(seconds=1), {}) == 0
        assert late_days(deadline, last_instant(deadline, {}), {}) > 0


@pytest.mark.parametrize(
    ("counting", "received", "late"),
    [
        ("lenient", midnight(2022, 5, 25), 0),
        ("lenient", midnight(2022, 5, 26), 1),
        ("strict", midnight(2022, 5, 25), 1),
        ("strict", midnight(2022, 5, 26), 2),
        ("lenient", midnight(2012, 7, 17), 2),
    ],
)
def test_late_days_are_counted_from_the_last_day_that_the_words_allow(
    counting: Counting, received: datetime, late: int
) -> None:
    day = date(2022, 5, 25) if received.year == 2022 else date(2012, 7, 15)
    assert late_days(Deadline("", day, counting), received, {}) == late


def test_without_a_deadline_nothing_is_late_and_no_days_are_left() -> None:
    now = midnight(2030, 1, 1)
    assert late_days(None, now, {}) == 0
    assert days_left(None, now) is None


def test_days_left_are_counted_in_vietnamese_time() -> None:
    assert days_left(Deadline("", date(2012, 7, 15)), datetime(2012, 7, 13, 23, 59, tzinfo=VIETNAM)) == 2
    assert days_left(Deadline("", date(2012, 7, 15)), midnight(2012, 7, 20)) == -5


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2012, 7, 16), True),
        (date(2012, 7, 15), False),
        (date(2012, 4, 30), False),
        (date(2012, 1, 23), False),
        (date(2012, 1, 2), False),  # New Year fell on a Sunday
        (date(2012, 9, 3), False),
    ],
)
def test_offices_rest_at_weekends_and_on_public_holidays(day: date, *, works: bool) -> None:
    assert is_working_day(day, {}) is works


def test_a_swapped_day_is_off_and_the_saturday_for_it_is_worked() -> None:
    assert not is_working_day(date(2012, 1, 27), SWAPPED)
    assert is_working_day(date(2012, 2, 4), SWAPPED)
    assert not is_working_day(date(2012, 2, 4), {})


def test_a_deadline_moves_to_a_saturday_that_is_worked() -> None:
    off = {**SWAPPED, date(2012, 2, 3): False}
    assert last_instant(Deadline("", date(2012, 2, 3)), off) == midnight(2012, 2, 5)


def test_stages_are_counted_in_working_days() -> None:
    assert working_days_before(date(2012, 7, 15), 3, {}) == date(2012, 7, 11)
    assert working_days_before(date(2012, 9, 4), 1, {}) == date(2012, 8, 31)
    assert working_days_before(date(2012, 2, 6), 1, SWAPPED) == date(2012, 2, 4)
