"""A workbook as found: its sheets, and their rows in bounded pieces, whatever kind of file they came in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from bot.language import number
from bot.model import RefusalReason, Unreadable
from bot.sheet import biff, package, xlsb
from bot.sheet.content import Kind, kind_of, unpacked
from bot.sheet.delimited import read_delimited
from bot.sheet.drawn import TooManyCellsError
from bot.sheet.extent import widest_extent
from bot.sheet.fonts import Decoder, Fonts
from bot.sheet.found import Found, LockedError, UnreadError, drawn, read_fast, read_old, read_slowly
from bot.sheet.grid import Cell, Cells, Decoded, Grid, Merge, Patched, Uncalculated
from bot.sheet.hidden import NOTHING_HIDDEN, Hidden
from bot.sheet.html_table import read_html
from bot.sheet.legacy import coding_of_letters
from bot.sheet.macros import holds_macros
from bot.sheet.opendocument import content_of, find_hidden, find_merges, holds_errors, read_opendocument
from bot.sheet.package import Seen
from bot.sheet.spreadsheetml import read_spreadsheetml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.sheet.drawn import Drawn

__all__ = ["Cell", "Chunk", "Limits", "Merge", "Sheet", "Uncalculated", "Workbook", "read_workbook"]

HEAD_ROWS = 60
"""How far down a header is looked for."""
CHUNK_ROWS = 1024
"""Rows at a time: few enough that their cells stay in the processor's cache until they are columns."""
_SMALL = 10 * 2**20
"""Bytes; below this the ratio of packing says nothing: a tidy small workbook packs as well as a bomb."""
_NOTHING_SEEN = Seen(Cells({}))


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
    markup: int = 20 * 2**20
    """Bytes of HTML, XML or delimited text."""
    written: int = 1_000_000
    """Filled cells of a sheet that the fast reader cannot read."""


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
    coding: str = ""
    """The coding of before Unicode in which the whole file was written; most files have none."""
    decoder: Decoder | None = field(default=None, repr=False, compare=False)
    """What puts the sheet's texts into Unicode, where some are in such a coding."""
    _grid: Grid | None = field(default=None, repr=False, compare=False)
    hidden: Hidden = NOTHING_HIDDEN
    """Its rows and columns out of sight: they are read like all others."""
    from_1904: bool = False
    """Numbers of days count from 1904, not from 1900."""

    @property
    def converted(self) -> str:
        """Return the old coding from which texts were converted as far as rows were read; empty where none was."""
        return self.coding or (self.decoder.converted if self.decoder else "")

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
    macros: bool = False
    """It holds macros; they are never run."""


def read_workbook(data: bytes, limits: Limits) -> Workbook | Unreadable:
    """Open *data* as a workbook, whatever it is called, or say why it is none.

    The end of memory is not caught: this runs in a child process.
    """
    kind = kind_of(data)
    read = _read(data, kind, limits)
    return replace(read, macros=holds_macros(data, kind)) if isinstance(read, Workbook) else read


def _read(data: bytes, kind: Kind, limits: Limits) -> Workbook | Unreadable:
    try:
        if kind in _PACKED:
            return _read_packed(data, kind, limits)
        if kind is Kind.XLS:
            return _read_xls(data, limits)
        if kind in _MARKUP:
            return _read_markup(data, kind, limits)
    except LockedError:
        return Unreadable(RefusalReason.ENCRYPTED)
    except UnreadError:
        return Unreadable(RefusalReason.DAMAGED)
    except TooManyCellsError:
        return Unreadable(RefusalReason.TOO_LARGE, f"hơn {number(limits.written)} ô")
    return _refuse(kind)


def _refuse(kind: Kind) -> Unreadable:
    reasons = {
        Kind.EMPTY: RefusalReason.EMPTY_FILE,
        Kind.ENCRYPTED: RefusalReason.ENCRYPTED,
        Kind.DAMAGED: RefusalReason.DAMAGED,
    }
    return Unreadable(reasons[kind]) if kind in reasons else Unreadable(RefusalReason.WRONG_TYPE, kind.value)


# ------------------------------------------------------------------------------------------------------------
# The kinds
# ------------------------------------------------------------------------------------------------------------

_PACKED = frozenset({Kind.XLSX, Kind.XLSB, Kind.ODS})
_MARKUP = frozenset({Kind.HTML, Kind.EXCEL_XML, Kind.FLAT_ODS, Kind.TEXT})


def _read_packed(data: bytes, kind: Kind, limits: Limits) -> Workbook | Unreadable:
    if over := _over_limits(data, limits):
        return Unreadable(RefusalReason.TOO_LARGE, over)
    if kind is Kind.XLSX and (apart := widest_extent(data, limits.cells)):
        return Unreadable(RefusalReason.TOO_LARGE, _size(apart.rows, apart.columns))
    if kind is Kind.ODS:
        return _read_ods(data, limits)
    try:
        found = list(read_fast(data))
    except UnreadError:
        if kind is not Kind.XLSX:
            raise
        return _assemble(read_slowly(data), {}, limits)
    names = {one.name for one in found if one.grid is not None}
    seen = {}
    if kind is Kind.XLSX:
        seen = package.look_closer(data, names)
    elif kind is Kind.XLSB:
        seen = xlsb.look_closer(data, names)
    return _assemble(found, seen, limits)


