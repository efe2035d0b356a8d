"""An official letter's file → its document: what narratives come as, and plain text besides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.document.letter.lines import join_lines
from bot.document.read import read_document
from bot.document.text import Document, Kind, Writing
from bot.document.title import ADDRESSEE
from bot.model import RefusalReason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = 30
"""The lines among which the head of a letter lies: who and number on the left, nation and date on the right."""
_COLUMNS = re.compile(r"(?:(?P<left>\S.*?)(?:\s{3,}|\s*\t\s*)|\s{10,})(?P<right>\S.*)$")


def read_letter_file(data: bytes) -> Document | Unreadable:
    """Return the text of a letter in Word, OpenDocument, Rich Text, PDF or plain text, its broken lines joined.

    Reasons as ``read_document`` gives them; WRONG_TYPE for bytes that are no text either, EMPTY_FORM for a file
    without a word in it: a scan without a text layer.
    """
    found = read_document(data)
    if isinstance(found, Unreadable):
        text = _decoded(data) if found.reason is RefusalReason.WRONG_TYPE else None
        if text is None:
            return found
        writing = Writing()
        writing.add("\n".join(_one_column(text.splitlines())))
        found = writing.document(Kind.TXT)
    if not found.paragraphs:
        return Unreadable(RefusalReason.EMPTY_FORM)
    return Document(found.kind, join_lines(found.paragraphs), found.pages, found.scanned, found.pictures)


def _one_column(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a text whose head stands in two columns, those on the left before those on the right."""
    left: list[str] = []
    right: list[str] = []
    begun = False
    for number, line in enumerate(lines):
        begun = begun or number >= _HEAD or ADDRESSEE.match(line.strip()) is not None
        parts = None if begun else _COLUMNS.match(line.rstrip())
        if parts is None:
            yield from (*left, *right)
            left, right = [], []
            yield line
        else:
            left += [parts["left"]] if parts["left"] else []
            right.append(parts["right"])
    yield from (*left, *right)


def _decoded(data: bytes) -> str | None:
    """Return the text of plain bytes: UTF-8, or UTF-16 with its mark, as editors on Windows save it."""
    coding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
