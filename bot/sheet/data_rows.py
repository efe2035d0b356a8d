"""The data rows of a sheet, in pieces: blank rows, groups, totals and what follows the table are taken out.

No row with numbers goes without a word: the numbers beside a group's name are its subtotals, a group without rows
below it is a row of data itself, and what lies below the notes or takes a total apart is told as passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sheet.header_rows import are_units, header_words
from bot.sheet.merges import Merges
from bot.sheet.rows import NUMBERS, Layout, Row, RowKind, are_plain, is_nil_note, kind_of_row
from bot.sheet.value import parse_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Form
    from bot.sheet.identify import HeaderMatch
    from bot.sheet.workbook import Cell, Chunk, Sheet

_FEWEST = 2
"""So many numbers below the signature make a row that may have been meant for the table; one is a telephone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Data rows one below the other, perhaps with gaps."""

    rows: list[list[Cell]] = field(default_factory=list)
    numbers: Sequence[int] = field(default_factory=list)
    """The sheet's own number of each row."""
    groups: Sequence[str] = field(default_factory=list)
    """The name of the group that each row stands in; empty above the first one."""


@dataclass(frozen=True, slots=True)
class RawTotal:
    """A row of totals, its cells not yet read."""

    row: int
    label: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Passed:
    """Rows one below the other that hold numbers and were not read."""

    first: int
    last: int
    label: str
    """What the first of them says."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """A group with numbers: subtotals where rows follow, a row of data where none does."""

    row: list[Cell]
    number: int
    what: Row
    outer: str
    """The group in which it stands itself."""


class DataRows:
    """The data rows below one header, read once from top to bottom."""

    def __init__(self, sheet: Sheet, header: HeaderMatch, form: Form) -> None:
        self._sheet = sheet
        self._header = header
        self._layout = layout_of(sheet, header, form)
        self._group = ""
        self._pending: list[_Pending] = []
        self._above = True
        """The header, or a row that repeats it, stands right above."""
        self._over = False
        self._foreign = False
        """Below the end another table began."""
        self._last_label: tuple[int, str] | None = None
        self._rows: list[list[Cell]] = []
        self._numbers: list[int] = []
        self._groups: list[str] = []
        self.merges = Merges(sheet, header, form)
        self.totals: list[RawTotal] = []
        """Filled while the pieces are read."""
        self.passed: list[Passed] = []
        """Likewise."""
        self.nil = False
        """Whether a row says that there is nothing; of a table with rows it means nothing."""

    def pieces(self) -> Iterator[Piece]:
        """Yield the data rows; at the notes or the signature block the table is over, unless it goes on below."""
        for chunk in self._sheet.chunks(self._header.header_row + 1):
            self.merges.fill(chunk)
            plain = are_plain(chunk.rows, self._layout)
            if plain is not None and all(plain) and not self._over and not self._pending:
                self._above = False
                numbers = range(chunk.first, chunk.first + len(chunk.rows))
                yield Piece(chunk.rows, numbers, [self._group] * len(chunk.rows))
            else:
                self._sort(chunk, plain or [False] * len(chunk.rows))
                yield self._sorted()
        self._settle_leaf()
        if self._rows:
            yield self._sorted()

    def _sorted(self) -> Piece:
        piece = Piece(self._rows, self._numbers, self._groups)
        self._rows, self._numbers, self._groups = [], [], []
        return piece

    def _sort(self, chunk: Chunk, plain: Sequence[bool]) -> None:
        for place, row in enumerate(chunk.rows):
            if plain[place] and not self._over:
                self._settle_groups()
                self._take(row, chunk.first + place)
            elif any(cell != "" for cell in row):
                if self._over:
                    self._look_below(row, chunk.first + place)
                else:
                    self._read(row, chunk.first + place)

    def _take(self, row: list[Cell], number: int) -> None:
        self._rows.append(row)
        self._numbers.append(number)
        self._groups.append(self._group)
        self._above = False
        self._last_label = None

    # -- one row ---------------------------------------------------------------------------------------------------

    def _read(self, row: list[Cell], number: int) -> None:
        """Take a row that is data; if it is something else, remember what it says."""
        if self._above and self._holds_units(row):
            return
        what = kind_of_row(row, self._layout)
        self._above = what.kind is RowKind.HEADER
        if what.kind is RowKind.DATA:
            self._settle_groups()
            self._take(row, number)
        elif what.kind is RowKind.GROUP:
            self._open_group(row, number, what)
        elif what.kind is RowKind.TOTAL:
            self._settle_leaf()
            self.totals.append(RawTotal(number, what.label, row))
        elif what.kind is RowKind.PART and what.numbers:
            self._pass(number, what.label)
        elif what.kind is RowKind.NIL:
            self.nil = True
        elif what.kind is RowKind.END:
            self._settle_leaf()
            self._over = True
            self.nil = self.nil or is_nil_note(row)

    def _holds_units(self, row: Sequence[Cell]) -> bool:
        texts = {place: cell for place, cell in enumerate(row) if isinstance(cell, str) and cell.strip()}
        return len(texts) == sum(cell != "" for cell in row) and are_units(texts, self._layout.leading)

    # -- groups ----------------------------------------------------------------------------------------------------

    def _open_group(self, row: list[Cell], number: int, what: Row) -> None:
        if any(one.what.mark == what.mark for one in self._pending):
            self._settle_leaf()
        elif self._last_label and not what.mark:
            self._pass(*self._last_label)
        self._last_label = None
        if what.numbers:
            self._pending.append(_Pending(row, number, what, self._group))
        elif self._stands_alone(row, what):
            self._last_label = (number, what.label)
        self._group = what.label

    def _stands_alone(self, row: Sequence[Cell], what: Row) -> bool:
        """Tell whether a name without numbers may be a row of its own: in a table without running numbers."""
        key = self._layout.key
        return self._layout.sequence is None and key is not None and row[key] != "" and what.label[:1].isalnum()

    def _settle_groups(self) -> None:
        """A row of data follows: the numbers beside the names of its groups are subtotals."""
        self.totals += [RawTotal(one.number, one.what.label, one.row) for one in self._pending]
        self._pending.clear()

    def _settle_leaf(self) -> None:
        """No row of data follows: the innermost group is one itself, those around it are groups."""
        if self._last_label:
            self._pass(*self._last_label)
            self._last_label = None
        if self._pending:
            leaf = self._pending.pop()
            self._settle_groups()
            group = leaf.outer if self._group == leaf.what.label else self._group
            self._group = leaf.outer
            self._take(leaf.row, leaf.number)
            self._group = group

    # -- below the end ---------------------------------------------------------------------------------------------

    def _look_below(self, row: list[Cell], number: int) -> None:
        """Go on where the table does: below its header, said again, or with a running number, a name and numbers."""
        what = kind_of_row(row, self._layout)
        self.nil = self.nil or is_nil_note(row)
        texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
        counted = sum(_is_count(row[place]) for place in self._layout.counted)
        if what.kind is RowKind.HEADER:
            self._over = self._foreign = False
            self._above = True
        elif not counted and len(texts) > _FEWEST and what.kind is RowKind.DATA:
            self._foreign = True
        elif not self._foreign and counted and self._is_numbered(row):
            self._over = False
            self._read(row, number)
        elif counted >= min(_FEWEST, len(self._layout.counted)) and texts:
            self._pass(number, texts[0])

    def _is_numbered(self, row: Sequence[Cell]) -> bool:
        plain = are_plain([list(row)], self._layout)
        first = self._layout.sequence is not None and row[self._layout.sequence] == 1
        key = row[self._layout.key] if self._layout.key is not None else ""
        return plain is not None and (plain[0] or (first and isinstance(key, str) and bool(key.strip())))

    def _pass(self, number: int, label: str) -> None:
        """Remember a row with numbers that was not read; neighbours become one."""
        last = self.passed[-1] if self.passed else None
        if last and number - last.last <= 2:
            self.passed[-1] = Passed(last.first, number, last.label)
        else:
            self.passed.append(Passed(number, number, label))


def _is_count(cell: Cell) -> bool:
    """Tell whether a cell holds a number other than 0, typed or as text."""
    if isinstance(cell, str):
        return bool(parse_number(cell).value)
    return cell.__class__ in NUMBERS and bool(cell)


def layout_of(sheet: Sheet, header: HeaderMatch, form: Form) -> Layout:
    """Return where the columns of *form* lie in the rows of *sheet*."""
    place = {key: column - sheet.first_column for key, column in header.columns.items()}
    telling = [key for key in form.row_key if key in place]
    telling += [one.key for one in form.columns if one.required and one.type == "text" and one.key in place]
    key = next((one for one in telling if one not in (form.sequence, form.group)), None)
    return Layout(
        places=tuple(sorted(place.values())),
        sequence=place.get(form.sequence) if form.sequence else None,
        key=place[key] if key else None,
        counted=frozenset(at for one, at in place.items() if one != form.sequence and form.column(one).is_figure),
        words=header_words(sheet, header),
    )
