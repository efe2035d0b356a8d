"""Where a campaign of many forms stands: few lines, every reporter in one of them, nothing counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from bot.language import VIETNAM
from bot.model import Reporter, Standing, State
from bot.preview.campaign import CAMPAIGN, MID_JULY, NOVEMBER, RULEBOOK
from bot.preview.wide import AFTERWARDS, OBLIGATIONS, ON_TIME, SEPTEMBER, WIDE, WIDE_DIGEST, WIDE_STANDINGS
from bot.reply.board import MAX_CALLS, Board, find_focus
from bot.reply.board_lines import Mark, Milestone
from bot.reply.facts import count_days, find_campaign
from tests.reply.digests import tell

BOARD = Board(CAMPAIGN, WIDE_STANDINGS, WIDE, AFTERWARDS)
SILENT = Board(CAMPAIGN, tuple(map(Standing, OBLIGATIONS)), WIDE, AFTERWARDS)


def _states(board: Board) -> dict[str, list[list[str]]]:
    rows = (row for region in board.draw_matrix().regions for row in region.rows)
    return {row.reporter: [[mark.state for mark in marks] for marks in row.marks] for row in rows}


def test_columns_stand_by_annex_zone_and_deadline() -> None:
    groups = BOARD.draw_matrix().groups
    assert [(one.title, one.due, "".join(one.heads)) for one in groups] == [
        ("I", "15/7", "1234"),
        ("II ven biển", "15/7", "123456"),
        ("II cửa khẩu", "15/7", "123456"),
        ("III", "30/9", "123"),
        ("III", "30/11", "4"),
    ]


def test_a_form_that_a_reporter_does_not_owe_has_no_state() -> None:
    rows = _states(BOARD)
    assert rows["Đà Nẵng"][1:3] == [[""] * 6, [""] * 6]
    assert rows["Bình Phước"][2] == ["overdue"] * 6
    assert rows["Nghệ An"][0] == ["accepted", "accepted", "nil", "accepted"]
    assert rows["Nghệ An"][1][-1] == "extended"


@pytest.mark.parametrize(
    ("standing", "mark"),
    [
        ({"state": State.ACCEPTED}, Mark("accepted")),
        ({"state": State.ACCEPTED, "late_days": 3}, Mark("late")),
        ({"state": State.ACCEPTED, "late_days": 3, "queries": 2}, Mark("queried")),
        ({"state": State.NIL}, Mark("nil")),
        ({"state": State.RETURNED, "revision": 3}, Mark("returned", 3)),
        ({"state": State.NOTHING}, Mark("overdue")),
    ],
)
def test_each_way_in_which_an_obligation_may_stand_has_its_mark(standing: dict[str, Any], mark: Mark) -> None:
    (one,) = (each for each in OBLIGATIONS if (each.reporter, each.form) == ("48", "I.1"))
    matrix = Board(CAMPAIGN, (Standing(one, **standing),), WIDE, AFTERWARDS).draw_matrix()
    assert matrix.regions[0].rows[0].marks == ((mark,),)


def test_merged_bodies_stand_under_the_one_that_follows_them() -> None:
    last = date(2012, 7, 1)
    old = [replace(one, until=last, successor="X") for one in WIDE.reporters[:2]]
    new = Reporter("X", "Đông Bắc", "Tỉnh Đông Bắc", "", "tinh", since=date(2012, 7, 2))
    rules = replace(WIDE, reporters=(*old, *WIDE.reporters[2:], new))
    by_body = Board(CAMPAIGN, WIDE_STANDINGS, rules, AFTERWARDS).draw_matrix(by_body=True)
    named = {region.name: [row.reporter for row in region.rows] for region in by_body.regions}
    assert named["Tỉnh Đông Bắc"] == ["Hà Giang", "Cao Bằng"]
    assert named["Tỉnh Bắc Kạn"] == ["Bắc Kạn"]


def test_a_curve_tells_when_each_reporter_had_all_of_a_deadline() -> None:
    first, second = (datetime(2012, 7, number, 9, tzinfo=VIETNAM) for number in (3, 12))
    finished = {("48", form): first for form in ("I.1", "I.2", "I.3")} | {("48", "I.4"): second}
    mid_july = BOARD.list_curves(finished)[0]
    assert (mid_july.goal, mid_july.deadline) == (13, MID_JULY.day)
    assert len(mid_july.done) == BOARD.list_milestones()[0].complete
    assert second in mid_july.done
    assert first not in mid_july.done


def test_a_tile_shows_the_worst_that_a_person_must_act_on() -> None:
    tiles = {one.name: (one.state, one.done) for one in BOARD.list_tiles()}
    assert tiles["Thanh Hóa"] == ("partial", 16)
    assert tiles["Đà Nẵng"] == ("partial", 4)
    assert tiles["Đồng Nai"] == ("overdue", 1)
    assert tiles["Hà Giang"] == ("overdue", 0)


def test_an_extension_of_one_reporter_makes_no_column_of_its_own() -> None:
    assert sum(len(one.heads) for one in BOARD.draw_matrix().groups) == 20
    assert [one.due.words for one in BOARD.list_milestones()] == [MID_JULY.words, SEPTEMBER.words, NOVEMBER.words]


def test_reporters_that_miss_the_same_are_one_line() -> None:
    calls = SILENT.list_calls()
    assert len(calls) == 4
    assert sorted(name for line in calls for name in line.reporters) == sorted(one.name for one in WIDE.reporters)
    assert {len(line.reporters) for line in calls if "cửa khẩu" in line.missing and "ven biển" not in line.missing} == {
        5
    }


def test_who_is_granted_more_time_is_not_overdue_with_that_form() -> None:
    (nghe_an,) = (one for one in BOARD.list_calls() if "Nghệ An" in one.reporters)
    assert nghe_an.missing == "Biểu II.1–II.6 (cửa khẩu)"


def test_nobody_is_overdue_on_the_named_day() -> None:
    on_the_day = datetime(2012, 7, 15, 23, 0, tzinfo=VIETNAM)
    assert Board(CAMPAIGN, WIDE_STANDINGS, WIDE, on_the_day).list_calls() == ()


def test_an_obligation_without_deadline_is_never_overdue() -> None:
    open_ended = tuple(Standing(replace(one, deadline=None)) for one in OBLIGATIONS)
    board = Board(CAMPAIGN, open_ended, WIDE, AFTERWARDS)
    assert board.list_calls() == ()
    assert [one.due.words for one in board.list_milestones()] == [""]
    assert find_focus(board.list_milestones()) is None


def test_silent_reporters_are_told_by_region_once() -> None:
    early = tell(replace(WIDE_DIGEST, standings=tuple(map(Standing, OBLIGATIONS))), WIDE, ON_TIME)
    assert [(one.region, len(one.reporters), one.every) for one in early.silent] == [
        ("Trung du và miền núi phía Bắc", 6, True),
        ("Bắc Trung Bộ và duyên hải miền Trung", 4, True),
        ("Đông Nam Bộ", 3, True),
    ]
    late = tell(WIDE_DIGEST, WIDE, AFTERWARDS)
    assert (late.silent, late.silent_count) == ((), 7)  # they are among those to call


def test_however_many_are_overdue_the_list_stays_short() -> None:
    """Each of 200 reporters misses another set of forms."""
    first = WIDE.reporters[0]
    reporters = tuple(replace(first, code=f"x{number}", name=f"Đơn vị {number}") for number in range(200))
    owed = {one.form: one for one in WIDE.owed_by("40")}
    standings = tuple(
        Standing(replace(one, reporter=reporter.code), State.ACCEPTED if number >> place & 1 else State.RETURNED)
        for number, reporter in enumerate(reporters)
        for place, one in enumerate(list(owed.values())[:8])
    )
    told = tell(replace(WIDE_DIGEST, standings=standings), replace(WIDE, reporters=reporters), AFTERWARDS)
    assert len(told.calls) == MAX_CALLS
    assert told.call_count == 200
    assert len(told.calls) + len(told.more_calls) == 200
    assert min(line.count for line in told.calls) >= max(line.count for line in told.more_calls)


def test_the_focus_is_the_nearest_deadline_before_or_behind() -> None:
    milestones = BOARD.list_milestones()
    focus = find_focus(milestones)
    assert focus is not None
    assert focus.due.words == MID_JULY.words
    september = datetime(2012, 9, 10, tzinfo=VIETNAM)
    later = find_focus([Milestone(count_days(one, september), 1, 0) for one in (MID_JULY, SEPTEMBER, NOVEMBER)])
    assert later is not None
    assert later.due.words == SEPTEMBER.words


def test_the_campaign_of_a_mail_that_names_none_is_one_under_way() -> None:
    """Another campaign is over, one is to come, of those under way one has dates."""
    ours = replace(RULEBOOK.campaigns[0], last_day=date(2013, 1, 4))
    over = replace(ours, id="over", opened=date(2010, 1, 1), last_day=date(2010, 6, 1))
    other = replace(ours, id="other", opened=date(2012, 7, 1))
    to_come = replace(ours, id="to-come", opened=date(2013, 1, 1))
    rules = replace(RULEBOOK, campaigns=(over, ours, other, to_come))

    def found(day: date, reporter: str = "", named: str = "") -> str:
        campaign = find_campaign(rules, named, day, reporter)
        assert campaign is not None
        return campaign.id

    assert found(date(2012, 7, 10), "40") == ours.id
    assert found(date(2012, 7, 10)) == ours.id  # it is due next, the other has no date
    assert found(date(2012, 12, 10)) == "other"  # no date is to come: the latest
    assert found(date(2012, 7, 10), "40", named="over") == "over"
    assert found(date(2011, 1, 1)) == "over"
    assert found(date(2009, 1, 1)) == "over"
