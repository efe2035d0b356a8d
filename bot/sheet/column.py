"""What the readers of a column share: what they give, what they say about single cells, a few steps on Arrow arrays.

A reader takes pieces of cells with ``add`` and gives the whole with ``finish``, when all is known that decides about
doubtful cells: which separators the column uses, whether its percentages are fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from bot.language import day, number
from bot.model import Problem
from bot.model.arrow import arrow_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Column, Form, Value
    from bot.sheet.workbook import Cell

DECIMAL = pa.decimal128(21, 6)
MOST_PROBLEMS = 20_000
"""How many problems of one table are kept; which cells are bad is known of all."""
MILD = frozenset({"so_dang_chu", "ngay_dang_chu", "ten_khac_danh_muc", "khoang_trang_thua", "bang_ma_cu"})
"""Notices that only inform: they never push out another one."""
_LONGEST_WRITTEN = 80


@dataclass(frozen=True, slots=True)
class Filled:
    """One column of one sheet, read."""

    data: pa.Array | pa.ChunkedArray
    bad: frozenset[int] = frozenset()
    """Positions of cells that are written but unusable."""
    problems: tuple[tuple[int, Problem], ...] = ()
    """(position, problem); the row number in a problem is filled in by the table."""
    factor: int = 1
    """100 where percentages were written as fractions."""


def join_columns(
    form: Form, sheets: Sequence[tuple[int, Sequence[int], Mapping[str, Filled]]]
) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Yield the columns of a table, those of its sheets one after the other, nulls where a sheet has not got one.

    Each of *sheets* is its index, the ``_row`` of each of its rows, and its columns as read.
    """
    indexes = [pa.repeat(pa.scalar(index, pa.int16()), len(rows)) for index, rows, _ in sheets]
    yield "_sheet", pa.chunked_array(indexes, pa.int16())
    yield "_row", pa.chunked_array([pa.array(rows, pa.int32()) for _, rows, _ in sheets], pa.int32())
    for column in form.columns:
        kind = arrow_type(column)
        parts: list[pa.Array] = []
        for _, rows, columns in sheets:
            data = columns[column.key].data if column.key in columns else pa.nulls(len(rows), kind)
            parts += data.chunks if isinstance(data, pa.ChunkedArray) else [data]
        yield column.key, pa.chunked_array(parts, kind)


class ColumnReader(Protocol):
    """What reads the cells of one column."""

    def add(self, values: Sequence[Cell]) -> None:
        """Take the next cells."""

    def finish(self) -> Filled:
        """Return all cells that were taken, as the column's Arrow type."""


@dataclass(slots=True)
class Notes:
    """What is said about single cells while a column is finished."""

    column: Column
    bad: set[int] = field(default_factory=set)
    problems: dict[int, Problem] = field(default_factory=dict)
    """Position → what is said; of one cell only the last word stays."""
    _mild: int = 0

    def has_room(self, notice: str) -> bool:
        """Tell whether a problem of this kind may still be kept: of a column typed as text not every cell is named."""
        return self._mild < MOST_PROBLEMS or notice not in MILD

    def say(self, position: int, notice: str, cell: Cell, repair: Value | None = None, **evidence: str) -> None:
        """Say something about a cell that stays usable; *repair* is what it says, in the form that it should have."""
        if not self.has_room(notice):
            return
        self._mild += notice in MILD
        written = as_text(cell)[:_LONGEST_WRITTEN]
        self.problems[position] = Problem(notice, 0, 0, self.column.key, written, evidence, repair=repair)

    def refuse(self, position: int, notice: str, cell: Cell, **evidence: str) -> None:
        """Say that the cell is unusable."""
        self.bad.add(position)
        self.say(position, notice, cell, **evidence)

    def filled(self, data: pa.Array | pa.ChunkedArray, factor: int = 1) -> Filled:
        """Return *data* with all that was said."""
        return Filled(data, frozenset(self.bad), tuple(self.problems.items()), factor)


def as_text(cell: Cell) -> str:
    """Return a cell as people see it: 32121000048.0 is ``32121000048``, a day is ``15/7/2012``."""
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else number(cell)
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return day(cell) if isinstance(cell, date) else str(cell)


def joined(chunks: list[pa.Array], kind: pa.DataType) -> pa.Array:
    """Return the pieces as one array, and let go of them: no table should lie in memory twice."""
    whole = pa.chunked_array(chunks, kind).combine_chunks()
    chunks.clear()
    return whole


def patched(data: pa.Array, patches: Mapping[int, object]) -> pa.Array:
    """Return *data* with the values of *patches* (position → value) put in."""
    if not patches:
        return data
    mask = [False] * len(data)
    for position in patches:
        mask[position] = True
    values = [patches[position] for position in sorted(patches)]
    return pc.replace_with_mask(data, pa.array(mask), pa.array(values, data.type))


def positions(mask: pa.Array | pa.ChunkedArray) -> list[int]:
    """Return where *mask* is true."""
    return list(pc.indices_nonzero(mask.fill_null(False)).to_pylist())


def others(values: Sequence[Cell], wanted: frozenset[type], start: int) -> list[tuple[int, Cell]]:
    """Return (position, cell) of the cells that are neither of a wanted type nor empty."""
    cells = enumerate(values, start)
    return [(position, cell) for position, cell in cells if cell.__class__ not in wanted and cell != ""]
