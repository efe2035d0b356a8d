"""A sheet that one of our own readers has put together, before it becomes one of a workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sheet.grid import Cells, Merge

if TYPE_CHECKING:
    from bot.sheet.grid import Cell

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""What Excel itself can hold; a span or an index beyond is nobody's table."""


class TooManyCellsError(ValueError):
    """A file of markup holds more cells than may be read."""


@dataclass(slots=True)
class Drawn:
    """A sheet while its cells are found one after the other."""

    name: str
    visible: bool = True
    most: int = 1_000_000
    """Filled cells; one more raises TooManyCellsError."""
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    """Counted from 1."""
    hidden_columns: set[int] = field(default_factory=set)
    _filled: int = 0

    def put(self, row: int, column: int, cell: Cell, *, down: int = 0, right: int = 0) -> None:
        """Write *cell*, merged with so many rows below and columns to the right; nothing beyond Excel's own borders."""
        if row >= MOST_ROWS or column >= MOST_COLUMNS:
            return
        if cell != "":
            self._filled += 1
            if self._filled > self.most:
                raise TooManyCellsError(self.name)
            self.rows.setdefault(row, {})[column] = cell
        if (down > 0 or right > 0) and len(self.merges) < self.most:
            bottom, last = min(row + down, MOST_ROWS - 1), min(column + right, MOST_COLUMNS - 1)
            self.merges.append(Merge(row, column, bottom, last))

    def cells(self) -> Cells:
        """Return what was written."""
        return Cells(self.rows)
