"""The few figures that a narrative quotes about the whole province, to be held against its forms (rule R057)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.document.text import Document

_NUMBER = r"(?P<number>\d+(?:[.,]\d+)*)"
_PARK = r"(?:khu công nghiệp|KCN)"
_CLUSTER = r"(?:cụm công nghiệp|CCN)"
_ZONE = r"(?:khu công nghiệp|KCN|cụm công nghiệp|CCN)"
_WHOLE = r"(?:trên địa bàn (?:tỉnh|thành phố)|toàn (?:tỉnh|thành phố)|tổng số)"
_IS = r"\s*(?:là|đạt|bằng|:)?\s*"
_PHRASES = tuple(
    (key, re.compile(phrase, re.IGNORECASE))
    for key, phrase in (
        ("so_kcn", rf"{_WHOLE}[^.;\d]{{0,60}}\bcó\s+{_NUMBER}\s+{_PARK}\b"),
        ("so_kcn", rf"tổng số {_PARK}\s*(?:là|:)\s*{_NUMBER}"),
        ("so_ccn", rf"{_WHOLE}[^.;\d]{{0,60}}\bcó\s+{_NUMBER}\s+{_CLUSTER}\b"),
        ("so_ccn", rf"tổng số {_CLUSTER}\s*(?:là|:)\s*{_NUMBER}"),
        ("tong_dien_tich_ha", rf"tổng diện tích(?: đất)?(?: tự nhiên| (?:theo )?quy hoạch)?{_IS}{_NUMBER}\s*ha\b"),
        (
            "ty_le_lap_day",
            rf"tỷ lệ lấp đầy(?: bình quân| trung bình| chung)?(?: (?:của )?các {_ZONE})?{_IS}{_NUMBER}\s*%",
        ),
    )
)
_ABOUT = re.compile(r"khoảng|gần|hơn|trên \d|dưới \d|dự kiến|phấn đấu|mục tiêu|đến năm 20[2-9]", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.;!?])\s+")
_PLAIN = re.compile(r"\d+|\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}|\d{1,3}(?:\.\d{3}){2,}")
_PERCENT = re.compile(r"\d{1,3}(?:[.,]\d+)?")


def quoted_figures(document: Document) -> Mapping[str, Decimal]:
    """Return the figures about the whole province that the text states once, or always alike.

    Keys: ``so_kcn``, ``so_ccn``, ``tong_dien_tich_ha`` (ha), ``ty_le_lap_day`` (percent). Left out are sentences of
    aims and estimates, numbers that can be read in two ways (``1.234``), and figures for which the text gives several
    values: those may be about parts of the province.
    """
    found: dict[str, set[Decimal]] = {}
    for sentence in _sentences(document):
        for key, phrase in _PHRASES:
            for hit in phrase.finditer(sentence):
                value = _value(hit["number"], key)
                if value is not None:
                    found.setdefault(key, set()).add(value)
    return {key: next(iter(values)) for key, values in found.items() if len(values) == 1}


def _sentences(document: Document) -> Iterator[str]:
    for text in document.paragraphs:
        yield from (one for one in _SENTENCES.split(text) if not _ABOUT.search(one))


def _value(written: str, key: str) -> Decimal | None:
    if key == "ty_le_lap_day":
        return Decimal(written.replace(",", ".")) if _PERCENT.fullmatch(written) else None
    return Decimal(written.replace(".", "").replace(",", ".")) if _PLAIN.fullmatch(written) else None
