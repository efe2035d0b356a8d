"""Draws a book as the file that an office would save: merged headers, borders, widths, a signature block."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import xlsxwriter
import xlwt

from bot.demo.pages import HEADER_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.demo.pages import Book, Cell, Field, Line, Page

SAVED_AT = datetime(2012, 7, 2, 8, 0)  # noqa: DTZ001  a workbook keeps no zone
"""The same in every file, so that the same book is the same bytes."""
_FORMATS = {
    "text": "@",
    "centre": "General",
    "integer": "#,##0",
    "year": "0",
    "decimal": "#,##0.00",
    "percent": "0.00",
    "fraction": "0.00%",
    "date": "dd/mm/yyyy",
}
_CENTRED = frozenset({"centre", "year", "date"})
_FONT = "Times New Roman"
HEADER_HEIGHT = 62
"""Of the last header row, in points."""


@dataclass(frozen=True, slots=True)
class Span:
    """One header cell over a block of rows and columns, both counted from 0 and inclusive."""

    top: int
    left: int
    bottom: int
    right: int
    text: str


def header_spans(page: Page) -> Iterator[Span]:
    """Yield the header's cells: neighbours under equal words share one, a short column reaches down to the last row."""
    bottom = HEADER_ROW - 1 + page.depth - 1

    def below(left: int, right: int, level: int) -> Iterator[Span]:
        at = left
        while at <= right:
            words = page.fields[at].header
            end = at
            while end < right and _same_above(page.fields[end + 1], page.fields[at], level):
                end += 1
            top = HEADER_ROW - 1 + level
            leaf = len(words) == level + 1
            yield Span(top, at, bottom if leaf else top, end, words[level])
            if not leaf:
                yield from below(at, end, level + 1)
            at = end + 1

    yield from below(0, len(page.fields) - 1, 0)


def _same_above(one: Field, other: Field, level: int) -> bool:
    return min(len(one.header), len(other.header)) > level + 1 and one.header[: level + 1] == other.header[: level + 1]


def line_height(page: Page, line: Line) -> float:
    """Return how high a row must be for its longest wrapped text, in points."""
    texts = ((str(line.cells.get(field.key) or ""), field.width) for field in page.fields if field.shape == "text")
    return 15.5 * max(1, *(len(wrap(text, int(width) - 1)) for text, width in texts))


