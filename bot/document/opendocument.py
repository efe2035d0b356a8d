"""OpenDocument texts (.odt): ODF 1.2 part 1, 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.document.package import Package, attribute, local
from bot.document.text import MAX_CHARACTERS, Document, Kind, Writing
from bot.model import RefusalReason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLOCKS = frozenset({"p", "h"})
_HIDDEN = frozenset({"tracked-changes", "annotation", "automatic-styles", "styles", "font-face-decls", "scripts"})
_CHARACTERS = {"tab": " ", "line-break": "\n", "s": " "}


class _Reader:
    """Hears the events of a part; paragraphs may hold others in frames and notes."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._open: list[tuple[list[str], bool]] = []
        self._hidden = 0
        self._left = MAX_CHARACTERS
        self.pictures = 0

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        name = local(tag)
        if name in _HIDDEN:
            self._hidden += 1
        elif self._hidden:
            return
        elif name in _BLOCKS:
            self._open.append(([], name == "h"))
        elif name in _CHARACTERS and self._open:
            self._open[-1][0].append(_CHARACTERS[name])
        elif name == "image" and attribute(attrib, "href"):
            self.pictures += 1

    def data(self, data: str) -> None:
        if self._open and not self._hidden and self._left > 0:
            self._left -= len(data)
            self._open[-1][0].append(data)

    def end(self, tag: str) -> None:
        name = local(tag)
        if name in _HIDDEN:
            self._hidden -= 1
        elif name in _BLOCKS and self._open and not self._hidden:
            text, heading = self._open.pop()
            self._writing.add("".join(text), heading=heading)

    def close(self) -> None:
        """Nothing is kept open between parts."""


def read_opendocument(package: Package) -> Document | Unreadable:
    """Return the text of an OpenDocument text; ENCRYPTED where its manifest says so, DAMAGED where it breaks off."""
    if b"encryption-data" in package.start_of("META-INF/manifest.xml"):
        return Unreadable(RefusalReason.ENCRYPTED)
    if "content.xml" not in package.names:
        return Unreadable(RefusalReason.DAMAGED)
    writing = Writing()
    reader = _Reader(writing)
    trouble = package.feed("content.xml", reader)
    if trouble is None and "styles.xml" in package.names:
        # Headers and footers stand in the master pages of the styles part; without them the text is still whole.
        package.feed("styles.xml", _Reader(writing))
    return trouble or writing.document(Kind.ODT, pictures=reader.pictures)
