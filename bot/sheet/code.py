"""The code by which a blank workbook of ours knows itself when it comes back filled in.

It reads ``baocao:<campaign>/<form>:<reporter>:<version>`` and is carried three times, because each carrier is lost
somewhere: a document property (Google Sheets drops it), a defined name, and a line that people see above the table.
The two that nobody sees may hold a token behind it: ``…:<version>:<token>``.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bot.model import Unreadable
from bot.sheet.workbook import Limits, read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sheet.workbook import Workbook

_CODE = re.compile(r"baocao:([\w./%~-]{3,200}):([\w.%~-]{1,80}):([0-9a-f]{8})(?::([A-Z2-7]{24}))?(?![\w%])", re.ASCII)
_CARRIERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:.*[\\/])?docProps[\\/]custom\.xml",
        r"meta\.xml",  # the properties of OpenDocument
        r"(?:.*[\\/])?workbook[^\\/]*\.xml",
    )
)
"""Parts of the zip that may carry the code, the surest first: properties, then defined names."""
_MOST = 8 * 2**20
"""Bytes of a part that are looked at: old workbooks drag tens of thousands of dead names along."""
_MOST_PARTS = 4
"""Of each kind: a workbook has one, LibreOffice's tables of names none; a zip may be full of what is called so."""
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, struct.error, ValueError, OverflowError,
)  # fmt: skip
"""What zipfile lets through for foreign bytes: cut, broken, encrypted, packed in a way it does not know."""


@dataclass(frozen=True, slots=True)
class BlankCode:
    """For whom and for what a blank workbook was made."""

    form: str
    """The full id: ``2012-kkt-kcn/III.4``."""
    reporter: str
    """The code in the register."""
    version: str
    """Eight hex digits: which state of the form's layout it shows."""
    token: str = ""
    """By which the program knows that it has made the blank itself; empty where it bears none."""


def parse_code(text: str) -> BlankCode | None:
    """Return the first code that *text* holds, such as the title block above a table; None where there is none."""
    found = _CODE.search(text)
    return BlankCode(unquote(found[1]), unquote(found[2]), found[3], found[4] or "") if found else None


def read_code(data: bytes, workbook: Workbook | None = None) -> BlankCode | None:
    """Return the code that a file carries, whatever kind it was saved as; None where it is no blank of ours.

    The visible line is looked for only where property and name are lost. *workbook* is the same file as read, if the
    caller has it at hand; else it is opened for that. A damaged file has no code.
    """
    if hidden := read_hidden_code(data):
        return hidden
    book = workbook if workbook is not None else read_workbook(data, Limits())
    if isinstance(book, Unreadable):
        return None
    return next((code for text in _visible(book) if (code := parse_code(text))), None)


def read_hidden_code(data: bytes) -> BlankCode | None:
    """Return the code in the carriers that nobody sees, with its token; None where they are lost or the file damaged.

    No table is opened for it: at most _MOST bytes of a few parts are unpacked.
    """
    return next((code for part in _parts(data) if (code := parse_code(part))), None)


def _parts(data: bytes) -> Iterator[str]:
    """Yield the parts of a zip that may carry the code, in the order of their trust."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            for carrier in _CARRIERS:
                for name in islice(filter(carrier.fullmatch, names), _MOST_PARTS):
                    with archive.open(name) as part:
                        # The code is ASCII, and every other byte may become what it likes.
                        yield part.read(_MOST).decode("ascii", "replace")
    except _DAMAGE:
        return


def _visible(book: Workbook) -> Iterator[str]:
    """Yield the texts in the heads of the visible sheets."""
    for sheet in book.sheets:
        for row in sheet.head if sheet.visible else ():
            yield from (cell for cell in row if isinstance(cell, str))
