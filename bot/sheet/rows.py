"""What a row of a sheet is: data, the name of a group, a total, or the end of the table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from bot.language import fold, nfc
from bot.sheet.grid import Uncalculated
from bot.sheet.header_rows import are_column_numbers, repeats_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sheet.workbook import Cell

NUMBERS = frozenset({int, float})


class RowKind(Enum):
    """What a row is."""

    DATA = auto()
    BLANK = auto()
    HEADER = auto()
    """It repeats the header: its words, the numbers of the columns."""
    GROUP = auto()
    """Its label names the rows below it."""
    TOTAL = auto()
    PART = auto()
    """It takes a total apart: "Trong đó: FDI"."""
    NIL = auto()
    """It says that there is nothing: "Không có"."""
    END = auto()
    """The notes or the signature block: the table is over."""


class Row(NamedTuple):
    """What one row was found to be."""

    kind: RowKind
    label: str = ""
    """The name of a group, the words of a total or of a part of it."""
    mark: str = ""
    """Of a group, how it is numbered: ``roman``, ``letter`` or not at all."""
    numbers: bool = False
    """Whether there are numbers other than 0 beside the label."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of a form lie in the rows of a sheet; places count from the row's own beginning."""

    places: tuple[int, ...]
    """Of all columns that were found, from left to right."""
    sequence: int | None
    """Of the running numbers."""
    key: int | None
    """Of a column that no data row leaves empty, and that holds text."""
    counted: frozenset[int] = frozenset()
    """Of the columns of numbers."""
    words: frozenset[tuple[int, str]] = field(default=frozenset(), repr=False)
    """The header's own words, as (place, folded text)."""

    @property
    def leading(self) -> int:
        """Return the last place in which the name of a group may stand."""
        return self.places[min(2, len(self.places) - 1)]


_NUMBERED = re.compile(r"\d{1,6}([.,]\d{1,3})*\s*[.)]?")
_GROUP_MARK = re.compile(r"([IVXLC]{1,6}|[A-ZĐa-zđ])\s*[.)]?")
_ROMAN = re.compile(r"[IVX]{1,6}|[IVXLC]{2,6}")
_LEADING_MARK = re.compile(r"([IVXLC]{1,6}|[A-ZĐ]|\d{1,3})\s*[.)/:–-]\s*(?=\S)")
_LETTER = re.compile(r"[^\W\d_]")
_DASHES = frozenset("-–—−_. \u00a0")

_TOTALS = frozenset({"tong", "tong cong", "tong so", "cong", "toan tinh", "toan thanh pho", "toan quoc", "ca nuoc"})
_SCOPE = re.compile(r"\s[ivx]+\b")
_TOTAL_OF = re.compile(r"tổng (cộng|số)\b|tổng\s*[:(\d]", re.IGNORECASE)
_SUM_OF = re.compile(r"cộng(?! h[oòó][aàá])\b|toàn (tỉnh|thành phố|quốc)\b|cả nước\b", re.IGNORECASE)
_PART = re.compile(r"(trong do|bao gom)\b")

_END = re.compile(
    r"(ghi chu|chu thich|luu i|noi nhan|nguoi lap|lap bieu|can bo lap|nguoi tong hop|nguoi bao cao|thu truong"
    r"|truong ban|xac nhan cua"
    r"|(tm|kt|tl|tuq) (ubnd|ui ban|chu tich|truong ban|giam doc|ban quan li|bo truong|so|hdnd|hoi dong))\b"
)
_SIGNS = re.compile(r"\s*(TM|KT|TL|TUQ|Q)\s*[./]")
"""Signing for somebody; a company may well be called "KT Việt Nam"."""
_TITLES = re.compile(r"((pho )?(giam doc|chu tich|truong ban|truong phong)|ke toan truong|ki (ten|ghi|dong)\b.*)")
_DATED = re.compile(r"(,|^)\s*ngày\b.{0,12}\btháng\b", re.IGNORECASE)

_NOTHING = re.compile(
    r"((hien|tinh|thanh pho|dia phuong|tren dia ban|trong ki|nay) )*"
    r"(khong|chua) (co|phat sinh)\b(?! kha nang| hieu qua| dieu kien| von| dat).*"
)
_NO = frozenset({"khong", "nil", "none", "0"})
_NOT_PLAIN = frozenset(
    {"", "-", "0", 0, "Không", "không", "KHÔNG", "Không có", "không có", "KHÔNG CÓ", "Không phát sinh", "Nil", "NIL"}
)
"""Keys that send a row to the second look, though it has a running number."""


def are_plain(rows: Sequence[list[Cell]], layout: Layout) -> list[bool] | None:
    """Return for each row whether it is data at first sight: it has a running number and its key. None: cannot tell.

    The first running number is none of these: the numbers of the columns begin with it as well.
    """
    place, key = layout.sequence, layout.key
    if place is None or key is None:
        return None
    return [row[place].__class__ in NUMBERS and row[key] not in _NOT_PLAIN and row[place] != 1 for row in rows]


