"""More time for a reporter: what is meant, and whether it may be granted. Both doors, terminal and mail, ask here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.deadline import late_days
from bot.language import day as in_words
from bot.language import no_later_than
from bot.model import Change, Extension, Refused, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from bot.model import Obligation, Reporter, Rulebook


@dataclass(frozen=True, slots=True)
class Granting:
    """What would be granted."""

    extensions: tuple[Extension, ...]
    changes: tuple[Change, ...]


def owed_forms(
    reporter: Reporter, forms: Sequence[str], rulebook: Rulebook, today: date
) -> tuple[Obligation, ...] | Refused:
    """Return what *reporter* owes by a deadline for those forms, ``I.1`` or ``2012-kkt-kcn/I.1``.

    What is asked for on the day is meant first; an older campaign may still be corrected. *rulebook* knows what was
    granted before.
    """
    own = [one for one in rulebook.owed_by(reporter.code) if one.deadline]
    here = {one.id for one in rulebook.under_way(today)}
    current = [one for one in own if one.campaign in here]
    known = _listed(current or own)
    if not forms:
        return Refused(Why.NO_FORMS, reporter.name, known)
    found: list[Obligation] = []
    for form in forms:
        named = _named(form, current) or _named(form, own)
        if not named:
            return Refused(Why.NOT_OWED, form, (reporter.name, *known))
        if len(named) > 1:
            return Refused(Why.IN_SEVERAL, form, _listed(named))
        found += named
    return tuple(dict.fromkeys(found))


def grant_time(
    owed: Iterable[Obligation], until: date, reason: str, who: str, now: datetime, rulebook: Rulebook
) -> Granting | Refused:
    """Return the grant of time until the end of *until*, or why it cannot be granted; nothing is kept here."""
    if not reason:
        return Refused(Why.NO_REASON)
    extensions, changes = [], []
    for one in owed:
        refused = _refuse_day(one, until, rulebook)
        if refused is not None:
            return refused
        new = Extension(one.campaign, one.form, one.reporter, until, no_later_than(until), reason, who, now)
        extensions.append(new)
        before, late = one.deadline.words if one.deadline else "", late_days(new.deadline, now, rulebook.workdays)
        changes.append(Change(one.campaign, one.form, before, new.words, late))
    return Granting(tuple(extensions), tuple(changes))


def _refuse_day(owed: Obligation, until: date, rulebook: Rulebook) -> Refused | None:
    """Return why the day is no extension, or why nobody would follow it any more."""
    campaign, deadline = rulebook.campaign(owed.campaign), owed.deadline
    if deadline is not None and until <= deadline.day and not deadline.reason:
        return Refused(Why.NOT_LATER, owed.form, (deadline.words,))
    if campaign.last_day is not None and until > campaign.last_day:
        return Refused(Why.AFTER_CLOSE, campaign.id, (in_words(campaign.last_day), campaign.family))
    return None


def _named(form: str, owed: Sequence[Obligation]) -> list[Obligation]:
    wanted = form.strip().casefold()
    return [one for one in owed if wanted in (one.form.casefold(), f"{one.campaign}/{one.form}".casefold())]


def _listed(owed: Sequence[Obligation]) -> tuple[str, ...]:
    return tuple(f"{one.campaign}/{one.form}" for one in owed)
