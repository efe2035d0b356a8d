"""The rows of a worksheet part, patched while they flow past; no tree of them is ever built."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import IO, TYPE_CHECKING

from bot.model import number_of
from bot.reply.marked.archive import BLOCK, TREE_LIMIT, UnpatchableError
from bot.reply.marked.frame import Head, Tail, read_head, read_tail
from bot.reply.marked.marks import LAST_ROW, Cell, Mark, Touch, address_of
from bot.reply.marked.package import parse_xml, write_xml
from bot.reply.marked.styles import Shape
from bot.reply.marked.value import shape_of, written_value

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from bot.reply.marked.styles import Styles

_START = re.compile(rb"<([\w.-]+:)?sheetData\s*(/?)>")
_R = re.compile(rb"(?<!\S)r\s*=\s*[\"']([A-Za-z]*)0*([0-9]{1,7})[\"']")
_STYLE = re.compile(rb"(?<!\S)s\s*=\s*[\"']([0-9]{1,6})[\"']")
_TYPE = re.compile(rb"\s+t\s*=\s*(\"[^\"]*\"|'[^']*')")
_SPANS = re.compile(rb"\s+spans\s*=\s*(\"[^\"]*\"|'[^']*')")
_CUSTOM = re.compile(rb"(?<!\S)customFormat\s*=\s*[\"'](1|true)[\"']")
_ENCODING = re.compile(rb"<\?xml[^>]*\sencoding\s*=\s*[\"']([\w.-]+)")
_PLAIN = {b"utf-8", b"us-ascii", b"ascii"}


class OddTextError(Exception):
    """The part has comments, CDATA or another encoding: :func:`plain_source` makes it fit to be scanned."""


class MergedAwayError(Exception):
    """Marked cells lie hidden under merged ones; carries hidden cell → the cell that shows."""

    def __init__(self, shown: Mapping[Cell, Cell]) -> None:
        """Take the cells to mark instead."""
        super().__init__("marks lie under merged cells")
        self.shown = shown


def plain_source(stream: IO[bytes]) -> bytes:
    """Return an odd part as plain UTF-8; raises UnpatchableError where it is too large for a tree, or broken."""
    data = stream.read(TREE_LIMIT + 1)
    if len(data) > TREE_LIMIT:
        raise UnpatchableError("an odd sheet is too large")
    return write_xml(parse_xml(data, plain=True))


class SheetPatch:
    """One worksheet on its way through.

    :meth:`chunks` yields the new part; afterwards ``head`` and ``tail`` tell what was found around the rows, and
    ``untouched`` which cells keep their content, because a formula makes it or because they were not there.
    It raises UnpatchableError, OddTextError and MergedAwayError.
    """

    head: Head
    tail: Tail

    def __init__(
        self,
        stream: IO[bytes],
        touches: Mapping[Cell, Touch],
        styles: Styles,
        drawing: str | None = None,
        *,
        since_1904: bool = False,
    ) -> None:
        """Take the part as a stream, and what happens to which cells.

        *drawing* is the relationship id of the drawing that notes need; *since_1904* says how the workbook counts days.
        """
        self._stream = stream
        self._styles = styles
        self._drawing = drawing
        self._since_1904 = since_1904
        self.untouched: set[Cell] = set()
        self._cells = sorted(touches)
        self._rows: dict[int, list[tuple[int, Touch]]] = {}
        for cell in self._cells:
            self._rows.setdefault(cell[0], []).append((cell[1], touches[cell]))
        self._pending = sorted(self._rows, reverse=True)
        self._last = 0
        self._edge = False

    def chunks(self) -> Iterator[bytes]:
        """Yield the patched part."""
        start, rest, empty = self._read_head()
        yield self.head.written
        yield start
        if empty:
            after = rest + self._read_rest()
        else:
            after = yield from self._patch_rows(rest)
        yield b"".join(self._insert_rows(LAST_ROW + 1))
        yield b"</" + self.head.prefix + b"sheetData>"
        self.tail = read_tail(after, self.head, self._drawing)
        self._look_under_merged()
        yield self.tail.written

    def _read_head(self) -> tuple[bytes, bytes, bool]:
        """Read up to the rows; return their start tag, what was read after it, and whether there are no rows."""
        data = self._read()
        encoding = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
        if b"\0" in data[:64] or (encoding and encoding[1].lower() not in _PLAIN):
            raise OddTextError
        while (match := _START.search(data)) is None:
            chunk = self._read()
            data += chunk
            if not chunk or len(data) > TREE_LIMIT:
                raise UnpatchableError("a sheet without sheetData")
        self.head = read_head(data[: match.start()], self._cells)
        self._compile(self.head.prefix)
        start = b"<" + self.head.prefix + b"sheetData>"
        return start, data[match.end() :], bool(match[2])

    def _compile(self, prefix: bytes) -> None:
        name = re.escape(prefix)
        self._row_open = b"<" + prefix + b"row"
        self._row_close = b"</" + prefix + b"row"
        self._end = b"</" + prefix + b"sheetData"
        self._row = re.compile(b"<" + name + rb"row(?:\s+r=\"([1-9][0-9]{0,6})\")?((?:\s[^>]*)?/?)>")
        self._cell = re.compile(b"<" + name + rb"c(\s[^>]*)?(/?)>")
        self._cell_close = re.compile(b"</" + name + rb"c\s*>")
        self._formula = re.compile(b"<" + name + rb"f[\s/>]")
        self._name = prefix

    def _patch_rows(self, buffer: bytes) -> Generator[bytes, None, bytes]:
        """Yield the rows in blocks of whole rows; return what follows them."""
        while (end := buffer.find(self._end)) < 0:
            cut = buffer.rfind(self._row_open)
            if cut > 0:
                yield self._patch_block(buffer[:cut])
                buffer = buffer[cut:]
            chunk = self._read()
            if not chunk or len(buffer) > TREE_LIMIT:
                raise UnpatchableError("the rows have no end")
            buffer += chunk
        yield self._patch_block(buffer[:end])
        after = buffer[end:] + self._read_rest()
        return after[after.find(b">") + 1 :]

    def _read(self) -> bytes:
        """Return the next bytes; raises OddTextError where they hold a comment, CDATA or a document type."""
        chunk = self._stream.read(BLOCK)
        if b"<!" in chunk or (self._edge and chunk.startswith(b"!")):
            raise OddTextError
        self._edge = chunk.endswith(b"<")
        return chunk

    def _read_rest(self) -> bytes:
        rest = self._stream.read(TREE_LIMIT + 1)
        if len(rest) > TREE_LIMIT:
            raise UnpatchableError("too much after the rows")
        return rest

    def _patch_block(self, block: bytes) -> bytes:
        """Return a block of whole rows, with its marks."""
        pieces: list[bytes] = []
        done = 0
        for match in self._row.finditer(block):
            number = int(match[1]) if match[1] else self._row_number(match[2])
            if number <= self._last:
                raise UnpatchableError("rows are not in order")
            self._last = number
            if not self._pending or number < self._pending[-1]:
                continue
            pieces.append(block[done : match.start()])
            pieces += self._insert_rows(number)
            done = match.start()
            if self._pending and self._pending[-1] == number:
                row, done = self._patch_row(block, match)
                pieces.append(row)
        return b"".join((*pieces, block[done:])) if pieces else block

    def _row_number(self, attributes: bytes) -> int:
        match = _R.search(attributes)
        return int(match[2]) if match and not match[1] else self._last + 1

    def _insert_rows(self, before: int) -> list[bytes]:
        """Return new rows for the marked ones that the sheet does not have, up to the row *before*."""
        rows = []
        while self._pending and self._pending[-1] < before:
            number = self._pending.pop()
            cells = b"".join(self._new_cell(number, column, touch) for column, touch in self._rows[number])
            rows.append(b'<%brow r="%d">%b</%brow>' % (self._name, number, cells, self._name))
        return rows

    def _patch_row(self, block: bytes, match: re.Match[bytes]) -> tuple[bytes, int]:
        """Return the row with its marks, and where it ends in the block."""
        number = self._pending.pop()
        attributes = match[0][len(self._row_open) : -1]
        bare = attributes.endswith(b"/")
        attributes = attributes.rstrip(b"/")
        end = match.end() if bare else block.find(self._row_close, match.end())
        if end < 0:
            raise UnpatchableError("a row has no end")
        style = _STYLE.search(attributes)
        row_style = int(style[1]) if style and _CUSTOM.search(attributes) else None
        cells = self._patch_cells(block[match.end() : end], number, row_style)
        # The hint at the columns in use would be wrong when a cell came in.
        start = self._row_open + _SPANS.sub(b"", attributes) + b">"
        return start + cells + (self._row_close + b">" if bare else b""), end

    def _patch_cells(self, content: bytes, number: int, row_style: int | None) -> bytes:
        wanted = dict(self._rows[number])
        pieces: list[bytes] = []
        done = column = 0
        for match in self._cell.finditer(content):
            column = self._column(match[1] or b"", column)
            missing = [one for one in wanted if one < column]
            if missing or column in wanted:
                pieces.append(content[done : match.start()])
                pieces += [self._new_cell(number, one, wanted.pop(one), row_style) for one in missing]
                done = match.start()
            if column in wanted:
                cell, done = self._touched(content, match, (number, column), wanted.pop(column))
                pieces.append(cell)
            if not wanted:
                break
        if not wanted:
            return b"".join(pieces) + content[done:]
        pieces.append(content[done:])
        pieces += [self._new_cell(number, one, touch, row_style) for one, touch in wanted.items()]
        return b"".join(pieces)

    def _column(self, attributes: bytes, previous: int) -> int:
        match = _R.search(attributes)
        column = number_of(match[1].decode()) if match and match[1] else previous + 1
        if column <= previous:
            raise UnpatchableError("cells are not in order")
        return column

    def _touched(self, content: bytes, match: re.Match[bytes], cell: Cell, touch: Touch) -> tuple[bytes, int]:
        """Return the cell's start tag in its new colour, with its new content if it gets one, and where that ends."""
        attributes = match[1] or b""
        bare = b""
        if attributes.endswith(b"/") or match[2]:
            attributes, bare = attributes.rstrip(b"/"), b"/"
        if touch.value is None:
            return b"<%bc%b%b>" % (self._name, self._styled(attributes, touch.mark), bare), match.end()
        close = None if bare else self._cell_close.search(content, match.end())
        if close is None or self._formula.search(content, match.end(), close.start()):
            self.untouched.add(cell)
            return b"<%bc%b%b>" % (self._name, self._styled(attributes, touch.otherwise), bare), match.end()
        kind, inner = written_value(touch.value, self._name, since_1904=self._since_1904)
        attributes = self._styled(_TYPE.sub(b"", attributes), touch.mark, shape_of(touch.value))
        return b"<%bc%b%b>%b</%bc>" % (self._name, attributes, kind, inner, self._name), close.end()

    def _styled(self, attributes: bytes, mark: Mark, shape: Shape = Shape.AS_IS) -> bytes:
        style = _STYLE.search(attributes)
        index = b"%d" % self._styles.derive(int(style[1]) if style else 0, mark, shape)
        if style:
            return attributes[: style.start(1)] + index + attributes[style.end(1) :]
        return attributes + b' s="%b"' % index

    def _new_cell(self, row: int, column: int, touch: Touch, row_style: int | None = None) -> bytes:
        if touch.value is not None:
            self.untouched.add((row, column))
        base = self.head.column(column).style if row_style is None else row_style
        address = address_of((row, column)).encode()
        return b'<%bc r="%b" s="%d"/>' % (
            self._name,
            address,
            self._styles.derive(base, touch.mark if touch.value is None else touch.otherwise),
        )

    def _look_under_merged(self) -> None:
        """Raise MergedAwayError where a marked cell is covered by a merged one: nobody would see its mark."""
        rows = sorted(self._rows)
        shown: dict[Cell, Cell] = {}
        for first, last in self.tail.merged:
            for row in rows[bisect_left(rows, first[0]) : bisect_right(rows, last[0])]:
                for column, _ in self._rows[row]:
                    if first[1] <= column <= last[1] and (row, column) != first:
                        shown[row, column] = first
        if shown:
            raise MergedAwayError(shown)
