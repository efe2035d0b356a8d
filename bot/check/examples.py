"""Rows made of a form's own examples: the shortest table that the form accepts, and what its rules say of others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.check.days import find_day
from bot.model import SheetPlace, Table, letter_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Column, Form

_ARROW = {
    "integer": pa.int64(),
    "year": pa.int64(),
    "decimal": pa.decimal128(21, 6),
    "percent": pa.decimal128(21, 6),
    "date": pa.date32(),
}

FIRST_ROW = 9
"""Where the rows of an example begin: below a title and a header of the usual height."""


def arrow_type(column: Column) -> pa.DataType:
    """Return the Arrow type in which a table holds that column."""
    return _ARROW.get(column.type, pa.string())


def example_rows(example: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    """Return the rows of a rule's example: itself, or those under ``rows``."""
    rows = example.get("rows")
    return tuple(rows) if isinstance(rows, list | tuple) else (example,)


def table_of(form: Form, rows: Sequence[Mapping[str, object]]) -> Table:
    """Return a table of one sheet with *rows*, each completed from the columns' own examples; ``""`` is empty.

    Values are those of TOML (numbers, dates, text), or text as a person writes it: ``143,2``, ``15/7/2012``.
    """
    cells: dict[str, pa.Array] = {
        one.key: pa.array([_value(one, row.get(one.key, one.example)) for row in rows], arrow_type(one))
        for one in form.columns
    }
    cells["_sheet"] = pa.array([0] * len(rows), pa.int16())
    cells["_row"] = pa.array(range(FIRST_ROW, FIRST_ROW + len(rows)), pa.int32())
    letters = {one.key: letter_of(place + 1) for place, one in enumerate(form.columns)}
    place = SheetPlace(f"Biểu {form.id}", letters, FIRST_ROW - 1, len(rows))
    return Table(form.full_id, pa.table(cells), (place,))


def _value(column: Column, value: object) -> object:
    if value == "" or value is None:
        return None
    if column.type == "date":
        return value if isinstance(value, date) else find_day(str(value))
    if column.type in {"decimal", "percent"}:
        return _decimal(value).quantize(Decimal("0.000001"))
    if column.type in {"integer", "year"}:
        return int(_decimal(value))
    return str(value)


def _decimal(value: object) -> Decimal:
    return Decimal(value.replace(".", "").replace(",", ".")) if isinstance(value, str) else Decimal(str(value))
