"""winmail.dat: the files that Outlook wrapped in its own format (MS-OXTNEF), with as little of it as that needs."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from bot.message.decoding import decode_bytes
from bot.message.entries import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = b"\x78\x9f\x3e\x22"
_BODY, _TITLE, _DATA, _RENDERING, _PROPERTIES = 0x800C, 0x8010, 0x800F, 0x9002, 0x9005
"""The attributes that matter (MS-OXTNEF 2.1.3.1), without their type in the high word."""
_LONG_NAME, _OBJECT = 0x3707, 0x3701
"""PidTagAttachLongFilename and PidTagAttachDataObject (MS-OXPROPS)."""
_WIDTHS = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
"""Property types of a fixed width, padded to four bytes (MS-OXCDATA 2.11.1)."""
_SIZED = frozenset({13, 30, 31, 258})
_UNICODE = 31
_MANY = 0x1000
_NAMED = 0x8000
_MESSAGE_GUID = bytes.fromhex("0703020000000000c000000000000046")
_OBJECT_HEADER = 16
_MOST = 10_000


class Wrapped(NamedTuple):
    """What a winmail.dat holds."""

    files: tuple[Entry, ...]
    text: str
    whole: bool
    """Every attribute was there to its end, and its checksum right."""


def is_tnef(data: bytes) -> bool:
    """Return whether the bytes are Outlook's transport format."""
    return data.startswith(_MAGIC)


def open_tnef(data: bytes) -> Wrapped:
    """Return the files and the plain text of a winmail.dat; a cut one gives what there was before the cut."""
    files: list[Entry] = []
    text, name, content, whole = "", "", None, True
    for attribute, value, is_right in _attributes(data):
        whole = whole and is_right
        if attribute == _RENDERING:  # the first attribute of each file
            files += [Entry(name, content)] if content is not None else []
            name, content = "", None
        elif attribute == _TITLE:
            name = name or decode_bytes(value.split(b"\0")[0], None)
        elif attribute == _DATA:
            content = value
        elif attribute == _PROPERTIES:
            long_name, inner = _of_attachment(value)
            name, content = long_name or name, inner if inner is not None else content
        elif attribute == _BODY:
            text = decode_bytes(value.rstrip(b"\0"), None)
    files += [Entry(name, content)] if content is not None else []
    return Wrapped(tuple(files), text, whole)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes, bool]]:
    """Yield each attribute's number, its value, and whether it is whole (MS-OXTNEF 2.1.3)."""
    place = 6
    for _ in range(_MOST):
        if place + 9 > len(data):
            if data[place:].strip(b"\r\n\0 ") or place > len(data):  # a line's end behind it does no harm
                yield 0, b"", False
            return
        attribute, length = struct.unpack_from("<HxxI", data, place + 1)
        value = data[place + 9 : place + 9 + length]
        check = data[place + 9 + length : place + 11 + length]
        place += length + 11
        yield attribute, value, len(check) == 2 and sum(value) & 0xFFFF == int.from_bytes(check, "little")


def _of_attachment(value: bytes) -> tuple[str, bytes | None]:
    """Return the long name and the embedded mail, as a winmail.dat of its own, from a list of MAPI properties."""
    name, inner = "", None
    for tag, kind, content in _properties(value):
        if tag == _LONG_NAME and not name:
            name = content.decode("utf-16-le", "replace") if kind == _UNICODE else decode_bytes(content, None)
            name = name.split("\0")[0]
        elif tag == _OBJECT and content[:_OBJECT_HEADER] == _MESSAGE_GUID:
            inner = content[_OBJECT_HEADER:]
    return name, inner


def _properties(value: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield tag, type and first value of each MAPI property (MS-OXTNEF 2.1.3.4), up to the first that is not whole."""
    place = 4
    for _ in range(_MOST):
        if place + 4 > len(value):
            return
        kind, tag = struct.unpack_from("<HH", value, place)
        place = _after_name(value, place + 4) if tag >= _NAMED else place + 4
        base, count = kind & ~_MANY, 1
        if kind & _MANY or base in _SIZED:
            if place + 4 > len(value):
                return
            count, place = int.from_bytes(value[place : place + 4], "little"), place + 4
        first, place = _values(value, place, base, count)
        if place > len(value) or first is None:
            return
        yield tag, base, first


def _values(value: bytes, place: int, base: int, count: int) -> tuple[bytes | None, int]:
    """Return the first of *count* values and the place after all of them; None for an unknown type or a lie."""
    if count > _MOST or (base not in _SIZED and base not in _WIDTHS):
        return None, place
    first = b""
    for number in range(count):
        if base in _SIZED:
            if place + 4 > len(value):
                return None, place
            length, place = int.from_bytes(value[place : place + 4], "little"), place + 4
        else:
            length = _WIDTHS[base]
        first = value[place : place + length] if number == 0 else first
        place += length + -length % 4
    return first, place


def _after_name(value: bytes, place: int) -> int:
    """Return the place after the name of a named property: a GUID and a number or a string."""
    if value[place + 16 : place + 20] == b"\0\0\0\0":
        return place + 24
    length = int.from_bytes(value[place + 20 : place + 24], "little")
    return place + 24 + length + -length % 4
