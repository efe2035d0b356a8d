"""Excel XML 2003 (SpreadsheetML), often called .xls: what accounting and reporting programs export."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

from lxml import etree

from bot.sheet.drawn import Drawn
from bot.sheet.grid import Uncalculated

if TYPE_CHECKING:
    from bot.sheet.grid import Cell

_SPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_ROWS = frozenset({f"{_SPACE}Worksheet", f"{_SPACE}Row", f"{_SPACE}Column", f"{_EXCEL}Visible"})


def read_spreadsheetml(data: bytes, most: int) -> list[Drawn] | None:
    """Return the sheets of the XML *data*, at most *most* filled cells each; None where it is broken.

    Raises TooManyCellsError. Entities are not resolved, and nothing is fetched.
    """
    sheets: list[Drawn] = []
    row = column = 0
    try:
        events = etree.iterparse(
            io.BytesIO(data.lstrip()), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
            recover=False,
        )  # fmt: skip
        for event, element in events:
            if element.tag not in _ROWS:
                continue
            if event == "start" and element.tag == f"{_SPACE}Worksheet":
                sheets.append(Drawn(element.get(f"{_SPACE}Name", ""), most=most))
                row = column = 0
            elif event == "end" and element.tag == f"{_SPACE}Row" and sheets:
                row = _place(element, row)
                if _count(element, "Hidden"):
                    sheets[-1].hidden_rows.update(range(row + 1, row + 2 + _count(element, "Span")))
                _read_row(element, row, sheets[-1])
                row += 1 + _count(element, "Span")
                element.clear()
            elif event == "end" and element.tag == f"{_SPACE}Column" and sheets:
                column = _place(element, column)
                if _count(element, "Hidden"):
                    sheets[-1].hidden_columns.update(range(column + 1, column + 2 + _count(element, "Span")))
                column += 1 + _count(element, "Span")
            elif event == "end" and element.tag == f"{_EXCEL}Visible" and sheets:
                sheets[-1].visible = "Hidden" not in (element.text or "")
    except etree.XMLSyntaxError:
        return None
    return sheets or None


def _read_row(row: etree._Element, number: int, sheet: Drawn) -> None:
    column = 0
    for cell in row.iterchildren(f"{_SPACE}Cell"):
        column = _place(cell, column)
        right = _count(cell, "MergeAcross")
        sheet.put(number, column, _value(cell), down=_count(cell, "MergeDown"), right=right)
        column += 1 + right


def _place(element: etree._Element, following: int) -> int:
    """Return where a row or cell stands: after the last one, or where its own index says (counted from 1)."""
    return max(_count(element, "Index") - 1, following)


def _count(element: etree._Element, name: str) -> int:
    written = element.get(f"{_SPACE}{name}", "0")
    return min(int(written), 2**20) if written.isascii() and written.isdigit() else 0


def _value(cell: etree._Element) -> Cell:
    data = cell.find(f"{_SPACE}Data")
    formula = cell.get(f"{_SPACE}Formula")
    if data is None:
        return Uncalculated(formula) if formula else ""
    text = "".join(map(str, data.itertext()))
    kind = data.get(f"{_SPACE}Type", "String")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.fromisoformat(text.strip())
    except ValueError:
        # What the program calls a number or a day is none; the text is what people see.
        return text
    return text.strip() == "1" if kind == "Boolean" else text
