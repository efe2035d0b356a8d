"""Where everything stands on the blank of a form of indicators: a line for each, a column of values for each record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from bot.reply.blank_layout import HEADER_TOP, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Column, Form

_NUMBER, _LABEL, _UNIT, _FIRST_VALUE = 1, 2, 3, 4
"""The columns of a printed list, as the forms of Circular 14/2024/TT-BCT have them; notes stand last."""
_WIDTHS = {_NUMBER: 6.0, _LABEL: 58.0, _UNIT: 13.0}
"""In characters."""
_VALUE_WIDTH, _NOTE_WIDTH = 14.0, 22.0
_MARK = "\u00a0(*)"


@dataclass(frozen=True, slots=True)
class IndicatorLayout:
    """Where the parts of such a blank stand; rows count from 1."""

    form: Form
    headings: tuple[str, ...]
    """The header, from left to right."""
    records: int
    """Columns of values."""

    @property
    def lines(self) -> tuple[Column, ...]:
        """Return the indicators in their order."""
        return tuple(column for column in self.form.columns if column.key != self.form.record)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Return the header cells."""
        return tuple(Span(HEADER_TOP, at, HEADER_TOP, at, text) for at, text in enumerate(self.headings, 1))

    @property
    def depth(self) -> int:
        """Return how many rows the header has."""
        return 1

    @property
    def rows(self) -> int:
        """Return how many lines there are."""
        return len(self.lines)

    @property
    def number_row(self) -> int:
        """Return the row of the column numbers."""
        return HEADER_TOP + self.depth

    @property
    def first_row(self) -> int:
        """Return the row of the first indicator."""
        return self.number_row + 1

    @property
    def last_row(self) -> int:
        """Return the row of the last indicator."""
        return self.number_row + self.rows

    @property
    def total_row(self) -> None:
        """Return None: indicators are not added up."""
        return

    @property
    def width(self) -> int:
        """Return how many columns the table has."""
        return len(self.headings)

    @property
    def widths(self) -> list[float]:
        """Return the widths of all columns in characters."""
        return [*_WIDTHS.values(), *[_VALUE_WIDTH] * self.records, _NOTE_WIDTH]

    @property
    def upright(self) -> bool:
        """Return whether it is printed upright: a long list with one column of values is."""
        return self.records == 1

    def letter(self, key: str) -> str:
        """Return the letter of the first column of values; raises ValueError where the form has no such key."""
        self._row(key)
        return get_column_letter(_FIRST_VALUE)

    def address(self, key: str, record: int = 0) -> str:
        """Return the cell of an indicator in a record, counted from 0: ``D14``; of the record column, its heading."""
        return f"{get_column_letter(_FIRST_VALUE + record)}{self._row(key)}"

    def cells(self, key: str) -> str:
        """Return the cells of an indicator in all records: ``D14:H14``."""
        return f"{self.address(key)}:{self.address(key, self.records - 1)}"

    def facts(self, line: int) -> tuple[str, str, str]:
        """Return what is printed on a line, counted from 0: number, words, unit."""
        column = self.lines[line]
        # Where all lines must be filled, a mark on each of them says nothing.
        mark = _MARK if column.required and not all(one.required for one in self.lines) else ""
        return column.number, f"{column.title}{mark}", column.unit or ""

    def record_of(self, line: int, row: dict[str, object]) -> int | None:
        """Return the record in which an earlier *row*, the *line*-th of its table, stands; None where it has none."""
        if self.form.record is None:
            return line if line < self.records else None
        names = [one.value for one in self.form.column(self.form.record).choices]
        heading = row.get(self.form.record)
        return names.index(str(heading)) if heading in names else None

    def _row(self, key: str) -> int:
        if key == self.form.record:
            return HEADER_TOP
        return self.first_row + [column.key for column in self.lines].index(key)


def lay_out_indicators(form: Form, headings: Sequence[str]) -> IndicatorLayout:
    """Return the layout of a blank; *headings* are those of number, words, unit, values and notes.

    Where the form takes the headings of its records from a list, each of the list has a column of values.
    """
    number, label, unit, value, note = headings
    values = tuple(one.value for one in form.column(form.record).choices) if form.record else ()
    values = values or (value,)
    return IndicatorLayout(form, (number, label, unit, *values, note), len(values))
