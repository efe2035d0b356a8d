"""In which Arrow type a table holds a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from bot.model.rules import Column

_ARROW = {
    "integer": pa.int64(),
    "year": pa.int64(),
    "decimal": pa.decimal128(21, 6),
    "percent": pa.decimal128(21, 6),
    "date": pa.date32(),
}


def arrow_type(column: Column) -> pa.DataType:
    """Return the Arrow type in which a table holds that column; words and codes are text."""
    return _ARROW.get(column.type, pa.string())
