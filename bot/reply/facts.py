"""What all mails look up in the rulebook: who signs, how a form is called, when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.language import VIETNAM
from bot.reply.findings import clean
from bot.reply.lines import Due, Office, OwedLine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.model import Campaign, Deadline, Form, Owed, Reporter, Rulebook


def find_campaign(rulebook: Rulebook, campaign_id: str) -> Campaign | None:
    """Return the campaign, or the latest open one where the mail named none."""
    open_ones = [one for one in rulebook.campaigns if one.closed is None] or list(rulebook.campaigns)
    latest = max(open_ones, key=lambda one: one.opened, default=None)
    return next((one for one in rulebook.campaigns if one.id == campaign_id), latest)


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


def find_form(rulebook: Rulebook, campaign: str, form: str) -> Form | None:
    """Return the form, or None where the rules have lost it since."""
    return next((one for one in rulebook.forms if (one.campaign, one.id) == (campaign, form)), None)


def name_form(rulebook: Rulebook, campaign: str, form: str) -> str:
    """Return the short name, ``Biểu III.4``: the title's words before its first full stop, else the id."""
    found = find_form(rulebook, campaign, form)
    return clean(found.title.partition(". ")[0] if found else form, 80)


def count_days(deadline: Deadline | None, now: datetime) -> Due:
    """Return a deadline with the calendar days until the day that it names."""
    if deadline is None:
        return Due()
    return Due(deadline.words, (deadline.day - now.astimezone(VIETNAM).date()).days)


def list_owed(owed: Iterable[Owed], here: frozenset[tuple[str, str]] = frozenset()) -> tuple[OwedLine, ...]:
    """Return what is owed, in the order given; *here* holds the (campaign, form) that this mail returns."""
    return tuple(
        OwedLine(
            title=clean(one.title),
            due=_due(one),
            returned=one.returned,
            here=(one.obligation.campaign, one.obligation.form) in here,
        )
        for one in owed
    )


def find_nearest(owed: Iterable[Owed]) -> Due:
    """Return the deadline to name when one only can be named: the next to come, else the one that passed last."""
    dated = [one for one in owed if one.obligation.deadline is not None and one.days_left is not None]
    return _due(min(dated, key=_nearness)) if dated else Due()


def _nearness(owed: Owed) -> tuple[bool, int]:
    days = owed.days_left or 0
    return days < 0, abs(days)


def _due(owed: Owed) -> Due:
    deadline = owed.obligation.deadline
    return Due() if deadline is None else Due(deadline.words, owed.days_left)
