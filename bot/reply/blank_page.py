"""Draws the sheet of a blank form: letterhead, title, header, rows, totals, notes, signatures, print set-up."""

from __future__ import annotations

import re
from copy import copy
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.properties import PageSetupProperties

from bot.reply.blank_layout import HEADER_TOP, LINE, TITLE_END, UNIT_ROW, lines_of
from bot.reply.looks import NO_FRAME, Looks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from bot.model import Column, Form
    from bot.reply.blank_indicators import IndicatorLayout
    from bot.reply.blank_layout import Layout

_FACE = "Times New Roman"
_PLAIN, _BOLD, _ITALIC = Font(_FACE, 11), Font(_FACE, 11, bold=True), Font(_FACE, 11, italic=True)
_SMALL = Font(_FACE, 9, italic=True)
_LINE = Side("thin")
_FRAME = Border(_LINE, _LINE, _LINE, _LINE)
_MIDDLE, _ASIDE = Alignment("center", "center"), Alignment("right", "center")
_WRAPPED_MIDDLE = Alignment("center", "center", wrap_text=True)
_WRAPPED_LEFT = Alignment("left", "center", wrap_text=True)
_FORMATS = {
    "integer": "#,##0", "decimal": "#,##0.0##;-#,##0.0##;0", "percent": "0.0#;-0.0#;0", "date": "dd/mm/yyyy",
    "year": "0", "text": "General", "choice": "General", "identifier": "@",
}  # fmt: skip
_CENTRED = frozenset({"date", "year", "choice"})
_A4, _A3 = "9", "8"
_MOST_ON_A4 = 200.0
"""Characters: a wider table becomes too small to read on A4 across."""
_LETTERHEAD_WIDTH = 44.0
_ONE_PAGE_WIDTH = 190.0
"""Characters that print at about full size; the words around a wider table grow with it, for it is scaled down."""
_MOST_GROWTH = 1.7
_MOST_LABEL = 3
"""Columns that the words of the total row are spread over."""
_ROW_HEIGHT = 18.0
_BEFORE_BRACKETS = re.compile(r"(.*\S)\s*(\([^()]*\))\s*")


def name_of(form: Form) -> str:
    """Return the short name of a form, ``Biểu III.4``: its title's words before the first full stop."""
    name, stop, _ = form.title.partition(". ")
    return name if stop else f"Biểu {form.id}"


