"""Forms of indicators on a sheet: a printed list of them, one in each row, their values in one column or in several.

A line is known by its words; its printed number ("15.1") helps where the words are mangled, and never against them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from bot.language import one_line
from bot.model import Understanding, letter_of
from bot.sheet.header import bare_key_of, key_of
from bot.sheet.records import find_heading, records_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sheet.header import Wordings
    from bot.sheet.records import Heading, Record, Rows
    from bot.sheet.workbook import Cell, Sheet

_LINES = 400
"""Rows of a sheet that are looked at: a list of indicators is short, even with one block for each zone."""
_FEWEST = 2
"""A column that names fewer indicators of a form is not its list."""
_RATIO = 62
"""Of 100: how alike the words must be, where the printed number says the same."""
_HELD = 0.5
"""The share of a form's indicators that are named again where a second block of the form begins."""
_SECTION = 90
"""Of 100: the words of a shortened line are all in the official ones."""
_MARK = re.compile(r"^\s*[-–+•*]?\s*\(?(\d{1,2}(?:[.,]\d{1,2})*)\s*[.):]?\s+(?=\S)")
_DASH = re.compile(r"^\s*[-–+•*]\s*")
_NUMBER = re.compile(r"\(?\s*(\d{1,2}(?:[.,]\d{1,2}){0,2})\s*[.,)]*\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """One list of indicators on a sheet, with its columns of values. Rows count from 1, columns from 0."""

    lines: Mapping[str, int]
    """Column key → row; the column that takes the headings stands in the row of the headings."""
    records: tuple[Record, ...]
    """The columns of values that hold something; all of them where none does."""
    header_row: int
    top: int
    title: str
    strange: int
    """Lines among the others that name no indicator of the form."""
    understood: tuple[Understanding, ...]


def labels_of(text: str) -> tuple[str, str]:
    """Return the folded words of a line without the number or dash before them, and the same without brackets."""
    bare = _DASH.sub("", _MARK.sub("", text))
    return key_of(bare), bare_key_of(bare)


def number_in(cell: Cell) -> str:
    """Return the printed number that a cell holds: ``15.1`` of 15.1, "15.1.", "(15,1)", 15.0 and "15" are ``15``."""
    if isinstance(cell, date):
        # A spreadsheet that takes "15.1" for a day keeps the fifteenth of January.
        return f"{cell.day}.{cell.month}"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else repr(cell)
    found = _NUMBER.fullmatch(cell) if isinstance(cell, str) else None
    return found[1].replace(",", ".") if found else str(cell) if cell.__class__ is int else ""


def find_blocks(sheet: Sheet, words: Wordings) -> tuple[Block, ...]:
    """Return the lists of the form's indicators on *sheet*, from top to bottom; most sheets hold none or one."""
    rows = _rows_of(sheet)
    column = _label_column(rows, words)
    if column is None:
        return ()
    named = {at: key for at, row in enumerate(rows) if (key := _named(row, column, words))}
    starts = _starts(named, len(words.form.columns))
    blocks: list[Block] = []
    heading: Heading | None = None
    above = 0
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        lines = _Lines(rows, column, words, range(above, end))
        lines.take(named, start)
        lines.take_likely(start)
        # A second list below the first one may do without headings of its own.
        heading = find_heading(rows, column, min(lines.found.values()), above) or heading
        blocks.append(_block(sheet, lines, heading))
        above = max(lines.found.values()) + 1
    return tuple(blocks)


def _rows_of(sheet: Sheet) -> Rows:
    """Return the first rows, each from the sheet's own first column on, with merged headings filled to the right."""
    rows: Rows = []
    for chunk in islice(sheet.chunks(1, _LINES), 1):
        rows = [[*[""] * sheet.first_column, *row] for row in chunk.rows]
    for merge in sheet.merged:
        if merge.top < len(rows) and merge.right > merge.left and merge.left < len(rows[merge.top]):
            text = rows[merge.top][merge.left]
            # Headings reach over all their columns; a number that does so counts once.
            if isinstance(text, str):
                for column in range(merge.left + 1, min(merge.right + 1, len(rows[merge.top]))):
                    rows[merge.top][column] = rows[merge.top][column] or text
    return rows


def _label_column(rows: Rows, words: Wordings) -> int | None:
    counts = Counter(at for row in rows for at, cell in enumerate(row) if _key_in(cell, words))
    # A merged label stands in several columns: the leftmost of them is its own.
    best = max(counts.items(), key=lambda one: (one[1], -one[0]), default=(0, 0))
    return best[0] if best[1] >= _FEWEST else None


def _named(row: Sequence[Cell], column: int, words: Wordings) -> str | None:
    return _key_in(row[column], words)


def _key_in(cell: Cell, words: Wordings) -> str | None:
    if not isinstance(cell, str) or len(cell) < _FEWEST:
        return None
    return next((key for label in labels_of(cell) if (key := words.columns.get(label))), None)


def _starts(named: Mapping[int, str], wanted: int) -> list[int]:
    """Return the first row of each block: a new one begins where most of the lines are named a second time.

    A single line that is printed twice begins none: the first of the two counts.
    """
    starts: list[int] = []
    seen: set[str] = set()
    for row, key in named.items():
        if key not in seen:
            starts = starts or [row]
            seen.add(key)
            continue
        again = seen & {other for at, other in named.items() if at >= row}
        if len(seen) >= _HELD * wanted and len(again) >= _HELD * len(seen):
            starts.append(row)
            seen = {key}
    return starts


class _Lines:
    """The lines of one block while they are found."""

    def __init__(self, rows: Rows, column: int, words: Wordings, where: range) -> None:
        self.rows = rows
        self.column = column
        self.range = where
        self.found: dict[str, int] = {}
        """Column key → row, counted from 0."""
        self.near: dict[str, int] = {}
        """Those of them whose words are not an accepted wording."""
        self.words = words
        self._numbers = {one.number: one.key for one in words.form.columns if one.number}

    def take(self, named: Mapping[int, str], start: int) -> None:
        """Take the lines that are worded as accepted, from row *start* on."""
        for row, key in named.items():
            if start <= row < self.range.stop:
                self.found.setdefault(key, row)

    def take_likely(self, start: int) -> None:
        """Take the other lines whose number and words, or whose words alone, nearly name an indicator."""
        taken = set(self.found.values())
        for row in range(max(start - 2, self.range.start), self.range.stop):
            text = self.rows[row][self.column]
            if row in taken or not isinstance(text, str) or not text.strip():
                continue
            key = self._by_number(row, text) or self._by_words(text)
            if key:
                self.found[key] = self.near[key] = row

    def strange(self) -> int:
        """Return how many numbered lines between the first and the last one name no indicator."""
        taken = set(self.found.values())
        between = range(min(taken), max(taken))
        return sum(bool(self._number_at(row)) and row not in taken for row in between)

    def _number_at(self, row: int) -> str:
        """Return the printed number of a line: the nearest cell left of its words, or what its words begin with."""
        for cell in reversed(self.rows[row][: self.column]):
            if cell != "":
                return number_in(cell)
        mark = _MARK.match(str(self.rows[row][self.column]))
        return mark[1].replace(",", ".") if mark else ""

    def _by_number(self, row: int, text: str) -> str | None:
        key = self._numbers.get(self._number_at(row))
        if key is None or key in self.found:
            return None
        label = labels_of(text)[0]
        own = max((_alike(label, wanted) for wanted, owner in self.words.columns.items() if owner == key), default=0)
        return key if own >= _RATIO else None

    def _by_words(self, text: str) -> str | None:
        return self.words.near((_DASH.sub("", _MARK.sub("", text)),), self.found)


@lru_cache(maxsize=4096)
def _alike(written: str, wanted: str) -> float:
    """Return 0 to 100: how alike two wordings are; a shortened one that has no strange word is alike enough."""
    whole = fuzz.ratio(written, wanted)
    shortened = len(written.split()) >= _FEWEST and fuzz.token_set_ratio(written, wanted) >= _SECTION
    return max(whole, float(_RATIO)) if shortened else whole


def _block(sheet: Sheet, lines: _Lines, heading: Heading | None) -> Block:
    form, found = lines.words.form, lines.found
    first = min(found.values())
    own = heading if heading and lines.range.start <= heading.top else None
    above = lines.rows[lines.range.start : own.top if own else first]
    cells = (cell for row in above for cell in dict.fromkeys(row) if isinstance(cell, str) and cell.strip())
    places = {one.key: found[one.key] + 1 for one in form.columns if one.key in found}
    if form.record and heading:
        places[form.record] = heading.bottom + 1
    understood = (
        Understanding(
            sheet.name,
            f"{letter_of(lines.column + 1)}{row + 1}",
            one_line(str(lines.rows[row][lines.column])),
            form.column(key).title,
        )
        for key, row in lines.near.items()
    )
    return Block(
        lines=places,
        records=records_of(form, lines.rows, lines.column, tuple(found.values()), heading),
        header_row=heading.bottom + 1 if heading else first,
        top=(own.top if own else first) + 1,
        title="\n".join(cells),
        strange=lines.strange(),
        understood=tuple(understood),
    )
