"""One page of cells, written by three libraries that offices' programs resemble: .xlsx, .xls and .ods."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

import openpyxl
import xlwt
from openpyxl.styles import Font

Value: TypeAlias = str | int | Decimal | dt.date


@dataclass(slots=True)
class Page:
    """The cells of one sheet; rows and columns count from 0."""

    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Top, left, bottom, right, the corners within."""
    hidden: set[int] = field(default_factory=set)
    """Rows."""
    font: str = ""
    """What the texts wear; empty for the program's own."""

    def put(self, row: int, column: int, value: Value, *, down: int = 0, right: int = 0) -> None:
        """Write a cell, merged with so many rows below and columns beside it."""
        self.cells[row, column] = value
        if down or right:
            self.merged.append((row, column, row + down, column + right))


def written_xlsx(page: Page) -> bytes:
    """Return the page as openpyxl writes it."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for (row, column), value in page.cells.items():
        cell = sheet.cell(row + 1, column + 1, value)
        if isinstance(value, dt.date):
            cell.number_format = "dd/mm/yyyy"
        elif isinstance(value, str) and page.font:
            cell.font = Font(name=page.font)
    for top, left, bottom, right in page.merged:
        sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    for row in page.hidden:
        sheet.row_dimensions[row + 1].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def written_xls(page: Page) -> bytes:
    """Return the page as xlwt writes it (BIFF8)."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("S")
    text = xlwt.easyxf(f"font: name {page.font}") if page.font else xlwt.easyxf()
    day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    areas = {(top, left): (top, bottom, left, right) for top, left, bottom, right in page.merged}
    for place, value in page.cells.items():
        number = float(value) if isinstance(value, Decimal) else value
        style = day if isinstance(value, dt.date) else text
        if place in areas:
            sheet.write_merge(*areas[place], number, style)
        else:
            sheet.write(*place, number, style)
    for row in page.hidden:
        sheet.row(row).hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def written_ods(page: Page) -> bytes:
    """Return the page as odfpy writes it; blank rows and cells are repeated ones, as LibreOffice writes them."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableRow

    document = OpenDocumentSpreadsheet()
    table = Table(name="S")
    filled = sorted({row for row, _ in page.cells} | page.hidden)
    before = -1
    for row in filled:
        if row - before > 1:
            table.addElement(_blank_row(row - before - 1))
        line = TableRow(visibility="collapse") if row in page.hidden else TableRow()
        for cell in _ods_cells(page, row):
            line.addElement(cell)
        table.addElement(line)
        before = row
    document.spreadsheet.addElement(table)
    stream = io.BytesIO()
    document.write(stream)
    return stream.getvalue()


def _blank_row(times: int) -> Any:
    from odf.table import TableCell, TableRow

    row = TableRow(numberrowsrepeated=times)
    row.addElement(TableCell())
    return row


def _ods_cells(page: Page, row: int) -> list[Any]:
    from odf.table import CoveredTableCell, TableCell

    areas = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in page.merged}
    covered = {
        column
        for top, left, bottom, right in page.merged
        if top <= row <= bottom
        for column in range(left, right + 1)
        if (row, column) not in areas
    }
    last = max([column for line, column in page.cells if line == row] + list(covered), default=-1)
    cells = []
    for column in range(last + 1):
        value = page.cells.get((row, column))
        if column in covered:
            cells.append(CoveredTableCell())
        elif value is None:
            cells.append(TableCell())
        else:
            down, right = areas.get((row, column), (1, 1))
            cells.append(_ods_cell(value, {"numberrowsspanned": down, "numbercolumnsspanned": right}))
    return cells


def _ods_cell(value: Value, spans: dict[str, int]) -> Any:
    from odf.table import TableCell
    from odf.text import P

    if isinstance(value, dt.date):
        cell, shown = TableCell(valuetype="date", datevalue=value.isoformat(), **spans), value.strftime("%d/%m/%Y")
    elif isinstance(value, str):
        cell, shown = TableCell(valuetype="string", **spans), value
    else:
        cell, shown = TableCell(valuetype="float", value=str(value), **spans), str(value)
    cell.addElement(P(text=shown))
    return cell
