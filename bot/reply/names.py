"""How forms are called: one by its short name, many in as few words as a reader needs (``Biểu I.1–I.4, III.4``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.reply.findings import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.model import Form, Outline, Rulebook

_NUMBERED = re.compile(r"(.*?)([0-9]+)")
_SHORTEST_RANGE = 3
"""Two neighbours are named one by one, three and more as a range."""


@dataclass(frozen=True, slots=True)
class FormName:
    """The short name of a form, in its pieces."""

    head: str
    """``Biểu``; the whole name where it has no number."""
    series: str
    """What stands before the number: ``II.`` of ``II.3``."""
    number: str
    """``3``; empty where the name has none."""
    zone: str = ""
    """What tells it from another form of that name: ``ven biển``."""
    annex: tuple[str, str] | None = None
    """Of a narrative, series and zone of the forms to which it belongs."""

    @property
    def code(self) -> str:
        """Return the name without its first word: ``II.3``."""
        return f"{self.series}{self.number}" or self.head

    @property
    def full(self) -> str:
        """Return the name as it is read alone: ``Biểu II.3 (ven biển)``."""
        return f"{self.head} {self.code}{self.suffix}" if self.number else f"{self.head}{self.suffix}"

    @property
    def group(self) -> tuple[str, str]:
        """Return what forms of one annex share: series and zone."""
        return self.annex or (self.series.rstrip("."), self.zone)

    @property
    def suffix(self) -> str:
        """Return the zone in brackets, with a blank before it; empty where there is none."""
        return f" ({self.zone})" if self.zone else ""


def find_form(rulebook: Rulebook, campaign: str, form: str) -> Form | None:
    """Return the form, also of one period of a recurring campaign; None where the rules have lost it since."""
    try:
        return rulebook.form(f"{campaign}/{form}")
    except KeyError:
        return None


def find_outline(rulebook: Rulebook, campaign: str, form: str) -> Outline | None:
    """Return the outline of a narrative, or None where the id is no narrative's."""
    outlines = (one for each in rulebook.campaigns if each.id == campaign for one in each.outlines)
    return next((one for one in outlines if one.id == form), None)


def title_of(rulebook: Rulebook, campaign: str, form: str) -> str:
    """Return the title of a form or of a narrative, as its file writes it; else the id."""
    return clean(rulebook.title(campaign, form))


def split_name(rulebook: Rulebook, campaign: str, form: str) -> FormName:
    """Return the short name of a form: the title's words before its first full stop, else the id.

    Where two forms of a campaign have the same short name, the words of the title that tell them apart are its zone.
    A narrative has a short name of its own.
    """
    found = find_form(rulebook, campaign, form)
    outline = None if found else find_outline(rulebook, campaign, form)
    if outline is not None:
        beside = split_name(rulebook, campaign, outline.beside).group if outline.beside else None
        return FormName(clean(outline.name or outline.title, 80), "", "", annex=beside)
    short = title_of(rulebook, campaign, form).partition(". ")[0]
    zone = _zone(found, short, rulebook) if found else ""
    head, _, code = short.rpartition(" ")
    numbered = _NUMBERED.fullmatch(code) if found else None
    return FormName(head, numbered[1], numbered[2], zone) if numbered and head else FormName(clean(short, 80), "", "")


def _zone(form: Form, short: str, rulebook: Rulebook) -> str:
    """Return the words that tell *form* from another of its campaign with the same short name; empty without one."""
    others = (one for one in rulebook.forms if one.id != form.id and one.campaign == form.campaign)
    if all(one.title.partition(". ")[0] != short for one in others):
        return ""
    return clean(form.words[0] if form.words else form.id.partition("-")[2] or form.id, 40)


def name_form(rulebook: Rulebook, campaign: str, form: str) -> str:
    """Return the short name of one form: ``Biểu III.4``, ``Biểu II.3 (ven biển)``."""
    return split_name(rulebook, campaign, form).full


def name_forms(rulebook: Rulebook, forms: Iterable[tuple[str, str]]) -> str:
    """Return the names of several (campaign, form) in one phrase: ``Biểu I.1, I.3, II.1–II.6 (ven biển)``.

    Neighbours whose numbers follow one another become a range; the first word is said once for all forms of a zone.
    """
    names = list(dict.fromkeys(split_name(rulebook, campaign, form) for campaign, form in forms))
    said, before = [], ("", "")
    for run in _runs(names):
        first, text = run[0], _name_run(run)
        said.append(text if not first.number or (first.head, first.zone) == before else f"{first.head} {text}")
        before = (first.head, first.zone) if first.number else ("", "")
    return ", ".join(said)


def _runs(names: Sequence[FormName]) -> list[list[FormName]]:
    """Return the names in stretches that share all but the number."""
    runs: list[list[FormName]] = []
    for one in names:
        last = runs[-1][-1] if runs else None
        if last and one.number and (one.head, one.series, one.zone) == (last.head, last.series, last.zone):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _name_run(run: Sequence[FormName]) -> str:
    """Return the codes of a stretch with its zone once: ``II.1–II.3, II.5 (ven biển)``."""
    ranges: list[list[FormName]] = []
    for one in run:
        if ranges and one.number and int(one.number) == int(ranges[-1][-1].number) + 1:
            ranges[-1].append(one)
        else:
            ranges.append([one])
    said = []
    for each in ranges:
        codes = [one.code for one in each]
        said += [f"{codes[0]}–{codes[-1]}"] if len(codes) >= _SHORTEST_RANGE else codes
    return ", ".join(said) + run[0].suffix
