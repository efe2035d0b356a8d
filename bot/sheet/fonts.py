"""Which cells of a sheet wear a font of before Unicode, kept as runs: columns are formatted by the thousand rows."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sheet.legacy import decode_by_letters, decode_in_font

if TYPE_CHECKING:
    from bot.sheet.legacy import Coding

MOST_CHANGES = 5_000
"""Texts of one sheet that are remembered to be told about; all of them are put into Unicode."""


@dataclass(slots=True)
class _Run:
    first: int
    last: int
    coding: Coding
    capitals: bool


@dataclass(frozen=True, slots=True)
class Fonts:
    """The old fonts of one sheet; rows and columns count from 0, and each column's cells come from top to bottom."""

    runs: dict[int, list[_Run]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.runs)

    def add(self, row: int, column: int, coding: Coding, capitals: bool) -> None:
        """Take the next cell that wears such a font."""
        runs = self.runs.setdefault(column, [])
        last = runs[-1] if runs else None
        if last and last.last in (row - 1, row) and last.coding is coding and last.capitals == capitals:
            last.last = row
        else:
            runs.append(_Run(row, row, coding, capitals))

    def find(self, row: int, column: int) -> tuple[Coding, bool] | None:
        """Return the coding that the cell's font shows, and whether in capitals only; None for any other font."""
        runs = self.runs.get(column)
        if not runs:
            return None
        at = bisect_right(runs, row, key=lambda run: run.first) - 1
        run = runs[at] if at >= 0 else None
        return (run.coding, run.capitals) if run and run.first <= row <= run.last else None


@dataclass(slots=True)
class Decoder:
    """Puts the texts of one sheet into Unicode: by the cell's font first, else by the letters."""

    fonts: Fonts
    letters: Coding | None
    """The coding that the sheet's letters as a whole speak for, if any."""
    used: Counter[str] = field(default_factory=Counter)
    """How many texts of each coding were changed so far."""
    changes: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    """Row and column, counted from 0, of texts that were changed so far → as written, in Unicode; the first of them."""

    @property
    def converted(self) -> str:
        """Return the coding of most of the texts that were changed so far; empty where none was."""
        return self.used.most_common(1)[0][0] if self.used else ""

    def __call__(self, text: str, row: int, column: int) -> str:
        """Return *text*, which stands in that row and column, in Unicode."""
        found = self.fonts.find(row, column)
        coding = found[0] if found else self.letters
        if coding is None:
            return text
        decoded = decode_in_font(text, coding, capitals=found[1]) if found else decode_by_letters(text, coding)
        if decoded != text:
            self.used[coding.value] += 1
            if len(self.changes) < MOST_CHANGES:
                self.changes[row, column] = (text, decoded)
        return decoded
