"""When the daemon is not well: each trouble at its bound, and nothing while it only works off a heap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.model.health import Bounds, Health, Ill, Trouble, Vitals, Work
from bot.schedule.health import is_over, is_stale, judge

MINUTE = 60.0
BOUNDS = Bounds(
    sweep=15 * MINUTE, send=30 * MINUTE, job=90 * MINUTE, undecided=60 * MINUTE, stuck=30 * MINUTE, disk=1000
)
WELL = Vitals(
    (
        Work("mailroom", 5, 5),
        Work("post", 5, 5),
        Work("sweep", 6, 6),
        Work("send", 5, 5),
        Work("digest", 6 * 86400, 6 * 86400),
    ),
    disk_free=1000,
)


def but(*works: Work, **more: object) -> tuple[Trouble, ...]:
    """Judge a daemon that is well but for these works and facts."""
    changed = {one.name for one in works}
    kept = tuple(one for one in WELL.works if one.name not in changed)
    return judge(replace(WELL, works=(*works, *kept), **more), BOUNDS)  # type: ignore[arg-type]


def test_a_daemon_that_works_has_no_trouble() -> None:
    assert judge(WELL, BOUNDS) == ()


@pytest.mark.parametrize(
    ("work", "ill"),
    [
        (lambda far: Work("sweep", far, 3, failing_for=far, cause="mất mạng"), Ill.SWEEP),
        (lambda far: Work("send", 2 * far, 3, failing_for=2 * far, cause="mất mạng"), Ill.SEND),
        (lambda far: Work("digest", 9 * far, 3, failing_for=6 * far, cause="mất mạng"), Ill.JOB),
    ],
)
def test_what_only_fails_is_told_once_it_lasts(work, ill: Ill) -> None:  # type: ignore[no-untyped-def]
    assert but(work(15 * MINUTE)) == ()
    (trouble,) = but(work(15 * MINUTE + 1))
    assert (trouble.ill, trouble.cause) == (ill, "mất mạng")


def test_a_mailroom_that_works_off_a_heap_may_leave_the_inbox_alone() -> None:
    long = 50 * MINUTE
    at_work = Work("mailroom", long, 2, busy=True)
    assert but(Work("sweep", long, long), at_work) == ()
    assert [one.ill for one in but(Work("sweep", long, long), replace(at_work, moved_ago=20 * MINUTE))] == [Ill.SWEEP]
    # That the inbox cannot be read is told all the same.
    assert [one.ill for one in but(Work("sweep", long, long, failing_for=long), at_work)] == [Ill.SWEEP]


def test_nothing_is_read_while_a_restore_is_not_caught_up() -> None:
    (trouble,) = judge(
        Vitals((Work("sweep", 16 * MINUTE, 16 * MINUTE), Work("start", 99, 9, cause="sai mật khẩu")), disk_free=1000),
        BOUNDS,
    )
    assert (trouble.ill, trouble.lasts, trouble.cause) == (Ill.SWEEP, 16 * MINUTE, "sai mật khẩu")


def test_a_job_that_was_not_started_is_missed() -> None:
    assert but(Work("digest", 9, 9, overdue_by=90 * MINUTE)) == ()
    assert but(Work("digest", 9, 9, overdue_by=90 * MINUTE + 1)) == (Trouble(Ill.JOB, "digest", 90 * MINUTE + 1),)


def test_a_thread_that_moves_no_more_or_has_ended_is_stuck() -> None:
    moved = Work("post", 31 * MINUTE, 31 * MINUTE)
    assert Ill.STUCK not in {one.ill for one in but(moved)}  # it rests
    assert Trouble(Ill.STUCK, "post", 31 * MINUTE) in but(replace(moved, busy=True))
    assert but(ended=("mailroom",)) == (Trouble(Ill.STUCK, "mailroom", 5),)


@pytest.mark.parametrize("name", ["start", "page"])
def test_what_may_take_long_is_no_reason_to_begin_anew(name: str) -> None:
    assert but(Work(name, 9 * 3600, 9 * 3600, busy=True)) == ()


@pytest.mark.parametrize(
    ("facts", "ills"),
    [
        ({"undecided_for": 60 * MINUTE}, []),
        ({"undecided_for": 60 * MINUTE + 1}, [Ill.UNDECIDED]),
        ({"disk_free": 999}, [Ill.DISK]),
        ({"ledger_trouble": "tệp cơ sở dữ liệu bị hỏng"}, [Ill.LEDGER]),
    ],
)
def test_what_waits_and_where_it_lies_is_looked_at(facts: dict[str, object], ills: list[Ill]) -> None:
    assert [one.ill for one in but(**facts)] == ills


def test_only_a_stuck_daemon_needs_a_new_start() -> None:
    at = datetime(2012, 7, 10, tzinfo=UTC)
    health = Health(at, at, 1, WELL, (Trouble(Ill.SWEEP), Trouble(Ill.DISK)))
    assert health.alive
    assert not replace(health, troubles=(Trouble(Ill.STUCK, "post"),)).alive


@pytest.mark.parametrize(
    ("work", "over"),
    [
        (Work("sweep", 5, 5), False),  # not tried since the start
        (Work("sweep", 5, 5, ever=True), True),
        (Work("sweep", 5, 5, ever=True, failing_for=3), False),
    ],
)
def test_a_trouble_is_over_when_the_work_succeeds_again(work: Work, over: bool) -> None:
    assert is_over(Ill.SWEEP, "", Vitals((work,))) is over
    assert is_over(Ill.DISK, "", Vitals((work,)))


@pytest.mark.parametrize(("seconds", "stale"), [(0, False), (60, False), (61, True), (-61, True)])
def test_what_was_told_long_ago_says_nothing(seconds: int, stale: bool) -> None:
    at = datetime(2012, 7, 10, tzinfo=UTC)
    assert is_stale(Health(at, at, 1, WELL, ()), at + timedelta(seconds=seconds)) is stale
