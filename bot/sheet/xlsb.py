"""Error cells of an .xlsb (MS-XLSB), which the fast reader gives as empty ones."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
from typing import TYPE_CHECKING

from bot.sheet.grid import Cell, Cells
from bot.sheet.package import DAMAGE, Seen, parse_part

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
"""MS-XLSB 2.5.97.2 (BErr)."""
_ROW, _CELL_ERROR, _FORMULA_ERROR, _SHEET = 0, 3, 11, 156
"""Records: BrtRowHdr, BrtCellError, BrtFmlaError, BrtBundleSh (MS-XLSB 2.3)."""
_BOOK = re.compile(r"(?:^|/)workbook[^/]*\.bin$", re.IGNORECASE)
_ANY_ERROR = re.compile(
    rb"(?:\x03\x09..\x00\x00....|\x0b[\x0b-\xff]\x01?..\x00\x00....)[\x00\x07\x0f\x17\x1d\x24\x2a]", re.DOTALL
)


def look_closer(data: bytes, names: Collection[str]) -> dict[str, Seen]:
    """Return the error cells on the sheets of those names; nothing where the package cannot be unpacked."""
    seen: dict[str, Seen] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for name, part in _sheet_parts(package):
                content = package.read(part) if name in names else b""
                if _ANY_ERROR.search(content):
                    seen[name] = Seen(Cells(_errors(content)))
    except DAMAGE:
        return {}
    return seen


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    book = next((name for name in package.namelist() if _BOOK.search(name)), "")
    folder, _, file = book.rpartition("/")
    targets = {
        one.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
        for one in parse_part(package.read(f"{folder}/_rels/{file}.rels".lstrip("/")))
    }
    for kind, body in _records(package.read(book)):
        if kind == _SHEET:
            key, rest = _wide(body[8:])
            if key in targets:
                yield _wide(rest)[0], targets[key]


def _errors(content: bytes) -> dict[int, dict[int, Cell]]:
    rows: dict[int, dict[int, Cell]] = {}
    row = 0
    for kind, body in _records(content):
        if kind == _ROW:
            row = struct.unpack_from("<I", body)[0]
        elif kind in (_CELL_ERROR, _FORMULA_ERROR):
            rows.setdefault(row, {})[struct.unpack_from("<I", body)[0]] = _ERRORS.get(body[8], "#N/A")
    return rows


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (kind, body) of each record: kind and length are numbers of 7 bits a byte (MS-XLSB 2.1.4)."""
    place, end = 0, len(content)
    while place + 2 <= end:
        kind = content[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (content[place] & 0x7F) << 7
            place += 1
        length = shift = 0
        while place < end and shift < 28:
            byte = content[place]
            place += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, content[place : place + length]
        place += length


def _wide(body: bytes) -> tuple[str, bytes]:
    """Return a string (XLWideString, MS-XLSB 2.5.168) and what follows it."""
    length = struct.unpack_from("<I", body)[0]
    return body[4 : 4 + 2 * length].decode("utf-16-le", "replace"), body[4 + 2 * length :]
