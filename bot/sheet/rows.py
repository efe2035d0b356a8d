"""What a row of a sheet is: data, the name of a group, a total, or the end of the table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from bot.language import fold, nfc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sheet.workbook import Cell

NUMBERS = frozenset({int, float})


class RowKind(Enum):
    """What a row is."""

    DATA = auto()
    BLANK = auto()
    GROUP = auto()
    """Its label names the rows below it."""
    TOTAL = auto()
    END = auto()
    """The notes or the signature block: the table is over."""


class Row(NamedTuple):
    """What one row was found to be."""

    kind: RowKind
    label: str = ""
    """The name of a group, the words of a total."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a form lie in the rows of a sheet; places count from the row's own beginning."""

    places: tuple[int, ...]
    """Of all columns that were found, from left to right."""
    sequence: int | None
    """Of the running numbers."""
    key: int | None
    """Of a column that no data row leaves empty, and that holds text."""


_NUMBERED = re.compile(r"\d{1,6}([.,]\d{1,3})*\s*[.)]?")
_GROUP_MARK = re.compile(r"([IVXLC]{1,6}|[A-ZĐa-zđ])\s*[.)]?")
_LEADING_MARK = re.compile(r"([IVXLC]{1,6}|[A-ZĐ]|\d{1,3})\s*[.)/:–-]\s*(?=\S)")
_TOTAL = re.compile(
    r"(tổng (cộng|số)\b|tổng\s*($|[:(\d])|cộng(?! h[oòó][aàá])\b|toàn (tỉnh|thành phố|quốc)\b|cả nước\b)", re.IGNORECASE
)
_TOTALS_FOLDED = frozenset({"tong", "tong cong", "tong so", "cong", "toan tinh", "toan quoc", "ca nuoc"})
_SCOPE = re.compile(r"\s[ivx]+\b")
_END = re.compile(
    r"(ghi chu|chu thich|noi nhan|nguoi lap|lap bieu|can bo lap|nguoi tong hop|thu truong|truong ban|tm |kt |tl )"
)
_DATED = re.compile(r"(,|^)\s*ngày\b.{0,12}\btháng\b", re.IGNORECASE)
_NIL = frozenset({"khong", "khong co", "khong phat sinh", "khong co du an", "khong co du lieu", "chua phat sinh"})


def are_plain(rows: Sequence[list[Cell]], layout: Layout) -> list[bool] | None:
    """Return for each row whether it is data at first sight: it has a running number and its key. None: cannot tell."""
    place, key = layout.sequence, layout.key
    if place is None or key is None:
        return None
    return [row[place].__class__ in NUMBERS and row[key] != "" for row in rows]


def kind_of_row(row: Sequence[Cell], layout: Layout) -> Row:
    """Return what *row* is, for one that is not data at first sight."""
    texts = {place: text for place, cell in enumerate(row) if isinstance(cell, str) and (text := cell.strip())}
    number = layout.sequence if layout.sequence is not None else -1
    filled = [
        place for place in layout.places if place != number and (place in texts or not isinstance(row[place], str))
    ]
    if not texts:
        return Row(RowKind.DATA if any(row[place] for place in filled) else RowKind.BLANK)
    leftmost = nfc(texts[min(texts)])
    if _is_numbered(row, number, texts):
        return Row(RowKind.DATA if filled else RowKind.BLANK)
    if len(filled) <= 2 and _ends_table(texts, leftmost):
        return Row(RowKind.END)
    if _is_nil(texts, leftmost):
        return Row(RowKind.BLANK)
    if _is_total(leftmost):
        return Row(RowKind.TOTAL, leftmost)
    return _group_or_data(texts, filled, number, layout)


def _is_numbered(row: Sequence[Cell], number: int, texts: dict[int, str]) -> bool:
    if number < 0:
        return False
    return row[number].__class__ in NUMBERS or bool(_NUMBERED.fullmatch(texts.get(number, "")))


def _ends_table(texts: dict[int, str], leftmost: str) -> bool:
    return bool(_END.match(f"{fold(leftmost[:40])} ")) or any(_DATED.search(nfc(text[:80])) for text in texts.values())


def _is_nil(texts: dict[int, str], leftmost: str) -> bool:
    return len(texts) == 1 and fold(leftmost[:40]) in _NIL


def _is_total(label: str) -> bool:
    return bool(_TOTAL.match(label)) or _SCOPE.sub("", fold(label[:40])) in _TOTALS_FOLDED


def _group_or_data(texts: dict[int, str], filled: Sequence[int], number: int, layout: Layout) -> Row:
    named = [place for place in sorted(texts) if place != number]
    mark = texts.get(number, "")
    if len(named) > 1 or (not named and not mark):
        return Row(RowKind.DATA if filled else RowKind.BLANK)
    if not named or (_GROUP_MARK.fullmatch(mark) and len(filled) < len(layout.places)):
        # "I | KCN đang hoạt động | 1.200 | …": numbers beside the name of a group are its subtotals.
        return Row(RowKind.GROUP, nfc(texts[named[0]] if named else _without_mark(mark)))
    if len(filled) <= 1 and not mark and named[0] <= layout.places[min(2, len(layout.places) - 1)]:
        return Row(RowKind.GROUP, _without_mark(nfc(texts[named[0]])))
    return Row(RowKind.DATA if filled else RowKind.BLANK)


def _without_mark(name: str) -> str:
    """Return the name of a group without its number: ``I. KCN Bắc Vinh``."""
    found = _LEADING_MARK.match(name)
    return name[found.end() :] if found else name
