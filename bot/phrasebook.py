"""Short sentences for cells and pictures, from a file of ``templates/``: each is a macro there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import UndefinedError

from bot.language import one_line

if TYPE_CHECKING:
    from jinja2 import Environment


class Phrasebook:
    """The macros of one file of an environment whose output is plain text, compiled once.

    Raises jinja2.TemplateError where the file is missing or wrong.
    """

    def __init__(self, environment: Environment, file: str) -> None:
        self._file = file
        self._phrases = environment.get_template(file).module

    def lines(self, name: str, *facts: object) -> tuple[str, ...]:
        """Return the lines of a phrase that are not empty; raises jinja2.TemplateError where it is missing or wrong."""
        macro = getattr(self._phrases, name, None)
        if macro is None:
            raise UndefinedError(f"{self._file}: no macro {name}")
        return tuple(clean for line in str(macro(*facts)).splitlines() if (clean := one_line(line, 1000)))

    def line(self, name: str, *facts: object, most: int = 1000) -> str:
        """Return a phrase as one line of at most *most* characters."""
        return one_line(" ".join(self.lines(name, *facts)), most)
