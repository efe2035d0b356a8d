"""Vietnamese as offices write it: compared without accents, numbers and dates as people read them.

Imports nothing of ours, so that every package may use it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""UTC+7 all the year, no daylight saving: the time in which every deadline is counted."""

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_COMBINING = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_D_BAR = str.maketrans({"Đ": "D", "đ": "d", "Ð": "D", "ð": "d"})
_CONTROLS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+"
)


def nfc(text: str) -> str:
    """Return *text* composed (Unicode NFC), the only form that the project keeps."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Return the key by which two wordings are the same: no accents, no case, no punctuation, ``y`` read as ``i``.

    ``fold("Diện tích  (ha)") == fold("DIEN TICH ha")``; tone placement (hòa, hoà) and i/y (tỷ, tỉ) do not count.
    """
    letters = _COMBINING.sub("", unicodedata.normalize("NFKD", text.translate(_D_BAR))).lower()
    return _NOT_WORD.sub(" ", letters).strip().replace("y", "i")


def bare(text: str) -> str:
    """Return *text* in small letters without accents, each character in its place.

    What is found in it has the same place in *text*, which must be composed (see ``nfc``).

    >>> bare("Mục 2: Đã sửa")
    'muc 2: da sua'
    """
    return "".join(map(_bare_letter, text))


@lru_cache(4096)
def _bare_letter(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char.translate(_D_BAR))[:1].lower()
    return plain if len(plain) == 1 else char


def one_line(text: str, limit: int = 200) -> str:
    """Return *text* as one line of at most *limit* characters, without controls or direction marks."""
    clean = " ".join(_CONTROLS.sub(" ", nfc(text)).split())
    return clean if len(clean) <= limit else clean[: limit - 1].rstrip() + "…"


def capitalize_first(text: str) -> str:
    """Return *text* with a capital first letter and all others as they are."""
    return text[:1].upper() + text[1:]


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the stretches that *numbers* form, each as its first and its last, in ascending order."""
    found: list[tuple[int, int]] = []
    for one in sorted(set(numbers)):
        if found and one == found[-1][1] + 1:
            found[-1] = (found[-1][0], one)
        else:
            found.append((one, one))
    return found


def number(value: Decimal | float) -> str:
    """Write a number as Vietnamese read it: ``1234.50`` becomes ``1.234,5`` (Law on Accounting 2003, article 12)."""
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return str(value)
    whole, _, part = f"{exact:,f}".partition(".")
    part = part.rstrip("0")
    return whole.replace(",", ".") + (f",{part}" if part else "")


def day(value: date) -> str:
    """Write a date as letters do: ``15/7/2012``."""
    return f"{value.day}/{value.month}/{value.year}"


def no_later_than(value: date) -> str:
    """Write a last day as a granted extension is told: ``chậm nhất ngày 20/7/2012``."""
    return f"chậm nhất ngày {day(value)}"


def moment(value: datetime) -> str:
    """Write an instant in Vietnamese time: ``08:30 ngày 12/7/2012``."""
    local = value.astimezone(VIETNAM)
    return f"{local:%H:%M} ngày {day(local.date())}"
