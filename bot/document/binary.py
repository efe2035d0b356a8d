"""Word documents before 2007 (.doc): the text by its piece table (MS-DOC 2.4.1), nothing else of the format.

No office program may run where foreign files are read, and most narratives of old come in this format.
"""

from __future__ import annotations

import io
import re
import struct
from itertools import pairwise
from typing import TYPE_CHECKING

from olefile import OleFileIO

from bot.document.text import MAX_CHARACTERS, Document, Kind, Writing
from bot.model import RefusalReason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_STREAM_LIMIT = 64 * 2**20
_IDENTITY = (0xA5EC, 0xA5DC)
_FIRST_WITH_PIECES = 0xC1
"""The format number of Word 97; Word 6 and 95 are before it."""
_COMPLEX, _ENCRYPTED, _SECOND_TABLE = 0x0004, 0x0100, 0x0200
_PIECES_AT = 0x1A2
"""Where the FIB says at which offset of the table stream the pieces lie, and how long they are (fcClx, lcbClx)."""
_ONE_BYTE = 0x40000000
_FIELD_CODE = re.compile(r"\x13[^\x13\x14\x15]*[\x14\x15]")
_ENDS = re.compile(r"[\r\n\x07\x0b\x0c]+")
_PICTURE = re.compile(r"[\x01\x08]")


def read_binary(data: bytes) -> Document | Unreadable:
    """Return the text of a compound file that holds a Word document.

    ENCRYPTED where it, or the package inside, has a password; DAMAGED where it cannot be followed; WRONG_TYPE where it
    is something else.
    """
    try:
        with OleFileIO(io.BytesIO(data)) as compound:
            if compound.exists("EncryptedPackage"):
                return Unreadable(RefusalReason.ENCRYPTED)
            if not compound.exists("WordDocument"):
                return Unreadable(RefusalReason.WRONG_TYPE)
            main = _stream(compound, "WordDocument")
            tables = {name: _stream(compound, name) for name in ("0Table", "1Table") if compound.exists(name)}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, struct.error, RecursionError):
        # The library tells damage by whatever its own arithmetic on foreign bytes runs into.
        return Unreadable(RefusalReason.DAMAGED)
    return _text_of(main, tables)


def _stream(compound: OleFileIO[str], name: str) -> bytes:
    if compound.get_size(name) > _STREAM_LIMIT:
        raise ValueError(f"stream {name} is too large")
    content: bytes = compound.openstream(name).read()
    return content


def _text_of(main: bytes, tables: dict[str, bytes]) -> Document | Unreadable:
    if len(main) < 0x20:
        return Unreadable(RefusalReason.DAMAGED)
    identity, version = struct.unpack_from("<HH", main)
    flags = struct.unpack_from("<H", main, 0x0A)[0]
    if identity not in _IDENTITY:
        return Unreadable(RefusalReason.DAMAGED)
    if flags & _ENCRYPTED:
        return Unreadable(RefusalReason.ENCRYPTED)
    if version < _FIRST_WITH_PIECES:
        pieces = _one_piece(main, flags)
    else:
        pieces = _pieces(main, tables.get("1Table" if flags & _SECOND_TABLE else "0Table", b""))
    if pieces is None:
        return Unreadable(RefusalReason.DAMAGED)
    text = "".join(pieces)
    while (shorter := _FIELD_CODE.sub("", text)) != text:
        text = shorter
    writing = Writing()
    writing.add_all(_ENDS.split(text))
    return writing.document(Kind.DOC, pictures=len(_PICTURE.findall(text)))


def _one_piece(main: bytes, flags: int) -> list[str] | None:
    """Return the text of Word 6 and 95, which lies in one piece unless it was saved in haste."""
    start, end = struct.unpack_from("<II", main, 0x18)
    if flags & _COMPLEX or not 0 < start <= end <= len(main):
        return None
    return [main[start:end].decode("cp1252", "replace")]


def _pieces(main: bytes, table: bytes) -> list[str] | None:
    """Return the pieces of text in reading order; None where the piece table cannot be found."""
    if len(main) < _PIECES_AT + 8:
        return None
    start, size = struct.unpack_from("<II", main, _PIECES_AT)
    plan = _plan(table[start : start + size])
    if plan is None:
        return None
    pieces, left = [], MAX_CHARACTERS
    for characters, place in plan:
        length = min(characters, left)
        left -= length
        if place & _ONE_BYTE:
            offset = (place & ~_ONE_BYTE) // 2
            pieces.append(main[offset : offset + length].decode("cp1252", "replace"))
        else:
            pieces.append(main[place : place + 2 * length].decode("utf-16-le", "replace"))
    return pieces


def _plan(clx: bytes) -> Iterator[tuple[int, int]] | None:
    """Return of each piece its length in characters and its place (MS-DOC 2.9.38 Clx, 2.8.35 PlcPcd)."""
    at = 0
    while at + 5 <= len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at + 5 > len(clx) or clx[at] != 2:
        return None
    size = struct.unpack_from("<I", clx, at + 1)[0]
    table = clx[at + 5 : at + 5 + size]
    count = (len(table) - 4) // 12
    if count < 1:
        return None
    ends = struct.unpack_from(f"<{count + 1}I", table)
    places = [struct.unpack_from("<I", table, 4 * (count + 1) + 8 * index + 2)[0] for index in range(count)]
    return ((max(end - start, 0), place) for (start, end), place in zip(pairwise(ends), places, strict=True))
