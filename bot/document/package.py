"""Zip packages of XML parts (.docx, .odt): listed before anything is unpacked, and read as a stream of events."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Protocol, cast

from lxml import etree

from bot.model import RefusalReason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 2**20
"""Bytes that all entries together may promise."""
MAX_PART = 32 * 2**20
"""Bytes of one part of XML: it is parsed as it is unpacked, so memory does not grow with it, but time does."""

_CHUNK = 64 * 1024
_LISTING = (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error)
_UNPACKING = (*_LISTING, RuntimeError, EOFError, OSError, zlib.error)


class Target(Protocol):
    """What hears the events of a part, as lxml's parsers call it."""

    def start(self, tag: str, attrib: Mapping[str, str]) -> None: ...  # noqa: D102
    def end(self, tag: str) -> None: ...  # noqa: D102
    def data(self, data: str) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class _Listener:
    """Passes events on, and notices a document type, which neither Word nor OpenDocument ever writes."""

    def __init__(self, target: Target) -> None:
        self.start, self.end, self.data, self.close = target.start, target.end, target.data, target.close
        self.unsafe = False

    def doctype(self, *_: object) -> None:
        self.unsafe = True


class Package:
    """The parts of a zip whose directory keeps within the limits."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = tuple(archive.namelist())

    def feed(self, name: str, target: Target) -> Unreadable | None:
        """Tell *target* the events of the part; return why it could not be read to its end, or None."""
        entry = self._archive.getinfo(name)
        if entry.flag_bits & 1:
            return Unreadable(RefusalReason.ENCRYPTED)
        if entry.file_size > MAX_PART:
            return Unreadable(RefusalReason.TOO_LARGE)
        listener = _Listener(target)
        parser = etree.XMLParser(
            target=cast("Any", listener), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            with self._archive.open(entry) as part:
                while chunk := part.read(_CHUNK):
                    parser.feed(chunk)
                    if listener.unsafe:
                        return Unreadable(RefusalReason.DAMAGED)
            parser.close()
        except (etree.XMLSyntaxError, *_UNPACKING):
            return Unreadable(RefusalReason.DAMAGED)
        return None

    def start_of(self, name: str, size: int = 2**20) -> bytes:
        """Return the first *size* bytes of a part; nothing where it is missing or broken."""
        try:
            with self._archive.open(name) as part:
                return part.read(size)
        except (KeyError, *_UNPACKING):
            # A part that is missing or broken says nothing; reading the text itself will name the damage.
            return b""


def open_package(data: bytes) -> Package | Unreadable:
    """Return the package in the zip *data*; DAMAGED where it cannot be listed, TOO_LARGE where it promises too much."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _LISTING:
        return Unreadable(RefusalReason.DAMAGED)
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        return Unreadable(RefusalReason.TOO_LARGE)
    return Package(archive)


def local(tag: str) -> str:
    """Return a tag's name without its namespace: Strict and Transitional files differ in the latter only."""
    return tag.rpartition("}")[2]


def attribute(attrib: Mapping[str, str], name: str) -> str:
    """Return the attribute of that local name, or nothing."""
    return next((value for key, value in attrib.items() if local(key) == name), "")
