"""What the fast reader cannot see in an .xls, and an .xls that it cannot read: xlrd, the second reader for BIFF5 to 8.

Reading everything twice would cost five times the first reader's time, so a search over the bytes says first whether
there is anything to see: error values, fonts of before Unicode, a claim of more rows and columns than may be read.
"""

from __future__ import annotations

import io
import re
import struct
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from bot.sheet.compound import content_of, root_streams
from bot.sheet.fonts import Fonts
from bot.sheet.grid import Cell, Cells, Merge
from bot.sheet.hidden import Hidden
from bot.sheet.legacy import coding_of_font
from bot.sheet.package import Seen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import xlrd

    from bot.sheet.legacy import Coding

_ERROR = re.compile(
    rb"\x05\x02[\x08-\x0a]\x00.{6}[\x00\x07\x0f\x17\x1d\x24\x2a]\x01"  # BOOLERR (MS-XLS 2.4.24)
    rb"|\x06[\x00\x02\x04].[\x00-\x1f].{6}\x02.[\x00\x07\x0f\x17\x1d\x24\x2a]..." + rb"\xff\xff",  # FORMULA (2.4.127)
    re.DOTALL,
)
_OLD_FONT = re.compile(rb"\.Vn[A-Z]|\.\0V\0n\0|VNI-|V\0N\0I\0-\0")
_DATE_1904 = b"\x22\x00\x02\x00\x01\x00"
_SHEETS = re.compile(rb"\x85\x00.\x00(.{4})[\x00-\x02]([\x00\x01\x02\x06])", re.DOTALL)
"""BOUNDSHEET (MS-XLS 2.4.28): where the sheet's records begin, whether it is seen, what it is."""
_BEGIN = b"\x09\x08"
"""BOF (MS-XLS 2.4.21), where the records of a sheet begin."""
_MACROS = b"\x01"
"""A sheet of Excel 4.0 macros."""
_HIDDEN_ROW = re.compile(
    rb"\x08\x02\x10\x00(..).{6}.{4}"
    rb"[\x20-\x27\x30-\x37\x60-\x67\x70-\x77\xa0-\xa7\xb0-\xb7\xe0-\xe7\xf0-\xf7]\x01",
    re.DOTALL,
)
"""ROW (2.4.221) with fDyZero."""
_HIDDEN_COLUMNS = re.compile(
    rb"\x7d\x00[\x0b\x0c]\x00(.{4}).{4}[\x01\x03\x05\x07\x09\x0b\x0d\x0f][\x00-\x17]", re.DOTALL
)
"""COLINFO (2.4.53) with fHidden."""
_LAST_COLUMN = 255
_DIMENSIONS = re.compile(rb"\x00\x02\x0e\x00(.{14})", re.DOTALL)
"""DIMENSIONS of BIFF8 (MS-XLS 2.4.90): first row, last row + 1 (4 bytes each), first column, last column + 1."""


def is_doubtful(data: bytes) -> bool:
    """Tell whether the .xls *data* may hold what the fast reader cannot see; one look over its bytes."""
    book = _book(data)
    return bool(_ERROR.search(book) or _OLD_FONT.search(book))


def from_1904(data: bytes) -> bool:
    """Tell whether the days of the .xls *data* count from 1904 (MS-XLS 2.4.77, Date1904)."""
    return _DATE_1904 in _book(data)


def find_hidden(data: bytes) -> dict[int, Hidden]:
    """Return what each sheet of the .xls *data*, counted from 0, hides; told by the bytes of its ROW and COLINFO."""
    book = _book(data)
    begins = [begin for begin, _ in _sheets(book)]
    places = sorted(range(len(begins)), key=begins.__getitem__)
    starts = sorted(begins)
    found: dict[int, tuple[set[int], set[int]]] = {}

    def note(at: int, kind: int, numbers: range) -> None:
        if where := bisect_right(starts, at):
            found.setdefault(places[where - 1], (set(), set()))[kind].update(numbers)

    for one in _HIDDEN_ROW.finditer(book):
        row = struct.unpack("<H", one[1])[0]
        note(one.start(), 0, range(row + 1, row + 2))
    for one in _HIDDEN_COLUMNS.finditer(book):
        first, last = struct.unpack("<HH", one[1])
        note(one.start(), 1, range(first + 1, min(last, _LAST_COLUMN) + 2))
    return {index: Hidden.of(*both) for index, both in found.items()}


def has_macro_sheet(data: bytes) -> bool:
    """Tell whether the .xls *data* has a sheet of Excel 4.0 macros, seen or hidden."""
    return any(kind == _MACROS for _, kind in _sheets(_book(data)))


