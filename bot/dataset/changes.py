"""The rows of a revision against those of the one before it, by columns: nothing looks at single cells.

DuckDB says which rows belong together, and hands back their numbers only: a hundred thousand rows of which each has
changed fit its memory. The SQL is put together from the keys of a form's columns (S608), ASCII words by the loader's
rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from bot.model import CellChange, Changes, Column, RowChange

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    import duckdb

    from bot.model import Form

NAMED = 3
"""So many rows of each kind, and so many sums, are named; the rest is counted."""
_NUMBERS = frozenset({"integer", "decimal", "percent"})
_Value: TypeAlias = "str | int | Decimal | date | None"


def changes_between(
    database: duckdb.DuckDBPyConnection,
    form: Form,
    before: pa.Table,
    after: pa.Table,
    written: Callable[[object, Column], str],
) -> Changes:
    """Return how the rows *after* differ from those *before*; both have the columns of *form*.

    Rows that are alike in every column are set aside first, so that only what has changed is matched: by the row's key
    without regard to case and accents; equal keys, and rows without one, in their order. The running number does not
    count. *database* lends its engine; nothing is left in it. *written* gives a value as sentences show it. Raises
    duckdb.OutOfMemoryException where the engine has too little memory.
    """
    columns = tuple(one for one in form.columns if one.key != form.sequence)
    for name, table in (("_before", before), ("_after", after)):
        numbers = pa.array(range(table.num_rows), pa.int32())
        database.register(name, table.append_column("_at", numbers))
    try:
        pairs = database.sql(_pairing(columns, form.row_key)).to_arrow_table()
    finally:
        for name in ("_before", "_after"):
            database.unregister(name)
    return _Comparison(form, columns, before, after, written).changes(pairs)


def _pairing(columns: Sequence[Column], row_key: Sequence[str]) -> str:
    """Return the SQL of ``before, after``: the numbers of rows that are not the same in both, NULL without partner."""
    alike = ", ".join(f'"{one.key}"' for one in columns)
    words = (f"""coalesce(strip_accents(lower(trim("{key}"::VARCHAR))), '')""" for key in row_key)
    key = " || '|' || ".join(words) or "''"
    hashed = ", ".join(
        f"""{side}_rows AS (SELECT _at, hash({alike}) AS _hash FROM _{side}),
            {side}_times AS (SELECT _hash, count(*) AS times FROM {side}_rows GROUP BY _hash)"""  # noqa: S608
        for side in ("before", "after")
    )
    return f"""WITH {hashed}, {_rest("before", "after", key)}, {_rest("after", "before", key)}
        SELECT before_rest._at AS before, after_rest._at AS after
        FROM before_rest FULL JOIN after_rest USING (_key, _nth) ORDER BY after, before"""  # noqa: S608


def _rest(side: str, other: str, key: str) -> str:
    """Return the SQL of the rows of *side* that are there oftener than on the *other* one, equal keys numbered."""
    return f"""{side}_rest AS (
        SELECT _at, {key} AS _key, row_number() OVER (PARTITION BY _key ORDER BY _at) AS _nth FROM _{side}
        SEMI JOIN (
            SELECT _at FROM {side}_rows
            JOIN {side}_times AS own USING (_hash) LEFT JOIN {other}_times AS theirs USING (_hash)
            WHERE own.times > coalesce(theirs.times, 0)
            QUALIFY row_number() OVER (PARTITION BY _hash ORDER BY _at) > coalesce(theirs.times, 0)
        ) USING (_at))"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two tables of one form, once it is known which of their rows belong together."""

    form: Form
    columns: Sequence[Column]
    """Those that count."""
    before: pa.Table
    after: pa.Table
    written: Callable[[object, Column], str]

    def changes(self, pairs: pa.Table) -> Changes:
        added = pairs["after"].filter(pc.is_null(pairs["before"]))
        removed = pairs["before"].filter(pc.is_null(pairs["after"]))
        changed = pairs.drop_null()
        return Changes(
            added=self._names(self.after, added[:NAMED]),
            added_count=len(added),
            removed=self._names(self.before, removed[:NAMED]),
            removed_count=len(removed),
            changed=self._changed(changed),
            changed_count=len(changed),
            sums=self._sums() if len(pairs) else (),
        )

    def _names(self, table: pa.Table, rows: pa.ChunkedArray) -> tuple[str, ...]:
        """Return what the rows are about; one that does not say is left out."""
        keys = table.select(list(self.form.row_key)).take(rows).to_pylist()
        return tuple(filter(None, (", ".join(str(cell) for cell in key.values() if cell is not None) for key in keys)))

    def _changed(self, pairs: pa.Table) -> tuple[RowChange, ...]:
        """Return the rows of which a number has changed most; those without one come last."""
        if not len(pairs):
            return ()
        most = pa.nulls(len(pairs), pa.float64())
        for one in self.columns:
            if one.type in _NUMBERS:
                before, after = self.before[one.key].take(pairs["before"]), self.after[one.key].take(pairs["after"])
                most = pc.max_element_wise(most, _share(before, after))
        ranked = pc.array_sort_indices(most, order="descending", null_placement="at_end")[:NAMED]
        rows = ((pairs["before"][at].as_py(), pairs["after"][at].as_py()) for at in ranked.to_pylist())
        return tuple(
            RowChange("".join(self._names(self.after, pa.array([new]))), self._cell(old, new)) for old, new in rows
        )

    def _cell(self, before: int, after: int) -> CellChange:
        """Return the change between two rows that tells most."""
        cells = (
            _Pair(one, self.before[one.key][before].as_py(), self.after[one.key][after].as_py()) for one in self.columns
        )
        return self._told(max((one for one in cells if one.before != one.after), key=_weight))

    def _sums(self) -> tuple[CellChange, ...]:
        sums = (
            _Pair(one, pc.sum(self.before[one.key]).as_py(), pc.sum(self.after[one.key]).as_py())
            for one in self.columns
            if one.sum
        )
        changed = sorted((one for one in sums if one.before != one.after), key=_weight, reverse=True)
        return tuple(map(self._told, changed[:NAMED]))

    def _told(self, pair: _Pair) -> CellChange:
        column = pair.column
        before, after = self.written(pair.before, column), self.written(pair.after, column)
        return CellChange(column.title, column.unit or "", before, after)


class _Pair(NamedTuple):
    """A value in both revisions."""

    column: Column
    before: _Value
    after: _Value


def _share(before: pa.ChunkedArray, after: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return how much numbers have changed, as a part of the larger one; null where one of them is not there."""
    old, new = before.cast(pa.float64()), after.cast(pa.float64())
    size = pc.max_element_wise(pc.abs(old), pc.abs(new), skip_nulls=False)
    return pc.divide(pc.abs(pc.subtract(new, old)), pc.if_else(pc.equal(size, 0), None, size))


def _weight(pair: _Pair) -> tuple[int, float]:
    """Return how much a change tells: numbers first, by their share; then other values; last what was or is empty."""
    _, before, after = pair
    if before is None or after is None:
        return 0, 0.0
    if isinstance(before, str | date) or isinstance(after, str | date):
        return 1, 0.0
    return 2, abs(float(after) - float(before)) / max(abs(float(before)), abs(float(after)))
