"""OpenDocument sheets (ODF 1.2 part 1, 9): the flat kind (.fods), and those with error cells that the reader blanks."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from lxml import etree

from bot.sheet.drawn import MOST_COLUMNS, MOST_ROWS, Drawn
from bot.sheet.grid import Merge, Uncalculated
from bot.sheet.hidden import Hidden
from bot.sheet.package import DAMAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sheet.grid import Cell

_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _OFFICE, _TEXT, _STYLE = (_OASIS % one for one in ("table", "office", "text", "style"))
_CALCULATED = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ERROR_TEXT = re.compile(r"#(?:REF!|DIV/0!|N/A|NAME\?|VALUE!|NUM!|NULL!)|(?:Err|Lỗi):\d{3}", re.IGNORECASE)
_ERROR_BYTES = re.compile(rb'value-type="error"|>(?:#(?:REF!|DIV/0!|N/A|NAME\?|VALUE!|NUM!|NULL!)|Err:\d{3})<')
_HIDDEN = re.compile(rb':visibility="(?:collapse|filter)"')
_SPANNED = re.compile(rb'-spanned="(?:[2-9]|[1-9][0-9])')
_ROW_END = b"</table:table-row>"
_MOST_SPANNED = 64 * 2**20
_MOST_CONTENT = 200 * 2**20
_REPEATED = 1024
"""A filled cell repeated more often is formatting that runs to the border of the sheet."""


def content_of(data: bytes) -> bytes:
    """Return the content of the .ods *data*; empty where it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package, package.open("content.xml") as part:
            return part.read(_MOST_CONTENT)
    except DAMAGE:
        return b""


def holds_errors(content: bytes) -> bool:
    """Tell whether a content holds error cells."""
    return bool(_ERROR_BYTES.search(content))


