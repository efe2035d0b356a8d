"""The numbers in rows of totals."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bot.language import one_line
from bot.model import TotalRow
from bot.sheet.rows import NUMBERS
from bot.sheet.value import parse_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Column
    from bot.sheet.data_rows import RawTotal
    from bot.sheet.workbook import Cell


def read_totals(
    raw: Sequence[RawTotal], sheet: int, columns: Sequence[tuple[int, Column, int]], factors: Mapping[str, int]
) -> tuple[TotalRow, ...]:
    """Return the rows of totals of one sheet, those of groups ("Cộng KCN Bắc Vinh") among them.

    *columns* are (place in a row, column, sign): a column sent as two, "tăng" and "giảm", is in it twice. *factors*
    holds 100 for percentages written as fractions; percentages are not summed, but a rule may ask for them.
    """
    rows = []
    for one in raw:
        values: dict[str, Decimal] = {}
        for place, column, sign in columns:
            found = _number_of(one.cells[place], column, factors) if column.is_figure else None
            if found is not None:
                values[column.key] = values.get(column.key, Decimal(0)) + (found if sign > 0 else -abs(found))
        rows.append(TotalRow(sheet, one.row, one_line(one.label), values))
    return tuple(rows)


def _number_of(cell: Cell, column: Column, factors: Mapping[str, int]) -> Decimal | None:
    factor = factors.get(column.key, 1)
    if cell.__class__ in NUMBERS:
        exact = Decimal(repr(cell))
        return exact * factor if exact.is_finite() else None
    if not isinstance(cell, str):
        return None
    read = parse_number(cell, column.unit)
    return read.value if read.value is None or read.percent else read.value * factor
