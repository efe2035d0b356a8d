"""What was read of an official letter → the draft of a campaign's file, for a person to complete.

What is computed stands here; every sentence stands in ``templates/<language>/_campaign_draft.txt``.
"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment, StrictUndefined

from bot.language import bare, nfc, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.model import Limit, OfficialLetter, Rhythm

FILE = "_campaign_draft.txt"

_WIDTH = 128
_LONGEST = 4_000
"""Of a sentence that is quoted; no letter has a longer one."""
_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Source:
    """The file that was read."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DraftObligation:
    """One ``[[obligation]]`` of the draft."""

    limit: Limit | None
    """None in a letter without a deadline."""
    forms: tuple[str, ...]
    narratives: tuple[str, ...]
    """The id of the outline that is to be written for the account."""


def draft_id(letter: OfficialLetter, name: str) -> str:
    """Return an id for the campaign: its year, then its number or else the file's *name* without the ending."""
    days = [letter.issued, *(one.day for one in letter.deadlines)]
    year = next((str(day.year) for day in days if day), "")
    stem = letter.number.words if letter.number else name.rpartition(".")[0] or name
    slug = re.sub(r"[^a-z0-9]+", "-", bare(nfc(stem))).strip("-")
    whole = slug if not year or slug.startswith(year) else f"{year}-{slug}"
    return whole[:_LONGEST_ID].strip("-") or "nhap"


def write_draft(letter: OfficialLetter, id_: str, source: Source, templates: Mapping[str, str]) -> str:
    """Return the draft as TOML; raises jinja2.TemplateError where the template is missing or wrong."""
    obligations = tuple(_obligations(letter))
    facts = {"letter": letter, "id": id_, "source": source, "obligations": obligations, "rhythm": _rhythm(letter)}
    text = _environment(templates).get_template(FILE).render(facts, kind=_kind(letter))
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _kind(letter: OfficialLetter) -> str:
    """Return the abbreviation of the type in a number (``CT`` of ``07/CT-TTg``); a plain letter has none."""
    found = re.search(r"/(?:\d{4}/)?([A-ZĐ]+)-", letter.number.words) if letter.number else None
    return found[1] if found else ""


def _obligations(letter: OfficialLetter) -> Iterator[DraftObligation]:
    """Yield one obligation for each deadline; one without, where the letter gives none."""
    used: set[str] = set()
    for limit in letter.deadlines:
        narratives = (_narrative_id(limit, used),) if limit.narrative else ()
        used.update(narratives)
        yield DraftObligation(limit, limit.forms, narratives)
    if not letter.deadlines:
        yield DraftObligation(None, letter.forms, ())


def _narrative_id(limit: Limit, used: set[str]) -> str:
    """Return the id of an account: after the annex that it goes with, else numbered."""
    mark = re.sub(r"[^A-Za-z0-9]+", "-", bare(limit.forms[0]).upper().removeprefix("PL-")) if limit.forms else ""
    first = f"BC-{mark}" if mark else "BC"
    return next(one for one in (first, *(f"{first}-{number}" for number in range(2, 1000))) if one not in used)


def _rhythm(letter: OfficialLetter) -> Rhythm | None:
    return next((one.rhythm for one in letter.deadlines if one.rhythm), None)


def _environment(templates: Mapping[str, str], language: str = "vi") -> Environment:
    sources = {name.removeprefix(f"{language}/"): source for name, source in templates.items()}
    made = Environment(
        loader=DictLoader(sources),
        autoescape=False,  # noqa: S701  TOML is no markup; every text of the letter passes toml or quoted
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"toml": _toml, "quoted": _quoted}
    return made


def _toml(text: str) -> str:
    """Return a basic string of TOML: JSON writes the same escapes."""
    return json.dumps(one_line(text, _LONGEST), ensure_ascii=False)


def _quoted(text: str) -> str:
    """Return the lines of a comment."""
    lines = textwrap.wrap(one_line(text, _LONGEST), _WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)
