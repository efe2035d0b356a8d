"""From the sheets of one form to its table: rows streamed into Arrow columns, each cell keeping its own address."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.language import number
from bot.model import Problem, RefusalReason, SheetPlace, Table, Unreadable, letter_of
from bot.sheet.column import type_of
from bot.sheet.column_date import DateReader
from bot.sheet.column_number import NumberReader
from bot.sheet.column_text import ChoiceReader, TextReader
from bot.sheet.data_rows import DataRows
from bot.sheet.totals import read_totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Column, Form, TotalRow
    from bot.sheet.column import ColumnReader, Filled
    from bot.sheet.data_rows import Piece
    from bot.sheet.identify import HeaderMatch, Match
    from bot.sheet.workbook import Sheet, Workbook

MOST_PROBLEMS = 20_000
"""How many problems are kept; which cells are bad is known of all."""
_MILD = frozenset({"so_dang_chu"})
"""Notices that only inform: they never push out another one."""


def read_table(workbook: Workbook, match: Match) -> tuple[Table, tuple[Problem, ...]] | Unreadable:
    """Return the rows of one form, and what is wrong with single cells, columns and numbers as written.

    Unreadable: ``EMPTY_FORM`` where there is no data row, ``TOO_LARGE`` where there are more than the limits allow.
    """
    pages: list[_Page] = []
    left = workbook.limits.rows
    for index, (sheet, header) in enumerate(match.places):
        page = _read_page(index, sheet, header, match.form, left)
        if page is None:
            return Unreadable(RefusalReason.TOO_LARGE, f"hơn {number(workbook.limits.rows)} dòng")
        left -= len(page.numbers)
        pages.append(page)
    if not any(page.numbers for page in pages):
        return Unreadable(RefusalReason.EMPTY_FORM)
    return _table(match.form, pages), _problems(pages)


# ------------------------------------------------------------------------------------------------------------
# One sheet
# ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    """What one sheet holds of the form."""

    index: int
    sheet: Sheet
    header: HeaderMatch
    columns: Mapping[str, Filled]
    """Column key → cells; a column that the sheet lacks is not in it."""
    numbers: Sequence[int]
    """The sheet's own number of each data row."""
    totals: tuple[TotalRow, ...]
    missing: tuple[str, ...]
    """The required columns that the sheet lacks."""


def _read_page(index: int, sheet: Sheet, header: HeaderMatch, form: Form, most: int) -> _Page | None:
    """Return the data rows of one sheet as columns; None where there are more than *most*."""
    places = {key: column - sheet.first_column for key, column in header.columns.items()}
    readers = {key: _reader_for(form.column(key), form) for key in places}
    if form.group and form.group not in readers:
        readers[form.group] = _reader_for(form.column(form.group), form)
    rows = DataRows(sheet, header, form)
    numbers: list[int] = []
    grouped = False
    for piece in rows.pieces():
        numbers.extend(piece.numbers)
        if len(numbers) > most:
            return None
        grouped = grouped or any(piece.groups)
        _take(piece, places, readers, form.group)
    if form.group and form.group not in places and not grouped:
        del readers[form.group]
    columns = {key: reader.finish() for key, reader in readers.items()}
    by_place = {place: form.column(key) for key, place in places.items()}
    totals = read_totals(rows.totals, index, by_place, {key: one.factor for key, one in columns.items()})
    # People need no running numbers to understand a table, so their column is never asked for.
    missing = [one.key for one in form.columns if one.required and one.key not in columns and one.key != form.sequence]
    return _Page(index, sheet, header, columns, numbers, totals, tuple(missing))


def _reader_for(column: Column, form: Form) -> ColumnReader:
    """Return the reader for the type of *column*; that of the running numbers never complains."""
    if column.type in ("text", "identifier"):
        return TextReader(column)
    if column.type == "choice":
        return ChoiceReader(column)
    if column.type == "date":
        return DateReader(column)
    return NumberReader(column, lenient=column.key == form.sequence)


def _take(piece: Piece, places: Mapping[str, int], readers: Mapping[str, ColumnReader], group: str | None) -> None:
    """Give each reader its cells of *piece*; the group's name stands in where its own column is empty or missing."""
    for key, reader in readers.items():
        if key not in places:
            reader.add(piece.groups)
            continue
        values = list(map(itemgetter(places[key]), piece.rows))
        if key == group and "" in values:
            values = [value or name for value, name in zip(values, piece.groups, strict=True)]
        reader.add(values)


# ------------------------------------------------------------------------------------------------------------
# All sheets
# ------------------------------------------------------------------------------------------------------------


def _table(form: Form, pages: Sequence[_Page]) -> Table:
    bad: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for page in pages:
        for key, filled in page.columns.items():
            if filled.bad:
                bad[key].update((page.index, page.numbers[position]) for position in filled.bad)
    return Table(
        form=form.full_id,
        data=pa.table(dict(_arrow_columns(form, pages))),
        sheets=tuple(_place(page) for page in pages),
        totals=tuple(total for page in pages for total in page.totals),
        understood=tuple(one for page in pages for one in page.header.understood),
        bad={key: frozenset(cells) for key, cells in bad.items()},
        title_block="\n".join(dict.fromkeys(page.header.title for page in pages if page.header.title)),
    )


def _arrow_columns(form: Form, pages: Sequence[_Page]) -> Iterator[tuple[str, pa.ChunkedArray]]:
    sheets = [pa.repeat(pa.scalar(page.index, pa.int16()), len(page.numbers)) for page in pages]
    yield "_sheet", pa.chunked_array(sheets, pa.int16())
    yield "_row", pa.chunked_array([pa.array(page.numbers, pa.int32()) for page in pages], pa.int32())
    for column in form.columns:
        kind = type_of(column)
        parts: list[pa.Array] = []
        for page in pages:
            data = page.columns[column.key].data if column.key in page.columns else pa.nulls(len(page.numbers), kind)
            parts += data.chunks if isinstance(data, pa.ChunkedArray) else [data]
        yield column.key, pa.chunked_array(parts, kind)


def _place(page: _Page) -> SheetPlace:
    letters = {key: letter_of(column + 1) for key, column in page.header.columns.items()}
    return SheetPlace(page.sheet.name, letters, page.header.header_row, len(page.numbers))


def _problems(pages: Sequence[_Page]) -> tuple[Problem, ...]:
    """Return the problems in the order of sheets and rows, mild ones only as far as there is room."""
    found: list[tuple[Problem, int, int]] = []
    for page in pages:
        row = page.header.header_row
        found += [(Problem("thieu_cot", page.index, row, key), page.index, row) for key in page.missing]
        for filled in page.columns.values():
            found += [(one, page.index, page.numbers[position]) for position, one in filled.problems]
    if len(found) > MOST_PROBLEMS:
        found.sort(key=lambda one: one[0].notice in _MILD)
    kept = sorted(found[:MOST_PROBLEMS], key=itemgetter(1, 2))
    return tuple(replace(problem, sheet=sheet, row=row) for problem, sheet, row in kept)
