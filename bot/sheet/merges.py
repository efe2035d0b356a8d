"""Cells merged over several rows: only the first row holds what all of them mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Column, Form
    from bot.sheet.identify import HeaderMatch
    from bot.sheet.workbook import Cell, Chunk, Merge, Sheet


class Merges:
    """The ranges below a header that lie over several rows, filled chunk by chunk.

    A name, a certificate, a day, a percentage belongs to each of the rows. A number that is summed counts once, in the
    first row: its other rows are only remembered, for an empty cell there is nobody's mistake.
    """

    def __init__(self, sheet: Sheet, header: HeaderMatch, form: Form) -> None:
        columns = {place: form.column(key) for key, place in header.columns.items()}
        below = [one for one in sheet.merged if one.bottom > one.top >= header.header_row and one.left in columns]
        self._once = {place for place, column in columns.items() if _counts_once(column)}
        self._running = header.columns.get(form.sequence or "", -1) - sheet.first_column
        self._waiting = sorted(below, key=lambda one: -one.top)
        self._open: list[tuple[Merge, Cell]] = []
        self._offset = sheet.first_column
        self.covered: dict[tuple[int, int], int] = {}
        """(place in the row, the sheet's row) of the cells that lie under a merged one → the row of that one."""
        self.once: set[tuple[int, int]] = set()
        """Those of them that were not filled, because the number above counts once."""

    def fill(self, chunk: Chunk) -> None:
        """Repeat what is merged in the rows of *chunk* that hold anything of their own; chunks come in their order."""
        start = chunk.first - 1
        end = start + len(chunk.rows)
        while self._waiting and self._waiting[-1].top < end:
            merge = self._waiting.pop()
            self._open.append((merge, chunk.rows[merge.top - start][merge.left - self._offset]))
        if not self._open:
            return
        for merge, cell in self._open:
            if cell != "":
                self._repeat(merge, cell, chunk, list(self._living(merge, chunk)))
        self._open = [one for one in self._open if one[0].bottom >= end]

    def _living(self, merge: Merge, chunk: Chunk) -> Iterator[int]:
        """Yield the places in *chunk* of the rows below the first one of *merge* that hold something of their own.

        A running number is not enough: it stands in the rows of a blank form that nobody filled, too.
        """
        start = chunk.first - 1
        for place in range(max(merge.top + 1 - start, 0), min(merge.bottom + 1 - start, len(chunk.rows))):
            row = chunk.rows[place]
            number = chunk.first + place
            if any(
                cell != "" and at != self._running and (at, number) not in self.covered for at, cell in enumerate(row)
            ):
                yield place

    def _repeat(self, merge: Merge, cell: Cell, chunk: Chunk, places: list[int]) -> None:
        at = merge.left - self._offset
        for place in places:
            self.covered[at, chunk.first + place] = merge.top + 1
            if merge.left in self._once:
                self.once.add((at, chunk.first + place))
            else:
                chunk.rows[place][at] = cell


def _counts_once(column: Column) -> bool:
    return column.sum and column.type in ("integer", "decimal")
