"""Columns of days."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bot.language import day, fold
from bot.sheet.column import Filled, Notes, joined, others, patched, positions
from bot.sheet.slips import mend_date
from bot.sheet.value import ERROR_VALUES, date_of_serial, parse_date, parse_month_first, swapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Column
    from bot.sheet.workbook import Cell

_DAYS = frozenset({date, datetime})


class DateReader:
    """Days: typed cells, Excel's serial numbers, text."""

    def __init__(self, column: Column, *, from_1904: bool = False) -> None:
        self._notes = Notes(column)
        self._from_1904 = from_1904
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
        month_first = False
        for position, cell in self._others:
            found = _day_of(cell, from_1904=self._from_1904)
            if isinstance(cell, str):
                if found is not None:
                    if self._notes.has_room("ngay_dang_chu"):
                        self._notes.say(position, "ngay_dang_chu", cell, found, hieu_la=day(found))
                elif found := parse_month_first(cell):
                    month_first = True
                    self._notes.say(position, "ngay_thang_dao", cell, hieu_la=day(found))
                elif found := mend_date(cell):
                    self._notes.say(position, "ngay_viet_sai", cell, found, hieu_la=day(found))
            if found is None:
                self._refuse(position, cell)
            else:
                patches[position] = found
        data = patched(joined(self._chunks, pa.date32()), patches)
        if month_first or self._is_torn(data, patches):
            self._doubt(data, patches)
        return self._notes.filled(data)

    def _is_torn(self, data: pa.Array, patches: Mapping[int, object]) -> bool:
        """Tell whether a computer with English settings took the days: it knows 7/12/2012 as 12 July, 15/7/2012 not.

        Then all days after the twelfth are text, and all cells that are days in Excel's eyes lie before the thirteenth.
        """
        texts = [found for found in patches.values() if isinstance(found, date)]
        typed = pc.if_else(pc.is_in(self._positions(data), pa.array(list(patches), pa.int64())), None, pc.day(data))
        latest = pc.max(typed).as_py()
        return latest is not None and latest <= 12 and sum(found.day > 12 for found in texts) >= 1

    def _doubt(self, data: pa.Array, patches: Mapping[int, object]) -> None:
        """Ask about every typed day that is a day in either reading."""
        for position in positions(pc.less_equal(pc.day(data), 12)):
            if position not in patches and (other := swapped(read := data[position].as_py())):
                self._notes.say(position, "ngay_thang_dao", read, hieu_la=day(read), hoac=day(other))

    @staticmethod
    def _positions(data: pa.Array) -> pa.Array:
        return pa.array(range(len(data)), pa.int64())

    def _refuse(self, position: int, cell: Cell) -> None:
        text = cell.strip() if isinstance(cell, str) else ""
        if text.upper() in ERROR_VALUES:
            self._notes.refuse(position, "loi_excel", cell)
        elif text.startswith("="):
            self._notes.refuse(position, "cong_thuc_chua_tinh", cell)
        elif not isinstance(cell, str) or fold(text):
            self._notes.refuse(position, "ngay_sai", cell)


def _day_of(cell: Cell, *, from_1904: bool) -> date | None:
    if isinstance(cell, str):
        text = cell.strip()
        if not (text.isascii() and text.isdigit() and len(text) == 5):
            return parse_date(text)
        cell = int(text)
    if not isinstance(cell, int | float) or isinstance(cell, bool):
        return None
    return date_of_serial(cell, from_1904=from_1904)
