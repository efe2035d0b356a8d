"""The marked copy put together: which parts change, and in which order they are written."""

from __future__ import annotations

import io
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.reply.marked.archive import BLOCK, Archive, ArchiveWriter, UnpatchableError, part_key
from bot.reply.marked.book import Book
from bot.reply.marked.listing import Listing, header_row
from bot.reply.marked.marks import (
    Entry,
    cell_of,
    leave_alone,
    marks_by_sheet,
    match_sheet,
    move_marks,
    touch_of,
    unrepaired,
)
from bot.reply.marked.notes import Comments, blocks_of, draw_boxes, erase_boxes, notes_for
from bot.reply.marked.package import Package, parse_xml, write_xml
from bot.reply.marked.sheet import MergedAwayError, OddTextError, SheetPatch, plain_source
from bot.reply.marked.styles import Styles
from bot.reply.marked.words import counts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.reply.marked.book import SheetEntry
    from bot.reply.marked.marks import Cell, Marks
    from bot.reply.marked.notes import Note
    from bot.reply.marked.package import Relations
    from bot.reply.marked.words import Words

NOTES_LIMIT = 10_000
"""Notes in one workbook: office programs become slow beyond; colours and the list are not limited."""

_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_FIRST_BLOCK = 1000
"""Shape ids of new drawings start in this block of 1,024, far from those that other sheets use."""
_SELECTED = b"tabSelected"


@dataclass(frozen=True, slots=True)
class _Annexes:
    """The parts beside one sheet that hold its notes."""

    relations: Relations
    comments: str | None
    """The comments part, there already or reserved; None where no note is needed."""
    drawing_id: str | None
    """The relationship id for a drawing, to be used where the sheet has none."""


