"""PDF: the text of each page, or the word that there is none (a scan)."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, LimitReachedError

from bot.document.text import Document, Kind, Writing
from bot.model import RefusalReason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PageObject

MAX_PAGES = 300
"""Pages that are read; a narrative with its annexes is far below."""
MAX_CONTENT = 4 * 2**20
"""Bytes of drawing commands that are read in all: over a hundred times those of an ordinary page."""
MAX_PAGE_CONTENT = 2**19
"""Bytes of drawing commands of one page: the time that pypdf takes grows faster than they do."""
MAX_OPERATIONS = 400_000
"""Drawing commands that are followed in all, those of forms counted each time that a page shows them."""
_LEAST_LETTERS = 100
"""A page with fewer is no page of text: a stamp or a page number over a picture."""
_BROKEN = 64 * 1024
"""What a page that cannot be read takes of the budget, in bytes, so that many of them come to an end too."""
_FULL_LINE = 50
"""A line of fewer characters never fills the width of a page of text."""
_LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": 32 * 2**20,
    "lzw_maximum_output_length": 32 * 2**20,
    "run_length_maximum_output_length": 32 * 2**20,
    "array_based_stream_maximum_output_length": 32 * 2**20,
    "stream_decoding_work_maximum_length": 64 * 2**20,
    "stream_parsing_work_maximum_count": 400_000,
    "xform_maximum_invocations_per_extraction": 100,
    "page_tree_maximum_entries": 20_000,
    "page_tree_maximum_page_entries": 200_000,
    "jbig2dec_binary": None,
}
_MARKER = re.compile(
    r"(?:[-–—+•*▪]|\(?(?:[IVXLC]{1,6}|\d{1,2}(?:\.\d{1,2})*|[a-zđ])[.)/])\s|\d+(?:\.\d+)+\s"
    r"|Số\s*:|V/v\b|Kính gửi|Nơi nhận|(?:TM|KT|TL|TUQ)\s?\."
)
_SENTENCE_END = (".", ";", ":", "!", "?", "./.")


def read_pdf(data: bytes) -> Document | Unreadable:
    """Return the text of a PDF; ENCRYPTED where it needs a password, DAMAGED where its pages cannot be found."""
    with apply_configuration(**_LIMITS):
        try:
            return _read(PdfReader(io.BytesIO(data)))
        except DependencyError:
            # Only a cipher that this installation cannot undo asks for another library.
            return Unreadable(RefusalReason.ENCRYPTED)
        except Exception:  # noqa: BLE001  pypdf tells damage by whatever its arithmetic on foreign bytes runs into
            return Unreadable(RefusalReason.DAMAGED)


def _read(reader: PdfReader) -> Document | Unreadable:
    if reader.is_encrypted and not reader.decrypt(""):
        return Unreadable(RefusalReason.ENCRYPTED)
    total = len(reader.pages)
    if not total:
        return Unreadable(RefusalReason.DAMAGED)
    writing, pictures, bare, read, budget = Writing(), 0, 0, 0, _Budget()
    for number in range(min(total, MAX_PAGES)):
        page = reader.pages[number]
        shown = sum(1 for _ in _pictures(page, 3))
        text = _text_of(page, budget)
        pictures, read = pictures + shown, read + 1
        if text is not None:
            letters = sum(map(str.isalpha, text))
            bare += letters == 0 or (letters < _LEAST_LETTERS and shown > 0)
            writing.add_all(_paragraphs(text))
        if budget.spent or writing.full:
            break
    return writing.document(Kind.PDF, pictures=pictures, pages=total, scanned=2 * bare >= read)


class _Budget:
    """What may still be spent on a document, whose pages may all show the same large forms."""

    def __init__(self) -> None:
        self._bytes = MAX_CONTENT
        self._operations = MAX_OPERATIONS

    @property
    def spent(self) -> bool:
        return self._bytes <= 0 or self._operations <= 0

    def allows(self, size: int) -> bool:
        """Take *size* bytes of one page's commands off, and tell whether they may be read."""
        self._bytes -= size
        return size <= MAX_PAGE_CONTENT and not self.spent

    def count(self, *_: object) -> None:
        """Take one drawing command off; pypdf calls this before each. Raises LimitReachedError when none is left."""
        self._operations -= 1
        if self._operations <= 0:
            raise LimitReachedError("the drawing commands of this document are too many")


def _text_of(page: PageObject, budget: _Budget) -> str | None:
    """Return a page's text; None for a page that is broken or too large."""
    try:
        contents = page.get_contents()
        if contents is None:
            return ""
        if not budget.allows(len(contents.get_data())):
            return None
        return page.extract_text(visitor_operand_before=budget.count)
    except DependencyError:
        raise
    except Exception:  # noqa: BLE001  one broken page must not take the others with it
        budget.allows(_BROKEN)
        return None


def _pictures(holder: Any, depth: int) -> Iterator[None]:
    """Yield once for each picture among the resources of a page, or of a form on it; nothing is decoded."""
    try:
        resources = holder.get("/Resources")
        objects = resources.get_object().get("/XObject") if resources is not None else None
        named = list(objects.get_object().values())[:200] if objects is not None else []
        found = [one.get_object() for one in named]
    except Exception:  # noqa: BLE001  resources that cannot be followed show nothing
        return
    for one in found:
        kind = one.get("/Subtype") if hasattr(one, "get") else None
        if kind == "/Image":
            yield
        elif kind == "/Form" and depth:
            yield from _pictures(one, depth - 1)


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a page, put together from its lines.

    A PDF knows lines only. One goes on in the next where that begins with a small letter, or where it fills the
    page's width without ending a sentence and the next bears no number or bullet.
    """
    lines = [" ".join(line.split()) for line in text.splitlines()]
    full = max(0.75 * max((len(line) for line in lines), default=0), _FULL_LINE)
    whole, last = "", ""
    for line in filter(None, lines):
        if whole and _goes_on(last, line, full):
            whole = f"{whole} {line}"
        else:
            if whole:
                yield whole
            whole = line
        last = line
    if whole:
        yield whole


def _goes_on(last: str, line: str, full: float) -> bool:
    if last.endswith(_SENTENCE_END) or _MARKER.match(line):
        return False
    return line[0].islower() or (len(last) >= full and last.isupper() == line.isupper())
