"""Rows made of a form's own examples: the shortest table that the form accepts, and what its rules say of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa

from bot.check.days import find_day
from bot.model import SheetPlace, Table, letter_of
from bot.model.arrow import arrow_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.model import Column, Form, Rulebook

FIRST_ROW = 9
"""Where the rows of an example begin: below a title and a header of the usual height."""

FIRST_VALUES = 4
"""The column (D) in which the values of a form of indicators begin: after TT, Chỉ tiêu and ĐVT."""

BESIDE = frozenset({"rows", "tables", "reporter", "received"})
"""The keys of an example that are no columns."""


@dataclass(frozen=True, slots=True)
class Case:
    """An example with all that its rule may look at."""

    table: Table
    tables: Mapping[str, pa.Table]
    """Other forms by their full ids, ``lan_truoc``, ``ky_truoc``."""
    reporter: str
    received: date | None
    """The day that the example names; None where any will do."""


def example_rows(example: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    """Return the rows of a rule's example: itself, or those under ``rows``."""
    rows = example.get("rows")
    if isinstance(rows, list | tuple):
        return tuple(rows)
    return ({key: value for key, value in example.items() if key not in BESIDE},)


def case_of(form: Form, example: Mapping[str, object], form_of: Callable[[str], Form]) -> Case:
    """Return the example of a rule of *form*; *form_of* gives the other forms that it names, by their full ids."""
    named, received = example.get("tables"), example.get("received")
    tables = {
        name: table_of(form if name in {"lan_truoc", "ky_truoc"} else form_of(name), rows).data
        for name, rows in (named if isinstance(named, dict) else {}).items()
    }
    return Case(
        table_of(form, example_rows(example)),
        tables,
        str(example.get("reporter", "")),
        received if isinstance(received, date) else None,
    )


def day_of(rulebook: Rulebook, form: Form) -> date:
    """Return the day on which an example of *form* counts as received.

    That is its first deadline, else the first of its campaign, else half a year after the campaign's start.
    """
    campaigns = {one.id: one.opened for one in rulebook.campaigns if one.family == form.campaign}
    owed = [one for one in rulebook.obligations if one.campaign in campaigns and one.deadline]
    days = [one.deadline.day for one in owed if one.deadline and one.form == form.id] or [
        one.deadline.day for one in owed if one.deadline
    ]
    return min(days) if days else min(campaigns.values()) + timedelta(days=182)


def table_of(form: Form, rows: Sequence[Mapping[str, object]]) -> Table:
    """Return a table of one sheet with *rows*, each completed from the columns' own examples; ``""`` is empty.

    Values are those of TOML (numbers, dates, text), or text as a person writes it: ``143,2``, ``15/7/2012``.
    """
    lines = form.layout == "indicators"
    first = FIRST_VALUES if lines else FIRST_ROW
    cells: dict[str, pa.Array] = {
        one.key: pa.array([_value(one, row.get(one.key, one.example)) for row in rows], arrow_type(one))
        for one in form.columns
    }
    cells["_sheet"] = pa.array([0] * len(rows), pa.int16())
    cells["_row"] = pa.array(range(first, first + len(rows)), pa.int32())
    place = (_indicators if lines else _columns)(form, len(rows))
    return Table(form.full_id, pa.table(cells), (place,))


def _columns(form: Form, rows: int) -> SheetPlace:
    letters = {one.key: letter_of(place + 1) for place, one in enumerate(form.columns)}
    return SheetPlace(f"Biểu {form.id}", letters, FIRST_ROW - 1, rows)


def _indicators(form: Form, records: int) -> SheetPlace:
    """Return the sheet of a form of indicators: the heading of the values stands above them."""
    keys = [one.key for one in form.columns if one.key != form.record]
    lines = {key: FIRST_ROW + place for place, key in enumerate(keys)}
    if form.record:
        lines[form.record] = FIRST_ROW - 1
    return SheetPlace(f"Biểu {form.id}", dict.fromkeys(lines, letter_of(FIRST_VALUES)), FIRST_ROW - 1, records, lines)


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
