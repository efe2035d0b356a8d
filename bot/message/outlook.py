"""Mails that were saved from Outlook and attached as a file (.msg, MS-OXMSG): only their files and their text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import olefile

from bot.message.decoding import decode_bytes
from bot.message.entries import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ATTACHMENT = "__attach_version1.0_"
_PROPERTY = "__substg1.0_"
_CONTENT, _LONG_NAME, _SHORT_NAME, _BODY = "37010102", "3707", "3704", "1000"
_TEXTS = (("001F", "utf-16-le"), ("001E", None))
"""Unicode and 8-bit strings, by the type at the end of a stream's name (MS-OXMSG 2.2.2)."""
_MOST_FILES = 200
_MOST_BYTES = 100 * 2**20
"""Streams may share sectors, so that a small file could yield any amount."""


class Saved(NamedTuple):
    """What a saved mail holds."""

    files: tuple[Entry, ...]
    text: str


def open_msg(data: bytes) -> Saved | None:
    """Return the files and the text of a saved Outlook mail; None for any other compound file, or a broken one.

    The files of a mail inside the mail are found too, whatever its depth.
    """
    if not data.startswith(_MAGIC) or "__properties_version1.0".encode("utf-16-le") not in data:
        return None
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            names = compound.listdir(streams=True, storages=False)
            if ["__properties_version1.0"] not in names:
                return None
            return Saved(tuple(_files(compound, names)), _text(compound, [], _BODY))
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError, MemoryError):
        # olefile checks little of a hostile file; whatever it stumbles over, the file is not a whole mail.
        return None


def _files(compound: olefile.OleFileIO[Any], names: Sequence[list[str]]) -> Iterator[Entry]:
    contents = [name for name in names if name[-1] == _PROPERTY + _CONTENT and name[-2:-1]]
    room = _MOST_BYTES
    for path in contents[:_MOST_FILES]:
        folder = path[:-1]
        room -= compound.get_size(path)
        if folder[-1].startswith(_ATTACHMENT) and room >= 0:
            shown = _text(compound, folder, _LONG_NAME) or _text(compound, folder, _SHORT_NAME)
            yield Entry(shown.replace("\\", "/"), compound.openstream(path).read())


def _text(compound: olefile.OleFileIO[Any], folder: list[str], number: str) -> str:
    for kind, charset in _TEXTS:
        path = [*folder, _PROPERTY + number + kind]
        if compound.exists(path):
            raw = compound.openstream(path).read()
            text = raw.decode(charset, "replace") if charset else decode_bytes(raw, None)
            return text.split("\0")[0]
    return ""
