"""Word documents since 2007 (.docx, .docm, .dotx): ECMA-376 part 1, 17.

Own, because python-docx loads whole trees, knows neither headers nor text boxes in reading order, and refuses one real
file in eight (templates, files with macros, files without a settings part).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.document.package import Package, attribute, local
from bot.document.text import MAX_CHARACTERS, Document, Kind, Writing
from bot.model import RefusalReason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAIN = re.compile(r"(?:^|.*/)word/document\d*\.xml$", re.IGNORECASE)
_ORDER = tuple(
    re.compile(rf"(?:^|.*/)word/{part}\d*\.xml$", re.IGNORECASE)
    for part in ("header", "document", "footnotes", "endnotes", "footer")
)
_HEADING_STYLE = re.compile(r"heading|title|tieude|u\d$", re.IGNORECASE)
"""Vietnamese editions of Word call their heading styles ``u1``, ``u2`` … in the file."""
_HIDDEN = frozenset({"Fallback", "moveFrom", "del"})
"""A second rendering for old programs, and text that a tracked change took away."""
_PICTURES = frozenset({"blip", "imagedata"})
_IN_RUN = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "}
_OFF = frozenset({"0", "false", "off"})


@dataclass(slots=True)
class _Paragraph:
    text: list[str] = field(default_factory=list)
    letters: int = 0
    bold: int = 0
    heading: bool = False

    @property
    def stands_out(self) -> bool:
        return self.heading or (self.letters > 0 and self.bold == self.letters)


class _Reader:
    """Hears the events of one part; a paragraph may hold others in its text boxes."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._open: list[_Paragraph] = []
        self._hidden = 0
        self._in_text = False
        self._runs = 0
        self._bold = False
        self._left = MAX_CHARACTERS
        self.pictures = 0

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        name = local(tag)
        if name in _HIDDEN:
            self._hidden += 1
        elif self._hidden:
            return
        elif name == "p":
            self._open.append(_Paragraph())
        elif name == "r":
            self._runs, self._bold = self._runs + 1, False
        elif name == "t":
            self._in_text = True
        elif name in _PICTURES:
            self.pictures += 1
        elif self._open:
            self._mark(name, attrib)

    def _mark(self, name: str, attrib: Mapping[str, str]) -> None:
        """Notice what the properties say of the paragraph or run that is open."""
        paragraph = self._open[-1]
        if name in _IN_RUN and self._runs:
            paragraph.text.append(_IN_RUN[name])
        elif name == "b" and self._runs:
            self._bold = attribute(attrib, "val") not in _OFF
        elif name == "pStyle":
            paragraph.heading |= bool(_HEADING_STYLE.match(attribute(attrib, "val")))
        elif name in ("outlineLvl", "numPr"):
            paragraph.heading |= attribute(attrib, "val") != "9"  # level 9 is body text (17.3.1.20)

    def data(self, data: str) -> None:
        if self._in_text and not self._hidden and self._open and self._left > 0:
            self._left -= len(data)
            paragraph, letters = self._open[-1], len(data.strip())
            paragraph.text.append(data)
            paragraph.letters += letters
            paragraph.bold += letters if self._bold else 0

    def end(self, tag: str) -> None:
        name = local(tag)
        if name in _HIDDEN:
            self._hidden -= 1
        elif self._hidden:
            return
        elif name == "t":
            self._in_text = False
        elif name == "r":
            self._runs -= 1
        elif name == "p" and self._open:
            done = self._open.pop()
            self._writing.add("".join(done.text), heading=done.stands_out)

    def close(self) -> None:
        """Nothing is kept open between parts."""


def read_word(package: Package) -> Document | Unreadable:
    """Return the text of a Word package: headers, body with its tables and text boxes, footnotes, footers.

    DAMAGED where the body is missing or breaks off; a broken header or footer is passed over.
    """
    writing, pictures, found = Writing(), 0, False
    for pattern in _ORDER:
        for name in sorted({one for one in package.names if pattern.match(one)}):
            reader = _Reader(writing)
            trouble = package.feed(name, reader)
            pictures += reader.pictures
            if _MAIN.match(name):
                found = True
                if trouble is not None:
                    return trouble
    return writing.document(Kind.DOCX, pictures=pictures) if found else Unreadable(RefusalReason.DAMAGED)
