"""A signed column that was sent as two: "Diện tích tăng" and "Diện tích giảm" for "tăng (+), giảm (−)"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bot.language import fold, one_line
from bot.model import Understanding, letter_of
from bot.sheet.column import Filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.model import Column, Form
    from bot.sheet.identify import HeaderMatch
    from bot.sheet.workbook import Sheet

_MORE, _LESS = "tang", "giam"


def find_pairs(sheet: Sheet, header: HeaderMatch, form: Form) -> dict[str, tuple[int, int]]:
    """Return the columns of *form* that lie on two columns of the sheet: key → where it grows, where it shrinks.

    Places count from the sheet's first column. A column may be signed where the form gives it no lower bound; its two
    headers differ in nothing but "tăng" and "giảm", and the second one names no column of the form.
    """
    leaves = dict(_leaves(sheet, header))
    free = leaves.keys() - {place - sheet.first_column for place in header.columns.values()}
    pairs: dict[str, tuple[int, int]] = {}
    for key, at in header.columns.items():
        place = at - sheet.first_column
        if not _may_be_signed(form.column(key)) or not (sign := _sign(leaves.get(place, ""))):
            continue
        other = next((one for one in sorted(free) if _are_twins(leaves[place], leaves[one])), None)
        if other is not None:
            pairs[key] = (place, other) if sign > 0 else (other, place)
        elif sign < 0:
            pairs[key] = (-1, place)
    return pairs


def understandings(
    sheet: Sheet, header: HeaderMatch, form: Form, pairs: Mapping[str, tuple[int, int]]
) -> Iterator[Understanding]:
    """Yield what to say about the headers that the form does not have: the sender should know how they were read."""
    leaves = dict(_leaves(sheet, header))
    for key, both in pairs.items():
        for place in both:
            at = place + sheet.first_column
            if place >= 0 and at != header.columns[key]:
                yield Understanding(sheet.name, letter_of(at + 1), one_line(leaves[place]), form.column(key).title)


def difference(more: Filled | None, less: Filled) -> Filled:
    """Return growth minus shrinkage, whatever sign a shrinkage was written with; null where neither is known."""
    shrunk = pc.negate(pc.abs(less.data))
    if more is None:
        return replace(less, data=shrunk)
    zero = pa.scalar(0, more.data.type)
    both = pc.add(pc.fill_null(more.data, zero), pc.fill_null(shrunk, zero))
    unknown = pc.and_(pc.is_null(more.data), pc.is_null(shrunk))
    bad = more.bad | less.bad
    if bad:
        unknown = pc.or_(unknown, pa.array([position in bad for position in range(len(less.data))]))
    data = pc.if_else(unknown, pa.scalar(None, more.data.type), both.cast(more.data.type))
    return Filled(data, bad, (*more.problems, *less.problems))


def _may_be_signed(column: Column) -> bool:
    return column.type in ("integer", "decimal") and column.min is None and column.above is None


def _leaves(sheet: Sheet, header: HeaderMatch) -> Iterator[tuple[int, str]]:
    """Yield (place, the lowest text) of the columns of a header."""
    rows = sheet.head[header.top - 1 : header.header_row]
    for place in range(len(rows[-1]) if rows else 0):
        texts = [cell for row in rows if isinstance(cell := row[place], str) and cell.strip()]
        if texts:
            yield place, texts[-1]


def _sign(text: str) -> int:
    words = fold(text[:200]).split()
    return (_MORE in words) - (_LESS in words)


def _are_twins(one: str, other: str) -> bool:
    return _sign(one) == -_sign(other) != 0 and _rest(one) == _rest(other)


def _rest(text: str) -> list[str]:
    return [word for word in fold(text[:200]).split() if word not in (_MORE, _LESS)]
