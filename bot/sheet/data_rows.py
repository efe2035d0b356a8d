"""The data rows of a sheet, in pieces: blank rows, groups, totals and what follows the table are taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sheet.rows import Layout, RowKind, are_plain, kind_of_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Form
    from bot.sheet.identify import HeaderMatch
    from bot.sheet.workbook import Cell, Chunk, Merge, Sheet


@dataclass(frozen=True, slots=True)
class Piece:
    """Data rows one below the other, perhaps with gaps."""

    rows: list[list[Cell]]
    numbers: Sequence[int]
    """The sheet's own number of each row."""
    groups: Sequence[str]
    """The name of the group that each row stands in; empty above the first one."""


@dataclass(frozen=True, slots=True)
class RawTotal:
    """A row of totals, its cells not yet read."""

    row: int
    label: str
    cells: list[Cell]


class DataRows:
    """The data rows below one header, read once from top to bottom."""

    def __init__(self, sheet: Sheet, header: HeaderMatch, form: Form) -> None:
        self._sheet = sheet
        self._header = header
        self._layout = layout_of(sheet, header, form)
        self._merges = _Merges(sheet, header, form)
        self._group = ""
        self._over = False
        self.totals: list[RawTotal] = []
        """Filled while the pieces are read."""

    def pieces(self) -> Iterator[Piece]:
        """Yield the data rows; at the notes or the signature block the table is over."""
        for chunk in self._sheet.chunks(self._header.first_row):
            self._merges.fill(chunk)
            plain = are_plain(chunk.rows, self._layout)
            if plain is not None and all(plain):
                numbers = range(chunk.first, chunk.first + len(chunk.rows))
                yield Piece(chunk.rows, numbers, [self._group] * len(chunk.rows))
            else:
                yield self._sorted_out(chunk, plain or [False] * len(chunk.rows))
            if self._over:
                return

    def _sorted_out(self, chunk: Chunk, plain: Sequence[bool]) -> Piece:
        rows: list[list[Cell]] = []
        numbers: list[int] = []
        groups: list[str] = []
        for place, row in enumerate(chunk.rows):
            if plain[place] or self._is_data(row, chunk.first + place):
                rows.append(row)
                numbers.append(chunk.first + place)
                groups.append(self._group)
            elif self._over:
                break
        return Piece(rows, numbers, groups)

    def _is_data(self, row: list[Cell], number: int) -> bool:
        """Tell whether a row is data; if it is something else, remember what it says."""
        if not any(row):
            return False
        kind, label = kind_of_row(row, self._layout)
        if kind is RowKind.GROUP:
            self._group = label
        elif kind is RowKind.TOTAL:
            self.totals.append(RawTotal(number, label, row))
        elif kind is RowKind.END:
            self._over = True
        return kind is RowKind.DATA


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
    )


class _Merges:
    """Cells merged over several rows, such as the name of a zone: only the first row holds the text."""

    def __init__(self, sheet: Sheet, header: HeaderMatch, form: Form) -> None:
        """Take the ranges below the header in columns of texts; a merged number counts once."""
        wanted = {
            header.columns[one.key]
            for one in form.columns
            if one.key in header.columns and one.type in ("text", "choice") and one.key not in form.row_key
        }
        below = [one for one in sheet.merged if one.bottom > one.top >= header.first_row - 1 and one.left in wanted]
        self._waiting = sorted(below, key=lambda one: -one.top)
        self._open: list[tuple[Merge, Cell]] = []
        self._offset = sheet.first_column

    def fill(self, chunk: Chunk) -> None:
        """Repeat the merged texts in the rows of *chunk*; chunks must come in their order."""
        start = chunk.first - 1
        end = start + len(chunk.rows)
        while self._waiting and self._waiting[-1].top < end:
            merge = self._waiting.pop()
            self._open.append((merge, chunk.rows[merge.top - start][merge.left - self._offset]))
        for merge, text in self._open:
            for row in chunk.rows[max(merge.top - start, 0) : merge.bottom + 1 - start]:
                row[merge.left - self._offset] = text
        self._open = [one for one in self._open if one[0].bottom >= end]
