"""Who is reminded, and of which week a digest tells: computed from what stands, never from when we last ran."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from bot.language import VIETNAM
from bot.model import Campaign, Contact, Deadline, Extension, Obligation, Rulebook, Stage, Standing, State
from bot.schedule.digest import digests_due
from bot.schedule.reminders import Reminder, reminders_due, with_open_stage
from bot.schedule.rush import is_rush

DAY = Deadline("trước ngày 15/7/2012", date(2012, 7, 15))
LATER = Deadline("trước ngày 30/11/2012", date(2012, 11, 30))
CAMPAIGN = Campaign(
    "c", "", "", "", "", date(2012, 6, 1), Contact(""), forms=("I.1", "III.4"), reminders=(14, 7, 3, 1),
    remind_every=7, escalate_after=7, last_day=date(2013, 1, 4))  # fmt: skip
OWED = tuple(
    Obligation("c", form, code, due) for form, due in (("I.1", DAY), ("III.4", LATER)) for code in ("01", "40")
)
RULES = Rulebook((CAMPAIGN,), (), (), OWED, {}, "hash")
AT = time(8, 0)


def at(month: int, day: int, hour: int = 8) -> datetime:
    return datetime(2012, month, day, hour, tzinfo=VIETNAM)


def due(now: datetime, *standing: Standing, told: tuple[Stage, ...] = (), rules: Rulebook = RULES) -> list[Reminder]:
    return list(reminders_due(now, rules, standing or [Standing(one) for one in rules.obligations], told, AT))


def keys(now: datetime, *standing: Standing, told: tuple[Stage, ...] = ()) -> list[str]:
    return [one.key for one in due(now, *standing, told=told)]


def test_nobody_is_reminded_before_the_first_stage() -> None:
    assert keys(at(6, 26, 7)) == []


def test_each_silent_reporter_is_reminded_once_for_a_stage() -> None:
    assert keys(at(6, 26)) == ["remind:c/01/14/2012-07-15", "remind:c/40/14/2012-07-15"]


@pytest.mark.parametrize("state", [State.ACCEPTED, State.NIL])
def test_who_owes_nothing_is_left_in_peace(state: State) -> None:
    assert keys(at(7, 11), Standing(OWED[0], state), Standing(OWED[1])) == ["remind:c/40/3/2012-07-15"]


def test_a_returned_form_is_still_owed() -> None:
    assert keys(at(7, 11), Standing(OWED[0], State.RETURNED)) == ["remind:c/01/3/2012-07-15"]


def test_after_a_downtime_only_the_latest_stage_is_sent() -> None:
    assert keys(at(7, 12), Standing(OWED[1])) == ["remind:c/40/3/2012-07-15"]


def test_nothing_is_said_on_the_days_off_to_which_the_last_one_moved() -> None:
    assert keys(at(7, 16), Standing(OWED[0]), Standing(OWED[2])) == []


@pytest.mark.parametrize(
    ("now", "number"),
    [
        (at(7, 17, 7), None),
        (at(7, 17), -1),
        (at(7, 24, 7), -1),
        (at(7, 24), -2),
        (at(8, 28), -7),
        (at(9, 3), -7),  # Monday 3/9 is off for 2/9
        (at(9, 4), -8),
    ],
)
def test_after_the_last_instant_a_reminder_begins_every_week_on_a_working_day(now: datetime, number: int) -> None:
    numbers = [stage.number for one in due(now, Standing(OWED[0])) for stage in one.stages]
    assert numbers == ([] if number is None else [number])


def test_a_campaign_may_be_silent_after_the_day() -> None:
    silent = Rulebook((replace(CAMPAIGN, remind_every=0),), (), (), OWED, {}, "hash")
    assert due(at(7, 17), Standing(OWED[0]), rules=silent) == []


def test_a_stage_is_told_once_and_none_before_a_later_one_that_was_told() -> None:
    told = (Stage("c", "01", DAY.day, 3),)
    for now in (at(6, 26), at(7, 5), at(7, 11), at(7, 12)):
        assert keys(now, Standing(OWED[0]), told=told) == []
    assert keys(at(7, 13), Standing(OWED[0]), told=told) == ["remind:c/01/1/2012-07-15"]


def test_all_that_a_reporter_misses_is_one_mail_and_what_was_told_is_named_again() -> None:
    both = (Standing(OWED[0]), Standing(OWED[2]))
    (one,) = due(at(11, 21), *both)
    assert [(stage.day.month, stage.number) for stage in one.stages] == [(7, -19), (11, 7)]
    (again,) = due(at(11, 21), *both, told=(Stage("c", "01", DAY.day, -19),))
    assert again.key == "remind:c/01/7/2012-11-30"
    assert [item.obligation.form for item in again.missing] == ["I.1", "III.4"]


def test_more_time_moves_all_stages_of_that_form() -> None:
    extension = Extension("c", "I.1", "01", date(2012, 7, 20), "", "chờ số liệu", "x", at(7, 10))
    rules = RULES.extended([extension])
    (_, other) = due(at(7, 13), rules=rules)
    assert other.key == "remind:c/40/1/2012-07-15"
    (first, _) = due(at(7, 17), rules=rules)
    assert first.key == "remind:c/01/3/2012-07-20"
    assert RULES.extended([]) is RULES


def test_the_head_gets_a_copy_after_so_many_days() -> None:
    assert [one.escalated for one in due(at(7, 17), Standing(OWED[0]))] == [False]
    assert [one.escalated for one in due(at(7, 24), Standing(OWED[0]))] == [True]


def test_only_reporters_with_a_stage_that_was_not_told_are_looked_up() -> None:
    told = (Stage("c", "01", DAY.day, 3),)
    found = with_open_stage(at(7, 11), RULES, OWED, told, AT)
    assert {(one.reporter, one.form) for one in found} == {("40", "I.1"), ("40", "III.4")}
    assert with_open_stage(at(6, 1), RULES, OWED, (), AT) == ()


def test_the_digest_of_a_week_is_due_from_its_hour_on() -> None:
    assert [one.key for one in digests_due(at(7, 9, 7), RULES, "mon", time(7, 30))] == ["digest:c/2012-W26"]
    assert [one.key for one in digests_due(at(7, 9, 8), RULES, "mon", time(7, 30))] == ["digest:c/2012-W27"]
    (one,) = digests_due(at(7, 14), RULES, "mon", time(7, 30))
    assert (one.begin, one.end) == (at(7, 2, 7).replace(minute=30), at(7, 9, 7).replace(minute=30))


def test_campaigns_that_are_over_or_not_yet_open_have_no_digest() -> None:
    assert digests_due(at(5, 20), RULES, "mon", time(7, 30)) == ()
    assert digests_due(datetime(2013, 3, 1, tzinfo=VIETNAM), RULES, "mon", time(7, 30)) == ()


@pytest.mark.parametrize(
    ("now", "rush"),
    [
        (at(7, 12, 23), False),
        (at(7, 13, 0), True),
        (at(7, 16, 23), True),  # the day off moved the last day
        (at(7, 17, 0), False),
        (at(11, 28, 0), True),
        (datetime(2013, 2, 1, tzinfo=VIETNAM), False),
    ],
)
def test_the_last_days_before_a_deadline_are_a_rush(now: datetime, *, rush: bool) -> None:
    assert is_rush(now, RULES, 2) is rush
