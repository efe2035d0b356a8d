"""Small workbooks for tests: grids of cells, written where the test wants them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl

from bot.model import Problem, Table, Unreadable
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits, Workbook, read_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Form

Grid = list[list[object]]


def xlsx(
    sheets: Mapping[str, Grid], *, at: tuple[int, int] = (1, 1), merged: Sequence[str] = (), hidden: Sequence[str] = ()
) -> bytes:
    """Return a workbook with *sheets*, each grid's first cell at row, column *at*; None is an empty cell."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, grid in sheets.items():
        sheet = book.create_sheet(name)
        for row, cells in enumerate(grid, at[0]):
            for column, value in enumerate(cells, at[1]):
                if value is not None:
                    cell = sheet.cell(row, column, value)
                    # Text stays text: openpyxl would make a formula of "=…" and an error cell of "#REF!".
                    cell.data_type = "s" if isinstance(value, str) else cell.data_type
        for area in merged:
            sheet.merge_cells(area)
        if name in hidden:
            sheet.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def opened(data: bytes, limits: Limits | None = None) -> Workbook:
    """Return the workbook in *data*, which must be readable."""
    workbook = read_workbook(data, limits or Limits())
    assert isinstance(workbook, Workbook), workbook
    return workbook


def read(data: bytes, form: Form) -> tuple[Table, tuple[Problem, ...]]:
    """Return the table of *form* in the workbook *data*."""
    workbook = opened(data)
    matches = identify(workbook, Vocabulary.of((form,)))
    assert not isinstance(matches, Unreadable), matches
    result = read_table(workbook, matches[0])
    assert not isinstance(result, Unreadable), result
    return result


def column(table: Table, key: str) -> list[Any]:
    """Return the values of one column."""
    return list(table.data.column(key).to_pylist())
