"""Which cells of a workbook the different readers see, as sets of places."""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

import openpyxl
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from bot.sheet.workbook import Uncalculated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.sheet.workbook import Workbook

Seen: TypeAlias = "dict[str, set[tuple[int, int]]]"
"""Sheet → (row, column) of its filled cells, counted from 1; visible worksheets only."""


def seen_by_us(book: Workbook) -> tuple[dict[str, dict[tuple[int, int], object]], int]:
    """Return the cells that the bot sees, with what is in them, and how many formulas without a value are among them.

    Those are left out, for no other reader sees them.
    """
    seen: dict[str, dict[tuple[int, int], object]] = {}
    waiting = 0
    for sheet in book.sheets:
        if not sheet.visible:
            continue
        places = seen.setdefault(sheet.name, {})
        for chunk in sheet.chunks():
            for row, cells in enumerate(chunk.rows, chunk.first):
                for column, cell in enumerate(cells, sheet.first_column + 1):
                    if isinstance(cell, Uncalculated):
                        waiting += 1
                    elif cell != "":
                        places[row, column] = cell
    return seen, waiting


def seen_by_calamine(data: bytes) -> Seen:
    """Return the cells that python-calamine alone sees."""
    seen: Seen = {}
    with CalamineWorkbook.from_object(io.BytesIO(data)) as book:
        for index, one in enumerate(book.sheets_metadata):
            if one.typ is not SheetTypeEnum.WorkSheet or one.visible is not SheetVisibleEnum.Visible:
                continue
            grid = book.get_sheet_by_index(index)
            left = grid.start[1] if grid.start else 0
            seen[one.name] = _filled(enumerate(grid.iter_rows(), 1), left)
    return seen


def seen_by_openpyxl(data: bytes) -> Seen:
    """Return the cells that openpyxl sees, values as Excel left them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return {
        sheet.title: {
            place
            for place, cell in sheet._cells.items()  # its own dictionary: no walk over millions of empty ones
            if _says(cell.value)
        }
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
    }


def is_strict(data: bytes) -> bool:
    """Tell whether an .xlsx is a Strict one, of which openpyxl sees nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return any(
                b"purl.oclc.org/ooxml" in package.read(name)
                for name in package.namelist()
                if name.lower().endswith("workbook.xml")
            )
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return False


def union(*readers: Seen) -> Seen:
    """Return what any of *readers* sees on the sheets that all of them know."""
    names = set.intersection(*(set(one) for one in readers)) if readers else set()
    return {name: set().union(*(one[name] for one in readers)) for name in names}


def _filled(rows: Iterable[tuple[int, Sequence[object]]], left: int) -> set[tuple[int, int]]:
    return {(number, place) for number, row in rows for place, cell in enumerate(row, left + 1) if _says(cell)}


def _says(cell: object) -> bool:
    if isinstance(cell, float) and math.isnan(cell):
        return False
    return cell is not None and (cell != "" or isinstance(cell, timedelta))


def seen_by_xlrd(data: bytes) -> Seen:
    """Return the cells that xlrd sees in an .xls, error cells among them."""
    import xlrd

    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
    return {
        sheet.name: {
            (row + 1, column + 1)
            for row in range(sheet.nrows)
            for column in range(sheet.row_len(row))
            if sheet.cell_type(row, column) not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
            and sheet.cell_value(row, column) != ""
        }
        for sheet in book.sheets()
        if sheet.visibility == 0
    }
