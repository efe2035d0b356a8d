"""What every form asks of its cells: generic tests from the column's own words, and what the reader already saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from bot.check.gather import Gathering, Spot
from bot.check.sentences import with_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    import pyarrow as pa

    from bot.model import Column, Form, Problem


@dataclass(frozen=True, slots=True)
class CellTest:
    """A condition under which a cell of one column breaks the form's layout."""

    notice: str
    column: Column
    violated: str
    """SQL; true for the rows that are wrong."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Evidence for the notice's sentence."""
    empty: bool = False
    """It looks for empty cells: cells that are written but unusable are not empty."""
    low: Decimal | None = None
    """Values below this are wrong; with *strict* this value too."""
    high: Decimal | None = None
    strict: bool = False

    def may_fail(self, data: pa.Table) -> bool:
        """Return whether any row of *data* can be wrong, from what Arrow knows of the column without asking SQL."""
        cells = data[self.column.key]
        if self.empty:
            return bool(cells.null_count)
        if cells.null_count == len(cells):
            return False
        lowest, highest = pc.min_max(cells).as_py().values()
        too_low = self.low is not None and (lowest < self.low or (self.strict and lowest == self.low))
        return too_low or (self.high is not None and highest > self.high)


def cell_tests(form: Form) -> Iterator[CellTest]:
    """Yield the tests that the columns of *form* ask for: must be filled, and between which bounds."""
    for column in form.columns:
        cell = f'"{column.key}"'
        if column.required:
            yield CellTest("thieu_gia_tri", column, f"{cell} IS NULL", empty=True)
        elif column.required_when:
            yield CellTest("thieu_gia_tri", column, f"{cell} IS NULL AND ({column.required_when}\n)", empty=True)
        if column.min == 0:
            yield CellTest("am", column, f"{cell} < 0", low=column.min)
        elif column.min is not None:
            names = {"min": f"từ {with_unit(column.min, column)} trở lên"}
            yield CellTest("nho_hon", column, f"{cell} < {column.min}", names, low=column.min)
        if column.above is not None:
            names = {"min": f"lớn hơn {with_unit(column.above, column)}"}
            yield CellTest("nho_hon", column, f"{cell} <= {column.above}", names, low=column.above, strict=True)
        if column.max is not None:
            names = {"max": with_unit(column.max, column)}
            yield CellTest("lon_hon", column, f"{cell} > {column.max}", names, high=column.max)


def tell_problems(gathering: Gathering, problems: Sequence[Problem]) -> None:
    """Add a finding for each problem that the reader of the sheet found."""
    keys = gathering.row_keys((one.sheet, one.row) for one in problems)
    for one in problems:
        spot = Spot(one.sheet, one.row, one.column)
        # A missing indicator comes with the row of the header, which may be the number of a record's column too.
        key = keys.get((one.sheet, one.row), "") if gathering.address(spot) else ""
        gathering.by_problem(one, spot, key)


def tell_understood(gathering: Gathering) -> None:
    """Add a note for each header that was taken for a column although it is worded otherwise."""
    sheets = {sheet.name: index for index, sheet in enumerate(gathering.table.sheets)}
    columns = {column.title: column.key for column in gathering.form.columns}
    for one in gathering.table.understood:
        spot = Spot(sheets.get(one.sheet, 0), 0, columns.get(one.column, ""))
        # Of an indicator the reader names the cell that holds its words, of a column the letter.
        where = "Cột" if one.letter.isalpha() else "Ô"
        names = {"column": one.column, "letter": one.letter, "cho": f"{where} {one.letter}"}
        gathering.by_notice("hieu_cot", spot, names, one.written)
