"""The cells of one sheet, whoever read them: as the reader gives them, corrected, or put together by ourselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta
"""A cell as the reader gives it; an empty one is ``""``."""
Place: TypeAlias = tuple[int, int]
"""(row, column) of a sheet, counted from 0."""


class Uncalculated(str):
    """A formula whose value the file does not hold: the program that wrote it never calculated it.

    It is a text of its own, ``=D4/C4``, so that nobody takes it for an empty cell.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; rows and columns count from 0, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int


class Grid(Protocol):
    """The used range of one sheet."""

    @property
    def start(self) -> Place | None:
        """Return the first used row and column; None where no cell is filled."""

    @property
    def end(self) -> Place | None:
        """Return the last used row and column; None where no cell is filled."""

    def iter_rows(self) -> Iterator[list[Cell]]:
        """Yield all rows from the sheet's first on, each from the first used column to the last."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A sheet as the filled cells that a reader of our own has found, row by row."""

    rows: Mapping[int, Mapping[int, Cell]]

    @property
    def start(self) -> Place | None:
        """Return the first used row and column."""
        columns = [min(row) for row in self.rows.values() if row]
        return (min(number for number, row in self.rows.items() if row), min(columns)) if columns else None

    @property
    def end(self) -> Place | None:
        """Return the last used row and column."""
        columns = [max(row) for row in self.rows.values() if row]
        return (max(number for number, row in self.rows.items() if row), max(columns)) if columns else None

    def iter_rows(self) -> Iterator[list[Cell]]:
        """Yield all rows from the sheet's first on."""
        start, end = self.start, self.end
        if start is None or end is None:
            return
        for number in range(end[0] + 1):
            cells: list[Cell] = [""] * (end[1] - start[1] + 1)
            for column, cell in self.rows.get(number, {}).items():
                cells[column - start[1]] = cell
            yield cells


@dataclass(frozen=True, slots=True)
class Patched:
    """A sheet as one reader sees it, with the cells that only another one sees put in."""

    grid: Grid
    patches: Cells

    @property
    def start(self) -> Place | None:
        """Return the first used row and column of both together."""
        both = [one for one in (self.grid.start, self.patches.start) if one is not None]
        return (min(row for row, _ in both), min(column for _, column in both)) if both else None

    @property
    def end(self) -> Place | None:
        """Return the last used row and column of both together."""
        both = [one for one in (self.grid.end, self.patches.end) if one is not None]
        return (max(row for row, _ in both), max(column for _, column in both)) if both else None

    def iter_rows(self) -> Iterator[list[Cell]]:
        """Yield all rows from the sheet's first on; a cell that the first reader sees too stays as it sees it."""
        start, end = self.start, self.end
        if start is None or end is None:
            return
        first, own = start[1], self.grid.start
        before: list[Cell] = [""] * ((own[1] if own else end[1] + 1) - first)
        after: list[Cell] = [""] * (end[1] - (self.grid.end or end)[1])
        rows = self.grid.iter_rows() if own else iter(())
        for number in range(end[0] + 1):
            row = next(rows, None)
            cells: list[Cell] = [*before, *row, *after] if row is not None else [""] * (end[1] - first + 1)
            for column, cell in self.patches.rows.get(number, {}).items():
                if cells[column - first] == "":
                    cells[column - first] = cell
            yield cells


@dataclass(frozen=True, slots=True)
class Decoded:
    """A sheet whose texts are put into Unicode as they are read."""

    grid: Grid
    decode: Callable[[str, int, int], str]
    """(text, row, column) → text; it is asked for texts with letters beyond ASCII only."""

    @property
    def start(self) -> Place | None:
        """Return the first used row and column."""
        return self.grid.start

    @property
    def end(self) -> Place | None:
        """Return the last used row and column."""
        return self.grid.end

    def iter_rows(self) -> Iterator[list[Cell]]:
        """Yield all rows from the sheet's first on."""
        first = self.grid.start[1] if self.grid.start else 0
        for number, row in enumerate(self.grid.iter_rows()):
            for place, cell in enumerate(row):
                if cell.__class__ is str and not cell.isascii():
                    row[place] = self.decode(cell, number, place + first)
            yield row


def cells_of(rows: Sequence[Sequence[Cell]]) -> Cells:
    """Return *rows*, which begin in A1, as a sheet; their empty cells are left out."""
    filled = {number: {place: cell for place, cell in enumerate(row) if cell != ""} for number, row in enumerate(rows)}
    return Cells({number: row for number, row in filled.items() if row})