def kind_of_row(row: Sequence[Cell], layout: Layout) -> Row:
    """Return what *row* is, for one that is not data at first sight."""
    # A formula that was never calculated stands in rows nobody filled, too; only for a name it speaks for its row.
    row = [cell if cell.__class__ is not Uncalculated or place == layout.key else "" for place, cell in enumerate(row)]
    texts = {place: text for place, cell in enumerate(row) if isinstance(cell, str) and (text := cell.strip())}
    number = layout.sequence if layout.sequence is not None else -1
    filled = [place for place in layout.places if place != number and _says_something(row[place])]
    counts = any(row[place].__class__ in NUMBERS for place in filled)
    if _repeats_header(row, layout, texts):
        return Row(RowKind.HEADER)
    if _says_nothing(texts, number, layout, counts=counts):
        return Row(RowKind.NIL)
    if not texts or _is_numbered(row, number, texts):
        return Row(RowKind.DATA if filled else RowKind.BLANK)
    leftmost = nfc(texts[min(texts)])
    if not counts and _ends_table(texts, leftmost, len(filled)):
        return Row(RowKind.END)
    # "III | Tổng cộng": the mark of a group does not make one of a total.
    named = [text for place, text in sorted(texts.items()) if place != number or not _GROUP_MARK.fullmatch(text)]
    label = nfc(named[0]) if named else leftmost
    others = sum(bool(_LETTER.search(text)) for text in named) - 1
    if _is_total(label, others):
        return Row(RowKind.TOTAL, label, numbers=counts)
    if _PART.match(fold(label[:40])) and others <= 0:
        return Row(RowKind.PART, label, numbers=counts)
    return _group_or_data(texts, filled, number, layout)._replace(numbers=counts)


def _says_something(cell: Cell) -> bool:
    """Tell whether a cell is more than empty: zeros and dashes alone are what formulas leave in rows nobody filled."""
    return not _DASHES.issuperset(cell) if isinstance(cell, str) else bool(cell)


def _repeats_header(row: Sequence[Cell], layout: Layout, texts: Mapping[int, str]) -> bool:
    cells = [(place, row[place]) for place in layout.places if row[place] != ""]
    if are_column_numbers(cells, layout.key):
        return True
    return len(texts) == sum(cell != "" for cell in row) and repeats_words(texts, layout.words, layout.leading)


def _says_nothing(texts: Mapping[int, str], number: int, layout: Layout, *, counts: bool) -> bool:
    """Tell whether a row says that there is nothing: every text of it does, and there is no number but 0."""
    said = {place: text for place, text in texts.items() if not _DASHES.issuperset(text)}
    if _is_running(said.get(number, "")):
        del said[number]
    if counts or not said:
        return False
    # Most rows say something with their first text already: they are not folded whole.
    folded = (fold(text[:200]) for text in said.values())
    if not all(one in _NO or _NOTHING.fullmatch(one) for one in folded):
        return False
    # "Không" alone is also an answer in a column of choices; in the column of names it can only mean the whole row.
    place = min(said)
    return place <= max(layout.leading, layout.key or 0) or fold(said[place][:200]) not in _NO


def is_nil_note(row: Sequence[Cell]) -> bool:
    """Tell whether a row below the table says that there is nothing: "Ghi chú: Không có"."""
    texts = (fold(cell[:200]).removeprefix("ghi chu ") for cell in row if isinstance(cell, str))
    return any(_NOTHING.fullmatch(text) for text in texts)


def _is_running(text: str) -> bool:
    """Tell whether a text may be a running number; "0" is none."""
    return bool(_NUMBERED.fullmatch(text) or _GROUP_MARK.fullmatch(text)) and text != "0"


def _is_numbered(row: Sequence[Cell], number: int, texts: Mapping[int, str]) -> bool:
    if number < 0:
        return False
    return row[number].__class__ in NUMBERS or bool(_NUMBERED.fullmatch(texts.get(number, "")))


def _ends_table(texts: Mapping[int, str], leftmost: str, filled: int) -> bool:
    if any(_DATED.search(nfc(text[:80])) for text in texts.values()):
        return filled <= 2
    ends = [_is_end(text) for text in texts.values()]
    return all(ends) or (filled <= 2 and _is_end(leftmost))


def _is_end(text: str) -> bool:
    words = fold(text[:60])
    return bool(_END.match(words) or _SIGNS.match(nfc(text[:20])) or _TITLES.fullmatch(words))


def _is_total(label: str, others: int) -> bool:
    """Tell whether *label* names a total; with *others*, further words in the row, only where it says nothing else."""
    if _SCOPE.sub("", fold(label[:40])) in _TOTALS:
        return others <= 2
    if _TOTAL_OF.match(label) or (label.isascii() and fold(label[:40]).startswith(("tong cong ", "tong so "))):
        return others <= 1 and not fold(label[:40]).startswith("tong cong ti")
    return bool(_SUM_OF.match(label)) and others <= 0


def _group_or_data(texts: Mapping[int, str], filled: Sequence[int], number: int, layout: Layout) -> Row:
    named = [place for place in sorted(texts) if place != number and not _DASHES.issuperset(texts[place])]
    mark = texts.get(number, "")
    if len(named) > 1 or (not named and not mark):
        return Row(RowKind.DATA if filled else RowKind.BLANK)
    if not named or _GROUP_MARK.fullmatch(mark):
        # "I | KCN đang hoạt động | 1.200 | …": numbers beside the name of a group are its subtotals.
        kind = "roman" if _ROMAN.fullmatch(mark.rstrip(" .)")) else "letter"
        return Row(RowKind.GROUP, nfc(texts[named[0]] if named else _without_mark(mark)), kind)
    if len(filled) <= 1 and not mark and named[0] <= layout.leading:
        return Row(RowKind.GROUP, _without_mark(nfc(texts[named[0]])))
    return Row(RowKind.DATA if filled else RowKind.BLANK)


def _without_mark(name: str) -> str:
    """Return the name of a group without its number: ``I. KCN Bắc Vinh``."""
    found = _LEADING_MARK.match(name)
    return name[found.end() :] if found else name
