"""Values and sentences as Vietnamese read them: the places of a rule's ``say`` are filled from the row."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.language import day, number, one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.model import Column

EMPTY = "ô trống"

_PLACE = re.compile(r"\{(\w+)(\.o)?\}")
_SIX_PLACES = Decimal("0.000001")


def places_of(say: str) -> tuple[tuple[str, bool], ...]:
    """Return the places of a sentence: each name, and whether its cell's address is asked for (``{von.o}``)."""
    return tuple((one[1], bool(one[2])) for one in _PLACE.finditer(say))


def fill(say: str, value: Callable[[str], str], address: Callable[[str], str]) -> str:
    """Return *say* with ``{name}`` replaced by *value* and ``{name.o}`` by *address*, on one line."""
    filled = _PLACE.sub(lambda one: address(one[1]) if one[2] else value(one[1]), say)
    return one_line(filled, 500)


def written(value: object, column: Column | None = None) -> str:
    """Return *value* (of *column*, where it is one) as a sentence shows it: ``1.234,5``, ``15/7/2012``, ``ô trống``."""
    if value is None:
        return EMPTY
    if isinstance(value, datetime):
        return day(value.date())
    if isinstance(value, date):
        return day(value)
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, float):
        # A quotient carries noise in its last binary digits that nobody wrote.
        exact = Decimal(repr(value))
        return number(exact.quantize(_SIX_PLACES) if exact.is_finite() and abs(exact) < 10**15 else exact)
    if isinstance(value, int):
        return str(value) if column is not None and column.type == "year" else number(Decimal(value))
    if isinstance(value, Decimal):
        return number(value)
    return one_line(str(value))


def with_unit(value: Decimal, column: Column) -> str:
    """Return a number with its column's unit: ``17 ha``."""
    return f"{written(value, column)} {column.unit or ''}".strip()
