"""Notes at cells: a comments part for the text and a VML drawing for the boxes (ECMA-376 parts 1, 18.7 and 4, 19)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from bot.reply.marked.archive import UnpatchableError
from bot.reply.marked.marks import LAST_COLUMN, LAST_ROW, Cell, address_of, cell_of, mark_of, rank, told
from bot.reply.marked.package import child, children, local, namespace, parse_xml, write_xml
from bot.reply.marked.text import escape_xml, plain_text, shield_escapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Finding
    from bot.reply.marked.frame import Head
    from bot.reply.marked.marks import Marks
    from bot.reply.marked.words import Words

NOTE_LIMIT = 4_000
"""UTF-16 units of one note: nobody reads more in a box, and the list has the whole."""

_RUN = (
    '<r><rPr>{bold}<sz val="10"/><color indexed="81"/><rFont val="Tahoma"/><family val="2"/></rPr>'
    '<t xml:space="preserve">{text}</t></r>'
)
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:{left}pt;margin-top:{top}pt;'
    'width:{width}pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_SHAPE_ID = re.compile(rb"_x0000_s([0-9]{1,9})\b")
_CLOSE = re.compile(rb"</xml\s*>\s*\Z")
_OLD_SHAPE = re.compile(rb"<v:shape\s(?:(?!</v:shape>).)*?</v:shape>", re.DOTALL)
_OLD_CELL = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>\s*<x:Column>\s*(\d+)\s*</x:Column>")
_PARAGRAPHS = 20
_BLOCK = 1024
"""Shape ids that one number of the drawing's id map stands for."""

_WIDTH, _LINE, _MARGIN, _TALLEST = 330, 17, 14, 400
_LETTERS_IN_LINE = 46


