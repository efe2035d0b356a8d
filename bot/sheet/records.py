"""The columns of values beside a list of indicators: which they are, told by their headings, and their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bot.language import fold, one_line
from bot.sheet.header import is_unit, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Column, Form
    from bot.sheet.workbook import Cell

Rows: TypeAlias = "list[list[Cell]]"

_HIGHEST = 8
"""So far above the first line a heading stands at most: sections and the row of numbers come between."""
_LABELS = frozenset(map(fold, ("Chỉ tiêu", "Tên chỉ tiêu", "Các chỉ tiêu", "Nội dung", "Tiêu chí")))
_UNITS = frozenset(map(fold, ("ĐVT", "Đơn vị tính", "Đơn vị", "ĐV tính", "Đơn vị đo", "Đ.v.t")))
_NOTES = frozenset(map(fold, ("Ghi chú", "Chú thích", "Giải trình", "Thuyết minh", "Diễn giải")))
_VALUES = tuple(
    map(fold, ("Kết quả", "Số liệu", "Giá trị", "Thực hiện", "Số lượng", "Lũy kế", "Kỳ báo cáo", "Kỳ này", "Trị số"))
)
"""What the heading of values begins with."""
_OTHERS = tuple(map(fold, ("kỳ trước", "cùng kỳ", "năm trước", "kế hoạch", "so sánh", "so với", "tăng", "giảm")))
"""Words of a column of values that is not the one asked for."""
_HARMLESS = frozenset(fold("thực hiện th số liệu kết quả giá trị ước").split())
"""Words that a heading may have beside the name of its period."""
_YEAR = re.compile(r"\b(19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Heading:
    """The rows of headings above a list; rows count from 0."""

    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Record:
    """A column of values; columns count from 0."""

    column: int
    heading: str
    """What it is headed; where the form lists the headings, the wording of that list."""


def find_heading(rows: Rows, column: int, first: int, start: int) -> Heading | None:
    """Return the rows of headings between row *start* and the *first* line of a list in *column*; None without any."""
    for top in range(max(start, first - _HIGHEST), first):
        if _is_heading(rows[top], column):
            bottom = top
            # Below a merged heading of the list stand the names of single columns, and nothing in its own.
            while bottom + 1 < first and rows[bottom + 1][column] == "" and any(rows[bottom + 1][column + 1 :]):
                bottom += 1
            return Heading(top, bottom)
    return None


def _is_heading(row: Sequence[Cell], column: int) -> bool:
    if isinstance(row[column], str) and key_of(str(row[column])) in _LABELS:
        return True
    right = {key_of(cell) for cell in row[column + 1 :] if isinstance(cell, str)}
    return bool(right & _UNITS) and any(_is_value((key,)) or key in _NOTES or _YEAR.search(key) for key in right)


def records_of(
    form: Form, rows: Rows, column: int, lines: Sequence[int], heading: Heading | None
) -> tuple[Record, ...]:
    """Return the columns of values right of the list in *column*: those in which one of its *lines* is filled.

    Where none is filled, all that are headed as such. A form that takes no headings has one such column.
    """
    width = max(map(len, rows))
    columns = range(column + 1, width)
    paths = {at: tuple(_path(rows, heading, at)) for at in columns} if heading else {}
    headed = list(_headed(form, paths))
    if not headed:
        free = [at for at in columns if not _is_aside(paths.get(at, ())) and not _holds_units(rows, at, lines)]
        numeric = sorted(free, key=lambda at: -sum(rows[line][at].__class__ in (int, float) for line in lines))
        headed = [Record(at, one_line(" ".join(paths.get(at, ())))) for at in numeric[:1]]
    filled = [one for one in headed if any(rows[line][one.column] != "" for line in lines)]
    return tuple((filled or headed) if form.record else (filled or headed)[:1])


def _path(rows: Rows, heading: Heading, column: int) -> Iterator[str]:
    """Yield the texts over a column from top to bottom, each once; a year may have been typed as a number."""
    last = ""
    for row in rows[heading.top : heading.bottom + 1]:
        cell = row[column]
        text = f"{cell:.0f}" if isinstance(cell, float) else str(cell).strip()
        if text and text != last:
            yield text
            last = text


def _headed(form: Form, paths: dict[int, tuple[str, ...]]) -> Iterator[Record]:
    """Yield the columns that are headed as columns of values."""
    taking = form.column(form.record) if form.record else None
    for at, path in paths.items():
        if not path or _is_aside(path):
            continue
        if taking is None:
            if _is_value(tuple(map(key_of, path))):
                yield Record(at, one_line(path[-1]))
        elif (name := _name_of(taking, path)) is not None:
            yield Record(at, name)


def _is_value(keys: Sequence[str]) -> bool:
    words = " ".join(keys)
    return any(key.startswith(_VALUES) for key in keys) and not any(f" {one} " in f" {words} " for one in _OTHERS)


def _is_aside(path: Sequence[str]) -> bool:
    keys = {key_of(text) for text in path}
    return bool(keys & (_UNITS | _NOTES)) or any(is_unit(text) for text in path[-1:])


def _holds_units(rows: Rows, column: int, lines: Sequence[int]) -> bool:
    texts = [cell for line in lines if isinstance(cell := rows[line][column], str) and cell.strip()]
    return len(texts) * 2 > len(lines) and sum(map(is_unit, texts)) * 2 >= len(texts)


def _name_of(column: Column, path: tuple[str, ...]) -> str | None:
    """Return what the record column takes from a heading; None where it names no period and nothing from its list."""
    known = {_plain(words): one.value for one in column.choices for words in (one.value, *one.aliases)}
    tried = (path[-1], " ".join(path), *path)
    named = next((known[words] for text in tried if (words := _plain(text)) in known), None)
    if named is None and (not column.choices or _YEAR.search(path[-1])):
        return one_line(path[-1])
    return named


def _plain(text: str) -> str:
    return " ".join(word for word in key_of(text).split() if word not in _HARMLESS)
