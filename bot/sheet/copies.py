"""Sheets of one form in a workbook that hold the same things: a copy that was left in, or one of which nobody knows.

Of forms of rows only: lists of indicators for two zones may well hold the same few numbers, zone by zone on a sheet.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from bot.model import Remark, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.model import Form, Problem, Table
    from bot.sheet.column import Filled
    from bot.sheet.identify import Match

_SAME = 0.5
"""Where so much of the smaller table is in the other one too, they are two states of one; a few things that stand in
both are mistakes in single rows."""

Page: TypeAlias = "tuple[str, Mapping[str, Filled], int]"
"""Name of the sheet, its columns as read, number of rows."""
Read: TypeAlias = "tuple[Table, tuple[Problem, ...]]"


def find_copies(pages: Sequence[Page]) -> dict[int, Remark]:
    """Return the sheets that say word for word what one before them says: place in *pages* → what to tell."""
    copies: dict[int, Remark] = {}
    for one, other in combinations(range(len(pages)), 2):
        if one not in copies and other not in copies and _are_alike(pages[one], pages[other]):
            copies[other] = Remark("copied_sheet", pages[other][0], pages[one][0])
    return copies


def _are_alike(one: Page, other: Page) -> bool:
    (_, columns, rows), (_, others, more) = one, other
    return (
        rows == more > 0
        and columns.keys() == others.keys()
        and all(_whole(columns[key]).equals(_whole(others[key])) for key in columns)
    )


def _whole(filled: Filled) -> pa.ChunkedArray:
    return filled.data if isinstance(filled.data, pa.ChunkedArray) else pa.chunked_array([filled.data])


def read_once(
    match: Match, copies: Mapping[int, Remark], read: Callable[[Match], Read | Unreadable]
) -> Read | Unreadable:
    """Return what *read* makes of the places of *match* that are no *copies*, with a word about those."""
    kept = tuple(place for at, place in enumerate(match.places) if at not in copies)
    found = read(replace(match, places=kept))
    if isinstance(found, Unreadable):
        return found
    table, problems = found
    return replace(table, remarks=(*table.remarks, *copies.values())), problems


def find_overlap(form: Form, table: Table) -> tuple[str, str] | None:
    """Return the names of two sheets that list largely the same things with other values; None where none do.

    Things are told by the form's row key, where it tells each row of a sheet from the others.
    """
    if len(table.sheets) < 2:
        return None
    keys = {index: _keys(form, table.data.filter(pc.equal(table.data["_sheet"], index))) for index in _sheets(table)}
    for one, other in combinations(keys, 2):
        if _overlap(keys[one], keys[other]):
            return table.sheets[one].name, table.sheets[other].name
    return None


def are_the_same_rows(form: Form, one: pa.Table, other: pa.Table) -> bool:
    """Tell whether two tables of *form* say the same, wherever it stands."""
    columns = [column.key for column in form.columns if column.key != form.sequence]
    return bool(one.select(columns).equals(other.select(columns)))


def _sheets(table: Table) -> list[int]:
    return [index for index, place in enumerate(table.sheets) if place.rows]


def _keys(form: Form, rows: pa.Table) -> frozenset[tuple[object, ...]]:
    """Return the things that *rows* are about; none where two rows are about the same one."""
    columns = [rows[key].to_pylist() for key in form.row_key]
    named = [key for key in zip(*columns, strict=True) if any(part is not None for part in key)]
    distinct = frozenset(named)
    return distinct if len(distinct) == len(named) else frozenset()


def _overlap(one: frozenset[tuple[object, ...]], other: frozenset[tuple[object, ...]]) -> bool:
    fewer = min(len(one), len(other))
    return fewer > 0 and len(one & other) >= _SAME * fewer
