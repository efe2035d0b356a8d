"""A file's bytes → a document, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.document.binary import MAGIC, read_binary
from bot.document.opendocument import read_opendocument
from bot.document.package import open_package
from bot.document.pdf import read_pdf
from bot.document.rich import read_rich
from bot.document.word import read_word
from bot.model import RefusalReason, Unreadable

if TYPE_CHECKING:
    from bot.document.text import Document


def read_document(data: bytes) -> Document | Unreadable:
    """Return what a Word, OpenDocument, Rich Text or PDF file says; its format is told by its content.

    Reasons: EMPTY_FILE, ENCRYPTED, DAMAGED, TOO_LARGE, and WRONG_TYPE for whatever is no document (a workbook, a
    picture). Never raises for foreign bytes; a scan is a document without text, with ``scanned`` set.
    """
    if not data:
        return Unreadable(RefusalReason.EMPTY_FILE)
    if data.startswith(b"PK"):
        return _read_package(data)
    if data.startswith(MAGIC):
        return read_binary(data)
    if data.startswith(b"{\\rtf"):
        return read_rich(data)
    if b"%PDF-" in data[:1024]:
        return read_pdf(data)
    return Unreadable(RefusalReason.WRONG_TYPE)


def _read_package(data: bytes) -> Document | Unreadable:
    package = open_package(data)
    if isinstance(package, Unreadable):
        return package
    if any(name.lower().startswith("word/") for name in package.names):
        return read_word(package)
    if b"opendocument.text" in data[:200]:
        return read_opendocument(package)
    return Unreadable(RefusalReason.WRONG_TYPE)
