"""Columns of days."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.language import fold
from bot.sheet.column import Filled, Notes, joined, others, patched
from bot.sheet.value import ERROR_VALUES, date_of_serial, parse_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Column
    from bot.sheet.workbook import Cell

_DAYS = frozenset({date, datetime})


class DateReader:
    """Days: typed cells, Excel's serial numbers, text."""

    def __init__(self, column: Column) -> None:
        self._notes = Notes(column)
        self._chunks: list[pa.Array] = []
        self._others: list[tuple[int, Cell]] = []
        self._taken = 0

    def add(self, values: Sequence[Cell]) -> None:
        """Take the next cells."""
        days: Sequence[Cell | None] = values
        if not _DAYS.issuperset(map(type, values)):
            self._others += others(values, _DAYS, self._taken)
            days = [value if value.__class__ in _DAYS else None for value in values]
        self._chunks.append(pa.array(days, pa.date32()))
        self._taken += len(values)

    def finish(self) -> Filled:
        """Return all cells that were taken."""
        patches: dict[int, object] = {}
        for position, cell in self._others:
            found = _day_of(cell)
            if found is None:
                self._refuse(position, cell)
            else:
                patches[position] = found
        return self._notes.filled(patched(joined(self._chunks, pa.date32()), patches))

    def _refuse(self, position: int, cell: Cell) -> None:
        text = cell.strip() if isinstance(cell, str) else ""
        if text.upper() in ERROR_VALUES:
            self._notes.refuse(position, "loi_excel", cell)
        elif not isinstance(cell, str) or fold(text):
            self._notes.refuse(position, "ngay_sai", cell)


def _day_of(cell: Cell) -> date | None:
    if isinstance(cell, str):
        return parse_date(cell)
    return date_of_serial(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None