def find_hidden(content: bytes) -> dict[str, Hidden]:
    """Return the rows and columns of each sheet of a content that are out of sight, by hand or by a filter."""
    if not _HIDDEN.search(content):
        return {}
    found: dict[str, tuple[set[int], set[int]]] = {}
    rows, columns, row, column = set[int](), set[int](), 0, 0
    try:
        for event, element in etree.iterparse(
            io.BytesIO(content),
            events=("start", "end"),
            tag=(f"{_TABLE}table", f"{_TABLE}table-row", f"{_TABLE}table-column"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
        ):
            if element.tag == f"{_TABLE}table" and event == "start":
                rows, columns = found.setdefault(element.get(f"{_TABLE}name", ""), (set(), set()))
                row = column = 0
            elif element.tag == f"{_TABLE}table-row" and event == "end":
                row = _hide(element, row, "number-rows-repeated", rows, MOST_ROWS)
                element.clear()
            elif element.tag == f"{_TABLE}table-column" and event == "end":
                column = _hide(element, column, "number-columns-repeated", columns, MOST_COLUMNS)
    except etree.XMLSyntaxError:
        return {}
    return {name: Hidden.of(*both) for name, both in found.items() if any(both)}


def _hide(element: etree._Element, number: int, repeated: str, hidden: set[int], most: int) -> int:
    """Note the rows or columns of an element where it is out of sight; return the number of the next."""
    times = _count(element, repeated, most)
    if element.get(f"{_TABLE}visibility") in ("collapse", "filter"):
        hidden.update(range(number + 1, min(number + times, most) + 1))
    return number + times


def find_merges(content: bytes) -> dict[str, tuple[Merge, ...]]:
    """Return the merged ranges of each sheet of a content, of which the fast reader knows nothing.

    Their cells hold the words once: a header over several columns, a name beside several rows. Nothing is read behind
    the last of them, nor behind the first part of a large content: walking it takes longer than reading the sheet.
    """
    last = max((one.end() for one in _SPANNED.finditer(content, 0, _MOST_SPANNED)), default=0)
    if not last:
        return {}
    end = content.find(_ROW_END, last)
    found: dict[str, list[Merge]] = {}
    name, number = "", 0
    try:
        for event, element in etree.iterparse(
            io.BytesIO(content if end < 0 else content[: end + len(_ROW_END)]),
            events=("start", "end"),
            tag=(f"{_TABLE}table", f"{_TABLE}table-row"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
        ):
            if element.tag == f"{_TABLE}table" and event == "start":
                name, number = element.get(f"{_TABLE}name", ""), 0
            elif element.tag == f"{_TABLE}table-row" and event == "end":
                found.setdefault(name, []).extend(_merges_in(element, number))
                number += _count(element, "number-rows-repeated", MOST_ROWS)
                element.clear()
    except etree.XMLSyntaxError:
        # The content was cut behind the last merged cell, or is broken: then the reader itself refuses it.
        pass
    return {sheet: tuple(merges) for sheet, merges in found.items() if merges}


def _merges_in(row: etree._Element, number: int) -> Iterator[Merge]:
    column = 0
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        down, right = (_count(cell, f"number-{one}-spanned", MOST_ROWS) - 1 for one in ("rows", "columns"))
        if down or right:
            yield Merge(number, column, number + down, column + right)
        column += _count(cell, "number-columns-repeated", MOST_COLUMNS)


@dataclass(slots=True)
class _Hand:
    """Where the reading stands."""

    sheet: Drawn | None = None
    row: int = 0
    column: int = 0


def read_opendocument(content: bytes, most: int) -> list[Drawn] | None:
    """Return the sheets of an OpenDocument's XML, at most *most* filled cells each; None where it is broken.

    Raises TooManyCellsError. Entities are not resolved, and nothing is fetched.
    """
    sheets: list[Drawn] = []
    hidden: set[str] = set()
    hand = _Hand()
    try:
        events = etree.iterparse(
            io.BytesIO(content), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False
        )
        for event, element in events:
            if event == "start" and element.tag == f"{_TABLE}table":
                visible = element.get(f"{_TABLE}style-name", "") not in hidden
                hand = _Hand(Drawn(element.get(f"{_TABLE}name", ""), visible, most))
                sheets.append(hand.sheet)  # type: ignore[arg-type]
            elif event == "end" and element.tag == f"{_TABLE}table-row" and hand.sheet is not None:
                hand.row = _read_row(element, hand.row, hand.sheet)
                element.clear()
            elif event == "end" and element.tag == f"{_TABLE}table-column" and hand.sheet is not None:
                columns = hand.sheet.hidden_columns
                hand.column = _hide(element, hand.column, "number-columns-repeated", columns, MOST_COLUMNS)
            elif event == "end" and element.tag == f"{_STYLE}style":
                properties = element.find(f"{_STYLE}table-properties")
                if properties is not None and properties.get(f"{_TABLE}display") == "false":
                    hidden.add(element.get(f"{_STYLE}name", ""))
    except etree.XMLSyntaxError:
        return None
    return sheets or None


def _read_row(row: etree._Element, number: int, sheet: Drawn) -> int:
    """Write one row, as often as it is repeated, and return the number of the next."""
    times = _count(row, "number-rows-repeated", MOST_ROWS)
    cells: list[tuple[int, Cell, int, int]] = []
    column = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeated = _count(cell, "number-columns-repeated", MOST_COLUMNS)
        value = _value(cell)
        down, right = (_count(cell, f"number-{one}-spanned", MOST_ROWS) - 1 for one in ("rows", "columns"))
        if value != "" or down or right:
            cells += [(column + place, value, down, right) for place in range(min(repeated, _REPEATED))]
        column += repeated
    _hide(row, number, "number-rows-repeated", sheet.hidden_rows, MOST_ROWS)
    for place in range(min(times, _REPEATED) if cells else 0):
        for at, value, down, right in cells:
            sheet.put(number + place, at, value, down=down, right=right)
    return number + times


def _count(element: etree._Element, name: str, most: int) -> int:
    written = element.get(f"{_TABLE}{name}", "1")
    return max(1, min(int(written), most)) if written.isascii() and written.isdigit() else 1


def _value(cell: etree._Element) -> Cell:
    shown = "\n".join("".join(map(str, one.itertext())) for one in cell.iterchildren(f"{_TEXT}p"))
    kind = cell.get(f"{_OFFICE}value-type", "")
    formula = cell.get(f"{_TABLE}formula")
    if cell.get(f"{_CALCULATED}value-type") == "error" or (formula and _ERROR_TEXT.fullmatch(shown)):
        return shown if shown.startswith("#") else "#VALUE!"
    if not kind:
        return shown or (Uncalculated(f"={formula.partition('=')[2]}") if formula else "")
    try:
        return _typed(cell, kind, shown)
    except ValueError:
        # The value does not fit its type; what people see stands.
        return shown


def _typed(cell: etree._Element, kind: str, shown: str) -> Cell:
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(f"{_OFFICE}value", shown))
    if kind == "date":
        written = cell.get(f"{_OFFICE}date-value", shown)
        return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    return cell.get(f"{_OFFICE}string-value") or shown
