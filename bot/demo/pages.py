"""A provincial form as values: what stands on each page, and in which cell it will be drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Cell = str | int | Decimal | date | None
Shape = Literal["text", "centre", "integer", "year", "decimal", "percent", "fraction", "date"]
"""How a column is shown; ``fraction`` is a share of 1 under a percent format."""
LEVELS = 3
HEADER_ROW = 8
"""The first row of the header, counted from 1: letterhead, title and unit stand above it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column as it is drawn."""

    key: str
    header: tuple[str, ...]
    """The words of its header from the top line down; equal words of neighbours are merged."""
    shape: Shape
    width: float
    """In characters, as Excel counts it."""
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row under the header."""

    kind: Literal["group", "data", "total"]
    cells: Mapping[str, Cell]
    shape: Shape | None = None
    """How its numbers are shown, where the lines of a column count different things."""

    def with_cell(self, key: str, value: Cell) -> Line:
        """Return the line with another value in one cell."""
        return replace(self, cells={**self.cells, key: value})


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of the workbook."""

    name: str
    letterhead: tuple[str, ...]
    label: str
    """``Biểu I.1``, at the right of the first row."""
    title: tuple[str, ...]
    enclosed: str
    """``(Kèm theo Báo cáo số …)``."""
    unit: str
    fields: tuple[Field, ...]
    lines: tuple[Line, ...]
    dated: str
    signers: tuple[str, str] = ("NGƯỜI LẬP BIỂU", "TRƯỞNG BAN")

    @property
    def depth(self) -> int:
        """Return how many rows the header has."""
        return max(len(field.header) for field in self.fields)

    @property
    def first_row(self) -> int:
        """Return the row of the first line, counted from 1: it follows the header and the row of column numbers."""
        return HEADER_ROW + self.depth + 1

    def cell(self, line: int, key: str) -> str:
        """Return the address, such as ``J14``, of a column in the line of that index."""
        return f"{self.letter(key)}{self.first_row + line}"

    def letter(self, key: str) -> str:
        """Return the sheet's letter of a column."""
        return letter([field.key for field in self.fields].index(key))

    def data(self) -> tuple[int, ...]:
        """Return the indices of the data lines."""
        return tuple(index for index, line in enumerate(self.lines) if line.kind == "data")

    def with_cell(self, line: int, key: str, value: Cell) -> Page:
        """Return the page with another value in one cell; totals stay as they are."""
        return replace(
            self,
            lines=tuple(one.with_cell(key, value) if at == line else one for at, one in enumerate(self.lines)),
        )


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook before it becomes a file."""

    form: str
    """``I.1``, ``II.1-VB``, ``III.4``."""
    pages: tuple[Page, ...]

    def changed(self, change: Callable[[Page], Page], page: int = 0) -> Book:
        """Return the book with one page changed."""
        return replace(self, pages=tuple(change(one) if at == page else one for at, one in enumerate(self.pages)))


def letter(index: int) -> str:
    """Return the sheet's letter of a column counted from 0: 0 is ``A``, 26 is ``AA``."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def sums(fields: Iterable[Field], lines: Iterable[Line]) -> dict[str, Cell]:
    """Return the sum of each summed column over the data *lines*; what is not a number counts as nothing."""
    rows = [line.cells for line in lines if line.kind == "data"]
    return {
        field.key: sum(
            (Decimal(value) for row in rows if isinstance(value := row.get(field.key), int | Decimal)), Decimal()
        )
        for field in fields
        if field.summed
    }
