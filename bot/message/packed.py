"""Archives of other makes than zip, by libarchive, out of memory; and what their own headers say before it is asked."""

from __future__ import annotations

import logging
import re
import struct
from typing import TYPE_CHECKING

from bot.message.entries import (
    DAMAGED,
    LOCKED,
    TOO_BIG,
    TOO_MANY,
    VOLUME,
    Budget,
    Entry,
    Listed,
    forbidden,
    is_junk,
    unsupported,
)
from bot.model import Unreadable

try:
    from libarchive import ArchiveError, memory_reader

    # It logs warnings with the names of entries, which are foreign text.
    logging.getLogger("libarchive").setLevel(logging.CRITICAL)
except (ImportError, OSError, TypeError, AttributeError):  # the binding or the system's library is not there
    memory_reader = None

if TYPE_CHECKING:
    from libarchive.entry import ArchiveEntry

_MAKES: tuple[tuple[bytes, str, str], ...] = (
    (b"Rar!\x1a\x07\x01\x00", "rar5", "RAR"),
    (b"Rar!\x1a\x07\x00", "rar", "RAR"),
    (b"RE\x7e\x5e", "", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7zip", "7z"),
    (b"MSCF", "cab", "CAB"),
)
"""How each make begins, what libarchive calls it (empty: not at all), and what people call it."""
_MOST_RECORDS = 5_000
_LOCKED = re.compile(r"encrypt|crypto|passphrase|password", re.IGNORECASE)
_NOT_THERE = re.compile(r"unsupported|not supported|unavailable|unknown (?:codec|filter)", re.IGNORECASE)


def archive_support() -> tuple[str, ...]:
    """Return the kinds of archive that can be opened on this machine, as ``bot doctor`` shows them."""
    return ("zip", "tar", "gz", "bz2", "xz", *(("rar", "7z", "cab") if memory_reader else ()))


def packed_make(data: bytes) -> str:
    """Return what people call this kind of archive (``RAR``, ``7z``, ``CAB``), or an empty string."""
    return next((make for start, _, make in _MAKES if data.startswith(start)), "")


def unpack(data: bytes, budget: Budget) -> tuple[Entry, ...] | Unreadable:
    """Return the files of a RAR, 7z or CAB archive, or why there are none to be had."""
    format_name, make = next((name, make) for start, name, make in _MAKES if data.startswith(start))
    known = _rar_trouble(data) if format_name == "rar" else _rar5_trouble(data) if format_name == "rar5" else None
    if known is not None:
        return known
    if memory_reader is None or not format_name:
        return unsupported(make)
    try:
        return _unpack(data, format_name, budget)
    except ArchiveError as problem:
        return _cause(str(problem), make)
    except MemoryError:
        return TOO_BIG


def _cause(said: str, make: str) -> Unreadable:
    if _LOCKED.search(said):
        return LOCKED
    if "solid" in said:
        return unsupported(f"{make} nén liền khối")
    return unsupported(f"{make} kiểu đặc biệt") if _NOT_THERE.search(said) else DAMAGED


def _unpack(data: bytes, format_name: str, budget: Budget) -> tuple[Entry, ...] | Unreadable:
    listing: list[Listed] = []
    # No filter, above all not those that start another program.
    with memory_reader(data, format_name=format_name, filter_name="none") as archive:
        for number, entry in enumerate(archive):
            if number >= _MOST_RECORDS:
                return TOO_MANY
            if _is_wanted(entry):
                listing.append(Listed(_path(entry), entry.size, None, not entry.isfile or bool(entry.linkpath)))
    refused = forbidden(listing, len(data), budget)
    if refused is not None:
        return refused
    if any(one.size is None for one in listing):
        # A copy that RAR 5 stores as a reference; libarchive would give an empty file for it.
        return unsupported("RAR kiểu đặc biệt")
    files: list[Entry] = []
    with memory_reader(data, format_name=format_name, filter_name="none") as archive:
        for entry in archive:
            if _is_wanted(entry):
                content = _content(entry, sum(len(one.data) for one in files), budget)
                if isinstance(content, Unreadable):
                    return content
                files.append(Entry(_path(entry), content))
    return tuple(files)


def _content(entry: ArchiveEntry, so_far: int, budget: Budget) -> bytes | Unreadable:
    pieces: list[bytes] = []
    for piece in entry.get_blocks():
        pieces.append(piece)
        so_far += len(piece)
        if so_far > budget.size:
            return TOO_BIG
    content = b"".join(pieces)
    return content if len(content) == entry.size else DAMAGED


def _is_wanted(entry: ArchiveEntry) -> bool:
    return not entry.isdir and not is_junk(_path(entry))


def _path(entry: ArchiveEntry) -> str:
    path = entry.pathname
    shown = path.decode("utf-8", "replace") if isinstance(path, bytes) else path or ""
    return shown.replace("\\", "/").removeprefix("./")


# -- what a RAR file says of itself; libarchive has one vague sentence for all of it ---------------------------


def _rar_trouble(data: bytes) -> Unreadable | None:
    """Walk the block headers of RAR 1.5–4: volumes, passwords, and ways of packing that libarchive does not have."""
    place, found = 7, None
    for _ in range(_MOST_RECORDS):
        if place + 7 > len(data):
            break
        kind, flags, size = struct.unpack_from("<BHH", data, place + 2)
        if kind == 0x73 and flags & 0x01:
            return VOLUME
        if (kind == 0x73 and flags & 0x80) or (kind == 0x74 and flags & 0x04):
            return LOCKED
        if (kind == 0x73 and flags & 0x02) or (kind == 0x74 and _is_old(flags, data[place + 24 : place + 26])):
            found = unsupported("RAR kiểu cũ")
        extra = struct.unpack_from("<I", data, place + 7)[0] if flags & 0x8000 and place + 11 <= len(data) else 0
        place += max(size, 7) + extra
    return found


def _is_old(flags: int, version_and_method: bytes) -> bool:
    """Return whether a file, not a folder or one that is only stored, is packed as RAR before 2.9 did."""
    is_folder = flags & 0xE0 == 0xE0
    return not is_folder and version_and_method[1:] != b"0" and version_and_method < b"\x1d"


def _rar5_trouble(data: bytes) -> Unreadable | None:
    """Read the first header of RAR 5: an encryption header, or the main one with its volume flag."""
    _, place = _vint(data, 12)
    kind, place = _vint(data, place)
    flags, place = _vint(data, place)
    if kind == 4:
        return LOCKED
    if flags & 1:
        _, place = _vint(data, place)
    archive_flags, _ = _vint(data, place)
    return VOLUME if kind == 1 and archive_flags & 1 else None


def _vint(data: bytes, place: int) -> tuple[int, int]:
    """Return a number of seven bits to the byte and the place after it; what is cut off counts as nothing."""
    value = 0
    for number, octet in enumerate(data[place : place + 10]):
        value |= (octet & 0x7F) << (7 * number)
        if octet < 0x80:
            return value, place + number + 1
    return value, len(data)
