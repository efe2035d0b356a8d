"""Foreign text on its way into a workbook."""

from __future__ import annotations

import re

CELL_LIMIT = 32_767
"""What a cell of Excel holds, in UTF-16 units."""

_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def plain_text(text: str, limit: int = CELL_LIMIT) -> str:
    """Return *text* without controls and direction marks, cut to *limit* UTF-16 units."""
    clean = _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(clean) * 2 <= limit:
        return clean
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * limit:
        return clean
    return units[: 2 * (limit - 1)].decode("utf-16-le", "ignore") + "…"


def shield_escapes(text: str) -> str:
    """Return *text* so that Excel reads no ``_x000D_`` in it as a control character (ECMA-376 part 1, 22.4.2.4)."""
    return _ESCAPE_LIKE.sub("_x005F_", text)


def escape_xml(text: str) -> str:
    """Return *text* for an element or an attribute in double quotes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
