"""Whether a document is the signed copy that was sent on: a scan of the paper, or a PDF that was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.document.text import Kind

if TYPE_CHECKING:
    from bot.document.describe import DocumentFacts
    from bot.document.text import Document

_DIGITAL = b"/ByteRange"
"""Every digital signature of a PDF names the bytes that it covers, in the clear (ISO 32000-1, 12.8.1)."""


def is_signed_copy(data: bytes, document: Document, facts: DocumentFacts) -> bool:
    """Tell whether a file is a signed copy; *document* and *facts* are what it says.

    A Word file never is one. A PDF with text is one where it is signed digitally, or where number, date and the
    signer's block are all filled and it does not call itself a draft: so a document looks once it was issued.
    """
    if document.kind is not Kind.PDF:
        return False
    issued = bool(facts.number) and facts.date is not None and facts.signed and not facts.draft
    return document.scanned or issued or _DIGITAL in data
