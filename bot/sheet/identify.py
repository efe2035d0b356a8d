"""Which form a workbook holds, and where: told by the words of its headers, never by positions or names of files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from bot.language import fold, one_line
from bot.model import RefusalReason, Understanding, Unreadable, letter_of
from bot.sheet.header import Path, Wordings, is_part, is_unit, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Form
    from bot.sheet.workbook import Cell, Sheet, Workbook

_DEPTH = 4
"""How many rows a header has at most."""
_WIDEST = 400
"""Columns that are looked at for a header."""
_FEWEST = 3
"""A header that names fewer columns of a form is none."""
_REQUIRED_SHARE = 0.6
_HAIR = 0.04
"""Scores nearer to each other than this do not tell two forms apart."""
_NAMED = 0.15
"""What it adds to a form's score that the title or the sheet's name says its number."""
_NUMBER_CELL = re.compile(r"[(\[]?\s*(\d{1,2}(\.0)?|[a-zđ])\s*[)\]]?\s*(=.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """Where a form's header stands on a sheet."""

    columns: Mapping[str, int]
    """Column key → the sheet's column, counted from 0."""
    top: int
    """The first row of the header, counted from 1."""
    header_row: int
    """Its last row."""
    first_row: int
    """The first row below it that is not the row of column numbers or of units."""
    title: str
    """What is written above it, one line for each cell."""
    score: float
    """0 to 1: how well the form's columns and the sheet's agree."""
    understood: tuple[Understanding, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """One form in a workbook, perhaps on several sheets (one for each zone; FDI and DDI)."""

    form: Form
    places: tuple[tuple[Sheet, HeaderMatch], ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The header words of all forms, collected once for many workbooks."""

    wordings: tuple[Wordings, ...]
    parts: frozenset[str]

    @classmethod
    def of(cls, forms: Sequence[Form]) -> Self:
        """Collect the words of *forms*."""
        wordings = tuple(Wordings.of(form) for form in forms)
        return cls(wordings, parts_of(wordings))


def identify(workbook: Workbook, vocabulary: Vocabulary) -> tuple[Match, ...] | Unreadable:
    """Return the forms that the visible sheets hold, in the order of the vocabulary, or why none can be named.

    Sheets that fit no form (covers, notes) are passed over where another one fits. The detail of ``AMBIGUOUS_FORM``
    names both forms, that of ``UNKNOWN_FORM`` the sheets that were looked at.
    """
    found: dict[str, list[tuple[Sheet, HeaderMatch]]] = {}
    for sheet in workbook.sheets:
        if not sheet.visible or not sheet.head:
            continue
        fitting = _fitting(sheet, vocabulary)
        if len(fitting) > 1:
            return Unreadable(RefusalReason.AMBIGUOUS_FORM, "; ".join(form.title for form, _ in fitting))
        for form, header in fitting:
            found.setdefault(form.full_id, []).append((sheet, header))
    if not found:
        names = "; ".join(one_line(sheet.name, 40) for sheet in workbook.sheets[:10] if sheet.visible)
        return Unreadable(RefusalReason.UNKNOWN_FORM, names)
    forms = (words.form for words in vocabulary.wordings)
    return tuple(Match(form, tuple(found[form.full_id])) for form in forms if form.full_id in found)


def _fitting(sheet: Sheet, vocabulary: Vocabulary) -> list[tuple[Form, HeaderMatch]]:
    """Return the one form that fits *sheet* best, those that fit equally well, or nothing."""
    grid = _Grid.of(sheet)
    counts = [sum(is_part(text, vocabulary.parts) for text in texts.values()) for texts in grid.rows]
    # A single word of a header ("KCN", "Khác") also stands in many a row of data.
    least = 2 if max(counts, default=0) >= _FEWEST else 1
    bottoms = [row for row, count in enumerate(counts) if count >= least]
    fits = [(one.form, header) for one in vocabulary.wordings if (header := _find_header(sheet, grid, bottoms, one))]
    ranks = [header.score + _NAMED * _is_named(form, sheet.name, header.title) for form, header in fits]
    near = [fit for fit, rank in zip(fits, ranks, strict=True) if rank > max(ranks) - _HAIR]
    # A form that names every column of the sheet that another one names, and more of them, is no rival of it.
    named = [frozenset(header.columns.values()) for _, header in near]
    return [fit for fit, columns in zip(near, named, strict=True) if not any(columns < others for others in named)]


def _is_named(form: Form, sheet: str, title: str) -> bool:
    """Tell whether the title block or the sheet's name says which form it is: ``Biểu III.4``."""
    number = fold(form.id)
    return f" bieu {number} " in f" {fold(title)} " or f" {number} " in f" {fold(sheet)} "


# ------------------------------------------------------------------------------------------------------------
# The head of a sheet as texts
# ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Grid:
    """The texts of a sheet's first rows, each row as column → text, with merged ranges filled."""

    rows: tuple[Mapping[int, str], ...]

    @classmethod
    def of(cls, sheet: Sheet) -> _Grid:
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

    def paths(self, bottom: int) -> Iterator[tuple[int, Path, tuple[int, ...]]]:
        """Yield (column, path, the row in which each text of it begins) for a header whose last row is *bottom*."""
        rows = range(max(bottom - _DEPTH + 1, 0), bottom + 1)
        for column in sorted(set().union(*(self.rows[row] for row in rows))):
            begins: dict[str, int] = {}
            for row in rows:
                if text := self.rows[row].get(column):
                    begins.setdefault(text, row)
            yield column, tuple(begins), tuple(begins.values())

    def parent_to_the_left(self, column: int, bottom: int) -> str | None:
        """Return the text above and left of a leaf whose own column is empty above: a heading that is not merged."""
        above = self.rows[bottom - 1] if bottom else {}
        if column in above:
            return None
        left = [other for other in above if other < column]
        return above[max(left)] if left else None


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


def _find_header(sheet: Sheet, grid: _Grid, bottoms: Sequence[int], words: Wordings) -> HeaderMatch | None:
    """Return where the header of one form stands, its last row being one of *bottoms*; None where it is not there."""
    blocks = [_match_block(grid, bottom, words) for bottom in bottoms]
    best = max(blocks, key=lambda block: len(block.found), default=None)
    if best is None or len(best.found) < _FEWEST - 1:
        return None
    best, understood = _with_near_misses(sheet, best, words)
    score = _score(best, words.form)
    if not score:
        return None
    title = "\n".join(text for row in grid.rows[: best.top] for text in dict.fromkeys(row.values()))
    first = _first_row(sheet, best)
    return HeaderMatch(best.found, best.top + 1, best.bottom + 1, first + 1, title, score, understood)


def _match_block(grid: _Grid, bottom: int, words: Wordings) -> _Block:
    found: dict[str, int] = {}
    unknown: dict[int, tuple[Path, int]] = {}
    top = bottom
    for column, path, rows in grid.paths(bottom):
        key = words.find(path)
        if key is None and (parent := grid.parent_to_the_left(column, bottom)):
            key = words.find((parent, path[-1]))
        if key is None or key in found:
            unknown[column] = path, rows[-1]
            continue
        found[key] = column
        top = min(top, rows[_first_of_words(words, path)])
    # What stands above the header in a column without a header is the title, and no column.
    return _Block(bottom, found, top, {column: path for column, (path, row) in unknown.items() if row >= top})


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
    required = [column.key for column in wanted if column.required]
    held = sum(key in block.found for key in required)
    if len(block.found) < _FEWEST or held < _REQUIRED_SHARE * len(required):
        return 0
    weights = {column.key: 2 if column.required else 1 for column in wanted}
    of_form = sum(weights[key] for key in block.found) / sum(weights.values())
    span = range(min(block.found.values()), max(block.found.values()) + 1)
    strange = sum(column in span for column in block.unknown if column not in set(block.found.values()))
    of_sheet = len(block.found) / (len(block.found) + strange)
    return 2 * of_form * of_sheet / (of_form + of_sheet)


def _first_row(sheet: Sheet, block: _Block) -> int:
    """Return the first row, counted from 0, below the header that is no row of column numbers and no row of units."""
    row = block.bottom + 1
    while row < min(len(sheet.head), block.bottom + 4):
        places = (column - sheet.first_column for column in block.found.values())
        cells = [cell for place in places if (cell := sheet.head[row][place]) != ""]
        if cells and not (_are_numbers(cells) or all(isinstance(cell, str) and is_unit(cell) for cell in cells)):
            break
        row += 1
    return row


def _are_numbers(cells: Sequence[Cell]) -> bool:
    """Tell whether the cells are the numbers of the columns: ``(1) (2) (3)``, ``A B 1 2 3=2/1``."""
    fitting = sum(bool(_NUMBER_CELL.fullmatch(str(cell).strip())) for cell in cells)
    return len(cells) >= _FEWEST and fitting >= 0.8 * len(cells)
