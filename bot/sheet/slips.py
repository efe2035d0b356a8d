"""Slips of the hand: texts that are no value as they stand, and leave one reading only.

What is returned here is never taken silently: the reporter is shown it and asked. Where two readings are thinkable
there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from bot.language import fold
from bot.sheet.value import Flag, parse_date, parse_number
from bot.units import scales

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

_LONGEST = 40
_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "Ο": "0", "О": "0", "l": "1", "I": "1", "|": "1"})
"""Letters that are typed for digits; the third and fourth are Greek and Cyrillic."""
_DIGITS_AND_LOOKALIKES = re.compile(r"[-+]?(?=\D*\d)[\dOoΟОlI|.,\s]+")
_DOUBLED = re.compile(r"([.,])\s*\1+")
_AROUND = re.compile(r"\s*([.,])\s*")
_DATE = re.compile(r"[\dOoΟОlI|/.,\s-]+")
_AMOUNT = re.compile(r"\s*([-+]?\d[\d.,\s]*?)\s*([^\d\s.,].{0,24}?)[\s.]*")
_SURE = frozenset({Flag.OK, Flag.STYLE})


def mend_number(text: str) -> Decimal | None:
    """Return the number that *text* says but for letters typed as digits or doubled marks (``1O5``, ``12,,5``)."""
    plain = text.strip()
    if len(plain) > _LONGEST or not _DIGITS_AND_LOOKALIKES.fullmatch(plain):
        return None
    tidy = _AROUND.sub(r"\1", _DOUBLED.sub(r"\1", plain.translate(_LOOKALIKES))).strip(".,")
    found = parse_number(tidy)
    return found.value if found.flag in _SURE else None


def convert_number(text: str, unit: str | None) -> Decimal | None:
    """Return the amount that *text* names in another unit of the same kind, in *unit*: ``500 m²`` is 0,05 ha."""
    found = _AMOUNT.fullmatch(text) if unit and len(text) <= _LONGEST else None
    if found is None:
        return None
    written, wanted = fold(found[2]), fold(unit or "")
    scale = next((one for one in scales() if written in one and wanted in one), None)
    number = parse_number(found[1])
    if scale is None or number.value is None or number.flag not in _SURE:
        return None
    return number.value * scale[written] / scale[wanted]


def mend_date(text: str) -> date | None:
    """Return the day that *text* names but for letters typed as digits (``15/7/2O12``)."""
    plain = text.strip()
    return parse_date(plain.translate(_LOOKALIKES)) if len(plain) <= _LONGEST and _DATE.fullmatch(plain) else None


_SHORTEST = 6
"""Letters: in shorter words one letter makes another word."""
_LONG = 12
"""Letters; from this on two may be wrong."""


def nearest_choice(text: str, values: Iterable[str]) -> str | None:
    """Return the one of *values* that *text* misspells; None where none or several are near.

    A missing or added word, or another digit, is another meaning, not a slip.
    """
    written = fold(text)
    if len(written) < _SHORTEST:
        return None
    most = 1 if len(written) < _LONG else 2
    words, digits = written.count(" "), re.sub(r"\D", "", written)
    near = [
        value
        for value in values
        if (own := fold(value)).count(" ") == words
        and re.sub(r"\D", "", own) == digits
        and OSA.distance(written, own, score_cutoff=most) <= most
    ]
    return near[0] if len(near) == 1 else None