def _sheets(book: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield where the records of each sheet begin, and what it is; bytes that only look like its entry are none."""
    for found in _SHEETS.finditer(book):
        begin = struct.unpack("<I", found[1])[0]
        if book.startswith(_BEGIN, begin):
            yield begin, found[2]


def claims_more(data: bytes, cells: int) -> bool:
    """Tell whether a sheet of the .xls *data* claims to span more than so many cells."""
    for found in _DIMENSIONS.finditer(_book(data)):
        top, bottom, left, right = struct.unpack_from("<IIHH", found[1])
        if bottom <= 65536 and right <= 256 and (bottom - top) * (right - left) > cells:
            return True
    return False


def _book(data: bytes) -> bytes:
    streams = root_streams(data)
    stream = streams.get("workbook") or streams.get("book")
    return (content_of(data, stream) if stream else b"") or data


def look_closer(data: bytes, names: Collection[str]) -> dict[str, Seen]:
    """Return the error cells and old fonts on the sheets of those names; nothing where xlrd cannot read *data*."""
    book = _opened(data, formatted=True) or _opened(data, formatted=False)
    if book is None:
        return {}
    fonts = [coding_of_font(font.name) for font in book.font_list]
    styles = {
        number: coding
        for number, style in enumerate(book.xf_list)
        if style.font_index < len(fonts) and (coding := fonts[style.font_index])
    }
    return {sheet.name: _look(sheet, styles) for sheet in book.sheets() if sheet.name in names}


def _look(sheet: xlrd.sheet.Sheet, styles: dict[int, tuple[Coding, bool]]) -> Seen:
    import xlrd

    errors: dict[int, dict[int, Cell]] = {}
    fonts = Fonts()
    for row in range(sheet.nrows):
        kinds = sheet.row_types(row)
        if xlrd.XL_CELL_ERROR in kinds:
            errors[row] = {
                column: _error(value)
                for column, (kind, value) in enumerate(zip(kinds, sheet.row_values(row), strict=True))
                if kind == xlrd.XL_CELL_ERROR
            }
        for column, kind in enumerate(kinds) if styles else ():
            if kind == xlrd.XL_CELL_TEXT and (coding := styles.get(sheet.cell_xf_index(row, column))):
                fonts.add(row, column, *coding)
    return Seen(Cells(errors), fonts)


def read_xls(data: bytes) -> list[tuple[str, bool, Cells, tuple[Merge, ...]]] | None:
    """Return (name, visible, cells, merged ranges) of each sheet as xlrd reads it; None where it cannot either."""
    book = _opened(data, formatted=True) or _opened(data, formatted=False)
    if book is None:
        return None
    return [
        (sheet.name, sheet.visibility == 0, _cells(sheet, book.datemode), _merges(sheet)) for sheet in book.sheets()
    ]


def _opened(data: bytes, *, formatted: bool) -> xlrd.Book | None:
    import xlrd
    from xlrd.biffh import XLRDError
    from xlrd.compdoc import CompDocError

    try:
        return xlrd.open_workbook(
            file_contents=data, logfile=io.StringIO(), formatting_info=formatted, ragged_rows=True
        )
    except (XLRDError, CompDocError, struct.error, AssertionError, LookupError, ValueError, TypeError, EOFError,
            AttributeError, NotImplementedError, OverflowError):  # fmt: skip
        # xlrd walks foreign bytes with asserts and indices, so it ends in any of these.
        return None


def _cells(sheet: xlrd.sheet.Sheet, datemode: int) -> Cells:
    rows: dict[int, dict[int, Cell]] = {}
    for row in range(sheet.nrows):
        cells = {column: cell for column, cell in _row(sheet, row, datemode) if cell != ""}
        if cells:
            rows[row] = cells
    return Cells(rows)


def _row(sheet: xlrd.sheet.Sheet, row: int, datemode: int) -> Iterator[tuple[int, Cell]]:
    import xlrd

    for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
        if kind == xlrd.XL_CELL_ERROR:
            yield column, _error(value)
        elif kind == xlrd.XL_CELL_BOOLEAN:
            yield column, bool(value)
        elif kind == xlrd.XL_CELL_DATE:
            yield column, _day(value, datemode)
        elif kind in (xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER):
            yield column, value


def _error(code: Any) -> str:
    import xlrd

    return xlrd.error_text_from_code.get(code, "#N/A")


def _day(serial: Any, datemode: Any) -> Cell:
    import xlrd

    try:
        return xlrd.xldate_as_datetime(serial, datemode)
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        # A number in the format of a day that lies outside the calendar stays a number.
        return float(serial)


def _merges(sheet: xlrd.sheet.Sheet) -> tuple[Merge, ...]:
    return tuple(Merge(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells)