class MarkedCopy:
    """One workbook on its way to its marked copy; used once."""

    def __init__(self, data: bytes, entries: Sequence[Entry], words: Words) -> None:
        """Read the workbook's frame; raises UnpatchableError or one of DAMAGE where there is none."""
        self._archive = Archive(data)
        self._package = Package(self._archive)
        self._book = Book(self._package)
        self._folder = posixpath.dirname(self._book.part)
        self._entries = entries
        self._words = words
        self._writer = ArchiveWriter()
        self._styles_part, self._styles = self._open_styles()
        self._earlier = self._book.earlier_list()
        self._names = [one.name if one.cells else "" for one in self._book.sheets]
        self._marks = marks_by_sheet([one.finding for one in entries], self._names)
        self._untouched: dict[int, set[Cell]] = {}
        """Index of a sheet → cells that are not repaired after all."""
        self._block = _FIRST_BLOCK
        self._notes_left = NOTES_LIMIT

    def written(self, file: str, receipt: str, *, from_values: bool) -> bytes:
        """Return the marked copy as bytes; the arguments are for the lines above the list."""
        looks = Listing.looks(self._styles)
        list_part = self._reserve_list()
        annexes = {index: self._reserve(index) for index in range(len(self._book.sheets)) if index != self._earlier}
        self._package.declare_extension("vml", _VML_TYPE)
        self._package.write_types(self._writer)
        for index, annex in annexes.items():
            self._write_tab(index, annex)
        told = self._told()
        top = (self._words.title(file), *self._words.heading(receipt, counts_of(told, from_values=from_values)))
        self._place_list(list_part, header_row(top))
        listing = Listing(top, self._words, self._names, self._book.main, looks)
        self._writer.add(self._package.name_of(list_part), listing.chunks(told))
        self._package.streamed.add(part_key(list_part))
        self._package.put(self._styles_part, self._styles.written())
        if any(one.finding.repair is not None for one in told):
            self._book.recalculate()
        self._package.put(self._book.part, self._book.written())
        self._package.finish(self._writer)
        return self._writer.close()

    @property
    def suffix(self) -> str:
        """Return under which suffix Excel opens the workbook: that of its own kind, whatever the sender named it."""
        return self._book.suffix

    def _told(self) -> Sequence[Entry]:
        """Return the entries as they came out: cells that could not be repaired are not said to be."""
        if not any(self._untouched.values()):
            return self._entries
        left = {(index, cell) for index, cells in self._untouched.items() for cell in cells}
        indices = {name: match_sheet(name, self._names) for name in {one.finding.place.sheet for one in self._entries}}

        def is_left(entry: Entry) -> bool:
            place = entry.finding.place
            return (indices[place.sheet], cell_of(place.cell)) in left

        return [Entry(one.number, unrepaired(one.finding)) if is_left(one) else one for one in self._entries]

    def _open_styles(self) -> tuple[str, Styles]:
        part = self._book.relations.target("styles")
        if part is not None and self._package.has(part):
            return part, Styles(self._package.read(part), self._book.main)
        # openpyxl finds no styles under any other name.
        part = posixpath.join(self._folder, "styles.xml")
        if self._package.has(part):
            raise UnpatchableError("styles.xml is there, but does not belong to the workbook")
        self._book.relations.add(self._book.relations.free_id(), self._book.relation, "styles", part)
        self._package.declare(part, "styles")
        return part, Styles(None, self._book.main)

    def _reserve_list(self) -> str:
        """Return the part that will hold the list: that of an earlier one, or a new one."""
        if self._earlier is not None:
            self._marks.pop(self._earlier, None)
            return self._book.sheets[self._earlier].part
        part = self._package.free_part(posixpath.join(self._folder, "worksheets/sheet{}.xml"))
        self._package.declare(part, "worksheet")
        return part

    def _place_list(self, part: str, header: int) -> None:
        """Put the list into the workbook."""
        if self._earlier is not None:
            self._book.renew_list(self._earlier, header)
        else:
            self._book.insert_list(self._words.sheet, part, header)

    def _reserve(self, index: int) -> _Annexes:
        """Fix the parts that a sheet's notes will need, so that the content types can be written first."""
        sheet = self._book.sheets[index]
        relations = self._package.relations(sheet.part)
        comments = relations.target("comments") if sheet.cells else None
        if index not in self._marks:
            return _Annexes(relations, comments, None)
        drawing_id = relations.free_id()
        if comments is None:
            comments = self._package.free_part(posixpath.join(self._folder, "comments{}.xml"))
            self._package.declare(comments, "comments")
        return _Annexes(relations, comments, drawing_id)

    def _write_tab(self, index: int, annexes: _Annexes) -> None:
        """Write what changes of one tab: marks, or only that it is no longer the selected one."""
        sheet = self._book.sheets[index]
        if index in self._marks:
            patch = self._stream(sheet, self._marks[index], annexes.drawing_id)
            leave_alone(self._marks[index], patch.untouched)
            self._untouched.setdefault(index, set()).update(patch.untouched)
            self._write_notes(self._marks[index], patch, annexes)
            return
        if self._earlier is not None and annexes.comments and self._archive.has(annexes.comments):
            self._drop_notes(annexes.comments, annexes.relations)
        if self._selected(sheet):
            if sheet.cells:
                self._stream(sheet, {}, None)
            else:
                self._unselect(sheet)

    def _stream(self, sheet: SheetEntry, marks: Marks, drawing_id: str | None) -> SheetPatch:
        """Write one sheet; *marks* that lie under merged cells are moved to the cell that shows."""
        if part_key(sheet.part) in self._package.streamed:
            raise UnpatchableError("two tabs share one part")
        self._package.streamed.add(part_key(sheet.part))
        plain: bytes | None = None
        for _ in range(3):
            touches = {cell: touch_of(findings) for cell, findings in marks.items()}
            source = self._archive.open(sheet.part) if plain is None else io.BytesIO(plain)
            with source:
                patch = SheetPatch(source, touches, self._styles, drawing_id, since_1904=self._book.since_1904)
                try:
                    self._writer.add(self._package.name_of(sheet.part), patch.chunks())
                except OddTextError:
                    with self._archive.open(sheet.part) as again:
                        plain = plain_source(again)
                except MergedAwayError as hidden:
                    move_marks(marks, hidden.shown.items())
                    self._untouched.setdefault(self._book.sheets.index(sheet), set()).update(hidden.shown)
                else:
                    return patch
        raise UnpatchableError("a sheet does not come to rest")

    def _write_notes(self, marks: Marks, patch: SheetPatch, annexes: _Annexes) -> None:
        """Write the comments and the drawing of one sheet."""
        if annexes.comments is None or annexes.drawing_id is None:
            return
        notes = notes_for(marks, self._words, self._notes_left)
        self._notes_left -= len(notes)
        relations = annexes.relations
        present = self._package.has(annexes.comments) and self._archive.has(annexes.comments)
        comments = Comments(
            self._package.read(annexes.comments) if present else None, self._book.main, self._words.author
        )
        dropped = comments.drop_own() if self._earlier is not None else set()
        boxed = comments.add(notes)
        if not present:
            relations.add(relations.free_id(), self._book.relation, "comments", annexes.comments)
        self._package.put(annexes.comments, comments.written())
        self._draw(boxed, dropped, patch, annexes)

    def _draw(self, boxed: list[Note], dropped: set[tuple[int, int]], patch: SheetPatch, annexes: _Annexes) -> None:
        part = annexes.relations.by_id(patch.tail.drawing) if patch.tail.drawing else None
        drawing = self._package.read(part) if part and self._package.has(part) else None
        if drawing is not None:
            drawing = erase_boxes(drawing, dropped)
        if part is None:
            part = self._package.free_part(posixpath.join(self._folder, "drawings/vmlDrawing{}.vml"))
            relation_id = patch.tail.drawing or annexes.drawing_id or ""
            annexes.relations.add(relation_id, self._book.relation, "vmlDrawing", part)
        self._package.put(part, draw_boxes(drawing, boxed, patch.head, self._block))
        self._block += blocks_of(boxed)

    def _drop_notes(self, part: str, relations: Relations) -> None:
        """Take the notes of an earlier marked copy off a sheet that has no finding any more."""
        comments = Comments(self._package.read(part), self._book.main, self._words.author)
        dropped = comments.drop_own()
        drawing = relations.target("vmlDrawing")
        if dropped and drawing is not None and self._package.has(drawing):
            self._package.put(part, comments.written())
            self._package.put(drawing, erase_boxes(self._package.read(drawing), dropped))

    def _selected(self, sheet: SheetEntry) -> bool:
        """Return whether the tab is selected: two selected tabs would be edited together."""
        if not sheet.part or not self._archive.has(sheet.part):
            return False
        with self._archive.open(sheet.part) as stream:
            return _SELECTED in stream.read(BLOCK)

    def _unselect(self, sheet: SheetEntry) -> None:
        root = parse_xml(self._package.read(sheet.part))
        for view in root.iter("{*}sheetView"):
            view.attrib.pop(_SELECTED.decode(), "")
        self._package.put(sheet.part, write_xml(root))
