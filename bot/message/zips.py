"""Zip archives, listed before anything is unpacked (APPNOTE.TXT 6.3)."""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from bot.language import nfc
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

if TYPE_CHECKING:
    from bot.model import Unreadable

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)
"""All that the library raises for a file that is not whole."""
_END = b"PK\x05\x06"
_MOST_RECORDS = 5_000
"""The library builds an object for each directory record before it can be asked how many there are."""
_METHODS = {
    1: "Shrink", 6: "Implode", 9: "Deflate64", 10: "Implode", 93: "Zstandard", 95: "XZ", 96: "JPEG", 97: "WavPack",
    98: "PPMd",
}  # fmt: skip
_KNOWN = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
_AES = 99
_UTF8 = 0x800
_UNICODE_PATH = 0x7075


def is_zip(data: bytes) -> bool:
    """Return whether the bytes begin as a zip file does, also an empty one or the first of several."""
    return data.startswith((b"PK\x03\x04", _END, b"PK\x07\x08"))


def is_document(data: bytes) -> bool:
    """Return whether a zip file is one document: Office Open XML, OpenDocument, iWork."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.lower().replace("\\", "/") for name in archive.namelist()[:_MOST_RECORDS]]
    except _BROKEN:
        # The directory is gone; the first file in it still tells, and Office writes this one first.
        length = int.from_bytes(data[26:28], "little")
        names = [data[30 : 30 + length].decode("ascii", "replace").lower()]
        return names[0].startswith(("[content_types].xml", "mimetype", "_rels/", "docprops/", "xl/", "word/"))
    return bool({"[content_types].xml", "mimetype", "xl/workbook.xml", "index/document.iwa"}.intersection(names))


def unzip(data: bytes, budget: Budget) -> tuple[Entry, ...] | Unreadable:
    """Return the files of a zip archive, or why there are none to be had."""
    end = data.rfind(_END)
    if data.startswith(b"PK\x07\x08") or (end >= 0 and data[end + 4 : end + 6] not in {b"\0\0", b"\xff\xff"}):
        return VOLUME
    if data.count(b"PK\x01\x02") > _MOST_RECORDS:
        return TOO_MANY
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [info for info in archive.infolist() if not _is_folder(info) and not is_junk(_path(info))]
            return _refused(files, len(data), budget) or tuple(_read(archive, info) for info in files)
    except MemoryError:
        return TOO_BIG
    except _BROKEN:
        return DAMAGED


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    # The reader stops at the declared size by itself, so an entry that lies about it fails its checksum.
    return Entry(_path(info), archive.read(info))


def _refused(files: list[zipfile.ZipInfo], packed: int, budget: Budget) -> Unreadable | None:
    listing = [Listed(_path(one), one.file_size, one.compress_size, _is_link(one)) for one in files]
    reason = forbidden(listing, packed, budget)
    if reason is not None:
        return reason
    if any(one.flag_bits & 1 or one.compress_type == _AES for one in files):
        return LOCKED
    strange = next((one.compress_type for one in files if one.compress_type not in _KNOWN), None)
    return None if strange is None else unsupported(f"kiểu {_METHODS.get(strange, strange)}")


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.orig_filename.endswith(("/", "\\")) and not info.file_size


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _path(info: zipfile.ZipInfo) -> str:
    """Return the path as its writer meant it: UTF-8 where said or where it fits, else the old code page."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        name = _unicode_path(info.extra, raw) or _guess(raw)
    return nfc(name).replace("\\", "/").removeprefix("./")


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """Return the UTF-8 path of the extra field 0x7075 (APPNOTE 4.6.9), which WinRAR and Info-ZIP add."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and field[:5] == b"\x01" + zlib.crc32(raw).to_bytes(4, "little"):
            return field[5:].decode("utf-8", "replace")
    return ""


def _guess(raw: bytes) -> str:
    """Return a name of no declared encoding: UTF-8, the Vietnamese code page of Windows, or that of DOS.

    Vietnamese letters of cp1258 lie above 0xC0, the accented ones of cp437 below 0xA8.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        high = [octet for octet in raw if octet > 0x7F]
    try:
        return raw.decode("cp1258" if min(high) >= 0xC0 else "cp437")
    except UnicodeDecodeError:
        return raw.decode("cp437")
