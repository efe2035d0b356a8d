"""Tables as understood, and what is wrong in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    import pyarrow as pa

    from bot.model.rules import Severity


Value: TypeAlias = "str | int | Decimal | date"
"""What a cell holds: words, a year, a number, a day."""


def letter_of(number: int) -> str:
    """Return the letters of the sheet's column of that number, counted from 1: 28 is ``AB``."""
    letters = ""
    while number > 0:
        number, place = divmod(number - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def number_of(letters: str) -> int:
    """Return the number of a sheet's column, counted from 1: ``AB`` is 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """Where one table lies on its sheet."""

    name: str
    letters: Mapping[str, str]
    """Column key → the sheet's column letter."""
    header_row: int
    """The last row of the header, counted from 1."""
    rows: int
    """How many data rows were read."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """In a form of indicators: column key → the sheet's row in which its values stand. The table's ``_row`` is then
    the number of the sheet's column that holds the record (A is 1), and *letters* names the first such column."""

    def address(self, key: str, row: int) -> str:
        """Return the cell of column *key* in table row *row* as Excel shows it; empty where the sheet has none."""
        if self.lines:
            return f"{letter_of(row)}{self.lines[key]}" if row and key in self.lines else ""
        letter = self.letters.get(key, "")
        return f"{letter}{row}" if letter and row else ""


@dataclass(frozen=True, slots=True)
class Understanding:
    """A header that was taken for a column although it is not one of the accepted wordings."""

    sheet: str
    letter: str
    written: str
    column: str
    """The official title."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What was done with a sheet that its sender should know of, although nothing is wrong."""

    kind: Literal["hidden_rows", "hidden_columns", "copied_sheet", "macros"]
    """Hidden rows or columns with data were read; a sheet that repeats another one was read once; of a workbook with
    macros nothing but the values were read."""
    sheet: str
    """Empty where it is about the whole file."""
    where: str
    """``12–15, 20``; ``F, H–J``; the name of the sheet that it repeats; the name of the file."""


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A row of totals, as written."""

    sheet: int
    row: int
    label: str
    values: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one form in one workbook, as understood.

    ``data`` holds one Arrow column for each column of the form (null where the cell is empty or bad), and
    ``_sheet`` (int16, index into ``sheets``), ``_row`` (int32, the sheet's own row number).
    Arrow types: text, choice, identifier → string; integer, year → int64; decimal, percent → decimal128(21, 6);
    date → date32.
    """

    form: str
    """The full id."""
    data: pa.Table
    sheets: tuple[SheetPlace, ...]
    totals: tuple[TotalRow, ...] = ()
    understood: tuple[Understanding, ...] = ()
    bad: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    """Column key → the (sheet, row) whose cell is written but unusable; no rule speaks about them again."""
    nil: bool = False
    """The table holds no row and says so: "Không có"."""
    remarks: tuple[Remark, ...] = ()
    title_block: str = ""
    """What is written above the table: the form, the period and the province may be named there."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell, column or total that breaks the form's own layout: evidence without prose.

    The sentence comes from the notice of that id in ``rules/chung.toml``.
    """

    notice: str
    """``thieu_gia_tri``, ``khong_phai_so`` …"""
    sheet: int
    """Index into the table's sheets."""
    row: int
    """The sheet's own row number; 0 for a problem of a whole column."""
    column: str
    """Column key."""
    written: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """What else the notice's sentence names, already written as people read it."""
    cell: str = ""
    """The address as Excel shows it, where that is not the column's cell in that row."""
    repair: Value | None = None
    """What the cell says, put into the form that it should have; None where only a person can tell."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands, as Excel shows it."""

    sheet: str = ""
    cell: str = ""
    """``J14``; empty for a finding about a whole column, sheet or file."""
    row: int = 0
    column: str = ""
    """The column's official title."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong here: a value, with its place and its cure."""

    rule: str
    severity: Severity
    title: str
    """What is wrong in general: findings of one rule are grouped under it."""
    say: str
    """What was seen here, in one sentence."""
    fix: str
    place: Place
    row_key: str = ""
    """Which thing the row is about, so that a finding keeps its identity when rows move."""
    written: str = ""
    """The cell as it was written."""
    trial: bool = False
    explained: str = ""
    """What the reporter has said about it before; then it is not asked again."""
    repair: Value | None = None
    """What its cell holds in the repaired copy: the same thing in the right form. None where only a person can tell."""
