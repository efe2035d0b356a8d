"""What the figures of a column usually are, and columns that are a power of ten away from it: a slip of the unit.

A column of land that is ten thousand times that of the other provinces was written in m². Only whole columns are
looked at, by their medians: one project may well be a thousand times another.
"""

from __future__ import annotations

import math
import statistics
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from bot.check.sentences import with_unit
from bot.model import Norm, Problem
from bot.units import neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from bot.model import Column, Form

PEERS, EARLIER = "lech_don_vi", "lech_lan_truoc"
"""The notices: off the other reporters, and off what the same reporter sent before."""
_AMOUNTS = frozenset({"decimal", "integer"})
_FEWEST_ROWS = 3
"""A median of fewer figures says nothing."""
_FEWEST_REPORTERS = 5
_WIDEST = 0.5
"""In powers of ten: where half of the reporters lie further from the middle, the column has no usual size."""
_NEAR_PEERS, _NEAR_EARLIER = 0.5, 0.15
"""In powers of ten: so near to a conversion factor a column must be to look like a slip."""
_SMALLEST_FACTOR = 1000


def medians_of(form: Form, data: pa.Table) -> dict[str, float]:
    """Return the median of each column's figures above zero, of the columns whose unit has neighbours."""
    found = {}
    for column in form.columns:
        if not _is_measured(column) or data.schema.get_field_index(column.key) < 0:
            continue
        cells = data[column.key].drop_null().cast("float64")
        above = cells.filter(pc.greater(cells, 0))
        if len(above) >= _FEWEST_ROWS:
            found[column.key] = float(pc.quantile(above, 0.5)[0].as_py())
    return found


def norms_of(medians: Sequence[Mapping[str, float]]) -> dict[str, Norm]:
    """Return what is usual of each column among *medians*, one for each reporter; only where they agree enough."""
    columns: dict[str, list[float]] = {}
    for one in medians:
        for key, median in one.items():
            columns.setdefault(key, []).append(math.log10(median))
    norms = {}
    for key, sizes in columns.items():
        middle = statistics.median(sizes)
        spread = statistics.median(abs(size - middle) for size in sizes)
        if len(sizes) >= _FEWEST_REPORTERS and spread <= _WIDEST:
            norms[key] = Norm(10**middle, len(sizes))
    return norms


def find_slips(
    form: Form, data: pa.Table, norms: Mapping[str, Norm], earlier: pa.Table | None = None
) -> Iterator[Problem]:
    """Yield a problem for each column that looks written in another unit than that of the peers or of *earlier*."""
    own = medians_of(form, data)
    before = medians_of(form, earlier) if earlier is not None else {}
    for key, median in own.items():
        column = form.column(key)
        told = _slip(column, median, before.get(key), _NEAR_EARLIER)
        if told:
            yield Problem(EARLIER, 0, 0, key, evidence=told)
            continue
        norm = norms.get(key)
        told = _slip(column, median, norm.median if norm else None, _NEAR_PEERS)
        if norm and told:
            yield Problem(PEERS, 0, 0, key, evidence={**told, "so_don_vi": str(norm.reporters)})


def _slip(column: Column, median: float, usual: float | None, near: float) -> dict[str, str]:
    """Return both readings of a median that is a conversion factor away from what is usual; nothing where it is not."""
    if usual is None:
        return {}
    away = math.log10(median / usual)
    for unit, factor in neighbours(column.unit or ""):
        size = math.log10(float(factor))
        if abs(size) >= math.log10(_SMALLEST_FACTOR) - 1e-9 and abs(away - size) <= near:
            return {
                "trung_vi": with_unit(_rounded(median), column),
                "thong_thuong": with_unit(_rounded(usual), column),
                "don_vi_khac": unit,
                "hieu_la": with_unit(_rounded(median / float(factor)), column),
            }
    return {}


def _is_measured(column: Column) -> bool:
    return column.type in _AMOUNTS and bool(column.unit and neighbours(column.unit))


def _rounded(value: float) -> Decimal:
    """Return the number with three figures that count: who compares sizes needs no more."""
    return Decimal(f"{value:.3g}") + 0
