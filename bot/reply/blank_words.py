"""The sentences on a blank form, from ``templates/vi/_blank.txt``: each is a macro there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "_blank.txt"


class BlankWords(Phrases):
    """The phrases of one language; raises jinja2.TemplateError where the file is missing or wrong."""

    def __init__(self, templates: Mapping[str, str], language: str = "vi") -> None:
        super().__init__(templates, FILE, language)
