"""The first sheet of the marked copy: every finding, with a link to its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Severity
from bot.reply.marked.marks import address_of, cell_of, match_sheet, rank, told
from bot.reply.marked.package import MAIN
from bot.reply.marked.styles import Look
from bot.reply.marked.text import escape_xml, plain_text, shield_escapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Finding
    from bot.reply.marked.marks import Words
    from bot.reply.marked.styles import Styles

_WIDTHS = (5, 13, 15, 8, 22, 50, 42)
_LINE, _TALLEST = 15, 409
_LETTERS = 1.1
"""Letters of Times New Roman 11 that fit into one unit of a column's width."""
_LINKS_LIMIT = 65_000
"""Excel follows at most 65,530 links on one sheet."""
_ROWS_LIMIT = 1_000_000
_LOOKS = {Severity.ERROR: Look.ERROR, Severity.QUERY: Look.QUERY, Severity.NOTE: Look.NOTE}


def header_row(heading: Sequence[str]) -> int:
    """Return the number of the row that holds the column titles."""
    return len(heading) + 3


def quoted(sheet: str) -> str:
    """Return a sheet's name as a formula names it: ``'Biểu I.1'``."""
    return "'" + sheet.replace("'", "''") + "'"


class Listing:
    """The list sheet as XML; rows go out as they are made."""

    def __init__(self, title: str, heading: Sequence[str], words: Words, sheets: Sequence[str], main: str) -> None:
        """Take the lines above the list, its words, the names of the workbook's sheets, and the main namespace."""
        self._title = title
        self._heading = heading
        self._words = words
        self._sheets = sheets
        self._main = main
        self._header = header_row(heading)
        self._links: list[bytes] = []
        self._matched: dict[str, str | None] = {}

    def prepare(self, styles: Styles) -> None:
        """Fix the cell formats; needed once before :meth:`chunks`, because styles.xml may be written first."""
        self._styles = {look: styles.look(look) for look in Look}

    def chunks(self, findings: Sequence[Finding]) -> Iterator[bytes]:
        """Yield the sheet: errors first, otherwise in the order given."""
        ordered = sorted(findings, key=lambda one: rank(one.severity))[:_ROWS_LIMIT]
        last = self._header + len(ordered)
        yield self._start(last).encode()
        yield "".join(self._top()).encode()
        for first in range(0, len(ordered), 500):
            rows = (self._row(first + number, one) for number, one in enumerate(ordered[first : first + 500], 1))
            yield "".join(rows).encode()
        yield b"</sheetData>"
        yield f'<autoFilter ref="A{self._header}:G{max(last, self._header + 1)}"/>'.encode()
        if self._links:
            yield b"<hyperlinks>" + b"".join(self._links) + b"</hyperlinks>"
        yield (
            b'<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
            b'<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
            b"<headerFooter><oddFooter>&amp;C&amp;P/&amp;N</oddFooter></headerFooter></worksheet>"
        )

    def _start(self, last: int) -> str:
        pane = f'ySplit="{self._header}" topLeftCell="A{self._header + 1}" activePane="bottomLeft" state="frozen"'
        cols = "".join(
            f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
            for number, width in enumerate(_WIDTHS, 1)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<worksheet xmlns="{self._main}" xmlns:r="{MAIN[self._main]}">'
            '<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<dimension ref="A1:G{max(last, self._header)}"/>'
            f'<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"><pane {pane}/>'
            f'<selection pane="bottomLeft" activeCell="A{self._header + 1}" sqref="A{self._header + 1}"/>'
            f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols><sheetData>'
        )

    def _top(self) -> Iterator[str]:
        yield f'<row r="1" ht="21" customHeight="1">{self._text("A1", Look.TITLE, self._title)}</row>'
        for number, line in enumerate(self._heading, 2):
            yield f'<row r="{number}">{self._text(f"A{number}", Look.HEADING, line)}</row>'
        row = self._header
        cells = (self._text(f"{'ABCDEFG'[at]}{row}", Look.HEADER, word) for at, word in enumerate(self._words.columns))
        yield f'<row r="{row}" ht="20" customHeight="1">{"".join(cells)}</row>'

    def _row(self, number: int, one: Finding) -> str:
        row = self._header + number
        place, fixed = one.place, self._styles
        linked = self._link(one, row)
        cells = (
            f'<c r="A{row}" s="{fixed[Look.CENTRE]}"><v>{number}</v></c>',
            self._text(f"B{row}", _LOOKS[one.severity], self._words.severities[one.severity]),
            self._text(f"C{row}", Look.TEXT, place.sheet),
            self._text(f"D{row}", Look.LINK if linked else Look.CENTRE, place.cell),
            self._text(f"E{row}", Look.TEXT, place.column),
            self._text(f"F{row}", Look.TEXT, told(one)),
            self._text(f"G{row}", Look.TEXT, one.fix),
        )
        texts = ("", "", place.sheet, "", place.column, told(one), one.fix)
        return f'<row r="{row}" ht="{_height(texts)}" customHeight="1">{"".join(cells)}</row>'

    def _link(self, one: Finding, row: int) -> bool:
        cell = cell_of(one.place.cell)
        sheet = self._sheet(one.place.sheet)
        if cell is None or sheet is None or len(self._links) >= _LINKS_LIMIT:
            return False
        target = escape_xml(f"{quoted(sheet)}!{address_of(cell)}")
        self._links.append(f'<hyperlink ref="D{row}" location="{target}" display="{address_of(cell)}"/>'.encode())
        return True

    def _sheet(self, name: str) -> str | None:
        if name not in self._matched:
            index = match_sheet(name, self._sheets)
            self._matched[name] = None if index is None else self._sheets[index]
        return self._matched[name]

    def _text(self, address: str, look: Look, text: str) -> str:
        clean = escape_xml(shield_escapes(plain_text(text)))
        style = self._styles[look]
        if not clean:
            return f'<c r="{address}" s="{style}"/>'
        return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>'


def _height(texts: Sequence[str]) -> int:
    """Return the height in points that a row of wrapped *texts* needs: LibreOffice does not find it by itself."""
    lines = (
        sum(int(len(line) / (width * _LETTERS)) + 1 for line in text[:10_000].split("\n"))
        for text, width in zip(texts, _WIDTHS, strict=True)
    )
    return min(max(lines) * _LINE + 3, _TALLEST)
