"""Whether the daemon is well: from what it did last, not from what it is configured to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.language import number
from bot.model.health import Ill, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.model.health import Bounds, Health, Vitals, Work

SWEEP, SEND = "sweep", "send"
MAILROOM, POST = "mailroom", "post"
START = "start"
"""Finding out, after a restore, what happened since: before that nothing else is begun."""
JOBS = frozenset({"remind", "digest", "page", "drop"})
_MIB = 2**20
_FRESH_SECONDS = 60
"""The health file is written every few seconds."""


def is_stale(health: Health, now: datetime) -> bool:
    """Return whether that was told too long ago; nobody tells of a later time but one whose clock was set since."""
    return abs((now - health.at).total_seconds()) > _FRESH_SECONDS


def judge(vitals: Vitals, bounds: Bounds) -> tuple[Trouble, ...]:
    """Return all that is not well, the gravest first."""
    works = {one.name: one for one in vitals.works}
    found = (*_stuck(vitals, bounds), *_sweep(works, bounds), *_send(works, bounds), *_jobs(vitals, bounds))
    more = []
    if vitals.ledger_trouble:
        more.append(Trouble(Ill.LEDGER, cause=vitals.ledger_trouble))
    if vitals.undecided_for > bounds.undecided:
        more.append(Trouble(Ill.UNDECIDED, lasts=vitals.undecided_for))
    if vitals.disk_free < bounds.disk:
        more.append(Trouble(Ill.DISK, cause=f"còn {number(vitals.disk_free // _MIB)} MiB"))
    return (*found, *more)


def is_over(ill: Ill, subject: str, vitals: Vitals) -> bool:
    """Return whether a trouble that is not seen is over; that a new process has not yet tried says nothing."""
    needed = {Ill.SWEEP: SWEEP, Ill.SEND: SEND, Ill.JOB: subject}.get(ill)
    return needed is None or any(one.ever and one.failing_for is None for one in vitals.works if one.name == needed)


def _stuck(vitals: Vitals, bounds: Bounds) -> Iterator[Trouble]:
    # A great mailbox may be searched for hours after a restore, and a job is late before it is stuck.
    for one in vitals.works:
        if one.name in vitals.ended or (one.name in {MAILROOM, POST} and one.busy and one.moved_ago > bounds.stuck):
            yield Trouble(Ill.STUCK, one.name, one.moved_ago)


def _sweep(works: dict[str, Work], bounds: Bounds) -> Iterator[Trouble]:
    sweep = works.get(SWEEP)
    if sweep is None:
        return
    mailroom = works.get(MAILROOM, sweep)
    # While the mailroom works off a great heap, nothing is wrong with the inbox.
    idle = min(sweep.done_ago, sweep.moved_ago, mailroom.moved_ago)
    lasts = max(idle, sweep.failing_for or 0)
    if lasts > bounds.sweep:
        causes = (one.cause for one in (sweep, mailroom, works.get(START, sweep)))
        yield Trouble(Ill.SWEEP, lasts=lasts, cause=next(filter(None, causes), ""))


def _send(works: dict[str, Work], bounds: Bounds) -> Iterator[Trouble]:
    send = works.get(SEND)
    if send is None:
        return
    post = works.get(POST, send)
    lasts = max(min(send.done_ago, post.moved_ago), send.failing_for or 0, post.failing_for or 0)
    if lasts > bounds.send:
        yield Trouble(Ill.SEND, lasts=lasts, cause=send.cause or post.cause)


def _jobs(vitals: Vitals, bounds: Bounds) -> Iterator[Trouble]:
    for one in vitals.works:
        lasts = max(one.overdue_by, one.failing_for or 0)
        if one.name in JOBS and lasts > bounds.job:
            yield Trouble(Ill.JOB, one.name, lasts, one.cause)
