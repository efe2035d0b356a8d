"""Who is to be reminded of what, now: computed from what stands and what was told, never from when we last ran.

A deadline has stages: some working days before it, then again and again after its last instant. Of one deadline only
the stage that began last can be due, and none once it or a later one was told: so a stage that fell into a downtime is
made up for once, or skipped for the next, and a clock that runs back brings none again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from bot.deadline import last_instant, late_days, next_working_day, working_days_before
from bot.language import VIETNAM
from bot.model import Stage, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date

    from bot.model import Deadline, Obligation, Rulebook, Standing

    StageNow = Callable[[Obligation], Stage | None]


@dataclass(frozen=True, slots=True)
class Reminder:
    """One mail that is due: all that a reporter misses, of each deadline that has a stage under way."""

    reporter: str
    stages: tuple[Stage, ...]
    """Those that are told now; others that were told before may be in *missing* again."""
    missing: tuple[Standing, ...]
    """The earliest deadline first."""
    escalated: bool = False
    """Something is overdue for so long that the head of the office gets a copy."""

    @property
    def key(self) -> str:
        """Return the outbox key: ``remind:<campaign>/<reporter>/<stage>/<day>``, of several deadlines joined by +."""
        return "remind:" + "+".join(f"{one.campaign}/{one.reporter}/{one.number}/{one.day}" for one in self.stages)


def reminders_due(
    now: datetime, rulebook: Rulebook, standing: Iterable[Standing], told: Collection[Stage], at: time
) -> tuple[Reminder, ...]:
    """Return the reminders that are due at *now*, one for each reporter.

    Args:
        now: the instant.
        rulebook: with the extensions that were granted.
        standing: of what is owed in the campaigns under way; of a reporter all of it or nothing.
        told: the stages that were told.
        at: the hour at which a stage begins.
    """
    stage_now = _stages_at(now, rulebook, at)
    spent = _latest(told)
    by_reporter: dict[str, list[tuple[Stage, Standing]]] = {}
    for one in standing:
        stage = stage_now(one.obligation) if is_missing(one) else None
        if stage is not None:
            by_reporter.setdefault(one.obligation.reporter, []).append((stage, one))
    due = []
    for reporter, pairs in sorted(by_reporter.items()):
        pairs.sort(key=lambda pair: (pair[0].day, pair[0].campaign))
        stages = tuple(dict.fromkeys(stage for stage, _ in pairs if _is_open(stage, spent)))
        if stages:
            missing = tuple(one for _, one in pairs)
            due.append(Reminder(reporter, stages, missing, _is_escalated(missing, rulebook, now)))
    return tuple(due)


def with_open_stage(
    now: datetime, rulebook: Rulebook, owed: Iterable[Obligation], told: Collection[Stage], at: time
) -> tuple[Obligation, ...]:
    """Return all that is owed by those reporters to whom a stage was not told yet: most days there are none."""
    stage_now = _stages_at(now, rulebook, at)
    spent = _latest(told)
    everything = tuple(owed)
    waiting = {one.reporter for one in everything if (stage := stage_now(one)) is not None and _is_open(stage, spent)}
    return tuple(one for one in everything if one.reporter in waiting)


def is_missing(standing: Standing) -> bool:
    """Tell whether something is still to come for an obligation: a half of it, or an answer to a query about it."""
    return not standing.complete or is_asked_about(standing)


def is_asked_about(standing: Standing) -> bool:
    """Tell whether a query about what is accepted waits for an answer."""
    return standing.state is State.ACCEPTED and standing.queries > 0


def _is_open(stage: Stage, spent: Mapping[tuple[str, str, date], int]) -> bool:
    known = spent.get((stage.campaign, stage.reporter, stage.day))
    return known is None or stage.number < known


def _latest(told: Collection[Stage]) -> dict[tuple[str, str, date], int]:
    """Return the latest stage that was told of each deadline; the numbers fall from the first stage to the last."""
    latest: dict[tuple[str, str, date], int] = {}
    for one in told:
        key = one.campaign, one.reporter, one.day
        latest[key] = min(one.number, latest.get(key, one.number))
    return latest


def _stages_at(now: datetime, rulebook: Rulebook, at: time) -> StageNow:
    """Return what tells the stage of an obligation that began last; each deadline is counted once."""

    @cache
    def number(campaign: str, deadline: Deadline) -> int | None:
        return _number(now, rulebook, campaign, deadline, at)

    def stage_now(one: Obligation) -> Stage | None:
        if one.deadline is None:
            return None
        found = number(one.campaign, one.deadline)
        return None if found is None else Stage(one.campaign, one.reporter, one.deadline.day, found)

    return stage_now


def _number(now: datetime, rulebook: Rulebook, campaign_id: str, deadline: Deadline, at: time) -> int | None:
    """Return the stage that began last: working days before the deadline, or minus the number of the overdue one."""
    campaign, workdays = rulebook.campaign(campaign_id), rulebook.workdays
    end = last_instant(deadline, workdays)
    if now >= end:
        return _overdue_number(now, end.date(), campaign.remind_every, workdays, at)
    if now.astimezone(VIETNAM).date() > deadline.day:
        return None  # the days off to which the last one moved: what was to be said before it, was
    begun = (
        stage
        for stage in campaign.reminders
        if now >= datetime.combine(working_days_before(deadline.day, stage, workdays), at, VIETNAM)
    )
    return min(begun, default=None)


def _overdue_number(now: datetime, first: date, every: int, workdays: Mapping[date, bool], at: time) -> int | None:
    """Return minus the number of overdue reminders that have begun; they fall on working days, *every* days apart."""
    if not every:
        return None

    def begins(count: int) -> datetime:
        return datetime.combine(next_working_day(first + timedelta(every * (count - 1)), workdays), at, VIETNAM)

    count = (now.astimezone(VIETNAM).date() - first).days // every + 1
    while count and now < begins(count):
        count -= 1
    return -count or None


def _is_escalated(missing: Iterable[Standing], rulebook: Rulebook, now: datetime) -> bool:
    for one in missing:
        if one.complete:
            continue  # an answer that is still to come is no matter for the head of an office
        after = rulebook.campaign(one.obligation.campaign).escalate_after
        if after and late_days(one.obligation.deadline, now, rulebook.workdays) >= after:
            return True
    return False
