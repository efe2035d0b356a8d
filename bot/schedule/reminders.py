"""Who is to be reminded of what, now: computed from what stands in the ledger, never from when we last ran."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from typing import TYPE_CHECKING

from bot.language import VIETNAM
from bot.model import State
from bot.schedule.deadline import working_days_before

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from bot.model import Obligation, Rulebook, Standing

DONE = frozenset({State.ACCEPTED, State.NIL})


@dataclass(frozen=True, slots=True)
class Reminder:
    """One mail that is due: all that a reporter still owes by one day."""

    campaign: str
    reporter: str
    day: date
    """The named day of the deadline."""
    stage: int
    """Working days before that day."""
    missing: tuple[Standing, ...]

    @property
    def key(self) -> str:
        """Return the outbox key: one mail for each reporter, stage and deadline."""
        return f"remind:{self.campaign}/{self.reporter}/{self.stage}/{self.day.isoformat()}"


def reminders_due(now: datetime, rulebook: Rulebook, standing: Iterable[Standing], at: time) -> tuple[Reminder, ...]:
    """Return the reminders that are due at *now*; those already in the outbox are among them and change nothing.

    A stage is due from its own day at the hour *at* until the next stage or the end of the named day. After a
    downtime only the latest stage is sent: an older one would say something that is no longer true.
    """

    def by_mail(one: Standing) -> tuple[str, str, str]:
        deadline = one.obligation.deadline
        return one.obligation.campaign, one.obligation.reporter, deadline.day.isoformat() if deadline else ""

    missing = sorted((one for one in standing if one.state not in DONE and one.obligation.deadline), key=by_mail)
    due = []
    for (campaign_id, reporter, _), group in groupby(missing, key=by_mail):
        items = tuple(group)
        deadline = items[0].obligation.deadline
        if deadline is None:
            continue
        stage = _stage(now, rulebook, campaign_id, deadline.day, at)
        if stage is not None:
            due.append(Reminder(campaign_id, reporter, deadline.day, stage, items))
    return tuple(due)


def with_open_stage(now: datetime, rulebook: Rulebook, owed: Iterable[Obligation], at: time) -> tuple[Obligation, ...]:
    """Return those of *owed* about whose deadline something may be due at *now*: most of the year there are none."""
    stages: dict[tuple[str, date], int | None] = {}
    found = []
    for one in owed:
        if one.deadline is None:
            continue
        key = one.campaign, one.deadline.day
        if key not in stages:
            stages[key] = _stage(now, rulebook, one.campaign, one.deadline.day, at)
        if stages[key] is not None:
            found.append(one)
    return tuple(found)


def _stage(now: datetime, rulebook: Rulebook, campaign: str, day: date, at: time) -> int | None:
    if now.astimezone(VIETNAM).date() > day:
        return None
    first_days = {
        stage: working_days_before(day, stage, rulebook.workdays) for stage in rulebook.campaign(campaign).reminders
    }
    begun = (stage for stage, first in first_days.items() if now >= datetime.combine(first, at, VIETNAM))
    return min(begun, default=None)
