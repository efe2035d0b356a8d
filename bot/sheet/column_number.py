"""Columns of numbers: decimal, percent, integer, year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bot.language import fold, number
from bot.sheet.column import DECIMAL, Filled, Notes, joined, others, patched, positions
from bot.sheet.rows import NUMBERS
from bot.sheet.slips import convert_number, mend_number
from bot.sheet.value import FIRST_YEAR, LAST_YEAR, Flag, Number, parse_number, parse_year

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Column
    from bot.sheet.workbook import Cell

_BLANK: dict[Cell, None] = {"": None}
_LIMIT = 10**15
"""Numbers have at most 15 digits before the comma."""
_EXACT_BELOW = float(2**32)
"""Below it Arrow's cast gives the six decimals that were typed; above, only the shortest form of the float does."""
_SIXTH = Decimal("0.000001")
_WHOLE = 1e-6
"""What a formula's rounding may leave beside a whole number."""


class NumberReader:
    """Numbers: typed cells in one sweep, text by the laws of ``value.parse_number``."""

    def __init__(self, column: Column, *, lenient: bool = False) -> None:
        self._column = column
        self._lenient = lenient
        """Running numbers: what cannot be read is left out without a word."""
        self._notes = Notes(column)
        self._chunks: list[pa.Array] = []
        self._others: list[tuple[int, Cell]] = []
        self._taken = 0

    def add(self, values: Sequence[Cell]) -> None:
        """Take the next cells."""
        numbers: Sequence[Cell | None] = values
        if not NUMBERS.issuperset(map(type, values)):
            try:
                numbers = [value if value.__class__ in NUMBERS else _BLANK[value] for value in values]
            except KeyError:
                numbers = [value if value.__class__ in NUMBERS else None for value in values]
                self._others += others(values, NUMBERS, self._taken)
        self._chunks.append(pa.array(numbers, pa.float64()))
        self._taken += len(values)

    def finish(self) -> Filled:
        """Return all cells that were taken."""
        floats = joined(self._chunks, pa.float64())
        cells = dict(self._others)
        read = {position: self._read(cell) for position, cell in self._others}
        patches = self._settle(read, cells)
        factor = 100 if self._column.type == "percent" and _are_fractions(floats, read, patches) else 1
        if factor > 1:
            floats = pc.multiply(floats, float(factor))
            patches = {at: value if read[at].percent else value * factor for at, value in patches.items()}
            self._shrink_repairs(read, factor)
        if self._column.type in ("decimal", "percent"):
            filled = self._decimals(floats, patches, cells)
        else:
            filled = self._integers(floats, patches, cells)
        return Filled(filled, frozenset(self._notes.bad)) if self._lenient else self._notes.filled(filled, factor)

    def _read(self, cell: Cell) -> Number:
        if self._column.type == "year" and (year := _year_of(cell)) is not None:
            return parse_number(str(year))
        # A day, a truth value or a time of day in a column of numbers is none, however Excel stores it.
        return parse_number(cell, self._column.unit) if isinstance(cell, str) else Number(Flag.REJECT)

    def _settle(self, read: Mapping[int, Number], cells: Mapping[int, Cell]) -> dict[int, Decimal]:
        """Return the values of the cells that were read from text, and note what must be said about them."""
        styles = {one.style for one in read.values() if one.style}
        style = styles.pop() if len(styles) == 1 else ""
        values: dict[int, Decimal] = {}
        for position, one in read.items():
            cell = cells[position]
            if one.value is not None:
                values[position] = self._choose(position, one, style, cell)
            elif one.flag is Flag.ERROR:
                self._notes.refuse(position, "loi_excel", cell)
            elif one.flag is Flag.FORMULA:
                self._notes.refuse(position, "cong_thuc_chua_tinh", cell)
            elif one.flag is Flag.EMPTY and self._counts():
                values[position] = Decimal(0)
            elif one.flag not in (Flag.EMPTY, Flag.MISSING):
                if (mended := self._mend(position, cell)) is None:
                    self._notes.refuse(position, "nam_sai" if self._column.type == "year" else "khong_phai_so", cell)
                else:
                    values[position] = mended
        return values

    def _mend(self, position: int, cell: Cell) -> Decimal | None:
        """Return the only reading of a slip, and ask about it; None where it is none."""
        text = cell if isinstance(cell, str) and not self._lenient else ""
        mended, notice = mend_number(text), "so_viet_sai"
        if mended is None and self._column.type in ("decimal", "integer"):
            mended, notice = convert_number(text, self._column.unit), "don_vi_khac"
        if mended is not None and self._is_fit(mended):
            if self._column.type == "year":
                self._notes.say(position, notice, cell, int(mended), hieu_la=f"{mended:f}")
            else:
                self._notes.say(position, notice, cell, mended, hieu_la=number(mended))
            return mended
        return None

    def _is_fit(self, value: Decimal) -> bool:
        whole = value == value.to_integral_value()
        if self._column.type == "year":
            return whole and FIRST_YEAR <= value <= LAST_YEAR
        return abs(value) < _LIMIT and value == value.quantize(_SIXTH) and (whole or self._column.type != "integer")

    def _shrink_repairs(self, read: Mapping[int, Number], factor: int) -> None:
        """Let the cells of a column of fractions be repaired to fractions, those too that carry a percent sign."""
        for position, problem in self._notes.problems.items():
            if isinstance(problem.repair, Decimal) and position in read and read[position].percent:
                self._notes.problems[position] = replace(problem, repair=problem.repair / factor)

    def _counts(self) -> bool:
        """Tell whether the column counts things, so that a dash in it means none of them."""
        return self._column.type == "integer" and fold(self._column.unit or "") != "nam"

    def _choose(self, position: int, one: Number, style: str, cell: Cell) -> Decimal:
        """Return the reading that counts: the column's type or its other cells decide, else the law does."""
        value = one.value or Decimal(0)
        if one.other is not None and self._column.type in ("integer", "year"):
            value = next((reading for reading in (value, one.other) if reading == int(reading)), value)
        elif one.other is not None and style == "en":
            value = one.other
        doubtful = one.other is not None and not style and self._column.type in ("decimal", "percent")
        if doubtful and one.other is not None:
            self._notes.say(position, "so_nhap_nhang", cell, hieu_la=number(value), hoac=number(one.other))
        elif one.flag is Flag.APPROX:
            self._notes.say(position, "so_gan_dung", cell, hieu_la=number(value))
        elif self._column.type != "year" and self._notes.has_room("so_dang_chu"):
            self._notes.say(position, "so_dang_chu", cell, value, hieu_la=number(value))
        return value

    def _decimals(self, floats: pa.Array, patches: dict[int, Decimal], cells: Mapping[int, Cell]) -> pa.Array:
        changed: dict[int, object] = {at: self._bounded(at, value, cells[at]) for at, value in patches.items()}
        largest = pc.max(pc.abs(floats)).as_py() or 0.0
        if largest >= _EXACT_BELOW or largest != largest:
            far = pc.or_(pc.greater_equal(pc.abs(floats), _EXACT_BELOW), pc.is_nan(floats))
            for position in positions(far):
                value = floats[position].as_py()
                changed[position] = self._bounded(position, Decimal(repr(value)), value)
            floats = pc.if_else(far, pa.scalar(None, pa.float64()), floats)
        return patched(floats.cast(DECIMAL), changed)

    def _bounded(self, position: int, value: Decimal, cell: Cell) -> Decimal | None:
        if value.is_finite() and abs(value) < _LIMIT:
            return value.quantize(_SIXTH)
        self._notes.refuse(position, "so_qua_lon", cell)
        return None

    def _integers(self, floats: pa.Array, patches: dict[int, Decimal], cells: Mapping[int, Cell]) -> pa.Array:
        whole = pc.round(floats)
        low, high = (FIRST_YEAR, LAST_YEAR) if self._column.type == "year" else (1 - _LIMIT, _LIMIT - 1)
        in_range = pc.and_(pc.greater_equal(whole, float(low)), pc.less_equal(whole, float(high)))
        fits = pc.and_(pc.less_equal(pc.abs(pc.subtract(floats, whole)), _WHOLE), in_range)
        if not pc.all(fits).as_py():
            for position in positions(pc.invert(fits)):
                self._refuse_integer(position, floats[position].as_py(), floats[position].as_py())
            whole = pc.if_else(fits, whole, pa.scalar(None, pa.float64()))
        changed: dict[int, object] = {}
        for position, value in patches.items():
            fine = value == int(value) and low <= value <= high
            changed[position] = int(value) if fine else None
            if not fine:
                self._refuse_integer(position, float(value), cells[position])
        return patched(whole.cast(pa.int64()), changed)

    def _refuse_integer(self, position: int, value: float, cell: Cell) -> None:
        not_whole = "so_nguyen" if abs(value) < _LIMIT else "so_qua_lon"
        notice = "nam_sai" if self._column.type == "year" else not_whole
        self._notes.refuse(position, notice, cell)


def _year_of(cell: Cell) -> int | None:
    return cell.year if isinstance(cell, date) else parse_year(cell) if isinstance(cell, str) else None


def _are_fractions(floats: pa.Array, read: Mapping[int, Number], patches: Mapping[int, Decimal]) -> bool:
    """Tell whether percentages are written 0 to 1, as cells in percent format hold them: then none is above 1."""
    typed = [float(value) for at, value in patches.items() if not read[at].percent]
    bounds = pc.min_max(pa.concat_arrays([floats, pa.array(typed, pa.float64())])).as_py()
    return bounds["max"] is not None and bounds["min"] >= 0 and 0 < bounds["max"] <= 1
