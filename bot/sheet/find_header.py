"""Where the header of a form of rows stands on a sheet: its columns, told by the words over them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from bot.language import one_line
from bot.model import Understanding, letter_of
from bot.sheet.header import Path, Wordings, keys_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from bot.model import Column, Form
    from bot.sheet.records import Record
    from bot.sheet.workbook import Sheet

_DEPTH = 4
"""How many rows a header has at most."""
_WIDEST = 400
"""Columns that are looked at for a header."""
FEWEST = 3
"""A header that names fewer columns of a form is none."""
_REQUIRED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """Where a form's header stands on a sheet."""

    columns: Mapping[str, int]
    """Column key → the sheet's column, counted from 0."""
    top: int
    """The first row of the header, counted from 1."""
    header_row: int
    """Its last row."""
    title: str
    """What is written above it, one line for each cell."""
    score: float
    """0 to 1: how well the form's columns and the sheet's agree."""
    understood: tuple[Understanding, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    """In a form of indicators: column key → the sheet's row, counted from 1."""
    records: tuple[Record, ...] = ()
    """In a form of indicators: its columns of values."""


def agreement(found: Collection[str], wanted: Sequence[Column], strange: int) -> float:
    """Return 0 to 1 for the keys that were *found* of the *wanted* columns, beside *strange* ones of the sheet."""
    required = [column.key for column in wanted if column.required]
    if len(found) < FEWEST or sum(key in found for key in required) < _REQUIRED_SHARE * len(required):
        return 0
    weights = {column.key: 2 if column.required else 1 for column in wanted}
    of_form = sum(weights[key] for key in found) / sum(weights.values())
    of_sheet = len(found) / (len(found) + strange)
    return 2 * of_form * of_sheet / (of_form + of_sheet)


# ------------------------------------------------------------------------------------------------------------
# The head of a sheet as texts
# ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grid:
    """The texts of a sheet's first rows, each row as column → text, with merged ranges filled."""

    rows: tuple[Mapping[int, str], ...]

    @classmethod
    def of(cls, sheet: Sheet) -> Grid:
        """Return the texts of the head of *sheet*."""
        start = sheet.first_column
        rows = [
            {start + place: cell for place, cell in enumerate(row[:_WIDEST]) if isinstance(cell, str) and cell.strip()}
            for row in sheet.head
        ]
        width = min(len(sheet.head[0]), _WIDEST) if sheet.head else 0
        for merge in sheet.merged:
            text = rows[merge.top].get(merge.left) if merge.top < len(rows) else None
            if text is None:
                continue
            for row in rows[merge.top : merge.bottom + 1]:
                row.update(dict.fromkeys(range(merge.left, min(merge.right + 1, start + width)), text))
        return cls(tuple(rows))

    def paths(self, bottom: int) -> Iterator[_Column]:
        """Yield the columns of a header whose last row is *bottom*."""
        rows = range(max(bottom - _DEPTH + 1, 0), bottom + 1)
        for column in sorted(set().union(*(self.rows[row] for row in rows))):
            begins: dict[str, int] = {}
            for row in rows:
                if text := self.rows[row].get(column):
                    begins.setdefault(text, row)
            path = tuple(begins)
            parent = self.parent_to_the_left(column, bottom)
            yield _Column(column, path, tuple(begins.values()), (parent, path[-1]) if parent else ())

    def parent_to_the_left(self, column: int, bottom: int) -> str | None:
        """Return the text above and left of a leaf whose own column is empty above: a heading that is not merged."""
        above = self.rows[bottom - 1] if bottom else {}
        if column in above:
            return None
        left = [other for other in above if other < column]
        return above[max(left)] if left else None


class _Column(NamedTuple):
    """The texts over one column."""

    column: int
    path: Path
    rows: tuple[int, ...]
    """The row in which each text of the path begins."""
    beside: Path
    """The leaf under the heading left of it, where its own column is empty above; else empty."""


@dataclass(frozen=True, slots=True)
class Head:
    """The rows of a sheet that may be a header; rows count from 0."""

    bottom: int
    columns: tuple[_Column, ...]
    counts: Sequence[int]
    """How many columns each form of the vocabulary may know at most: most forms need not be looked for at all."""

    @classmethod
    def of(cls, grid: Grid, bottom: int, owners: Mapping[str, Sequence[int]], forms: int) -> Head:
        """Return the columns above row *bottom*; *owners* maps a key to the places of the *forms* that know it."""
        columns = tuple(grid.paths(bottom))
        counts = [0] * forms
        for column in columns:
            keys = (*keys_of(column.path), *keys_of(column.beside))
            for place in {place for key in keys for place in owners.get(key, ())}:
                counts[place] += 1
        return cls(bottom, columns, counts)


# ------------------------------------------------------------------------------------------------------------
# A form's header on it
# ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """The columns of a form found in one header block; rows count from 0."""

    bottom: int
    found: Mapping[str, int]
    top: int
    unknown: Mapping[int, Path]
    """The columns of the sheet that name no column of the form."""


def find_header(sheet: Sheet, grid: Grid, heads: Sequence[tuple[Head, int]], words: Wordings) -> HeaderMatch | None:
    """Return where the header of one form stands; None where it is not there.

    *heads* are the rows where it may stand, each with the number of columns that the form may know there at most.
    """
    best: _Block | None = None
    for head, most in sorted(heads, key=lambda one: (-one[1], one[0].bottom)):
        if most < FEWEST - 1 or (best and most < len(best.found)):
            break
        block = _match_block(head, words)
        if best is None or (len(block.found), -block.bottom) > (len(best.found), -best.bottom):
            best = block
    if best is None or len(best.found) < FEWEST - 1:
        return None
    best, understood = _with_near_misses(sheet, best, words)
    score = _score(best, words.form)
    if not score:
        return None
    title = "\n".join(text for row in grid.rows[: best.top] for text in dict.fromkeys(row.values()))
    return HeaderMatch(best.found, best.top + 1, best.bottom + 1, title, score, understood)


def _match_block(head: Head, words: Wordings) -> _Block:
    found: dict[str, int] = {}
    unknown: dict[int, tuple[Path, int]] = {}
    top = head.bottom
    for column, path, rows, beside in head.columns:
        key = words.find(path) or (words.find(beside) if beside else None)
        if key is None or key in found:
            unknown[column] = path, rows[-1]
            continue
        found[key] = column
        top = min(top, rows[_first_of_words(words, path)])
    # What stands above the header in a column without a header is the title, and no column.
    return _Block(head.bottom, found, top, {column: path for column, (path, row) in unknown.items() if row >= top})


def _first_of_words(words: Wordings, path: Path) -> int:
    """Return where in *path* the part that names the column begins: a title above it is no header."""
    return next((place for place in range(len(path) - 1, -1, -1) if words.find(path[place:])), len(path) - 1)


def _with_near_misses(sheet: Sheet, block: _Block, words: Wordings) -> tuple[_Block, tuple[Understanding, ...]]:
    """Take headers that nearly name a column for it, and say so."""
    found = dict(block.found)
    understood = []
    for column, path in block.unknown.items():
        key = words.near(path, found)
        if key is not None:
            found[key] = column
            title = words.form.column(key).title
            understood.append(Understanding(sheet.name, letter_of(column + 1), one_line(path[-1]), title))
    return replace(block, found=found), tuple(understood)


def _score(block: _Block, form: Form) -> float:
    """Return how well columns of form and sheet agree, 0 where too few are found.

    The harmonic mean of two shares: the form's columns that are found (required ones weigh double), and the sheet's
    columns that belong to the form; so a small form does not win on a sheet that is a larger one.
    """
    given_elsewhere = {form.sequence, form.group} - block.found.keys()
    wanted = [column for column in form.columns if column.key not in given_elsewhere]
    span = range(min(block.found.values(), default=0), max(block.found.values(), default=-1) + 1)
    taken = set(block.found.values())
    strange = sum(column in span for column in block.unknown if column not in taken)
    return agreement(block.found.keys(), wanted, strange)
