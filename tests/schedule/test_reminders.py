"""Who is reminded, and of which week a digest tells: computed from what stands, never from when we last ran."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from bot.language import VIETNAM
from bot.model import Campaign, Contact, Deadline, Obligation, Rulebook, Standing, State
from bot.schedule.digest import digests_due
from bot.schedule.reminders import reminders_due

DAY = Deadline("trước ngày 15/7/2012", date(2012, 7, 15))
LATER = Deadline("trước ngày 30/11/2012", date(2012, 11, 30))
CAMPAIGN = Campaign(
    "c", "", "", "", "", date(2012, 6, 1), Contact(""), forms=("I.1", "III.4"), reminders=(14, 7, 3),
    last_day=date(2013, 1, 4))  # fmt: skip
OWED = tuple(
    Obligation("c", form, code, due) for form, due in (("I.1", DAY), ("III.4", LATER)) for code in ("01", "40")
)
RULES = Rulebook((CAMPAIGN,), (), (), OWED, {}, "hash")
AT = time(8, 0)


def keys(now: datetime, *standing: Standing) -> list[str]:
    return [one.key for one in reminders_due(now, RULES, standing or [Standing(one) for one in OWED], AT)]


def at(month: int, day: int, hour: int = 8) -> datetime:
    return datetime(2012, month, day, hour, tzinfo=VIETNAM)


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


def test_nothing_is_said_after_the_named_day_of_that_deadline() -> None:
    assert keys(at(7, 16), Standing(OWED[0]), Standing(OWED[2])) == []


def test_the_digest_of_a_week_is_due_from_its_hour_on() -> None:
    assert [one.key for one in digests_due(at(7, 9, 7), RULES, "mon", time(7, 30))] == ["digest:c/2012-W26"]
    assert [one.key for one in digests_due(at(7, 9, 8), RULES, "mon", time(7, 30))] == ["digest:c/2012-W27"]
    (one,) = digests_due(at(7, 14), RULES, "mon", time(7, 30))
    assert (one.begin, one.end) == (at(7, 2, 7).replace(minute=30), at(7, 9, 7).replace(minute=30))


def test_campaigns_that_are_over_or_not_yet_open_have_no_digest() -> None:
    assert digests_due(at(5, 20), RULES, "mon", time(7, 30)) == ()
    assert digests_due(datetime(2013, 3, 1, tzinfo=VIETNAM), RULES, "mon", time(7, 30)) == ()
