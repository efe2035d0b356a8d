"""From the lists of indicators of one form to its table: each column of values is a row of it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.language import fold
from bot.model import Problem, RefusalReason, Remark, SheetPlace, Table, Unreadable, letter_of
from bot.sheet.column import join_columns
from bot.sheet.hidden import tell_hidden
from bot.sheet.readers import reader_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Form
    from bot.sheet.column import Filled
    from bot.sheet.identify import HeaderMatch, Match
    from bot.sheet.workbook import Cell, Sheet


_NIL = re.compile(r"(khong|chua) (co|phat sinh)\b.*")
_LONGEST_NIL = 80
_BELOW = 3
"""Rows below the last line in which "Không có" may stand."""


def read_indicators(match: Match) -> tuple[Table, tuple[Problem, ...]] | Unreadable:
    """Return the values of one form of indicators, and what is wrong with single cells and missing lines.

    In the table ``_row`` is the number of the sheet's column that holds the record (A is 1), and each list of
    indicators, also the second one on a sheet, is a place of its own. A form that takes "Không có" for an answer and
    says so is a table without rows (``Table.nil``). Unreadable: ``EMPTY_FORM`` where no line has a value.
    """
    pages = [_read_page(index, sheet, header, match.form) for index, (sheet, header) in enumerate(match.places)]
    if not any(page.records for page in pages) and not (match.form.nil and any(page.nil for page in pages)):
        return Unreadable(RefusalReason.EMPTY_FORM)
    return _table(match.form, pages), tuple(one for page in pages for one in _problems(page, match.form))


@dataclass(frozen=True, slots=True)
class _Page:
    """What one list of indicators holds."""

    index: int
    sheet: Sheet
    header: HeaderMatch
    columns: Mapping[str, Filled]
    """Column key → its values, one for each record; a line that the sheet lacks is not in it."""
    records: tuple[int, ...]
    """The number of the sheet's column of each record."""
    nil: bool
    """It says that there is nothing to tell."""


def _read_page(index: int, sheet: Sheet, header: HeaderMatch, form: Form) -> _Page:
    lines = {key: row for key, row in header.lines.items() if key != form.record}
    rows = _rows(sheet, max(header.header_row, 1), max(lines.values()) + _BELOW)
    values = {
        record: [_cell(rows, row, record.column - sheet.first_column) for row in lines.values()]
        for record in header.records
    }
    taken = [record for record, cells in values.items() if any(cell != "" for cell in cells)]
    nil = any(_is_nil(cell) for row in rows.values() for cell in row)
    if nil and all(cell == "" or _is_nil(cell) for record in taken for cell in values[record]):
        taken = []
    columns = {
        key: _filled(form, sheet, key, [values[record][line] for record in taken]) for line, key in enumerate(lines)
    }
    if form.record and form.record in header.lines:
        columns[form.record] = _filled(form, sheet, form.record, [record.heading for record in taken])
    return _Page(index, sheet, header, columns, tuple(record.column + 1 for record in taken), nil)


def _rows(sheet: Sheet, first: int, last: int) -> dict[int, list[Cell]]:
    """Return the rows of *sheet* from *first* to *last*, both counted from 1, by their numbers."""
    rows: dict[int, list[Cell]] = {}
    for chunk in sheet.chunks(first, last - first + 1):
        rows |= enumerate(chunk.rows, chunk.first)
        if len(rows) > last - first:
            break
    return rows


def _cell(rows: Mapping[int, list[Cell]], row: int, place: int) -> Cell:
    """Return a cell; one that holds nothing but spaces is empty."""
    cell = rows[row][place]
    return "" if isinstance(cell, str) and not cell.strip() else cell


def _is_nil(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) <= _LONGEST_NIL and bool(_NIL.match(fold(cell)))


def _filled(form: Form, sheet: Sheet, key: str, cells: Sequence[Cell]) -> Filled:
    reader = reader_for(form.column(key), form, sheet)
    reader.add(cells)
    return reader.finish()


# ------------------------------------------------------------------------------------------------------------
# All lists
# ------------------------------------------------------------------------------------------------------------


def _table(form: Form, pages: Sequence[_Page]) -> Table:
    bad: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for page in pages:
        for key, filled in page.columns.items():
            bad[key].update((page.index, page.records[position]) for position in filled.bad)
    return Table(
        form=form.full_id,
        data=pa.table(dict(join_columns(form, [(page.index, page.records, page.columns) for page in pages]))),
        sheets=tuple(_place(page, form) for page in pages),
        understood=tuple(one for page in pages for one in page.header.understood),
        remarks=tuple(remark for page in pages for remark in _hidden(page)),
        bad={key: frozenset(cells) for key, cells in bad.items() if cells},
        title_block="\n".join(dict.fromkeys(page.header.title for page in pages if page.header.title)),
        nil=not any(page.records for page in pages),
    )


def _place(page: _Page, form: Form) -> SheetPlace:
    header = page.header
    first = page.records[0] if page.records else header.records[0].column + 1 if header.records else 0
    letters = {one.key: letter_of(first) for one in form.columns if first and one.key in page.columns}
    return SheetPlace(page.sheet.name, letters, header.header_row, len(page.records), dict(header.lines))


def _hidden(page: _Page) -> Iterator[Remark]:
    lines = sorted(row for key, row in page.header.lines.items() if key in page.columns)
    return tell_hidden(page.sheet.name, page.sheet.hidden, lines if page.records else (), page.records)


def _problems(page: _Page, form: Form) -> Iterator[Problem]:
    """Yield the missing lines, then what is wrong in the cells, by columns and lines of the sheet."""
    header = page.header.header_row
    if page.records:
        missing = (one.key for one in form.columns if one.required and one.key not in page.columns)
        yield from (Problem("thieu_cot", page.index, header, key) for key in missing)
    found = [
        replace(problem, sheet=page.index, row=page.records[position])
        for filled in page.columns.values()
        for position, problem in filled.problems
    ]
    yield from sorted(found, key=lambda one: (one.row, page.header.lines[one.column]))