def _read_ods(data: bytes, limits: Limits) -> Workbook | Unreadable:
    content = content_of(data)
    if holds_errors(content) and (sheets := read_opendocument(content, limits.written)) is not None:
        return _assemble(drawn(sheets), {}, limits)
    merges, hidden = find_merges(content), find_hidden(content)
    del content  # it may be large, and the reader unpacks it again
    found = (
        one._replace(merged=merges.get(one.name, ()), hidden=hidden.get(one.name, NOTHING_HIDDEN))
        for one in read_fast(data)
    )
    return _assemble(found, {}, limits)


def _read_xls(data: bytes, limits: Limits) -> Workbook | Unreadable:
    if biff.claims_more(data, limits.cells):
        # The fast reader reserves memory for all that could lie between two cells; this one only for what is there.
        return _assemble(_with_hidden(data, read_old(data)), {}, limits)
    try:
        found = list(read_fast(data))
    except UnreadError:
        return _assemble(_with_hidden(data, read_old(data)), {}, limits)
    names = {one.name for one in found if one.grid is not None}
    seen = biff.look_closer(data, names) if biff.is_doubtful(data) else {}
    return _assemble(_with_hidden(data, found), seen, limits)


def _with_hidden(data: bytes, found: Iterable[Found]) -> Iterator[Found]:
    """Yield the sheets of the .xls *data* with what neither of its readers tells."""
    hidden, from_1904 = biff.find_hidden(data), biff.from_1904(data)
    for index, one in enumerate(found):
        yield one._replace(hidden=hidden.get(index, NOTHING_HIDDEN), from_1904=from_1904)


def _read_markup(data: bytes, kind: Kind, limits: Limits) -> Workbook | Unreadable:
    if len(data) > limits.markup:
        return Unreadable(RefusalReason.TOO_LARGE, f"{len(data) // 2**20} MB")
    if kind is Kind.TEXT:
        read = read_delimited(data, limits.written)
        if read is None:
            return _refuse(kind)
        return _assemble(drawn([read[0]]), {}, limits, coding=read[1])
    sheets: list[Drawn] | None
    if kind is Kind.HTML:
        sheets = read_html(data, limits.written)
        return _assemble(drawn(sheets), {}, limits) if sheets else _refuse(kind)
    sheets = (read_spreadsheetml if kind is Kind.EXCEL_XML else read_opendocument)(data, limits.written)
    return _assemble(drawn(sheets), {}, limits) if sheets else Unreadable(RefusalReason.DAMAGED)


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


# ------------------------------------------------------------------------------------------------------------
# The sheets
# ------------------------------------------------------------------------------------------------------------


def _assemble(
    found: Iterable[Found], seen: dict[str, Seen], limits: Limits, *, coding: str = ""
) -> Workbook | Unreadable:
    """Return the sheets with what a second look has shown of them, as far as they keep the limits."""
    sheets: list[Sheet] = []
    cells = 0
    for one in found:
        if one.grid is None:
            sheets.append(Sheet(one.name, one.visible))
            continue
        more = seen.get(one.name, _NOTHING_SEEN)
        grid = Patched(one.grid, more.patches) if more.patches.rows else one.grid
        rows, columns = _span(grid)
        cells += rows * columns
        if cells > limits.cells:
            return Unreadable(RefusalReason.TOO_LARGE, _size(rows, columns))
        sheet = _sheet(one, grid, more.fonts, coding)
        sheets.append(
            replace(
                sheet, hidden=more.hidden if any(more.hidden) else one.hidden, from_1904=more.from_1904 or one.from_1904
            )
        )
    return Workbook(tuple(sheets), limits)


def _span(grid: Grid) -> tuple[int, int]:
    start, end = grid.start, grid.end
    return (end[0] - start[0] + 1, end[1] - start[1] + 1) if start and end else (0, 0)


def _size(rows: int, columns: int) -> str:
    return f"{number(rows)} dòng × {number(columns)} cột"


def _sheet(found: Found, grid: Grid, fonts: Fonts, coding: str) -> Sheet:
    start = grid.start
    if start is None:
        return Sheet(found.name, visible=True)
    head = tuple(islice(grid.iter_rows(), HEAD_ROWS))
    letters = coding_of_letters({cell for row in head for cell in row if isinstance(cell, str) and not cell.isascii()})
    decoder = None
    if fonts or letters:
        decoder = Decoder(fonts, letters)
        grid = Decoded(grid, decoder)
        head = tuple(islice(grid.iter_rows(), HEAD_ROWS))
    return Sheet(found.name, True, start[1], found.merged, head, coding, decoder, grid)
