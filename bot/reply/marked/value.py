"""Values on their way into a cell (ECMA-376 part 1, 18.3.1.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.reply.marked.styles import Shape
from bot.reply.marked.text import escape_xml, plain_text, shield_escapes

if TYPE_CHECKING:
    from bot.model import Value

_EPOCH = date(1899, 12, 30)
"""Day 0 of the 1900 system, for days after 28/2/1900."""
_EPOCH_1904 = date(1904, 1, 1)


def shape_of(value: Value) -> Shape:
    """Return what kind of value it is."""
    if isinstance(value, int | Decimal):
        return Shape.FRACTION if -1 <= value <= 1 else Shape.NUMBER
    return Shape.DAY if isinstance(value, date) else Shape.TEXT


def written_value(value: Value, prefix: bytes, *, since_1904: bool = False) -> tuple[bytes, bytes]:
    """Return the attribute that names the type of a cell with *value*, and its content.

    *prefix* is the namespace prefix of the sheet's elements; *since_1904* says from which day serial numbers count.
    """
    if isinstance(value, str):
        text = escape_xml(shield_escapes(plain_text(value))).encode()
        return b' t="inlineStr"', b'<%bis><%bt xml:space="preserve">%b</%bt></%bis>' % (
            prefix,
            prefix,
            text,
            prefix,
            prefix,
        )
    if isinstance(value, date):
        value = Decimal((value - (_EPOCH_1904 if since_1904 else _EPOCH)).days)
    return b"", b"<%bv>%b</%bv>" % (prefix, f"{Decimal(value):f}".encode(), prefix)
