"""A document as text: the one value that every reader of a format gives and every question is asked of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.language import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_CHARACTERS = 2_000_000
"""What is read of a document at most: some 700 pages. The rest is left, because no narrative of ours is so long."""

_LONGEST = 10_000
"""A line of more characters was not written by a person, and is cut into several: patterns are searched in each."""
_LINE_ENDS = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]+")


class Kind(StrEnum):
    """The format of a document, told by its content."""

    DOCX = "docx"
    ODT = "odt"
    RTF = "rtf"
    DOC = "doc"
    PDF = "pdf"
    TXT = "txt"
    """Official letters only: a plain file is no narrative of a reporter."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says, in reading order."""

    kind: Kind
    paragraphs: tuple[str, ...]
    """Headings, table cells, headers, footers and footnotes included; each composed (NFC), one line, never empty."""
    pages: int | None = None
    """Known of a PDF only."""
    scanned: bool = False
    """A picture of paper: at least half of its pages have no text layer."""
    pictures: int = 0
    headings: frozenset[int] = field(default_factory=frozenset)
    """The paragraphs (by index) that the file itself sets apart as headings: by style, in bold, or numbered."""


@dataclass(slots=True)
class Writing:
    """Collects the paragraphs of a document while it is read."""

    paragraphs: list[str] = field(default_factory=list)
    headings: set[int] = field(default_factory=set)
    characters: int = 0

    @property
    def full(self) -> bool:
        """Tell whether enough was read."""
        return self.characters >= MAX_CHARACTERS

    def add(self, text: str, *, heading: bool = False) -> None:
        """Add the lines of *text* as paragraphs; empty ones are left out."""
        for line in _LINE_ENDS.split(text):
            for start in range(0, len(line), _LONGEST):
                self._keep(one_line(line[start : start + _LONGEST], _LONGEST), heading=heading)

    def _keep(self, clean: str, *, heading: bool) -> None:
        if clean and not self.full:
            if heading:
                self.headings.add(len(self.paragraphs))
            self.paragraphs.append(clean)
            self.characters += len(clean)

    def add_all(self, lines: Iterable[str]) -> None:
        """Add each of *lines*."""
        for line in lines:
            self.add(line)

    def document(self, kind: Kind, *, pictures: int = 0, pages: int | None = None, scanned: bool = False) -> Document:
        """Return what was collected."""
        return Document(kind, tuple(self.paragraphs), pages, scanned, pictures, frozenset(self.headings))
