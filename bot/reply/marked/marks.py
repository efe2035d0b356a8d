"""Which cells are marked, and how."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from bot.language import day, nfc, number
from bot.model import Severity, Value, letter_of, number_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from bot.model import Finding

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

Cell = tuple[int, int]
"""Row and column, both counted from 1."""
Marks = dict[Cell, list["Finding"]]
"""The findings of one sheet, by cell."""

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


class Mark(Enum):
    """How a cell is marked, the worst first; the values are the names under which templates know them."""

    ERROR = "error"
    QUERY = "query"
    OFFERED = "offered"
    """An error or a query that is repaired in this copy: it waits for the reporter's word."""
    REPAIRED = "repaired"
    """Repaired in this copy, and accepted as it is."""
    NOTE = "note"


_RANK = {mark: rank for rank, mark in enumerate(Mark)}
_PLAIN = {Severity.ERROR: Mark.ERROR, Severity.QUERY: Mark.QUERY, Severity.NOTE: Mark.NOTE}


class Entry(NamedTuple):
    """One line of the list."""

    number: int
    """Under which the mail names it; 0 for a note, which it does not number."""
    finding: Finding


class Touch(NamedTuple):
    """What happens to one cell."""

    mark: Mark
    value: Value | None = None
    """What it is to hold; None leaves it as it is."""
    otherwise: Mark = Mark.NOTE
    """The mark where the value cannot be put in, because a formula stands there."""


def mark_of(finding: Finding) -> Mark:
    """Return how the cell of a finding is marked."""
    if finding.repair is None:
        return _PLAIN[finding.severity]
    return Mark.REPAIRED if finding.severity is Severity.NOTE else Mark.OFFERED


def worst(findings: Iterable[Finding]) -> Mark:
    """Return the mark that colours a cell."""
    return min(map(mark_of, findings), key=rank)


def touch_of(findings: Sequence[Finding]) -> Touch:
    """Return what happens to a cell with these findings."""
    value = next((one.repair for one in findings if one.repair is not None), None)
    return Touch(worst(findings), value, worst(map(unrepaired, findings)))


def unrepaired(finding: Finding) -> Finding:
    """Return the finding as it is where its cell cannot be repaired."""
    return replace(finding, repair=None)


def rank(mark: Mark) -> int:
    """Return 0 for the worst."""
    return _RANK[mark]


def shown(value: Value) -> str:
    """Return a value as Vietnamese read it: ``1.234,5``, ``15/7/2012``, the year ``2012``."""
    if isinstance(value, Decimal):
        return number(value)
    return day(value) if isinstance(value, date) else str(value)


def told(finding: Finding) -> str:
    """Return what is wrong in general, then what was seen here."""
    return finding.say if finding.say.startswith(finding.title) else f"{finding.title}. {finding.say}"


def cell_of(address: str) -> Cell | None:
    """Return row and column of ``J14``, or None for what is no cell of a sheet."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return None
    row, column = int(match[2]), number_of(match[1])
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def address_of(cell: Cell) -> str:
    """Return ``J14`` for (14, 10)."""
    return f"{letter_of(cell[1])}{cell[0]}"


def match_sheet(name: str, names: Sequence[str]) -> int | None:
    """Return the index of the sheet of that name: as written, or else as Excel compares names, or None."""
    if name in names:
        return names.index(name)
    folded = [nfc(one).casefold() for one in names]
    wanted = nfc(name).casefold()
    return folded.index(wanted) if wanted in folded else None


def marks_by_sheet(findings: Iterable[Finding], names: Sequence[str]) -> dict[int, Marks]:
    """Return sheet index → cell → findings; findings without a cell that exists are left to the list."""
    by_sheet: dict[int, Marks] = {}
    indices: dict[str, int | None] = {}
    for one in findings:
        cell = cell_of(one.place.cell)
        if one.place.sheet not in indices:
            indices[one.place.sheet] = match_sheet(one.place.sheet, names)
        index = indices[one.place.sheet]
        if cell is not None and index is not None:
            by_sheet.setdefault(index, {}).setdefault(cell, []).append(one)
    return by_sheet


def move_marks(marks: Marks, shown_at: Iterable[tuple[Cell, Cell]]) -> None:
    """Move marks from cells under merged ones to the cell that shows, of which nothing is repaired for their sake."""
    for cell, other in shown_at:
        marks.setdefault(other, []).extend(map(unrepaired, marks.pop(cell)))


def leave_alone(marks: Marks, cells: Collection[Cell]) -> None:
    """Let the findings at these cells say that nothing was repaired there."""
    for cell in cells:
        marks[cell] = [unrepaired(one) for one in marks[cell]]
