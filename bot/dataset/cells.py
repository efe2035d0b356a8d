"""Rows as the XML of a worksheet, made by DuckDB: a million rows cost no Python for each cell.

Numbers are written as they are, texts as inline strings: no text ever becomes a formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dataset.consolidate import RECEIPT, name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.dataset.sources import Field, Kind

LONGEST_TEXT = 32_767
"""Characters that a cell of Excel holds."""
HEADER, GUARDED, WHOLE, DAY, MOMENT, LINK, PLAIN = range(1, 8)
"""The cell formats, by their numbers in the styles of the workbook."""
_STYLES: dict[Kind, int] = {"integer": WHOLE, "year": PLAIN, "decimal": PLAIN, "date": DAY, "moment": MOMENT}
# Before March 1900 Excel counts a day that never was.
_FIRST_DAY = "DATE '1900-03-01'"
# What XML 1.0 cannot hold, and what Excel would read as an escaped character (ECMA-376 part 1, 22.9.2.19).
_FORBIDDEN = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"
_ESCAPED = "_x([0-9A-Fa-f]{4})_"


def row_xml(fields: Sequence[Field], *, linked: bool) -> str:
    """Return the SQL expression that makes a whole row; *linked* receipts look like links."""
    cells = " || ".join(_cell(one, LINK if linked and one.key == RECEIPT else 0) for one in fields)
    row = f"'<row>' || {cells} || '</row>'"
    return f"regexp_replace(regexp_replace({row}, '{_FORBIDDEN}', '', 'g'), '{_ESCAPED}', '_x005F_x\\1_', 'g')"


def header_xml(fields: Sequence[Field]) -> str:
    """Return the row of titles."""
    return "<row>" + "".join(inline(one.title, HEADER) for one in fields) + "</row>"


def inline(words: str, style: int) -> str:
    """Return a cell that holds *words*."""
    clean = "".join(one for one in words if one >= " ")[:LONGEST_TEXT]
    return f'<c s="{style}" t="inlineStr"><is><t>{escape(clean)}</t></is></c>'


def escape(words: str) -> str:
    """Return *words* as they stand between tags or in an attribute."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _cell(field: Field, style: int) -> str:
    own = name(field.key)
    if field.kind == "text":
        return _text_cell(own, style)
    value = f"'<c s=\"{style or _STYLES[field.kind]}\"><v>' || {_number(own, field.kind)} || '</v></c>'"
    if field.kind == "date":
        written = _inline_sql(f"strftime({own}, '%d/%m/%Y')", 0)
        value = f"CASE WHEN {own} < {_FIRST_DAY} THEN {written} ELSE {value} END"
    return f"coalesce({value}, '<c/>')"


def _number(own: str, kind: Kind) -> str:
    if kind == "date":
        return f"({own} - DATE '1899-12-30')"
    if kind == "moment":
        return f"(epoch({own} - TIMESTAMP '1899-12-30 00:00:00') / 86400)"
    if kind == "decimal":
        # 12.500000 is the same number, but who looks into the file would think it was measured to the sixth place.
        return f"rtrim(rtrim({own}::VARCHAR, '0'), '.')"
    return own


def _text_cell(own: str, style: int) -> str:
    risky = f"left({own}, 1) IN ('=', '+', '-', '@', chr(9), chr(13))"
    cell = _inline_sql(f"left({own}, {LONGEST_TEXT})", style)
    guarded = _inline_sql(f"left({own}, {LONGEST_TEXT})", GUARDED)
    return f"CASE WHEN {own} IS NULL THEN '<c/>' WHEN {risky} THEN {guarded} ELSE {cell} END"


def _inline_sql(value: str, style: int) -> str:
    escaped = f"replace(replace(replace({value}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
    styled = f' s="{style}"' if style else ""
    return f"'<c{styled} t=\"inlineStr\"><is><t>' || {escaped} || '</t></is></c>'"