@dataclass(frozen=True, slots=True)
class Note:
    """One note: its cell and its paragraphs, each with a leading word in bold."""

    cell: Cell
    paragraphs: tuple[tuple[str, str], ...]

    @property
    def lines(self) -> int:
        """Return about how many lines the box must show."""
        texts = (f"{lead}{text}" for lead, text in self.paragraphs)
        return sum(len(line) // _LETTERS_IN_LINE + 1 for text in texts for line in text.split("\n"))


def note_for(cell: Cell, findings: Sequence[Finding], words: Words) -> Note:
    """Return the note that says what is wrong at a cell and how to fix it or what was repaired, the worst first."""
    first = sorted(findings, key=lambda one: rank(mark_of(one)))[:_PARAGRAPHS]
    share = NOTE_LIMIT // (2 * len(first))
    paragraphs: list[tuple[str, str]] = []
    for one in first:
        paragraphs.append((f"{words.labels[mark_of(one)]}: ", plain_text(told(one), share)))
        if one.repair is not None:
            paragraphs.append(("", plain_text(words.change(one.written, one.repair), share)))
        elif one.fix:
            paragraphs.append((f"{words.fix}: ", plain_text(one.fix, share)))
    return Note(cell, tuple(paragraphs))


class Comments:
    """The comments part of one sheet."""

    def __init__(self, data: bytes | None, main: str, author: str) -> None:
        """Read the part, or start one in namespace *main*; raises UnpatchableError where it is something else."""
        start = f'<comments xmlns="{main}"><authors/><commentList/></comments>'
        self._root = parse_xml(start.encode() if data is None else data)
        authors, found = child(self._root, "authors"), child(self._root, "commentList")
        if local(self._root) != "comments" or authors is None or found is None:
            raise UnpatchableError("a comments part holds no comments")
        self._main = namespace(self._root)
        self._list = found
        self._author = self._author_index(authors, author)

    def _author_index(self, authors: etree._Element, author: str) -> str:
        names = [one.text for one in children(authors, "author")]
        if author not in names:
            etree.SubElement(authors, f"{{{self._main}}}author").text = author
            names.append(author)
        return str(names.index(author))

    def drop_own(self) -> set[Cell]:
        """Remove the notes that we wrote into an earlier marked copy; return their cells."""
        dropped = set()
        for one in children(self._list, "comment"):
            cell = cell_of(one.get("ref", ""))
            if one.get("authorId") == self._author and cell is not None:
                self._list.remove(one)
                dropped.add(cell)
        return dropped

    def add(self, notes: Sequence[Note]) -> list[Note]:
        """Add the notes; return those that need a box, because no comment of the sender stands at their cell."""
        present = {cell_of(one.get("ref", "")): one for one in children(self._list, "comment")}
        boxed = []
        for note in notes:
            comment = present.get(note.cell)
            if comment is None:
                fields = {"ref": address_of(note.cell), "authorId": self._author}
                comment = etree.SubElement(self._list, f"{{{self._main}}}comment", fields)
                etree.SubElement(comment, f"{{{self._main}}}text")
                boxed.append(note)
            self._write(comment, note)
        return boxed

    def _write(self, comment: etree._Element, note: Note) -> None:
        text = child(comment, "text")
        if text is None:
            text = etree.SubElement(comment, f"{{{self._main}}}text")
        gap = "\n\n" if len(text) else ""
        runs = []
        for lead, words in note.paragraphs:
            runs.append(_run(gap + lead, bold=True) + _run(words, bold=False))
            gap = "\n"
        text.extend(list(parse_xml(f'<text xmlns="{self._main}">{"".join(runs)}</text>'.encode())))

    def written(self) -> bytes:
        """Return the part as bytes."""
        return write_xml(self._root)


def _run(text: str, *, bold: bool) -> str:
    return _RUN.format(bold="<b/>" if bold else "", text=escape_xml(shield_escapes(text)))


def draw_boxes(drawing: bytes | None, notes: Sequence[Note], head: Head, first_block: int) -> bytes:
    """Return the VML drawing with a box for each note; a new drawing numbers its shapes from *first_block*.

    A drawing of the sender's is no XML that one may parse (Excel itself writes ``<br>`` into it), so the boxes are
    put in before its end; raises UnpatchableError where that is not found.
    """
    if drawing is None:
        count = blocks_of(notes)
        blocks = ",".join(str(first_block + one) for one in range(count))
        drawing, first = _VML.format(blocks=blocks).encode(), first_block * _BLOCK + 1
    else:
        first = max((int(one) for one in _SHAPE_ID.findall(drawing)), default=_BLOCK) + 1
    close = _CLOSE.search(drawing)
    if close is None:
        raise UnpatchableError("a drawing has no end")
    place = close.start()
    shapes = "" if b'"_x0000_t202"' in drawing else _SHAPE_TYPE
    grid = _Grid(head)
    shapes += "".join(grid.shape(note, first + number, number + 1) for number, note in enumerate(notes))
    return drawing[:place] + shapes.encode() + drawing[place:]


def blocks_of(notes: Sequence[Note]) -> int:
    """Return how many blocks of shape ids the notes take."""
    return len(notes) // _BLOCK + 1


def erase_boxes(drawing: bytes, cells: set[Cell]) -> bytes:
    """Return the drawing without the note boxes of these cells."""

    def keep(match: re.Match[bytes]) -> bytes:
        cell = _OLD_CELL.search(match[0])
        ours = b'"Note"' in match[0] and cell is not None and (int(cell[1]) + 1, int(cell[2]) + 1) in cells
        return b"" if ours else match[0]

    return _OLD_SHAPE.sub(keep, drawing)


class _Grid:
    """The sheet's columns in pixels, so that a box is as wide over narrow columns as over broad ones."""

    def __init__(self, head: Head) -> None:
        self._widths: dict[int, int] = {}
        self._head = head
        self._row = max(round(head.height * 4 / 3), 8)

    def _width(self, column: int) -> int:
        if column not in self._widths:
            span = self._head.column(column)
            width = self._head.width if span.width is None else span.width
            self._widths[column] = 0 if span.hidden else round(width * 7)
        return self._widths[column]

    def shape(self, note: Note, shape_id: int, order: int) -> str:
        """Return the box right of the note's cell, left of it at the sheet's edge."""
        row, column = note.cell
        height = min(max(note.lines, 3) * _LINE + _MARGIN, _TALLEST)
        rows = height // self._row + 1
        top = min(max(row - 2, 0), LAST_ROW - rows - 2)
        left = min(column, LAST_COLUMN - 40)
        right, rest = left, _WIDTH + 15
        while rest > self._width(right + 1) and right < min(left + 200, LAST_COLUMN - 2):
            rest -= self._width(right + 1)
            right += 1
        return _SHAPE.format(
            id=shape_id,
            order=order,
            left=60,
            top=2,
            width=_WIDTH * 3 // 4,
            height=height * 3 // 4,
            anchor=f"{left}, 15, {top}, 4, {right}, {max(rest, 1)}, {top + rows}, 4",
            row=row - 1,
            column=column - 1,
        )


def notes_for(marks: Marks, words: Words, room: int) -> list[Note]:
    """Return the notes of one sheet in reading order, at most *room* of them."""
    return [note_for(cell, marks[cell], words) for cell in sorted(marks)[:room]]
