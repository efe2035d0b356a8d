"""Rows that only repeat the header: its words at the top of a printed page, the numbers of the columns, their units."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.language import fold, nfc
from bot.sheet.header import is_unit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.sheet.identify import HeaderMatch
    from bot.sheet.workbook import Cell, Sheet

_FEWEST = 3
_MARK = re.compile(
    r"(?P<bracket>[(\[]\s*)?(?:(?P<number>\d{1,3})(?P<suffix>[a-z]?)|(?P<letter>[A-ZĐa-zđ]))\s*[)\]]?\s*\*{0,2}\s*([=:].*)?"
)
_FITTING = 0.8
_LATEST_START = 3
"""The number that the leftmost column may have; a table without running numbers begins with the second one."""


def header_words(sheet: Sheet, header: HeaderMatch) -> frozenset[tuple[int, str]]:
    """Return the words of a header as (place in the row, folded text)."""
    rows = sheet.head[header.top - 1 : header.header_row]
    return frozenset(
        (place, fold(cell))
        for row in rows
        for place, cell in enumerate(row)
        if isinstance(cell, str) and cell.strip() and len(cell) <= 300
    )


def repeats_words(texts: Mapping[int, str], words: Collection[tuple[int, str]], leading: int) -> bool:
    """Tell whether *texts* (place → text), all that a row holds, stand in the header at the same places.

    A single word in one of the first columns, up to the place *leading*, may be the name of a group: "KCN".
    """
    if not texts or (len(texts) == 1 and next(iter(texts)) <= leading):
        return False
    return all(len(text) <= 300 and (place, fold(text)) in words for place, text in texts.items())


def are_units(texts: Mapping[int, str], leading: int) -> bool:
    """Tell whether all that a row holds are units; "KCN" alone in one of the first columns is the name of a group."""
    if not texts or (len(texts) == 1 and next(iter(texts)) <= leading):
        return False
    return all(is_unit(text) for text in texts.values())


def are_column_numbers(cells: Sequence[tuple[int, Cell]], key: int | None) -> bool:
    """Tell whether *cells*, (place, cell) from left to right, are the numbers of the columns.

    ``(1) (2) (3)``, ``A B 1 2 3=2/1``. They grow from left to right and number the column *key* too: so a row of data
    with small numbers (one project, two workers) is none. Without brackets there is nothing else in the row.
    """
    found = _marks(cells)
    if len(found) < _FEWEST or (key is not None and key not in {place for place, _ in found}):
        return False
    bracketed = sum(bool(mark["bracket"]) for _, mark in found)
    if len(found) < (_FITTING if 2 * bracketed > len(found) else 1) * len(cells):
        return False
    ranks = [(place, _rank(mark)) for place, mark in found]
    if any(right <= left for (_, left), (_, right) in pairwise(ranks)):
        return False
    return bool(bracketed) or _is_counting(ranks)


def _marks(cells: Sequence[tuple[int, Cell]]) -> list[tuple[int, re.Match[str]]]:
    """Return what may number a column; letters only before the first number."""
    found: list[tuple[int, re.Match[str]]] = []
    for place, cell in cells:
        mark = _MARK.fullmatch(_written(cell))
        if mark and not (mark["letter"] and found and found[-1][1]["number"]):
            found.append((place, mark))
    return found


def _is_counting(ranks: Sequence[tuple[int, tuple[int, int, str]]]) -> bool:
    """Tell whether bare numbers count the columns: none is left out but for a column that is not the form's."""
    numbers = [(place, rank[1]) for place, rank in ranks if rank[0]]
    starts = not numbers or numbers[0][1] <= _LATEST_START
    return starts and all(after - before <= right - left for (left, before), (right, after) in pairwise(numbers))


def _rank(mark: re.Match[str]) -> tuple[int, int, str]:
    """Return the order of a mark: letters stand before numbers, ``3`` before ``3a``."""
    if mark["letter"]:
        return 0, ord(fold(mark["letter"]) or "z"), ""
    return 1, int(mark["number"]), mark["suffix"]


def _written(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return nfc(str(cell)).strip()
