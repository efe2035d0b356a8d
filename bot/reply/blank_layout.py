"""Where everything stands on a blank form: header cells, rows, addresses, widths. Geometry only."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from openpyxl.utils import get_column_letter

from bot.language import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Column, Form

TITLE_END = 6
"""The last row of the title; letterhead, form and code stand in rows 1 to 3."""
UNIT_ROW = 7
HEADER_TOP = 8
LINE = 15.0
"""Points that a line of 11-point text takes."""
_LEVEL = " > "
_FLAT = " – "
_WIDTHS = {"integer": 8.0, "decimal": 10.0, "percent": 8.0, "date": 11.0, "year": 7.0, "identifier": 14.0}
"""In characters, as Excel counts widths."""
_SEQUENCE_WIDTH = 5.0
_PAGE_WIDTH = 130.0
"""Characters of 11-point text across an A4 page."""
_MOST_SPARE = 16.0


class Span(NamedTuple):
    """A header cell over a block of rows and columns; both count from 1, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a blank stand; rows count from 1."""

    form: Form
    spans: tuple[Span, ...]
    depth: int
    """Rows of the header."""
    rows: int
    """Rows for data."""

    @property
    def number_row(self) -> int:
        """Return the row of the column numbers."""
        return HEADER_TOP + self.depth

    @property
    def first_row(self) -> int:
        """Return the first row for data."""
        return self.number_row + 1

    @property
    def last_row(self) -> int:
        """Return the last row for data."""
        return self.number_row + self.rows

    @property
    def total_row(self) -> int | None:
        """Return the row of totals; None where the form sums nothing."""
        return self.last_row + 1 if any(column.sum for column in self.form.columns) else None

    @property
    def width(self) -> int:
        """Return how many columns the table has."""
        return len(self.form.columns)

    @property
    def widths(self) -> list[float]:
        """Return the widths of all columns in characters."""
        return widths_of(self.form)

    @property
    def upright(self) -> bool:
        """Return whether it is printed upright: a table of rows never is."""
        return False

    def letter(self, key: str) -> str:
        """Return the sheet's letter of a column; raises ValueError where the form has none of that key."""
        return get_column_letter([column.key for column in self.form.columns].index(key) + 1)

    def address(self, key: str, line: int = 0) -> str:
        """Return the cell of a column in the data row *line*, counted from 0: ``J14``."""
        return f"{self.letter(key)}{self.first_row + line}"

    def cells(self, key: str) -> str:
        """Return the cells of a column in all rows for data: ``J14:J43``."""
        return f"{self.address(key)}:{self.address(key, self.rows - 1)}"


def lay_out(form: Form, rows: int) -> Layout:
    """Return the layout of a blank with *rows* rows for data."""
    nodes = list(_nodes([(column, _levels(column)) for column in form.columns], form, 1, 0))
    depth = max(node.depth for node in nodes)
    spans = tuple(span for node in nodes for span in node.spans(HEADER_TOP, HEADER_TOP + depth - 1))
    return Layout(form, spans, depth, rows)


def widths_of(form: Form) -> list[float]:
    """Return the widths of all columns in characters; where a page has room to spare, the texts get it."""
    widths = [_width_of(column, form) for column in form.columns]
    texts = [at for at, column in enumerate(form.columns) if column.type == "text" and column.key != form.sequence]
    spare = (_PAGE_WIDTH - sum(widths)) / len(texts) if texts else 0.0
    for at in texts:
        widths[at] += min(max(spare, 0.0), _MOST_SPARE)
    return widths


def _width_of(column: Column, form: Form) -> float:
    """Return the width of a column in characters: what its values take, and no less than its header's longest word."""
    if column.key == form.sequence:
        return _SEQUENCE_WIDTH
    longest_word = max(len(word) for word in f"{column.title} {column.unit or ''}".split())
    if column.type == "choice":
        needed = min(max(len(one.value) for one in column.choices) + 3.0, 14.0)
    elif column.type == "text":
        needed = min(max(len(column.example) * 0.6, 10.0), 20.0)
    else:
        needed = _WIDTHS[column.type]
    return max(needed, min(longest_word + 1.5, 16.0))


def lines_of(text: str, width: float) -> int:
    """Return how many lines *text* takes in cells that are *width* characters wide."""
    return sum(max(1, len(wrap(line, max(int(width), 1)))) for line in text.split("\n"))


# ------------------------------------------------------------------------------------------------------------
# The header as a tree
# ------------------------------------------------------------------------------------------------------------


class _Node(NamedTuple):
    """A header cell with the cells below it."""

    text: str
    left: int
    right: int
    below: tuple[_Node, ...]

    @property
    def depth(self) -> int:
        return 1 + max((node.depth for node in self.below), default=0)

    def spans(self, top: int, bottom: int) -> Iterator[Span]:
        """Yield this cell and all below it; a leaf reaches down to *bottom*."""
        yield Span(top, self.left, top if self.below else bottom, self.right, self.text)
        for node in self.below:
            yield from node.spans(top + 1, bottom)


def _levels(column: Column) -> tuple[str, ...]:
    """Return the official header from the merged top down.

    Where the same words are also accepted with levels ("Vốn thực hiện – FDI", "Vốn thực hiện > FDI"), those are drawn.
    """
    same = [text for text in column.header if fold(text) == fold(column.title)]
    return tuple(next((text for text in same if _LEVEL in text), column.title).split(_LEVEL))


def _nodes(named: Sequence[tuple[Column, tuple[str, ...]]], form: Form, left: int, level: int) -> Iterator[_Node]:
    """Yield the cells of one level: neighbours under equal words share one, a column without such has no levels."""
    at = 0
    while at < len(named):
        column, levels = named[at]
        end = at + 1
        while end < len(named) and _share(levels, named[end][1], level):
            end += 1
        if end - at > 1:
            below = tuple(_nodes(named[at:end], form, left + at, level + 1))
            yield _Node(levels[level], left + at, left + end - 1, below)
        else:
            words = _FLAT.join(levels[level:]) if level else column.title.replace(_LEVEL, _FLAT)
            yield _Node(_leaf(words, column, form), left + at, left + at, ())
        at = end


def _share(one: tuple[str, ...], other: tuple[str, ...], level: int) -> bool:
    deeper = min(len(one), len(other)) > level + 1
    return deeper and fold(one[level]) == fold(other[level])


def _leaf(words: str, column: Column, form: Form) -> str:
    """Return the words with the mark of required columns and the unit: both in brackets, which the reader skips."""
    mark = "\u00a0(*)" if column.required and column.key != form.sequence else ""
    unit = f"\n({column.unit})" if column.unit and f"({column.unit})" not in words else ""
    return f"{words}{mark}{unit}"
