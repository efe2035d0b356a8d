"""Rows of totals against the rows they total."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from bot.check.gather import Gathering, Spot
from bot.check.sentences import with_unit, written
from bot.language import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Column, Table, TotalRow

_LEAST = Decimal("0.05")
_POINT = Decimal("0.1001")
"""A tenth of a point of a percentage, and the noise of decimals that were cut off."""
_MOST_DIGITS = 6
"""Decimals are kept with six digits after the comma."""
_GRAND = re.compile(r"(tong( cong| so)?|cong|toan (tinh|thanh pho|quoc|bo))( (toan|ca) (tinh|thanh pho))?")
_SEVERAL_GROUPS = re.compile(r"( [ivx]+){2,}$")
_BRACKETS = re.compile(r"\(.*?\)")


class _Cells(NamedTuple):
    """The filled cells of one column on one sheet, in Arrow: a sheet may hold 100,000 of them."""

    rows: pa.ChunkedArray
    values: pa.ChunkedArray

    def sum(self) -> Decimal:
        return Decimal(pc.sum(self.values).as_py() or 0)

    def digits(self) -> int:
        """Return how many digits stand after the comma in the value that has the most."""
        return next((count for count in range(_MOST_DIGITS) if self._fits(count)), _MOST_DIGITS)

    def _fits(self, digits: int) -> bool:
        return bool(pc.all(pc.equal(pc.round(self.values, digits), self.values)).as_py())


def tell_totals(gathering: Gathering) -> None:
    """Add a finding for each total that differs from the sum of its sheet's rows, and for each wrong group subtotal.

    Columns with an unusable cell on that sheet are passed over: their sum is not known.
    """
    table = gathering.table
    for column in (one for one in gathering.form.columns if one.sum):
        unknown = {sheet for sheet, _ in table.bad.get(column.key, ())}
        for total in table.totals:
            if total.sheet in unknown or column.key not in total.values:
                continue
            _hold(gathering, column, total, grand=_is_grand(total, table.totals))
    for column in (one for one in gathering.form.columns if one.ratio):
        for total in (one for one in table.totals if column.key in one.values):
            _hold_ratio(gathering, column, total)


def _hold_ratio(gathering: Gathering, column: Column, total: TotalRow) -> None:
    """Add a finding where the percentage of a total row is not that of its sums: their average is not, for one."""
    said = total.values[column.key]
    shares = _shares(gathering.table, column, total)
    if not shares or min(abs(said - one) for one in shares) <= max(_POINT, _half_of_last_digit(said)):
        return
    part, whole = (gathering.form.column(key) for key in column.ratio)
    names = {
        "tong": f"{written(said)}%",
        "cong": f"{written(round(shares[0], 2))}%",
        "tu": part.title,
        "mau": whole.title,
        "dong": total.label,
    }
    spot = Spot(total.sheet, total.row, column.key)
    gathering.by_notice("ty_le_tong_sai", spot, names, names["tong"], fold(total.label))


def _shares(table: Table, column: Column, total: TotalRow) -> list[Decimal]:
    """Return what the percentage of a total row may be: that of the sums which it says, else of its sheet's rows.

    Nothing where the sums are not known: a group's rows are not, nor those of a column with an unusable cell.
    """
    found = []
    sums = [total.values.get(key) for key in column.ratio]
    if all(one is not None for one in sums):
        found.append(sums)
    if _is_grand(total, table.totals) and not any(table.bad.get(key) for key in column.ratio):
        found.append([_cells(table, key, total.sheet).sum() for key in column.ratio])
    return [100 * part / whole for part, whole in found if part is not None and whole]


def _hold(gathering: Gathering, column: Column, total: TotalRow, *, grand: bool) -> None:
    cells = _cells(gathering.table, column.key, total.sheet)
    said = total.values[column.key]
    sums = _grand_sums(gathering.table, column, cells) if grand else _group_sums(cells, total.row)
    # Most totals are right: what their rounding allows is worked out for the others only.
    if not len(cells.values) or min(abs(said - one) for one in sums) <= _tolerance_at_least(column):
        return
    if min(abs(said - one) for one in sums) <= _tolerance(column, cells, said):
        return
    computed = sums[0] if grand else min(sums, key=lambda one: abs(said - one))
    names = {
        "tong": with_unit(said, column),
        "cong": with_unit(computed, column),
        "chenh": with_unit(abs(said - computed), column),
        "dong": total.label,
    }
    spot = Spot(total.sheet, total.row, column.key)
    notice = "tong_cong_sai" if grand else "cong_nhom_sai"
    gathering.by_notice(notice, spot, names, with_unit(said, column), fold(total.label))


def _is_grand(total: TotalRow, totals: Sequence[TotalRow]) -> bool:
    """Whether a row totals the whole sheet: by its words, and of several such rows only the strongest or the last."""
    rivals = [one for one in totals if one.sheet == total.sheet and _rank(one.label)]
    if not _rank(total.label):
        return False
    best = max(_rank(one.label) for one in rivals)
    return total is [one for one in rivals if _rank(one.label) == best][-1]


def _rank(label: str) -> int:
    """Return 2 for "Tổng cộng", "Toàn tỉnh", 1 for a bare "Cộng", 0 for the subtotal of a group ("Cộng KCN A")."""
    words = _SEVERAL_GROUPS.sub("", fold(_BRACKETS.sub(" ", label)))
    if not _GRAND.fullmatch(words):
        return 0
    return 1 if words.startswith("cong") else 2


def _cells(table: Table, key: str, sheet: int) -> _Cells:
    rows, values = table.data["_row"], table.data[key]
    wanted = pc.is_valid(values)
    if len(table.sheets) > 1:
        wanted = pc.and_(wanted, pc.equal(table.data["_sheet"], pa.scalar(sheet, pa.int16())))
    return _Cells(rows.filter(wanted), values.filter(wanted))


def _grand_sums(table: Table, column: Column, cells: _Cells) -> list[Decimal]:
    """Return what a grand total may be: the sum of its sheet, or of all sheets when a form is split over several."""
    if len(table.sheets) == 1 or column.key in table.bad:
        return [cells.sum()]
    return [cells.sum(), Decimal(pc.sum(table.data[column.key]).as_py() or 0)]


def _group_sums(cells: _Cells, row: int) -> list[Decimal]:
    """Return what a subtotal may be: any run of rows that ends right above it or begins right below it.

    Where a group begins is not known from numbers alone, so each run that touches the subtotal is accepted.
    """
    above = [Decimal(one) for one in cells.values.filter(pc.less(cells.rows, row)).to_pylist()]
    below = [Decimal(one) for one in cells.values.filter(pc.greater(cells.rows, row)).to_pylist()]
    return [*accumulate(reversed(above)), *accumulate(below)] or [Decimal(0)]


def _tolerance_at_least(column: Column) -> Decimal:
    return Decimal(0) if column.type == "integer" else _LEAST


def _tolerance(column: Column, cells: _Cells, said: Decimal) -> Decimal:
    """Return half of the last printed digit for each row, at least 0,05; whole things (people) are counted exactly."""
    if column.type == "integer":
        return Decimal(0)
    digits = max(cells.digits(), _digits_of(said))
    return max(_LEAST, Decimal(5).scaleb(-digits - 1) * len(cells.values))


def _digits_of(said: Decimal) -> int:
    """Return how many digits stand after the comma."""
    exponent = said.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _half_of_last_digit(said: Decimal) -> Decimal:
    return Decimal(5).scaleb(-_digits_of(said) - 1)
