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

_NUMERIC = frozenset({"integer", "decimal", "percent"})


def read_totals(
    raw: Sequence[RawTotal], sheet: int, columns: Mapping[int, Column], factors: Mapping[str, int]
) -> tuple[TotalRow, ...]:
    """Return the rows of totals of one sheet, those of groups ("Cộng KCN Bắc Vinh") among them.

    *columns* maps the place in a row to its column, *factors* holds 100 for percentages written as fractions.
    """
    rows = []
    for one in raw:
        values = {
            column.key: value * factors.get(column.key, 1)
            for place, column in columns.items()
            if column.type in _NUMERIC and (value := _number_of(one.cells[place], column)) is not None
        }
        rows.append(TotalRow(sheet, one.row, one_line(one.label), values))
    return tuple(rows)


def _number_of(cell: Cell, column: Column) -> Decimal | None:
    if cell.__class__ in NUMBERS:
        exact = Decimal(repr(cell))
        return exact if exact.is_finite() else None
    return parse_number(cell, column.unit).value if isinstance(cell, str) else None
