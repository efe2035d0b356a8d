"""Web pages called .xls: tables that web applications and Excel itself ("Save as web page") write as HTML or MHTML."""

from __future__ import annotations

import quopri
import re
from base64 import b64decode
from binascii import Error as Base64Error
from typing import TYPE_CHECKING

from lxml import etree, html

from bot.sheet.drawn import MOST_COLUMNS, MOST_ROWS, Drawn
from bot.sheet.legacy import decode_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sheet.grid import Cell

_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "center", "li", "caption"})
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_BOUNDARY = re.compile(rb'boundary="?([^"\s;]+)', re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:Name>([^<]*)</x:Name>", re.IGNORECASE)
_MOST_PARTS = 200


def is_web_archive(data: bytes) -> bool:
    """Tell whether *data* is a page with all its files in one (MHTML, RFC 2557)."""
    start = data[:4096].lower()
    is_mail = b"received:" in start or b"\nto:" in start
    return b"multipart/related" in start and b"mime-version:" in start and not is_mail


def read_html(data: bytes, most: int) -> list[Drawn] | None:
    """Return a sheet for each page in *data* that holds a table, at most *most* filled cells; None where none does.

    Texts between the tables become rows of their own, so that titles and units stay above their table. Raises
    TooManyCellsError. Nothing is fetched and no script is looked at.
    """
    pages = list(_pages(data)) if is_web_archive(data) else [data]
    sheets = [sheet for page in pages if (sheet := _read_page(page, most)) is not None]
    return sheets or None


def _pages(data: bytes) -> Iterator[bytes]:
    boundary = _BOUNDARY.search(data[:4096])
    if boundary is None:
        return
    for part in data.split(b"--" + boundary[1], _MOST_PARTS)[1:]:
        head, _, body = part.replace(b"\r\n", b"\n").partition(b"\n\n")
        if b"text/html" not in head.lower():
            continue
        if b"base64" in head.lower():
            try:
                body = b64decode(body)
            except Base64Error:
                continue
        elif b"quoted-printable" in head.lower():
            body = quopri.decodestring(body)
        yield body


def _read_page(data: bytes, most: int) -> Drawn | None:
    text = _decoded(data)
    try:
        root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    name = _SHEET_NAME.search(text)
    sheet = Drawn(name[1] if name else (root.findtext(".//title") or "").strip(), most=most)
    tables = [one for one in root.iter("table") if next(one.iterdescendants("table"), None) is None]
    if not tables:
        return None
    row = 0
    for element in root.iter("table", *_BLOCKS):
        if element.tag == "table":
            row = _read_table(element, row, sheet) if element in tables else row
        elif not _is_inside(element) and (written := _text(element)):
            sheet.put(row, 0, written)
            row += 1
    return sheet if sheet.rows else None


def _decoded(data: bytes) -> str:
    """Return the page as text: by its mark or UTF-8, else by what it declares, else by its letters."""
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    if name in ("windows-1258", "cp1258") and not data.startswith((b"\xff\xfe", b"\xef\xbb\xbf")):
        return data.decode("cp1258", "replace")
    return decode_bytes(data).text


def _is_inside(block: html.HtmlElement) -> bool:
    """Tell whether a block of text belongs to a table, or is only the frame of other blocks."""
    if next(block.iterancestors("table"), None) is not None:
        return True
    return next(block.iterdescendants("table", *_BLOCKS), None) is not None


def _read_table(table: html.HtmlElement, first: int, sheet: Drawn) -> int:
    """Write the rows of a table from row *first* on, and return the number of the row below it."""
    taken: dict[int, int] = {}
    row = first
    for line in table.iter("tr"):
        column = 0
        for cell in line.iterchildren("td", "th"):
            while taken.get(column, 0) > row:
                column += 1
            down, right = _span(cell, "rowspan", MOST_ROWS), _span(cell, "colspan", MOST_COLUMNS)
            sheet.put(row, column, _value(cell), down=down - 1, right=right - 1)
            if down > 1:
                taken.update(dict.fromkeys(range(column, column + min(right, 1024)), row + down))
            column += right
        row += 1
    return row


def _span(cell: html.HtmlElement, name: str, most: int) -> int:
    written = (cell.get(name) or "1").strip()
    return max(1, min(int(written), most)) if written.isascii() and written.isdigit() and len(written) < 9 else 1


def _value(cell: html.HtmlElement) -> Cell:
    """Return a cell's text, or the number that Excel keeps beside it (``x:num``)."""
    shown = _text(cell)
    exact = cell.get("x:num")
    if exact is not None:
        try:
            return float(exact or shown)
        except ValueError:
            # The number stands in the text, written as people read it.
            return shown
    return shown


def _text(element: html.HtmlElement) -> str:
    pieces: list[str] = []
    for one in element.iter():
        if one.tag == "br":
            pieces.append("\n")
        if isinstance(one.tag, str) and one.tag not in ("script", "style"):
            pieces.append(one.text or "")
        if one is not element and one.tail:
            pieces.append(one.tail)
    lines = ("".join(pieces)).replace("\xa0", " ").split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
