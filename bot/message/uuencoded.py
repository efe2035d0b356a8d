"""Files that stand uuencoded in the text of a mail, as old programs sent them (POSIX uuencode)."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

_BEGIN = re.compile(rb"(?m)^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n")
_END = re.compile(rb"(?m)^end[ \t]*\r?$")
_LINE = re.compile(rb"[^\r\n]+")
_MOST = 50


class Uuencoded(NamedTuple):
    """One file out of a text."""

    name: bytes
    data: bytes
    whole: bool


def take_files(body: bytes) -> tuple[bytes, tuple[Uuencoded, ...]]:
    """Return the text without its uuencoded files, and the files; a cut one is said not to be whole."""
    files: list[Uuencoded] = []
    rest: list[bytes] = []
    place = 0
    for _ in range(_MOST):
        begin = _BEGIN.search(body, place)
        if begin is None:
            break
        end = _END.search(body, begin.end())
        stop = end.start() if end else len(body)
        found = _decode(begin, body[begin.end() : stop], closed=end is not None)
        if found is None:  # a sentence that only begins like that
            rest.append(body[place : begin.end()])
            place = begin.end()
            continue
        rest.append(body[place : begin.start()])
        files.append(found)
        place = end.end() if end else len(body)
    return b"".join(rest) + body[place:], tuple(files)


def decode_whole(body: bytes) -> tuple[bytes, bool]:
    """Return the bytes of a part whose transfer encoding is uuencode, and whether they are damaged."""
    _, files = take_files(body)
    return (files[0].data, not files[0].whole) if files else (b"", True)


def _decode(begin: re.Match[bytes], body: bytes, *, closed: bool) -> Uuencoded | None:
    data = bytearray()
    whole = closed
    for found in _LINE.finditer(body):
        line = found.group()
        if not line.strip(b" `"):
            continue
        try:
            data += binascii.a2b_uu(line)
        except binascii.Error:
            # Some encoders end a line with a few characters too many: its first one says how many octets count.
            most = (((line[0] - 32) & 63) * 8 + 5) // 6
            try:
                data += binascii.a2b_uu(line[: most + 1])
            except binascii.Error:
                whole = False
                if not data:
                    return None
    return Uuencoded(begin.group(1).strip(), bytes(data), whole) if data or closed else None
