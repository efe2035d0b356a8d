"""What a cell of a blank form takes, as the spreadsheet's own data validation: drop-downs, bounds, hints."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from openpyxl.worksheet.datavalidation import DataValidation

from bot.language import one_line

if TYPE_CHECKING:
    from bot.model import Column
    from bot.reply.blank_words import BlankWords

MOST_TITLE, MOST_HINT, MOST_REFUSAL = 32, 255, 225
"""Characters that Excel shows; a file with longer ones is called damaged by it."""
_LARGEST = 10**15 - 1
"""Numbers have at most 15 digits."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_EPOCH, _FIRST_DAY, _LAST_DAY = date(1899, 12, 30), date(1930, 1, 1), date(2099, 12, 31)
"""A year alone, typed into a column of days, is a day of 1905 for Excel: it must not pass."""

_Kind = Literal["whole", "decimal", "date", "list", "custom"]
_Operator = Literal["between", "greaterThan", "greaterThanOrEqual", "lessThanOrEqual"]


class _Bounds(NamedTuple):
    kind: _Kind
    operator: _Operator | None
    first: str
    second: str | None = None


def limit_of(column: Column, cells: str, words: BlankWords, choices: str = "") -> DataValidation:
    """Return the validation of a column's *cells* (``J13:J42``); *choices* is the defined name of its list.

    Texts and identifiers take anything, and only carry their hint.
    """
    found = _bounds(column, cells.partition(":")[0], choices)
    made = DataValidation(
        type=found.kind if found else None,
        operator=found.operator if found else None,
        formula1=found.first if found else None,
        formula2=found.second if found else None,
        allow_blank=True,
        showInputMessage=True,
        promptTitle=one_line(column.title, MOST_TITLE),
        prompt=words.line("hint", column, most=MOST_HINT),
    )
    if found:
        made.showErrorMessage = True
        made.errorTitle = words.line("refusal_title", column, most=MOST_TITLE)
        made.error = words.line("refusal", column, most=MOST_REFUSAL)
    made.add(cells)
    return made


def _bounds(column: Column, cell: str, choices: str) -> _Bounds | None:
    if column.type == "choice":
        return _Bounds("list", None, choices)
    if column.type == "date":
        return _Bounds("date", "between", str((_FIRST_DAY - _EPOCH).days), str((_LAST_DAY - _EPOCH).days))
    if column.type == "year":
        low, high = column.min or Decimal(_FIRST_YEAR), column.max or Decimal(_LAST_YEAR)
        return _Bounds("whole", "between", _plain(low), _plain(high))
    if column.is_figure:
        return _number_bounds(column, cell, "whole" if column.type == "integer" else "decimal")
    return None


def _number_bounds(column: Column, cell: str, kind: Literal["whole", "decimal"]) -> _Bounds:
    low, high, above = column.min, column.max, column.above
    if above is not None and high is not None:
        # No operator means "more than this and at most that".
        return _Bounds("custom", None, f"AND(ISNUMBER({cell}),{cell}>{_plain(above)},{cell}<={_plain(high)})")
    if above is not None:
        return _Bounds(kind, "greaterThan", _plain(above))
    if low is not None and high is None:
        return _Bounds(kind, "greaterThanOrEqual", _plain(low))
    if high is not None and low is None:
        return _Bounds(kind, "lessThanOrEqual", _plain(high))
    if low is None or high is None:
        return _Bounds(kind, "between", str(-_LARGEST), str(_LARGEST))
    return _Bounds(kind, "between", _plain(low), _plain(high))


def _plain(value: Decimal) -> str:
    return f"{value:f}"
