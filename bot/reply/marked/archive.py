"""The zip container of a workbook: what is not touched is copied as it lies there, compressed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK = 1 << 18
"""Bytes of a part that are in hand at one time."""

TREE_LIMIT = 64 << 20
"""The largest part that is read as a whole; sheets are streamed and do not count."""

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, UnicodeError)
"""What zipfile raises for an entry that is cut, broken or packed in a way it does not know."""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_FASTEST = 1
_FIRST_DAY = (1 << 5) | 1


class UnpatchableError(Exception):
    """The bytes are no OOXML workbook that can be patched; the message says why."""


def part_key(name: str) -> str:
    """Return the key under which a part is found: part names do not distinguish case (ECMA-376 part 2, 6.2.2.3)."""
    return name.replace("\\", "/").lstrip("/").lower()


class Archive:
    """The sender's zip file, for reading."""

    def __init__(self, data: bytes) -> None:
        """Open *data*; raises UnpatchableError where it is no zip file, is encrypted, or names a part twice."""
        self._data = data
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (*DAMAGE, ValueError, OverflowError, OSError) as error:
            raise UnpatchableError(f"not a zip file: {error}") from error
        self.entries = {part_key(entry.filename): entry for entry in self._zip.infolist()}
        if len(self.entries) != len(self._zip.infolist()):
            raise UnpatchableError("a part is there twice")
        if any(not 0 <= entry.header_offset < len(data) for entry in self.entries.values()):
            raise UnpatchableError("an entry lies outside the file")
        if any(entry.flag_bits & _ENCRYPTED for entry in self.entries.values()):
            raise UnpatchableError("a part is encrypted")

    def has(self, part: str) -> bool:
        """Return whether the part is there."""
        return part_key(part) in self.entries

    def open(self, part: str) -> IO[bytes]:
        """Return the part as a stream; raises UnpatchableError where it is missing, and DAMAGE while it is read."""
        entry = self.entries.get(part_key(part))
        if entry is None:
            raise UnpatchableError(f"no part {part}")
        return self._zip.open(entry)

    def read(self, part: str) -> bytes:
        """Return the whole part, at most TREE_LIMIT bytes of it; raises as :meth:`open`, and where it is larger."""
        with self.open(part) as stream:
            data = stream.read(TREE_LIMIT + 1)
        if len(data) > TREE_LIMIT:
            raise UnpatchableError(f"{part} is too large")
        return data

    def packed(self, entry: zipfile.ZipInfo) -> memoryview:
        """Return the compressed bytes of an entry as they lie in the file (APPNOTE.TXT 4.3.7)."""
        start = entry.header_offset
        if self._data[start : start + 4] != b"PK\3\4":
            raise UnpatchableError("an entry is not where the directory says")
        name, extra = struct.unpack_from("<2H", self._data, start + 26)
        first = start + _LOCAL.size + name + extra
        packed = memoryview(self._data)[first : first + entry.compress_size]
        if len(packed) != entry.compress_size:
            raise UnpatchableError("an entry is cut off")
        return packed


@dataclass(frozen=True, slots=True)
class _Written:
    """One entry of the new file, as its directory names it."""

    name: bytes
    flags: int
    method: int
    time: int
    day: int
    crc: int
    packed: int
    size: int
    attributes: int
    system: int
    offset: int


class ArchiveWriter:
    """The new zip file, in memory."""

    def __init__(self) -> None:
        """Start an empty file."""
        self._out = io.BytesIO()
        self._entries: list[_Written] = []

    def copy(self, archive: Archive, entry: zipfile.ZipInfo) -> None:
        """Take over one entry without unpacking it."""
        packed = archive.packed(entry)
        year, month, day, hour, minute, second = entry.date_time
        flags = entry.flag_bits & _UTF8_NAME
        written = _Written(
            name=entry.filename.encode("utf-8" if flags else "cp437"),
            flags=flags,
            method=entry.compress_type,
            time=hour << 11 | minute << 5 | second // 2,
            day=(year - 1980) << 9 | month << 5 | day,
            crc=entry.CRC,
            packed=len(packed),
            size=entry.file_size,
            attributes=entry.external_attr,
            system=entry.create_system,
            offset=self._out.tell(),
        )
        self._out.write(_local_header(written))
        self._out.write(packed)
        self._entries.append(written)

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one part; where *chunks* raises, the file is as it was before and the exception goes on."""
        start = self._out.tell()
        encoded = name.encode()
        try:
            self._out.write(bytes(_LOCAL.size + len(encoded)))
            crc, size = self._deflate(chunks)
        except BaseException:
            self._out.seek(start)
            self._out.truncate()
            raise
        end = self._out.tell()
        packed = end - start - _LOCAL.size - len(encoded)
        flags = 0 if name.isascii() else _UTF8_NAME
        written = _Written(encoded, flags, zipfile.ZIP_DEFLATED, 0, _FIRST_DAY, crc, packed, size, 0, 0, start)
        self._out.seek(start)
        self._out.write(_local_header(written))
        self._out.seek(end)
        self._entries.append(written)

    def _deflate(self, chunks: Iterable[bytes]) -> tuple[int, int]:
        press = zlib.compressobj(_FASTEST, zlib.DEFLATED, -zlib.MAX_WBITS)
        crc = size = 0
        for chunk in chunks:
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            self._out.write(press.compress(chunk))
        self._out.write(press.flush())
        return crc, size

    def close(self) -> bytes:
        """Write the directory and return the whole file; raises UnpatchableError where it would need Zip64."""
        start = self._out.tell()
        if start >= 1 << 32 or len(self._entries) >= 1 << 16:
            raise UnpatchableError("too large for a plain zip file")
        for entry in self._entries:
            self._out.write(_central_header(entry))
        count, length = len(self._entries), self._out.tell() - start
        self._out.write(_END.pack(b"PK\5\6", 0, 0, count, count, length, start, 0))
        return self._out.getvalue()


def _local_header(entry: _Written) -> bytes:
    fields = (20, entry.flags, entry.method, entry.time, entry.day, entry.crc, entry.packed, entry.size)
    return _LOCAL.pack(b"PK\3\4", *fields, len(entry.name), 0) + entry.name


def _central_header(entry: _Written) -> bytes:
    fields = (entry.flags, entry.method, entry.time, entry.day, entry.crc, entry.packed, entry.size)
    made_by = entry.system << 8 | 20
    tail = (len(entry.name), 0, 0, 0, 0, entry.attributes, entry.offset)
    return _CENTRAL.pack(b"PK\1\2", made_by, 20, *fields, *tail) + entry.name
