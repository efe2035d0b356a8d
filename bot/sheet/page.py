"""One sheet of a form: its rows streamed into one reader for each column."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING

from bot.language import one_line
from bot.model import Problem, letter_of
from bot.sheet.data_rows import DataRows
from bot.sheet.readers import reader_for
from bot.sheet.signed import difference, find_pairs, understandings
from bot.sheet.totals import read_totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Column, Form, TotalRow, Understanding
    from bot.sheet.column import ColumnReader, Filled
    from bot.sheet.data_rows import Passed, Piece
    from bot.sheet.identify import HeaderMatch
    from bot.sheet.merges import Merges
    from bot.sheet.workbook import Sheet

_LONGEST_LABEL = 80


@dataclass(frozen=True, slots=True)
class Page:
    """What one sheet holds of the form."""

    index: int
    sheet: Sheet
    header: HeaderMatch
    columns: Mapping[str, Filled]
    """Column key → cells; a column that the sheet lacks is not in it."""
    numbers: Sequence[int]
    """The sheet's own number of each data row."""
    totals: tuple[TotalRow, ...]
    missing: tuple[str, ...]
    """The required columns that the sheet lacks."""
    understood: tuple[Understanding, ...]
    passed: tuple[Problem, ...]
    """Rows with numbers that were not read."""
    nil: bool
    """A row says that there is nothing."""


def read_page(index: int, sheet: Sheet, header: HeaderMatch, form: Form, most: int) -> Page | None:
    """Return the data rows of one sheet as columns; None where there are more than *most*."""
    found = _Columns(sheet, header, form)
    rows = DataRows(sheet, header, form)
    numbers: list[int] = []
    for piece in rows.pieces():
        numbers.extend(piece.numbers)
        if len(numbers) > most:
            return None
        found.take(piece)
    columns = found.finish(numbers)
    if rows.merges.covered:
        columns |= _without_covered(columns, found.places, rows.merges, numbers)
    totals = read_totals(rows.totals, index, tuple(found.signs()), {key: one.factor for key, one in columns.items()})
    # People need no running numbers to understand a table, so their column is never asked for.
    missing = [one.key for one in form.columns if one.required and one.key not in columns and one.key != form.sequence]
    return Page(
        index,
        sheet,
        header,
        columns,
        numbers,
        totals,
        tuple(missing),
        (*header.understood, *understandings(sheet, header, form, found.pairs)),
        tuple(_told(one, index, form) for one in rows.passed),
        rows.nil,
    )


class _Columns:
    """The readers of the columns of one sheet."""

    def __init__(self, sheet: Sheet, header: HeaderMatch, form: Form) -> None:
        self.places = {key: column - sheet.first_column for key, column in header.columns.items()}
        self.pairs = find_pairs(sheet, header, form)
        self._form = form
        self._offset = sheet.first_column
        self._readers: dict[str, ColumnReader] = {key: reader_for(form.column(key), form, sheet) for key in self.places}
        self._less: dict[str, ColumnReader] = {key: reader_for(form.column(key), form, sheet) for key in self.pairs}
        if form.group and form.group not in self._readers:
            self._readers[form.group] = reader_for(form.column(form.group), form, sheet)
        self._grouped = False

    def take(self, piece: Piece) -> None:
        """Give each reader its cells; the group's name stands in where its own column is empty or missing."""
        group = self._form.group
        self._grouped = self._grouped or any(piece.groups)
        for key, reader in self._readers.items():
            if key not in self.places:
                reader.add(piece.groups)
                continue
            more = self.pairs[key][0] if key in self.pairs else self.places[key]
            values = [""] * len(piece.rows) if more < 0 else list(map(itemgetter(more), piece.rows))
            if key == group and "" in values:
                values = [value or name for value, name in zip(values, piece.groups, strict=True)]
            reader.add(values)
        for key, reader in self._less.items():
            reader.add(list(map(itemgetter(self.pairs[key][1]), piece.rows)))

    def finish(self, numbers: Sequence[int]) -> dict[str, Filled]:
        """Return the columns that the sheet has, or that its groups give; *numbers* are the sheet's own of the rows."""
        group = self._form.group
        if group and group not in self.places and not self._grouped:
            del self._readers[group]
        columns = {key: reader.finish() for key, reader in self._readers.items()}
        for key, reader in self._less.items():
            more, less = self.pairs[key]
            shrunk = self._addressed(key, less, reader.finish(), numbers)
            grown = self._addressed(key, more, columns[key], numbers) if more >= 0 else None
            columns[key] = difference(grown, shrunk)
        return columns

    def _addressed(self, key: str, place: int, filled: Filled, numbers: Sequence[int]) -> Filled:
        """Let the problems of a column that lies on two of the sheet name the cell in which they stand."""
        if place == self.places[key]:
            return filled
        letter = letter_of(place + self._offset + 1)
        problems = (
            (at, replace(one, evidence={**one.evidence, "letter": letter}, cell=f"{letter}{numbers[at]}"))
            for at, one in filled.problems
        )
        return replace(filled, problems=tuple(problems))

    def signs(self) -> Iterator[tuple[int, Column, int]]:
        """Yield (place, column, whether its numbers are added or taken away) for the rows of totals."""
        for key, place in self.places.items():
            more, less = self.pairs.get(key, (place, -1))
            for at, sign in ((more, 1), (less, -1)):
                if at >= 0:
                    yield at, self._form.column(key), sign


def _without_covered(
    columns: Mapping[str, Filled], places: Mapping[str, int], merges: Merges, numbers: Sequence[int]
) -> dict[str, Filled]:
    """Return the columns with merged cells, which are spoken about once, where they begin.

    A number that counts once leaves its other rows unknown rather than empty.
    """
    keys = {place: key for key, place in places.items()}
    position = {row: at for at, row in enumerate(numbers)}
    hidden: defaultdict[str, set[int]] = defaultdict(set)
    once: defaultdict[str, set[int]] = defaultdict(set)
    for (place, row), top in merges.covered.items():
        if row in position and top in position:
            hidden[keys[place]].add(position[row])
            if (place, row) in merges.once:
                once[keys[place]].add(position[row])
    return {
        key: replace(
            columns[key],
            bad=columns[key].bad | once[key],
            problems=tuple((at, one) for at, one in columns[key].problems if at not in under),
        )
        for key, under in hidden.items()
    }


def _told(passed: Passed, index: int, form: Form) -> Problem:
    lines = str(passed.first) if passed.first == passed.last else f"{passed.first}–{passed.last}"
    label = one_line(passed.label, _LONGEST_LABEL)
    return Problem("dong_bo_qua", index, passed.first, form.row_key[0], label, {"dong": lines})