class Page:
    """The sheet of one form while it is drawn."""

    def __init__(self, sheet: Worksheet, layout: Layout | IndicatorLayout) -> None:
        self._sheet = sheet
        self._looks = Looks()
        self._layout = layout
        self._last = layout.width
        self._widths = layout.widths
        self._growth = min(max(sum(self._widths) / _ONE_PAGE_WIDTH, 1.0), _MOST_GROWTH)
        for at, width in enumerate(self._widths, 1):
            sheet.column_dimensions[get_column_letter(at)].width = width
        sheet.sheet_format.defaultRowHeight = _ROW_HEIGHT

    def draw_head(self, letterhead: Sequence[str], corner: Sequence[str], attached: str, units: str) -> None:
        """Draw what stands above the table: reporter, form and code, title, unit line.

        *corner* are the lines at the right of rows 1 to 3: the form's name, the letter's number, the code.
        """
        right = self._left_block()
        for row, text in enumerate(letterhead[:TITLE_END], 1):
            self._merged(row, 1, right, text, self._font(12, bold=row == len(letterhead)), _WRAPPED_MIDDLE)
        pale = Font(_FACE, 8 * self._growth, color="808080")
        for row, (text, font) in enumerate(zip(corner, (self._font(12, bold=True), _ITALIC, pale), strict=True), 1):
            self._put(row, self._last, text, font, _ASIDE)
            self._raise(row, 0)
        fonts = (self._font(14, bold=True), self._font(12))
        lines = [*zip(_titles(self._layout.form), fonts, strict=False), (attached, self._font(12, italic=True))]
        width = sum(self._widths) / self._growth
        for row, (text, font) in enumerate(lines, TITLE_END - len(lines) + 1):
            self._merged(row, 1, self._last, text, font, _WRAPPED_MIDDLE)
            self._raise(row, 20 * self._growth * lines_of(text, width * (0.7 if text.isupper() else 1.0)))
        self._put(UNIT_ROW, self._last, units, self._font(11, italic=True), _ASIDE)
        self._raise(UNIT_ROW, 0)

    def draw_header(self) -> None:
        """Draw the merged header and the row of column numbers, and freeze both."""
        for span in self._layout.spans:
            self._put(span.top, span.left, span.text, _BOLD, _WRAPPED_MIDDLE, _FRAME)
            self._merge(span.top, span.left, span.bottom, span.right)
        for row, height in self._header_heights():
            self._sheet.row_dimensions[row].height = height
        for at in range(1, self._last + 1):
            self._put(self._layout.number_row, at, f"({at})", _SMALL, _WRAPPED_MIDDLE, _FRAME)
        held = 3 if self._last > 6 else 1
        self._sheet.freeze_panes = f"{get_column_letter(held)}{self._layout.first_row}"

    def draw_rows(self, earlier: Sequence[Mapping[str, object]]) -> None:
        """Draw the rows for data, running numbers in all of them, *earlier* rows in the first ones."""
        form, first = self._layout.form, self._layout.first_row
        for line in range(self._layout.rows):
            values = earlier[line] if line < len(earlier) else {}
            for at, column in enumerate(form.columns, 1):
                cell = self._value_cell(first + line, at, column)
                _write(cell, line + 1 if column.key == form.sequence else values.get(column.key))

    def draw_lines(self, layout: IndicatorLayout, earlier: Sequence[Mapping[str, object]]) -> None:
        """Draw the printed list of indicators with empty cells for their values, *earlier* values in their columns."""
        across = (_WRAPPED_MIDDLE, _WRAPPED_LEFT, _WRAPPED_MIDDLE)
        places = {layout.record_of(at, dict(row)): row for at, row in enumerate(earlier)}
        for line, column in enumerate(layout.lines):
            row = layout.first_row + line
            for at, (text, placed) in enumerate(zip(layout.facts(line), across, strict=True), 1):
                self._put(row, at, text, _PLAIN, placed, _FRAME)
            for record in range(layout.records):
                cell = self._value_cell(row, self._last - layout.records + record, column)
                _write(cell, places.get(record, {}).get(column.key))
            self._put(row, self._last, "", _PLAIN, _WRAPPED_LEFT, _FRAME)
            needed = max(lines_of(text, self._widths[at] * 1.1) for at, text in enumerate(layout.facts(line)))
            self._sheet.row_dimensions[row].height = max(_ROW_HEIGHT, LINE * needed + 3)

    def draw_total(self, label: str) -> None:
        """Draw the row of totals, if the form has one: its sums grow with rows that are inserted above it."""
        row = self._layout.total_row
        if row is None:
            return
        columns = self._layout.form.columns
        for at, column in enumerate(columns, 1):
            cell = self._value_cell(row, at, column, _BOLD)
            if column.sum:
                letter = get_column_letter(at)
                cell.value = f"=SUM({letter}{self._layout.number_row}:INDEX({letter}:{letter},ROW()-1))"
        free = next((at for at, column in enumerate(columns, 1) if not column.sum), 1)
        run = next((at for at in range(free, self._last + 1) if columns[at - 1].sum), self._last + 1) - free
        self._put(row, free, label, _BOLD, _MIDDLE, _FRAME)
        self._merge(row, free, row, free + max(min(run, _MOST_LABEL), 1) - 1)

    def draw_foot(self, notes: Sequence[str], dated: str, drafter: Sequence[str], signer: Sequence[str]) -> None:
        """Draw what stands below the table: notes, place and date, the two who sign."""
        row = (self._layout.total_row or self._layout.last_row) + 1
        for text in notes:
            self._merged(row, 1, self._last, text, self._font(11, italic=True), _WRAPPED_LEFT)
            self._raise(row, (LINE + 1) * self._growth * lines_of(text, sum(self._widths) * 1.1 / self._growth))
            row += 1
        half = max(self._last // 2, 1)
        self._merged(row, half + 1, self._last, dated, self._font(12, italic=True), _MIDDLE)
        for offset, font in enumerate((self._font(12, bold=True), self._font(11, italic=True))):
            self._raise(row + offset, 0)
            for lines, left, right in ((drafter, 1, half), (signer, half + 1, self._last)):
                if offset < len(lines):
                    self._merged(row + 1 + offset, left, right, lines[offset], font, _MIDDLE)

    def set_up_print(self, footer: str) -> None:
        """Make it print across, one page wide, the header on each page."""
        sheet = self._sheet
        sheet.page_setup.orientation = "portrait" if self._layout.upright else "landscape"
        sheet.page_setup.paperSize = _A4 if sum(self._widths) <= _MOST_ON_A4 else _A3
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.print_title_rows = f"{HEADER_TOP}:{self._layout.number_row}"
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left = margins.right = 0.4
        margins.top, margins.bottom, margins.header, margins.footer = 0.6, 0.6, 0.3, 0.3
        if sheet.oddFooter is not None:  # the library makes one for every sheet; its type does not say so
            sheet.oddFooter.right.text = f"{footer} &P/&N"

    # -- small strokes -----------------------------------------------------------------------------------------

    def _font(self, size: float, *, bold: bool = False, italic: bool = False) -> Font:
        """Return the font of words around the table: *size* points at full size."""
        return Font(_FACE, round(size * self._growth), bold=bold, italic=italic)

    def _cell(self, row: int, column: int) -> Cell:
        return cast("Cell", self._sheet.cell(row, column))

    def _put(
        self, row: int, column: int, text: str, font: Font, alignment: Alignment, border: Border = NO_FRAME
    ) -> None:
        cell = self._cell(row, column)
        _write(cell, text or None)
        self._looks.dress(cell, font, alignment, border)

    def _merged(self, row: int, left: int, right: int, text: str, font: Font, alignment: Alignment) -> None:
        self._put(row, left, text, font, alignment)
        self._merge(row, left, row, right)

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Make one cell of several, dressed like the first of them.

        The library's own merging puts the borders of each cell together anew, which took a third of the whole blank.
        """
        if (top, left) >= (bottom, right):  # one cell; a form of one column has no right half
            return
        style = self._cell(top, left)._style  # type: ignore[attr-defined]  # the stubs leave it out
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self._cell(row, column)._style = copy(style)  # type: ignore[attr-defined]
        self._sheet.merged_cells.add(CellRange(None, left, top, right, bottom))

    def _raise(self, row: int, height: float) -> None:
        self._sheet.row_dimensions[row].height = max(height, _ROW_HEIGHT * self._growth)

    def _value_cell(self, row: int, at: int, column: Column, font: Font = _PLAIN) -> Cell:
        """Return a cell dressed for the values of *column*."""
        cell = self._cell(row, at)
        numbering = column.key == self._layout.form.sequence
        if numbering or column.type in _CENTRED:
            across = _MIDDLE if column.is_figure else _WRAPPED_MIDDLE
        else:
            across = _ASIDE if column.is_figure else _WRAPPED_LEFT
        shown = "General" if numbering else _FORMATS[column.type]
        self._looks.dress(cell, font, across, _FRAME, number_format=shown)
        return cell

    def _left_block(self) -> int:
        """Return the last column of the letterhead: wide enough for its words, never beyond the middle."""
        at, width = 1, self._widths[0]
        while width < _LETTERHEAD_WIDTH and at < self._last // 2:
            width += self._widths[at]
            at += 1
        return at

    def _header_heights(self) -> Iterator[tuple[int, float]]:
        """Yield the height of each header row: groups need their own lines, leaves what is left below them."""
        bottom = HEADER_TOP + self._layout.depth - 1
        heights = dict.fromkeys(range(HEADER_TOP, bottom + 1), LINE + 5)
        for span in sorted(self._layout.spans, key=lambda one: one.bottom):
            width = sum(self._widths[span.left - 1 : span.right])
            needed = LINE * lines_of(span.text, width * 0.97) + 8
            above = sum(heights[row] for row in range(span.top, span.bottom))
            heights[span.bottom] = max(heights[span.bottom], needed - above)
        yield from heights.items()


def _titles(form: Form) -> tuple[str, ...]:
    """Return the title in capitals, and what it says in brackets at its end on a line of its own."""
    title = form.title.partition(". ")[2] or form.title
    found = _BEFORE_BRACKETS.fullmatch(title)
    return (found[1].upper(), found[2]) if found else (title.upper(),)


def _write(cell: Cell, value: object) -> None:
    """Put a value into a cell; a text stays a text, whatever it begins with: earlier rows are foreign content."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
        cell.data_type = "s"
    elif isinstance(value, int | float | Decimal | date):
        cell.value = value
