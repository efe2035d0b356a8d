"""A workbook as found: its sheets, and their rows in bounded pieces. One reader stands behind it (python-calamine)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from bot.language import number
from bot.model import RefusalReason, Unreadable
from bot.sheet.content import WORKBOOKS, Kind, kind_of, unpacked
from bot.sheet.extent import widest_extent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_calamine import CalamineSheet

Cell = str | int | float | bool | date | datetime | time | timedelta
"""A cell as the reader gives it; an empty one is ``""``."""

HEAD_ROWS = 60
"""How far down a header is looked for."""
CHUNK_ROWS = 1024
"""Rows at a time: few enough that their cells stay in the processor's cache until they are columns."""
_SMALL = 10 * 2**20
"""Bytes; below this the ratio of packing says nothing: a tidy small workbook packs as well as a bomb."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may hold."""

    entries: int = 2_000
    """Entries of the zip."""
    unpacked: int = 200 * 2**20
    """Bytes that the zip may unpack to."""
    ratio: int = 100
    """Unpacked to packed bytes."""
    rows: int = 200_000
    """Data rows of one form."""
    cells: int = 8_000_000
    """Cells of all used ranges together."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; rows and columns count from 0, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows of a sheet; each begins in the sheet's ``first_column``."""

    first: int
    """The sheet's own number of the first row, counted from 1."""
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Of a hidden one nothing but its name is read."""

    name: str
    visible: bool
    first_column: int = 0
    """The sheet's column, counted from 0, in which each row begins."""
    merged: tuple[Merge, ...] = ()
    head: tuple[list[Cell], ...] = ()
    """The first rows, from row 1 on."""
    _grid: CalamineSheet | None = field(default=None, repr=False, compare=False)

    def chunks(self, start: int = 1, size: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """Yield the rows from row *start* (counted from 1) in pieces of at most *size*; it may be called again."""
        if self._grid is None or self._grid.start is None:
            return
        # The reader pads the rows above the used range, so the n-th row it gives is the sheet's n-th row.
        rows = islice(self._grid.iter_rows(), start - 1, None)
        while piece := list(islice(rows, size)):
            yield Chunk(start, piece)
            start += len(piece)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of one file, in its order."""

    sheets: tuple[Sheet, ...]
    limits: Limits


def read_workbook(data: bytes, limits: Limits) -> Workbook | Unreadable:
    """Open *data* as a workbook, whatever it is called, or say why it is none.

    A panic of the reader (a ``BaseException``) and the end of memory are not caught: this runs in a child process.
    """
    kind = kind_of(data)
    if kind not in WORKBOOKS:
        return _refuse(kind)
    if kind is not Kind.XLS and (over := _over_limits(data, limits)):
        return Unreadable(RefusalReason.TOO_LARGE, over)
    if kind is Kind.XLSX and (apart := widest_extent(data, limits.cells)):
        return Unreadable(RefusalReason.TOO_LARGE, _size(apart.rows, apart.columns))
    try:
        with CalamineWorkbook.from_object(BytesIO(data)) as book:
            return _read_sheets(book, limits)
    except PasswordError:
        return Unreadable(RefusalReason.ENCRYPTED)
    except CalamineError:
        return Unreadable(RefusalReason.DAMAGED)


def _refuse(kind: Kind) -> Unreadable:
    if kind is Kind.EMPTY:
        return Unreadable(RefusalReason.EMPTY_FILE)
    if kind is Kind.ENCRYPTED:
        return Unreadable(RefusalReason.ENCRYPTED)
    if kind is Kind.DAMAGED:
        return Unreadable(RefusalReason.DAMAGED)
    return Unreadable(RefusalReason.WRONG_TYPE, kind.value)


def _over_limits(data: bytes, limits: Limits) -> str:
    """Return which limit the zip's directory breaks, as a size that people read; empty where it keeps them all."""
    promised = unpacked(data)
    if promised is None:
        return ""
    if promised.entries > limits.entries:
        return f"{promised.entries} tệp con"
    packed_well = promised.size > _SMALL and promised.size > limits.ratio * len(data)
    if promised.size > limits.unpacked or packed_well:
        return f"{promised.size // 2**20} MB"
    return ""


def _read_sheets(book: CalamineWorkbook, limits: Limits) -> Workbook | Unreadable:
    sheets: list[Sheet] = []
    cells = 0
    for index, known in enumerate(book.sheets_metadata):
        visible = known.visible is SheetVisibleEnum.Visible
        if not visible or known.typ is not SheetTypeEnum.WorkSheet:
            sheets.append(Sheet(known.name, visible))
            continue
        grid = book.get_sheet_by_index(index)
        cells += grid.height * grid.width
        if cells > limits.cells:
            return Unreadable(RefusalReason.TOO_LARGE, _size(grid.height, grid.width))
        sheets.append(_sheet(known.name, grid))
    return Workbook(tuple(sheets), limits)


def _size(rows: int, columns: int) -> str:
    return f"{number(rows)} dòng × {number(columns)} cột"


def _sheet(name: str, grid: CalamineSheet) -> Sheet:
    start = grid.start
    if start is None:
        return Sheet(name, visible=True)
    merged = tuple(Merge(top, left, bottom, right) for (top, left), (bottom, right) in grid.merged_cell_ranges or ())
    head = tuple(islice(grid.iter_rows(), HEAD_ROWS))
    return Sheet(name, True, start[1], merged, head, grid)
