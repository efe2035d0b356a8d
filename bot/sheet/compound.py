"""Compound files (MS-CFB), the container of .xls, .doc and of encrypted packages: only the root is asked."""

from __future__ import annotations

import struct
from typing import NamedTuple

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ENTRY = 128
_NONE = 0xFFFFFFFA
"""Sector and entry numbers from here on are marks, not places (MS-CFB 2.1)."""
_MINI = 4096
"""Streams below this size lie in the mini stream (MS-CFB 2.2, mini stream cutoff size)."""
_FILEPASS = 0x2F
"""The BIFF record that says that all records after it are encrypted (MS-XLS 2.4.117)."""


class Stream(NamedTuple):
    """A stream of the root storage."""

    offset: int
    """Where its first bytes lie in the file."""
    size: int
    first: int = 0
    """Its first sector."""


def root_streams(data: bytes) -> dict[str, Stream]:
    """Return the entries of the root storage by their lower-case names (MS-CFB 2.6); none where it cannot be read.

    Only the root counts: a Word file may carry a whole workbook in a storage below.
    """
    directory, size = _directory(data)
    if len(directory) < _ENTRY:
        return {}
    mini_stream = (struct.unpack_from("<I", directory, 116)[0] + 1) * size
    waiting, seen = [struct.unpack_from("<I", directory, 76)[0]], set[int]()
    streams: dict[str, Stream] = {}
    while waiting:
        number = waiting.pop()
        if number >= _NONE or number in seen or (number + 1) * _ENTRY > len(directory):
            continue
        seen.add(number)
        entry = directory[number * _ENTRY : (number + 1) * _ENTRY]
        length = struct.unpack_from("<H", entry, 64)[0]
        start, content = struct.unpack_from("<II", entry, 116)
        offset = mini_stream + start * 64 if content < _MINI else (start + 1) * size
        name = entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace").lower()
        streams[name] = Stream(offset, content, start)
        waiting.extend(struct.unpack_from("<II", entry, 68))
    return streams


def content_of(data: bytes, stream: Stream) -> bytes:
    """Return the bytes of a stream, its sectors followed as far as they can be; of one in the mini stream, nothing.

    A workbook is never that small: Excel pads its stream to 4,096 bytes.
    """
    if stream.size < _MINI:
        return b""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    table = _allocation_table(data, size)
    parts, sector = list[bytes](), stream.first
    while sector < len(table) and len(parts) * size < stream.size:
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(parts)[: stream.size]


def _allocation_table(data: bytes, size: int) -> tuple[int, ...]:
    """Return the next sector of each sector (MS-CFB 2.3); its own sectors beyond 109 are listed in a chain (2.5)."""
    places = [place for place in struct.unpack_from("<109I", data, 76) if place < _NONE]
    more, seen = struct.unpack_from("<I", data, 68)[0], set[int]()
    while more < _NONE and more not in seen and (more + 2) * size <= len(data):
        seen.add(more)
        *listed, more = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        places += [place for place in listed if place < _NONE]
    parts = (data[(place + 1) * size : (place + 2) * size] for place in places)
    table = b"".join(part for part in parts if len(part) == size)
    return struct.unpack(f"<{len(table) // 4}I", table)


def has_password(data: bytes, book: Stream) -> bool:
    """Tell whether the workbook stream is encrypted: FILEPASS stands among its first records, in its first sector."""
    place, end = book.offset, min(book.offset + min(book.size, 512), len(data) - 4)
    while place < end:
        record, length = struct.unpack_from("<HH", data, place)
        if record == _FILEPASS:
            return True
        place += 4 + length
    return False


def _directory(data: bytes) -> tuple[bytes, int]:
    """Return the directory, its chain of sectors followed at most 1,000 long, and the size of a sector in bytes."""
    if len(data) < 512:
        return b"", 0
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        return b"", 0
    size = 1 << shift
    sector = struct.unpack_from("<I", data, 48)[0]
    tables = struct.unpack_from("<109I", data, 76)
    parts, seen = [], set[int]()
    while sector < _NONE and sector not in seen and len(seen) < 1000:
        seen.add(sector)
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        index, place = divmod(sector, size // 4)
        offset = (tables[index] + 1) * size + place * 4 if index < len(tables) and tables[index] < _NONE else len(data)
        if offset + 4 > len(data):
            break
        sector = struct.unpack_from("<I", data, offset)[0]
    return b"".join(parts), size
