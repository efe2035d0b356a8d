"""A sheet as a reader gives it, and the readers behind ``read_workbook``: a fast one, and those for the rest."""

from __future__ import annotations

import zipfile
import zlib
from datetime import date, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from bot.sheet import biff
from bot.sheet.grid import Cells, Merge
from bot.sheet.hidden import NOTHING_HIDDEN, Hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from python_calamine import CalamineSheet

    from bot.sheet.drawn import Drawn
    from bot.sheet.grid import Cell, Grid


_MAC_YEAR = 1904
"""From which old Macintoshes counted days."""


class Found(NamedTuple):
    """One sheet. Of a hidden one, and of a chart, nothing but the name is read."""

    name: str
    visible: bool
    grid: Grid | None = None
    merged: tuple[Merge, ...] = ()
    hidden: Hidden = NOTHING_HIDDEN
    from_1904: bool = False


class LockedError(Exception):
    """The workbook has a password."""


class UnreadError(Exception):
    """The reader cannot read the file; another one may."""


def read_fast(data: bytes) -> Iterator[Found]:
    """Yield the sheets of a workbook of Excel or OpenDocument as python-calamine reads it.

    Raises LockedError, UnreadError.
    """
    try:
        with CalamineWorkbook.from_object(BytesIO(data)) as book:
            for index, known in enumerate(book.sheets_metadata):
                visible = known.visible is SheetVisibleEnum.Visible
                if not visible or known.typ is not SheetTypeEnum.WorkSheet:
                    yield Found(known.name, visible)
                    continue
                grid = book.get_sheet_by_index(index)
                yield Found(known.name, True, grid, tuple(_merges(grid)))
    except PasswordError as problem:
        raise LockedError from problem
    except CalamineError as problem:
        raise UnreadError from problem
    except BaseException as problem:
        # A panic of its native code is no Exception and of a class that cannot be imported. It leaves nothing behind.
        if type(problem).__name__ != "PanicException":
            raise
        raise UnreadError from problem


def _merges(grid: CalamineSheet) -> Iterator[Merge]:
    for (top, left), (bottom, right) in grid.merged_cell_ranges or ():
        yield Merge(top, left, bottom, right)


def read_old(data: bytes) -> Iterator[Found]:
    """Yield the sheets of an .xls as xlrd reads it; raises UnreadError."""
    sheets = biff.read_xls(data)
    if sheets is None:
        raise UnreadError
    for name, visible, cells, merges in sheets:
        yield Found(name, visible, cells, merges) if visible else Found(name, visible)


def read_slowly(data: bytes) -> Iterator[Found]:
    """Yield the sheets of an .xlsx as openpyxl reads it, which takes some damage for granted; raises UnreadError."""
    import warnings

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(BytesIO(data), data_only=True, keep_links=False)
    except (zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, AttributeError, OSError, EOFError,
            SyntaxError, RuntimeError, NotImplementedError, ArithmeticError, AssertionError) as problem:  # fmt: skip
        # openpyxl walks foreign parts without looking, so it ends in any of these.
        raise UnreadError from problem
    if not book.worksheets:
        raise UnreadError
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            yield Found(sheet.title, visible=False)
            continue
        rows: dict[int, dict[int, Cell]] = {}
        # Its own dictionary, for a walk by rows would make every empty cell between.
        for (row, column), cell in sheet._cells.items():
            value = cell.value
            if isinstance(value, str | int | float | date | time | timedelta) and value != "":
                rows.setdefault(row - 1, {})[column - 1] = value
        areas = sheet.merged_cells.ranges
        merges = (Merge(one.min_row - 1, one.min_col - 1, one.max_row - 1, one.max_col - 1) for one in areas)
        columns = sheet.column_dimensions.values()
        out = Hidden.of(
            (number for number, one in sheet.row_dimensions.items() if one.hidden),
            (at for one in columns if one.hidden for at in range(one.min or 1, (one.max or 0) + 1)),
        )
        yield Found(sheet.title, True, Cells(rows), tuple(merges), out, book.epoch.year == _MAC_YEAR)


def drawn(sheets: Iterable[Drawn]) -> Iterator[Found]:
    """Yield sheets that a reader of our own has put together."""
    for sheet in sheets:
        if sheet.visible:
            hidden = Hidden.of(sheet.hidden_rows, sheet.hidden_columns)
            yield Found(sheet.name, True, sheet.cells(), tuple(sheet.merges), hidden)
        else:
            yield Found(sheet.name, visible=False)
