"""The sentences on a blank form, from ``templates/vi/_blank.txt``: each is a macro there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError

from bot.language import number, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "_blank.txt"


class BlankWords:
    """The phrases of one language, compiled once.

    *templates* maps the path inside ``templates/`` (``vi/_blank.txt``; the language may be left out) to its source.
    Raises jinja2.TemplateError where the file is missing or wrong.
    """

    def __init__(self, templates: Mapping[str, str], language: str = "vi") -> None:
        sources = {name.removeprefix(f"{language}/"): source for name, source in templates.items()}
        environment = Environment(
            loader=DictLoader(sources),
            autoescape=False,  # noqa: S701  plain text for cells is not markup
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["number"] = number
        self._phrases = environment.get_template(FILE).module

    def lines(self, name: str, *facts: object) -> tuple[str, ...]:
        """Return the lines of a phrase that are not empty; raises jinja2.TemplateError where it is missing or wrong."""
        macro = getattr(self._phrases, name, None)
        if macro is None:
            raise UndefinedError(f"{FILE}: no macro {name}")
        return tuple(clean for line in str(macro(*facts)).splitlines() if (clean := one_line(line, 1000)))

    def line(self, name: str, *facts: object, most: int = 1000) -> str:
        """Return a phrase as one line of at most *most* characters."""
        return one_line(" ".join(self.lines(name, *facts)), most)
