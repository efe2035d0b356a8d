"""What all mails look up in the rulebook: who signs, and what is still owed by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.deadline import days_left
from bot.language import day
from bot.reply.findings import clean
from bot.reply.lines import Due, Office

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from bot.model import Campaign, Deadline, Owed, Part, Period, Reporter, Rulebook


def find_campaign(rulebook: Rulebook, campaign_id: str, day: date, reporter: str = "") -> Campaign | None:
    """Return the campaign; where the mail named none, of those under way on *day* the one that is due next.

    Those in which *reporter* owes something come before others. Without a deadline to come, the latest opened; where
    nothing is under way, the latest that was opened by that day, else the first to come.
    """
    known = next((one for one in rulebook.campaigns if one.id == campaign_id), None)
    if known:
        return known
    under_way = {one.id: one for one in rulebook.under_way(day)}
    owed = [one for one in rulebook.owed_by(reporter) or rulebook.obligations if one.campaign in under_way]
    due = [(one.deadline.day, one.campaign) for one in owed if one.deadline and one.deadline.day >= day]
    if due:
        return under_way[min(due)[1]]
    opened = list(under_way.values()) or [one for one in rulebook.campaigns if one.opened <= day]
    return max(opened, key=_opened, default=None) or min(rulebook.campaigns, key=_opened, default=None)


def _opened(campaign: Campaign) -> date:
    return campaign.opened


def find_reporter(rulebook: Rulebook, code: str) -> Reporter | None:
    """Return the reporter of that code, or None: mail of strangers is answered too."""
    return next((one for one in rulebook.reporters if one.code == code), None)


def sign(campaign: Campaign | None) -> Office:
    """Return who signs in the name of the campaign."""
    if campaign is None:
        return Office()
    contact = campaign.contact
    return Office(
        ministry=campaign.ministry,
        department=campaign.department,
        campaign=campaign.title,
        dispatch=campaign.dispatch,
        role=contact.role,
        telephone=contact.telephone,
        hours=contact.hours,
        address=contact.address,
    )


def tell_periods(part: Part, rulebook: Rulebook) -> tuple[str, str]:
    """Return the period that a refused form names and the one that is asked for, both in the same calendar.

    Each with the days whose data count ("Cả năm 2026 (15/12/2025–14/12/2026)"), as far as the rules know them.
    """
    asked = next((one for one in rulebook.campaigns if one.id == part.campaign), None)
    if asked is None:  # the rules have lost it since
        return part.detail, ""
    rounds = [one.period for one in rulebook.campaigns if one.family == asked.family and one.period]
    named = next((one for one in rounds if one.title == part.detail), None)
    return _with_days(named) if named else part.detail, _with_days(asked.period) if asked.period else asked.title


def _with_days(period: Period) -> str:
    return f"{period.title} ({day(period.begin)}–{day(period.end)})"


def count_days(deadline: Deadline | None, now: datetime) -> Due:
    """Return a deadline with the calendar days until the day that it names."""
    if deadline is None:
        return Due()
    return Due(deadline.words, days_left(deadline, now), clean(deadline.reason))


def due_of_form(campaign: str, form: str, rulebook: Rulebook, reporter: str, now: datetime) -> Due:
    """Return the deadline of what *reporter* owes for the form; an empty one where it owes nothing."""
    obligation = rulebook.obligation(campaign, form, reporter)
    return count_days(obligation.deadline, now) if obligation else Due()


def find_nearest(owed: Iterable[Owed]) -> Due:
    """Return the deadline to name when one only can be named: the next to come, else the one that passed last."""
    dated = [one for one in owed if one.obligation.deadline is not None and one.days_left is not None]
    return due_of(min(dated, key=_nearness)) if dated else Due()


def _nearness(owed: Owed) -> tuple[bool, int]:
    days = owed.days_left or 0
    return days < 0, abs(days)


def due_of(owed: Owed) -> Due:
    """Return the deadline of what is owed, with the days that are left."""
    deadline = owed.obligation.deadline
    return Due() if deadline is None else Due(deadline.words, owed.days_left, clean(deadline.reason))
