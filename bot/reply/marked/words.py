"""The fixed words of the marked copy, from ``templates/vi/_marked.txt``: each is a macro there."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from jinja2 import UndefinedError

from bot.model import Severity
from bot.phrases import Phrases
from bot.reply.marked.marks import Mark, mark_of, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Value
    from bot.reply.marked.marks import Entry

FILE = "_marked.txt"
COLUMNS = 9
"""Titles that the list must have."""
SHEET_NAME = 31
"""UTF-16 units of the longest name of a sheet."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the heading of the list sums up."""

    errors: int = 0
    """As the mail counts them: one problem in forty cells is one."""
    error_places: int = 0
    """Where something is left to correct: without what is repaired in the copy."""
    queries: int = 0
    query_places: int = 0
    offered: int = 0
    """Cells of errors and queries that are repaired in the copy."""
    repaired: int = 0
    """Cells that are repaired, and accepted as they are."""
    from_values: bool = False
    """The copy was made anew from the values of a file that is no .xlsx."""


def counts_of(entries: Sequence[Entry], *, from_values: bool = False) -> Counts:
    """Return what is to be summed up of these entries."""
    places = Counter(mark_of(one.finding) for one in entries)
    numbered = {one.number: one.finding.severity for one in entries if one.number}
    severities = Counter(numbered.values())
    return Counts(
        errors=severities[Severity.ERROR],
        error_places=places[Mark.ERROR],
        queries=severities[Severity.QUERY],
        query_places=places[Mark.QUERY],
        offered=places[Mark.OFFERED],
        repaired=places[Mark.REPAIRED],
        from_values=from_values,
    )


class Words:
    """The words of one language; raises jinja2.TemplateError where the file is missing or wrong."""

    def __init__(self, templates: Mapping[str, str], language: str = "vi") -> None:
        phrases = Phrases(templates, FILE, language)
        self._phrases = phrases
        self.sheet = phrases.line("sheet", most=SHEET_NAME)
        self.author = phrases.line("author")
        self.columns = phrases.lines("columns")
        self.fix = phrases.line("fix")
        self.labels = {mark: phrases.line("label", mark.value) for mark in Mark}
        if len(self.columns) != COLUMNS:
            raise UndefinedError(f"{FILE}: columns needs {COLUMNS} lines")

    def title(self, file: str) -> str:
        """Return the first line of the list."""
        return self._phrases.line("title", file)

    def heading(self, receipt: str, counts: Counts) -> tuple[str, ...]:
        """Return the lines between the title and the list."""
        return self._phrases.lines("heading", receipt, asdict(counts))

    def change(self, before: str, after: Value) -> str:
        """Return what was done to a cell."""
        return self._phrases.line("change", before, shown(after), isinstance(after, date))
