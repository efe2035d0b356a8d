"""The columns of a form's file: what each may say, and what fits the form's layout."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.language import fold
from bot.model import Choice, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.check.written import Sheet
    from bot.check.written_form import WrittenColumn, WrittenForm

_NUMERIC = frozenset({"integer", "decimal", "percent", "year"})


def column_of(read: WrittenColumn) -> Column:
    """Return the column as the rest of the program knows it."""
    values = {name: getattr(read, name) for name in type(read).model_fields}
    choices = tuple(Choice(one.value, one.aliases) for one in read.choices)
    return Column(**(values | {"choices": choices}))


def check_layout(sheet: Sheet, read: WrittenForm) -> None:
    """Keep as mistakes what columns and layout say that cannot be."""
    keys = {one.key for one in read.column}
    single = (("sequence", read.sequence), ("group", read.group), ("record", read.record), ("zone", read.zone))
    several = (("row_key", read.row_key), ("totals", read.totals))
    for name, key in (*((name, key) for name, keys in several for key in keys), *single):
        if key is not None and key not in keys:
            sheet.wrong((name,), f"Biểu không có cột {key}")
    _check_twice(sheet, "key", [(number, one.key, one.key) for number, one in enumerate(read.column)])
    headers = [(number, fold(text), text) for number, one in enumerate(read.column) for text in one.header]
    _check_twice(sheet, "header", headers)
    numeric = {one.key for one in read.column if one.type in _NUMERIC - {"year"}}
    for number, column in enumerate(read.column):
        _check_choices(sheet, number, column)
        if column.ratio and (
            column.type != "percent" or len(column.ratio) != 2 or not numeric - {column.key} >= set(column.ratio)
        ):
            say = "ratio ghi ở cột percent, gồm khóa của hai cột số: phần tử số, rồi phần mẫu số"
            sheet.wrong(("column", number, "ratio"), f"Cột {column.key}: {say}")
        bounds = (column.min, column.max, column.above)
        if column.type not in _NUMERIC and (column.sum or any(one is not None for one in bounds)):
            sheet.wrong(("column", number), f"Cột {column.key} không phải cột số nên không có min, max, above, sum")
    (_check_indicators if read.layout == "indicators" else _check_rows)(sheet, read)


def _check_rows(sheet: Sheet, read: WrittenForm) -> None:
    if not read.row_key:
        sheet.wrong(("row_key",), "Thiếu khóa row_key: các cột cho biết một dòng nói về cái gì")
    if read.record is not None:
        sheet.wrong(("record",), 'Khóa record chỉ dùng cho biểu chỉ tiêu (layout = "indicators")')
    for number in (number for number, one in enumerate(read.column) if one.number):
        sheet.wrong(("column", number, "number"), 'Khóa number chỉ dùng cho biểu chỉ tiêu (layout = "indicators")')


def _check_indicators(sheet: Sheet, read: WrittenForm) -> None:
    """Each column is a printed row with its number, but for the one that takes the heading of the values.

    A form with one column of values needs no such column, and nothing that tells its records apart.
    """
    for name in (name for name in ("sequence", "group") if getattr(read, name) is not None):
        sheet.wrong((name,), f"Biểu chỉ tiêu không có khóa {name}: không có cột số thứ tự và dòng nhóm")
    for number, column in enumerate(read.column):
        at = ("column", number)
        if not column.number and column.key != read.record:
            sheet.wrong(at, f"Chỉ tiêu {column.key} phải có khóa number: số in trên biểu")
        for name in (name for name in ("sum", "ratio") if getattr(column, name)):
            sheet.wrong((*at, name), f"Biểu chỉ tiêu không có dòng tổng cộng nên không có khóa {name}")


def _check_twice(sheet: Sheet, name: str, named: Sequence[tuple[int, str, str]]) -> None:
    first: dict[str, int] = {}
    for number, folded, text in named:
        if first.setdefault(folded, number) != number:
            sheet.wrong(("column", number, name), f'"{text}" đã dùng cho một cột khác')


def _check_choices(sheet: Sheet, number: int, column: WrittenColumn) -> None:
    if (column.type == "choice") != bool(column.choices):
        sheet.wrong(("column", number), f"Cột {column.key}: kiểu choice phải đi cùng danh mục choices")
    worded = Counter(text for one in column.choices for text in set(map(fold, (one.value, *one.aliases))))
    for text in (text for text, times in worded.items() if times > 1):
        sheet.wrong(("column", number, "choices"), f'Cột {column.key}: cách ghi "{text}" chỉ được thuộc một giá trị')
