"""What stands around the rows of a worksheet part: few elements, so they are read as trees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from bot.reply.marked.archive import UnpatchableError
from bot.reply.marked.marks import Cell, address_of, cell_of
from bot.reply.marked.package import MAIN, child, children, local, namespace, parse_xml, write_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CUT = b"<?cut?>"
_ROOT = re.compile(rb"<([\w.-]+:)?worksheet(?=[\s/>])(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_AFTER_DRAWING = frozenset(
    ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
)
"""What follows ``legacyDrawing`` in a worksheet (ECMA-376 part 1, 18.3.1.99)."""
_DEFAULT_WIDTH = 9.14
_DEFAULT_HEIGHT = 15.0


@dataclass(frozen=True, slots=True)
class Span:
    """One ``col`` element: columns from *first* to *last*."""

    first: int
    last: int
    width: float | None
    style: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Head:
    """What a sheet says before its rows."""

    written: bytes
    """With the dimension widened and the tab not selected."""
    root: bytes
    """The start tag of the root element, with every namespace that the rest of the part may use."""
    prefix: bytes
    """The namespace prefix of the sheet's elements, ``x:`` or nothing."""
    relation: str
    """The namespace of relationship ids."""
    spans: tuple[Span, ...]
    width: float
    """The default width of a column, in characters."""
    height: float
    """The default height of a row, in points."""

    def column(self, number: int) -> Span:
        """Return how the column of that number looks."""
        found = next((one for one in self.spans if one.first <= number <= one.last), None)
        return found or Span(number, number, None, 0, hidden=False)


def read_head(data: bytes, marked: Iterable[Cell]) -> Head:
    """Read what stands before ``<sheetData``; raises UnpatchableError where that is no worksheet."""
    match = _ROOT.search(data)
    if match is None:
        raise UnpatchableError("not a worksheet")
    prefix = match[1] or b""
    root = parse_xml(data + _CUT + b"</" + prefix + b"worksheet>")
    if namespace(root) not in MAIN:
        raise UnpatchableError("not a worksheet of a known namespace")
    _widen_dimension(root, marked)
    for view in root.iter(f"{{{namespace(root)}}}sheetView"):
        view.attrib.pop("tabSelected", "")
    layout = child(root, "sheetFormatPr")
    return Head(
        written=_cut(write_xml(root))[0],
        root=match[0],
        prefix=prefix,
        relation=MAIN[namespace(root)],
        spans=tuple(_spans(root)),
        width=_number(None if layout is None else layout.get("defaultColWidth")) or _DEFAULT_WIDTH,
        height=_number(None if layout is None else layout.get("defaultRowHeight")) or _DEFAULT_HEIGHT,
    )


@dataclass(frozen=True, slots=True)
class Tail:
    """What a sheet says after its rows."""

    written: bytes
    drawing: str | None
    """The relationship id of the VML drawing that was there already."""
    merged: tuple[tuple[Cell, Cell], ...]


def read_tail(data: bytes, head: Head, drawing: str | None) -> Tail:
    """Read what stands after ``</sheetData>``; *drawing* is the id to name where notes need a drawing."""
    root = parse_xml(head.root + _CUT + data)
    present = child(root, "legacyDrawing")
    if present is None and drawing is not None:
        element = etree.Element(f"{{{namespace(root)}}}legacyDrawing", nsmap={"r": head.relation})
        element.set(f"{{{head.relation}}}id", drawing)
        root.insert(_drawing_place(root), element)
    merges = (one.get("ref", "") for group in children(root, "mergeCells") for one in children(group, "mergeCell"))
    return Tail(
        written=_cut(write_xml(root))[1],
        drawing=None if present is None else present.get(f"{{{head.relation}}}id"),
        merged=tuple(area for ref in merges if (area := _area(ref))),
    )


def _drawing_place(root: etree._Element) -> int:
    for index, element in enumerate(root):
        names = {local(element)}
        if names == {"AlternateContent"}:
            names = {local(inner) for inner in element.iter()}
        if names & _AFTER_DRAWING:
            return index
    return len(root)


def _widen_dimension(root: etree._Element, marked: Iterable[Cell]) -> None:
    """Let the dimension hold the marked cells: readers that trust it would not see them."""
    dimension = child(root, "dimension")
    area = None if dimension is None else _area(dimension.get("ref", ""))
    cells = list(marked)
    if dimension is None or area is None or not cells:
        return
    corners = [*area, *cells]
    first = min(row for row, _ in corners), min(column for _, column in corners)
    last = max(row for row, _ in corners), max(column for _, column in corners)
    dimension.set("ref", f"{address_of(first)}:{address_of(last)}")


def _area(ref: str) -> tuple[Cell, Cell] | None:
    first, _, last = ref.partition(":")
    corners = cell_of(first), cell_of(last or first)
    return None if corners[0] is None or corners[1] is None else (corners[0], corners[1])


def _spans(root: etree._Element) -> Iterator[Span]:
    for group in children(root, "cols"):
        for one in children(group, "col"):
            first, last = _number(one.get("min")), _number(one.get("max"))
            if first and last:
                style = int(_number(one.get("style")) or 0)
                hidden = one.get("hidden") in ("1", "true")
                yield Span(int(first), int(last), _number(one.get("width")), style, hidden)


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number < 1 << 20 else None


def _cut(data: bytes) -> tuple[bytes, bytes]:
    before, cut, after = data.partition(_CUT)
    if not cut or _CUT in after:
        raise UnpatchableError("a sheet cannot be cut at its rows")
    return before, after
