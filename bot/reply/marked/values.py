"""A new .xlsx from the values of a file that cannot be patched: the same sheets, the same addresses, nothing else."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from itertools import chain, count
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bot.model import letter_of
from bot.reply.marked.archive import ArchiveWriter
from bot.reply.marked.package import CONTENT_TYPES, MAIN, TRANSITIONAL
from bot.reply.marked.text import escape_xml, plain_text, shield_escapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Scalar: TypeAlias = "str | int | float | bool | date | datetime | time | timedelta"
"""What a cell may hold."""

_MAIN = next(main for main, relation in MAIN.items() if relation == TRANSITIONAL)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NARROWEST, _WIDEST = 9, 48
"""Characters of a column."""
_LONGEST_NAME = 31
"""UTF-16 units of a sheet's name."""
_LOOKED_AT = 300
"""Rows from which the widths of columns are found."""
_PLAIN, _WRAPPED, _DAY, _INSTANT, _HOURS = range(5)
"""The cell formats of :data:`_STYLES`, by their places."""
_FORMATS = ((0, 0), (0, 1), (164, 0), (165, 0), (166, 0))
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="166" formatCode="[h]:mm:ss"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Times New Roman"/><family val="1"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{len(_FORMATS)}">'
    + "".join(
        f'<xf numFmtId="{code}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
        f'<alignment vertical="top"{" wrapText=" + chr(34) + "1" + chr(34) if wrapped else ""}/></xf>'
        for code, wrapped in _FORMATS
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_MIDNIGHT = datetime(1899, 12, 30)  # noqa: DTZ001  a sheet's instants have no zone
_DAY_LENGTH = timedelta(days=1)


class SheetValues(NamedTuple):
    """One sheet; its rows are asked for once."""

    name: str
    """As :func:`tab_names` gives it."""
    first_column: int
    """The column, counted from 0, in which each row begins."""
    rows: Iterable[Sequence[Scalar]]
    """All rows from row 1 on; an empty cell is ``""``."""
    merged: Sequence[tuple[int, int, int, int]] = ()
    """Top, left, bottom, right of merged ranges, counted from 0."""


def write_values(sheets: Sequence[SheetValues]) -> bytes:
    """Return an .xlsx with these values; raises UnpatchableError where it would be too large for one."""
    writer = ArchiveWriter()
    numbers = range(1, len(sheets) + 1)
    writer.add(CONTENT_TYPES, [_types(numbers).encode()])
    office = f'<Relationship Id="rId1" Type="{TRANSITIONAL}/officeDocument" Target="xl/workbook.xml"/>'
    writer.add("_rels/.rels", [_relations(office).encode()])
    tabs = "".join(
        f'<sheet name="{escape_xml(sheet.name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in zip(numbers, sheets, strict=True)
    )
    book = f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{TRANSITIONAL}"><bookViews><workbookView/></bookViews>'
    writer.add("xl/workbook.xml", [f"{book}<sheets>{tabs}</sheets></workbook>".encode()])
    parts = "".join(
        f'<Relationship Id="rId{number}" Type="{TRANSITIONAL}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    styles = f'<Relationship Id="rId0" Type="{TRANSITIONAL}/styles" Target="styles.xml"/>'
    writer.add("xl/_rels/workbook.xml.rels", [_relations(parts + styles).encode()])
    writer.add("xl/styles.xml", [_STYLES.encode()])
    for number, sheet in zip(numbers, sheets, strict=True):
        writer.add(f"xl/worksheets/sheet{number}.xml", _sheet(sheet))
    return writer.close()


def _types(numbers: Iterable[int]) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{sheets}</Types>'
    )


def _relations(inner: str) -> str:
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def tab_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return sheets' names as Excel takes them: other programs allow longer ones, other signs, and one name twice."""
    taken: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        wanted = _tab_name(name) or f"Sheet{number}"
        tries = chain([wanted], (f"{wanted[:26]} ({again})" for again in count(2)))
        free = next(one for one in tries if one.casefold() not in taken)
        taken[free.casefold()] = free
    return tuple(taken.values())


def _tab_name(name: str) -> str:
    clean = "".join(" " if char in "[]:*?/\\" else char for char in plain_text(name)).strip("' \n\t")
    while len(clean.encode("utf-16-le")) > 2 * _LONGEST_NAME:
        clean = clean[:-1]
    return clean


def _sheet(sheet: SheetValues) -> Iterator[bytes]:
    rows = iter(sheet.rows)
    first = [row for row, _ in zip(rows, range(_LOOKED_AT), strict=False)]
    widths = _widths(first)
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetFormatPr defaultRowHeight="15"/>'.encode()
    if widths:
        cols = (
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
            for at, width in enumerate(widths, sheet.first_column + 1)
        )
        yield f"<cols>{''.join(cols)}</cols>".encode()
    yield b"<sheetData>"
    letters = [letter_of(sheet.first_column + at + 1) for at in range(max(map(len, first), default=0))]
    for number, row in enumerate(chain(first, rows), 1):
        cells = "".join(
            _cell(f"{letter}{number}", cell) for letter, cell in zip(letters, row, strict=False) if cell != ""
        )
        if cells:
            yield f'<row r="{number}">{cells}</row>'.encode()
    yield b"</sheetData>"
    merges = "".join(f'<mergeCell ref="{_area(*one)}"/>' for one in sheet.merged)
    yield f"<mergeCells>{merges}</mergeCells></worksheet>".encode() if merges else b"</worksheet>"


def _area(top: int, left: int, bottom: int, right: int) -> str:
    return f"{letter_of(left + 1)}{top + 1}:{letter_of(right + 1)}{bottom + 1}"


def _widths(rows: Sequence[Sequence[Scalar]]) -> list[int]:
    columns = zip(*rows, strict=False) if rows else ()
    return [min(max(_NARROWEST, *(len(str(cell)) + 2 for cell in column)), _WIDEST) for column in columns]


def _cell(address: str, cell: Scalar) -> str:
    if isinstance(cell, str):
        text = escape_xml(shield_escapes(plain_text(cell)))
        style = _WRAPPED if len(cell) > _WIDEST or "\n" in cell else _PLAIN
        return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if isinstance(cell, bool):
        return f'<c r="{address}" t="b"><v>{int(cell)}</v></c>'
    style, number = _serial(cell)
    if not math.isfinite(number) or (style and number < 0):
        # Neither has a form in a sheet: no number at all, and days before 1900.
        return f'<c r="{address}" t="inlineStr"><is><t>{cell}</t></is></c>'
    shortest = repr(float(number)).removesuffix(".0")
    return f'<c r="{address}" s="{style}"><v>{shortest}</v></c>'


def _serial(cell: float | date | time | timedelta) -> tuple[int, float]:
    """Return the cell format and the number under which Excel keeps a value."""
    if isinstance(cell, datetime):
        return _INSTANT, (cell.replace(tzinfo=None) - _MIDNIGHT) / _DAY_LENGTH
    if isinstance(cell, date):
        return _DAY, (cell - _MIDNIGHT.date()).days
    if isinstance(cell, time):
        return _HOURS, timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second) / _DAY_LENGTH
    return (_HOURS, cell / _DAY_LENGTH) if isinstance(cell, timedelta) else (_PLAIN, cell)
