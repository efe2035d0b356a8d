"""Which reader takes the cells of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sheet.column_date import DateReader
from bot.sheet.column_number import NumberReader
from bot.sheet.column_text import ChoiceReader, TextReader

if TYPE_CHECKING:
    from bot.model import Column, Form
    from bot.sheet.column import ColumnReader
    from bot.sheet.workbook import Sheet


def reader_for(column: Column, form: Form, sheet: Sheet) -> ColumnReader:
    """Return the reader for the type of *column* on *sheet*; that of the running numbers never complains."""
    if column.type in ("text", "identifier"):
        return TextReader(column)
    if column.type == "choice":
        return ChoiceReader(column)
    if column.type == "date":
        return DateReader(column, from_1904=sheet.from_1904)
    return NumberReader(column, lenient=column.key == form.sequence)
