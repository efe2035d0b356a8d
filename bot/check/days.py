"""Days in the words of a letter."""

from __future__ import annotations

import re
from datetime import date

_DAY = re.compile(r"(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})")


def find_day(words: str) -> date | None:
    """Return the day that the words name: ``trước ngày 15/7/2012``, ``ngày 15 tháng 7 năm 2012``."""
    found = _DAY.search(words)
    if not found:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None  # 31/6/2012: digits in the shape of a date
