"""To which campaign a form belongs that was sent on some day: the period of what recurs, and what is owed now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.submission.period import named_rounds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.model import Campaign, Rulebook


def likely_forms(reporter: str, rulebook: Rulebook, day: date) -> frozenset[str]:
    """Return the full ids of the forms that *reporter* probably sends on *day*: those it owes now, else ever owed.

    They only decide between forms of the same columns. Without a reporter, the forms of all campaigns under way.
    """
    for campaigns in (rulebook.under_way(day), tuple(one for one in rulebook.campaigns if one.opened <= day)):
        families = {one.id: one.family for one in campaigns}
        owed = [one for one in rulebook.owed_by(reporter) if one.campaign in families]
        named = {f"{families[one.campaign]}/{one.form}" for one in owed}
        if not reporter:
            named = {f"{one.family}/{form}" for one in campaigns for form in one.forms}
        if named:
            return frozenset(named)
    return frozenset()


def find_campaign(full_id: str, title_block: str, coded: str, reporter: str, rulebook: Rulebook, day: date) -> Campaign:
    """Return the campaign, or the period of a recurring one, for which a form was sent.

    What people read counts before the code that they do not see: last time's blank may have been filled in again
    under a new heading.

    Args:
        full_id: of the form or narrative, as identified.
        title_block: what is written above its table.
        coded: the campaign that the code of a blank of ours names; empty where there is none.
        reporter: the code of the sender, or empty.
        rulebook: holds the campaigns.
        day: when it was received, in Vietnamese time.
    """
    family, _, form = full_id.rpartition("/")
    rounds = [one for one in rulebook.campaigns if one.family == family]
    if len(rounds) == 1:
        return rounds[0]
    named = named_rounds(rounds, title_block)
    known = next((one for one in rounds if one.id == coded), None)
    if known is not None and (not named or known in named):
        return known
    opened = [one for one in rounds if one.opened <= day] or rounds[:1]
    return (
        next((one for one in named if one.is_under_way(day)), None)
        or next(iter(named), None)
        or _newest([one for one in opened if _is_owed(one, form, reporter, rulebook) and one.is_under_way(day)])
        or _newest([one for one in opened if _is_owed(one, form, reporter, rulebook)])
        or opened[-1]
    )


def _newest(rounds: Sequence[Campaign]) -> Campaign | None:
    return max(rounds, key=lambda one: one.opened, default=None)


def _is_owed(campaign: Campaign, form: str, reporter: str, rulebook: Rulebook) -> bool:
    if not reporter:
        return form in campaign.forms
    return rulebook.obligation(campaign.id, form, reporter) is not None
