"""The two halves of what a letter asks for, file and signed copy: which copy a scan is, and what is missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.model import Owed, SignedCopy, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date

    from bot.model import Deadline, History, Obligation, Part, Rulebook, Standing

Asked = tuple[str, str]
"""A campaign, and the narrative or form in it whose signed copy is asked for."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that is a signed copy of something: a scan, a photo of the page, a signed PDF."""

    file: str
    content: str
    """SHA-256 of the file."""
    number: str = ""
    day: date | None = None
    named: tuple[str, ...] = ()
    """Full ids of the narratives that its title, its name or the mail's subject names."""
    silent: bool = True
    """It has no text of its own that could say what it is."""


def place_papers(
    papers: Iterable[Paper], parts: Sequence[Part], reporter: str, rulebook: Rulebook, history: History, day: date
) -> tuple[SignedCopy, ...]:
    """Return what each paper counts as, on *day*; one scan may hold the signed pages of several narratives.

    A paper that names a narrative is that one's signed copy. Else it goes with the forms of its own mail, whatever
    their verdict; else a scan goes with what is due next of what has no signed copy yet, while a letter that has text
    and names nothing is about something else. Nothing where the reporter is asked for none.
    """
    owed = [
        one for one in rulebook.owed_by(reporter) if one.signed and rulebook.campaign(one.campaign).is_under_way(day)
    ]
    if not owed:
        return ()
    beside = {(one.campaign, one.form) for one in parts if one.form}
    own = _asked(one for one in owed if (one.campaign, one.form) in beside)
    known = {(one.campaign, one.form) for one in history.signed}
    rest = own or _due_next([one for one in owed if (one.campaign, one.signed) not in known] or owed, day)
    families = {one.id: one.family for one in rulebook.campaigns}

    def named(paper: Paper) -> tuple[Asked, ...]:
        hits = [one for one in owed if f"{families[one.campaign]}/{one.signed}" in paper.named]
        return _asked(one for one in hits if (one.campaign, one.signed) in rest) or _due_next(hits, day)

    return tuple(
        SignedCopy(campaign, form, paper.file, paper.content, paper.number, paper.day)
        for paper in papers
        for campaign, form in named(paper) or (rest if own or paper.silent else ())
    )


def _asked(owed: Iterable[Obligation]) -> tuple[Asked, ...]:
    return tuple(dict.fromkeys((one.campaign, one.signed) for one in owed))


def _due_next(owed: Collection[Obligation], day: date) -> tuple[Asked, ...]:
    """Return what has the nearest deadline to come; where all have passed, or none is dated, the last one."""
    days = {one.deadline.day for one in owed if one.deadline}
    nearest = min((one for one in days if one >= day), default=max(days, default=None))
    return _asked(one for one in owed if (one.deadline.day if one.deadline else None) == nearest)


def list_owed(
    standings: Sequence[Standing], rulebook: Rulebook, days_left: Callable[[Deadline | None], int | None]
) -> tuple[Owed, ...]:
    """Return what is still open of *standings*: each file, then each signed copy once, whatever forms it covers."""
    files = [
        Owed(
            one.obligation,
            rulebook.title(one.obligation.campaign, one.obligation.form),
            days_left(one.obligation.deadline),
            one.receipt if one.state is State.RETURNED else "",
            other_half=one.signed is not None,
        )
        for one in standings
        if not one.done
    ]
    covered: dict[tuple[str, str, str], list[Standing]] = {}
    for one in standings:
        if one.lacks_signed_copy:
            asked = one.obligation.campaign, one.obligation.reporter, one.obligation.signed
            covered.setdefault(asked, []).append(one)
    copies = [
        Owed(
            replace(own.obligation, form=form),
            rulebook.title(campaign, form),
            days_left(own.obligation.deadline),
            signed_copy=True,
            other_half=all(one.done for one in group),
        )
        for (campaign, _, form), group in covered.items()
        for own in [next((one for one in group if one.obligation.form == form), group[0])]
    ]
    return (*files, *copies)
