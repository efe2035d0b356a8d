"""Tables printed for other programs: CSV and lines of JSON on standard output."""

from __future__ import annotations

import csv
import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""Excel takes a cell that begins so for a formula."""


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a line of titles and one for each row; nothing in it is a formula."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"'{one}" if isinstance(one, str) and one.startswith(_RISKY) else one for one in row])


def print_json(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print each row as one JSON object on a line of its own."""
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        sys.stdout.write(json.dumps(values, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)
