"""Short phrases that are no mails, for cells of workbooks: each is a macro of one file in ``templates/``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment, StrictUndefined

from bot.language import capitalize_first, number
from bot.phrasebook import Phrasebook

if TYPE_CHECKING:
    from collections.abc import Mapping


class Phrases(Phrasebook):
    """The phrases of one file in one language, compiled once.

    *templates* maps the path inside ``templates/`` (``vi/_blank.txt``; the language may be left out) to its source.
    Raises jinja2.TemplateError where the file is missing or wrong.
    """

    def __init__(self, templates: Mapping[str, str], file: str, language: str = "vi") -> None:
        sources = frozenset((name.removeprefix(f"{language}/"), source) for name, source in templates.items())
        super().__init__(_environment(sources), file)


@lru_cache(maxsize=2)
def _environment(files: frozenset[tuple[str, str]]) -> Environment:
    """Return where the phrases are compiled; the same files give the same one, whichever of them is asked for."""
    made = Environment(
        loader=DictLoader(dict(files)),
        autoescape=False,  # noqa: S701  plain text for cells is not markup
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = number
    made.filters["capitalize_first"] = capitalize_first
    return made
