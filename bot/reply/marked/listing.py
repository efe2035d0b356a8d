"""The first sheet of the marked copy: every finding, with a link to its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.reply.marked.marks import Mark, address_of, cell_of, mark_of, match_sheet, rank, shown, told
from bot.reply.marked.package import MAIN
from bot.reply.marked.styles import Look
from bot.reply.marked.text import escape_xml, plain_text, shield_escapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.model import Place
    from bot.reply.marked.marks import Entry
    from bot.reply.marked.styles import Styles
    from bot.reply.marked.words import Words

_WIDTHS = (6, 15, 16, 8, 22, 48, 40, 18, 18)
_LETTERS_OF_COLUMNS = "ABCDEFGHI"
_LAST = _LETTERS_OF_COLUMNS[-1]
_LINE, _TALLEST = 15, 409
_LETTERS = 1.1
"""Letters of Times New Roman 11 that fit into one unit of a column's width."""
_LINKS_LIMIT = 65_000
"""Excel follows at most 65,530 links on one sheet."""
_ROWS_LIMIT = 1_000_000
_LOOKS = {
    Mark.ERROR: Look.ERROR,
    Mark.QUERY: Look.QUERY,
    Mark.OFFERED: Look.CHANGED,
    Mark.REPAIRED: Look.CHANGED,
    Mark.NOTE: Look.NOTE,
}


def header_row(top: Sequence[str]) -> int:
    """Return the number of the row that holds the column titles, below the lines at the *top*."""
    return len(top) + 2


def quoted(sheet: str) -> str:
    """Return a sheet's name as a formula names it: ``'Biểu I.1'``."""
    return "'" + sheet.replace("'", "''") + "'"


class Listing:
    """The list sheet as XML; rows go out as they are made."""

    def __init__(
        self, top: Sequence[str], words: Words, sheets: Sequence[str], main: str, looks: Mapping[Look, int]
    ) -> None:
        """Take the lines above the list, its words, the names of the workbook's sheets, the main namespace, formats."""
        self._title, *self._heading = top
        self._words = words
        self._sheets = sheets
        self._main = main
        self._styles = looks
        self._header = header_row(top)
        self._links: list[bytes] = []
        self._matched: dict[str, str | None] = {}

    @staticmethod
    def looks(styles: Styles) -> dict[Look, int]:
        """Return the cell formats of a list, added to *styles*."""
        return {look: styles.look(look) for look in Look}

    def chunks(self, entries: Sequence[Entry]) -> Iterator[bytes]:
        """Yield the sheet: what the mail numbers in its order, then the notes, otherwise in the order given."""
        ordered = sorted(entries, key=_order)[:_ROWS_LIMIT]
        last = self._header + len(ordered)
        yield self._start(last).encode()
        yield "".join(self._top()).encode()
        for first in range(0, len(ordered), 500):
            rows = (
                self._row(row, one) for row, one in enumerate(ordered[first : first + 500], self._header + first + 1)
            )
            yield "".join(rows).encode()
        yield b"</sheetData>"
        yield f'<autoFilter ref="A{self._header}:{_LAST}{max(last, self._header + 1)}"/>'.encode()
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
            f'<dimension ref="A1:{_LAST}{max(last, self._header)}"/>'
            f'<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"><pane {pane}/>'
            f'<selection pane="bottomLeft" activeCell="A{self._header + 1}" sqref="A{self._header + 1}"/>'
            f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols><sheetData>'
        )

    def _top(self) -> Iterator[str]:
        yield f'<row r="1" ht="21" customHeight="1">{self._text("A1", Look.TITLE, self._title)}</row>'
        for number, line in enumerate(self._heading, 2):
            yield f'<row r="{number}">{self._text(f"A{number}", Look.HEADING, line)}</row>'
        row = self._header
        cells = (
            self._text(f"{_LETTERS_OF_COLUMNS[at]}{row}", Look.HEADER, word)
            for at, word in enumerate(self._words.columns)
        )
        yield f'<row r="{row}" ht="20" customHeight="1">{"".join(cells)}</row>'

    def _row(self, row: int, entry: Entry) -> str:
        one = entry.finding
        mark = mark_of(one)
        linked = self._link(one.place, row)
        after = "" if one.repair is None else shown(one.repair)
        number = f"<v>{entry.number}</v>" if entry.number else ""
        columns = (
            (_LOOKS[mark], self._words.labels[mark]),
            (Look.TEXT, one.place.sheet),
            (Look.LINK if linked else Look.CENTRE, one.place.cell),
            (Look.TEXT, one.place.column),
            (Look.TEXT, told(one)),
            (Look.TEXT, one.fix),
            (Look.TEXT, one.written),
            (Look.TEXT, after),
        )
        texts = (self._text(f"{_LETTERS_OF_COLUMNS[at]}{row}", *column) for at, column in enumerate(columns, 1))
        height = _height(["", *(text for _, text in columns)])
        first = f'<c r="A{row}" s="{self._styles[Look.CENTRE]}">{number}</c>'
        return f'<row r="{row}" ht="{height}" customHeight="1">{first}{"".join(texts)}</row>'

    def _link(self, place: Place, row: int) -> bool:
        cell = cell_of(place.cell)
        sheet = self._sheet(place.sheet)
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


def _order(entry: Entry) -> tuple[bool, int, int]:
    return not entry.number, entry.number, rank(mark_of(entry.finding))


def _height(texts: Sequence[str]) -> int:
    """Return the height in points that a row of wrapped *texts* needs: LibreOffice does not find it by itself."""
    lines = (
        sum(int(len(line) / (width * _LETTERS)) + 1 for line in text[:10_000].split("\n"))
        for text, width in zip(texts, _WIDTHS, strict=True)
    )
    return min(max(lines) * _LINE + 3, _TALLEST)
