"""How far the filled cells of an .xlsx lie apart, before the reader reserves memory for all that could lie between.

The reader lays a sheet out as a full rectangle: two cells in opposite corners are seventeen thousand million cells to
it, and its process dies. What a sheet says of itself is asked first; only where that is too much, missing or not to be
believed are the cells themselves looked through, and then only where that is soon done.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHEET_PART = re.compile(r"worksheets[\\/][^\\/]+\.xml$", re.IGNORECASE)
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s[^>]*?ref="([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?"')
_FILLED = re.compile(
    rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^<>]*(?<!/)>\s*<(?:\w+:)?(?:v|is|f)\b[^<>]*(?<!/)>'
)
"""A cell that holds something; one that is only formatted is not a filled one, to the reader neither."""
_HEAD = 4096
_SOON_DONE = 64 * 1024
"""Bytes of XML that are looked through whatever the sheet says of itself: a fraction of a millisecond's work."""
_PIECE = 2**20
_LONGEST_CELL = 1024


class Extent(NamedTuple):
    """The rectangle that a sheet's filled cells span."""

    rows: int
    columns: int

    @property
    def cells(self) -> int:
        """Return how many cells that is."""
        return self.rows * self.columns


def widest_extent(data: bytes, limit: int) -> Extent | None:
    """Return the extent of a sheet in the .xlsx *data* that spans more than *limit* cells; None where none does.

    Hidden sheets count too, although they are not read. A package that cannot be unpacked has none: its reader will
    name the damage.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for part in package.infolist():
                if _SHEET_PART.search(part.filename) and _is_suspect(package, part, limit):
                    with package.open(part) as xml:
                        extent = _span(xml, limit)
                    if extent is not None:
                        return extent
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, ValueError):
        return None
    return None


def _is_suspect(package: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> bool:
    """Say whether the cells must be looked through: the sheet claims too much, or it is so small that it costs nothing.

    What a large sheet claims is believed where it is little: some programs always write ``A1``.
    """
    if part.file_size <= _SOON_DONE:
        return True
    with package.open(part) as xml:
        claimed = _DIMENSION.search(xml.read(_HEAD))
    if claimed is None or claimed[3] is None:
        return False
    rows = int(claimed[4]) - int(claimed[2]) + 1
    return rows * (_column(claimed[3]) - _column(claimed[1]) + 1) > limit


def _span(xml: IO[bytes], limit: int) -> Extent | None:
    """Return what the filled cells span as soon as it is more than *limit* cells."""
    top = left = 2**31
    bottom = right = 0
    for letters, digits in _filled_cells(xml):
        row, column = int(digits), _column(letters)
        top, bottom = min(top, row), max(bottom, row)
        left, right = min(left, column), max(right, column)
        if (bottom - top + 1) * (right - left + 1) > limit:
            return Extent(bottom - top + 1, right - left + 1)
    return None


def _filled_cells(xml: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield letters and digits of each filled cell, holding no more than a piece of the sheet at a time."""
    kept = b""
    while piece := xml.read(_PIECE):
        text = kept + piece
        end = 0
        for cell in _FILLED.finditer(text):
            end = cell.end()
            yield cell[1], cell[2]
        kept = text[max(end, len(text) - _LONGEST_CELL) :]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