def draw_xlsx(book: Book) -> bytes:
    """Return the book as an .xlsx file; the same book gives the same bytes."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True})
    workbook.set_properties({"created": SAVED_AT})
    looks = _Looks(workbook)
    for page in book.pages:
        _draw_page(workbook.add_worksheet(page.name), page, looks)
    workbook.close()
    return target.getvalue()


class _Looks:
    """The cell formats of one workbook, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def look(self, **wish: object) -> Any:
        key = tuple(sorted(wish.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(
                {"font_name": _FONT, "font_size": 11, "valign": "vcenter", **wish}
            )
        return self._made[key]

    def cell(self, field: Field, line: Line) -> Any:
        shape = line.shape if line.shape and field.shape == "decimal" else field.shape
        return self.look(
            border=1,
            bold=line.kind != "data",
            text_wrap=field.shape == "text",
            num_format=_FORMATS[shape],
            align="center" if field.shape in _CENTRED else "left" if field.shape == "text" else "right",
        )


def _draw_page(sheet: Any, page: Page, looks: _Looks) -> None:
    last = len(page.fields) - 1
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.repeat_rows(HEADER_ROW - 1, page.first_row - 2)
    sheet.freeze_panes(page.first_row - 1, 2)
    for at, field in enumerate(page.fields):
        sheet.set_column(at, at, field.width)
    _draw_head(sheet, page, last, looks)
    head = looks.look(border=1, bold=True, align="center", text_wrap=True)
    for span in header_spans(page):
        if (span.top, span.left) == (span.bottom, span.right):
            sheet.write_string(span.top, span.left, span.text, head)
        else:
            sheet.merge_range(span.top, span.left, span.bottom, span.right, span.text, head)
    sheet.set_row(HEADER_ROW - 2 + page.depth, HEADER_HEIGHT)
    number = looks.look(border=1, italic=True, align="center", font_size=9)
    for at in range(last + 1):
        sheet.write_string(page.first_row - 2, at, f"({at + 1})", number)
    for at, line in enumerate(page.lines):
        sheet.set_row(page.first_row - 1 + at, line_height(page, line))
        for column, field in enumerate(page.fields):
            _write(sheet, page.first_row - 1 + at, column, line.cells.get(field.key), looks.cell(field, line))
    _draw_foot(sheet, page, last, looks)


def _draw_head(sheet: Any, page: Page, last: int, looks: _Looks) -> None:
    left = _left_half(last)
    for row, text in enumerate(page.letterhead):
        strong = row == len(page.letterhead) - 1
        sheet.merge_range(row, 0, row, left, text, looks.look(align="center", bold=strong, font_size=12))
    sheet.write_string(0, last, page.label, looks.look(align="right", bold=True, font_size=12))
    row = 3
    for text in page.title:
        sheet.merge_range(row, 0, row, last, text, looks.look(align="center", bold=True, font_size=14))
        row += 1
    sheet.merge_range(row, 0, row, last, page.enclosed, looks.look(align="center", italic=True, font_size=12))
    sheet.write_string(HEADER_ROW - 2, last, page.unit, looks.look(align="right", italic=True))


def _left_half(last: int) -> int:
    """Return the last column under the letterhead: the form's label keeps its own at the right."""
    return min(6, last - 2)


def _draw_foot(sheet: Any, page: Page, last: int, looks: _Looks) -> None:
    row = page.first_row + len(page.lines)
    half = last // 2
    sheet.merge_range(row, half + 1, row, last, page.dated, looks.look(align="center", italic=True, font_size=12))
    bold = looks.look(align="center", bold=True, font_size=12)
    sheet.merge_range(row + 1, 0, row + 1, half, page.signers[0], bold)
    sheet.merge_range(row + 1, half + 1, row + 1, last, page.signers[1], bold)
    sheet.merge_range(
        row + 2, half + 1, row + 2, last, "(Ký tên, đóng dấu)", looks.look(align="center", italic=True, font_size=12)
    )


def _write(sheet: Any, row: int, column: int, value: Cell, look: Any) -> None:
    match value:
        case None:
            sheet.write_blank(row, column, None, look)
        case str():
            sheet.write_string(row, column, value, look)
        case date():
            sheet.write_datetime(row, column, value, look)
        case _:
            sheet.write_number(row, column, float(value), look)


def draw_xls(book: Book) -> bytes:
    """Return the book as an .xls file (BIFF8), as many offices still saved in 2012."""
    workbook = xlwt.Workbook(encoding="utf-8")
    styles: dict[str, Any] = {}

    def style(number: str = "General", *, bold: bool = False, framed: bool = True, align: str = "general") -> Any:
        name = f"{number}/{bold}/{framed}/{align}"
        if name not in styles:
            frame = "align: wrap on; borders: left thin, right thin, top thin, bottom thin;" if framed else ""
            font = f"font: name {_FONT}, height 220, bold {'on' if bold else 'off'};"
            styles[name] = xlwt.easyxf(f"{font} align: horiz {align}, vert centre; {frame}", num_format_str=number)
        return styles[name]

    for page in book.pages:
        _draw_old_page(workbook.add_sheet(page.name), page, style)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def _draw_old_page(sheet: Any, page: Page, style: Any) -> None:
    last = len(page.fields) - 1
    sheet.portrait, sheet.paper_size_code = False, 8
    sheet.fit_num_pages, sheet.fit_width_to_pages, sheet.fit_height_to_pages = True, 1, 0
    sheet.print_headers = False
    sheet.header_str = sheet.footer_str = b""
    _set_old_height(sheet, HEADER_ROW - 2 + page.depth, HEADER_HEIGHT)
    _draw_old_head(sheet, page, last, style)
    for at in range(last + 1):
        sheet.col(at).width = int(page.fields[at].width * 256)
        sheet.write(page.first_row - 2, at, f"({at + 1})", style(align="centre"))
    for at, line in enumerate(page.lines):
        _set_old_height(sheet, page.first_row - 1 + at, line_height(page, line))
        for column, field in enumerate(page.fields):
            value = line.cells.get(field.key)
            look = style(_FORMATS[field.shape], bold=line.kind != "data")
            sheet.write(page.first_row - 1 + at, column, float(value) if isinstance(value, Decimal) else value, look)
    centred = style(framed=False, align="centre")
    row = page.first_row + len(page.lines)
    sheet.write_merge(row, row, last // 2 + 1, last, page.dated, centred)
    sheet.write_merge(row + 1, row + 1, 0, last // 2, page.signers[0], centred)
    sheet.write_merge(row + 1, row + 1, last // 2 + 1, last, page.signers[1], centred)


def _draw_old_head(sheet: Any, page: Page, last: int, style: Any) -> None:
    centred = style(bold=True, framed=False, align="centre")
    for row, text in enumerate(page.letterhead):
        sheet.write_merge(row, row, 0, _left_half(last), text, centred)
    sheet.write(0, last, page.label, style(bold=True, framed=False, align="right"))
    for row, text in enumerate((*page.title, page.enclosed), 3):
        sheet.write_merge(row, row, 0, last, text, centred)
    sheet.write(HEADER_ROW - 2, last, page.unit, style(framed=False, align="right"))
    for span in header_spans(page):
        sheet.write_merge(span.top, span.bottom, span.left, span.right, span.text, style(bold=True, align="centre"))


def _set_old_height(sheet: Any, row: int, points: float) -> None:
    sheet.row(row).height_mismatch = True
    sheet.row(row).height = round(points * 20)
