"""What the fast reader cannot see in an .xlsx: error cells, formulas without a value, fonts of before Unicode.

Each sheet's part is unpacked once more and searched for the few bytes that give such cells away; only where they stand
are the cells themselves looked at. Strict and transitional packages (ECMA-376 parts 1 and 4) are the same to it.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from isal import isal_zlib
from lxml import etree

from bot.model import number_of
from bot.sheet.drawn import MOST_COLUMNS
from bot.sheet.fonts import Fonts
from bot.sheet.grid import Cell, Cells, Uncalculated
from bot.sheet.hidden import NOTHING_HIDDEN, Hidden
from bot.sheet.legacy import coding_of_font

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bot.sheet.legacy import Coding

DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, struct.error, ValueError,
    OverflowError, LookupError, OSError, etree.XMLSyntaxError,
)  # fmt: skip
"""What zipfile and the parser let through for foreign bytes; then the fast reader's word stands alone."""

_PIECE = 2**20
_PACKED = 2**16
"""Packed bytes that are unpacked at a time: at most a thousand times as many come out (RFC 1951)."""
_LONGEST_TAG = 1024
_LONGEST_CELL = 2**22
"""Bytes that are kept for a cell whose end has not come yet."""
_MOST_STYLES = 32 * 2**20
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_TEXT_FORMULA = re.compile(rb'\bt="str"')
_ROOT = re.compile(rb"<(\w+:)?worksheet\b")
_OLD_FONT = re.compile(rb'val="\s*(?:\.Vn|VNI[- ])', re.IGNORECASE)
_DATE_1904 = re.compile(rb'\bdate1904="(?:1|true|on)"')
_HIDDEN = re.compile(rb'<(?:\w+:)?(?:row|col)\b[^<>]*\bhidden="(?:1|true|on)"[^<>]*>')
_SPAN = re.compile(rb'\b(r|min|max)="(\d{1,7})"')
_BOOK = re.compile(r"(?:^|[\\/])workbook[^\\/]*\.xml$", re.IGNORECASE)


class _Patterns(NamedTuple):
    """How cells are written under one prefix: each begins with fixed bytes, which is what makes it fast."""

    cell: re.Pattern[bytes]
    error: re.Pattern[bytes]
    uncalculated: re.Pattern[bytes]
    value: re.Pattern[bytes]
    styled: re.Pattern[bytes]

    @classmethod
    def of(cls, prefix: bytes) -> _Patterns:
        """Return the patterns for ``<x:c …>`` where *prefix* is ``x:``."""
        patterns = (
            rb"<@c\b([^<>]*)>",
            rb'<@c\b([^<>]*\bt="e"[^<>]*)>(.*?)</@c>',
            rb"<@f\b[^<>]*(?:/>|>([^<]*)</@f>)\s*(?:<@v\s*/>|<@v>\s*</@v>)?\s*</@c>",
            rb"<@v>([^<]*)</",
            rb'<@c\b[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"[^<>]*?\bs="(\d+)"',
        )
        return cls(*(re.compile(one.replace(b"@", prefix), re.DOTALL) for one in patterns))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a second look at one sheet shows."""

    patches: Cells
    """Error cells as ``#REF!``, formulas without a value as ``Uncalculated``."""
    fonts: Fonts = field(default_factory=Fonts)
    hidden: Hidden = NOTHING_HIDDEN
    from_1904: bool = False
    """The numbers of its days count from 1904, as old Macintoshes had it."""

    def __bool__(self) -> bool:
        """Tell whether there is anything to say of the sheet."""
        return bool(self.patches.rows or self.fonts or any(self.hidden) or self.from_1904)


def look_closer(data: bytes, names: Collection[str]) -> dict[str, Seen]:
    """Return what the sheets of those names in the .xlsx *data* hold besides what the fast reader gives.

    A sheet about which there is nothing to say is not in it; a package that cannot be unpacked yields nothing.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            styles, from_1904 = _legacy_styles(package), _counts_from_1904(package)
            seen: dict[str, Seen] = {}
            for name, part in _sheet_parts(package):
                if name in names:
                    found = _look(_unpacked(data, package.getinfo(part)), styles)
                    if found := replace(found, from_1904=from_1904):
                        seen[name] = found
            return seen
    except DAMAGE:
        return {}


# ------------------------------------------------------------------------------------------------------------
# Which part is which sheet, and which styles wear an old font
# ------------------------------------------------------------------------------------------------------------


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield (name of the sheet, its part) of the package, whatever its parts are called (ECMA-376 part 2)."""
    book = _workbook_part(package)
    if book is None:
        return
    folder, _, file = book.rpartition("/")
    targets = {
        one.get("Id"): posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
        for one in _parse(package, f"{folder}/_rels/{file}.rels".lstrip("/"))
    }
    parts = {_plain(name): name for name in package.namelist()}
    for one in _parse(package, parts[_plain(book)]).iter():
        if one.tag.rpartition("}")[2] == "sheet":
            key = next((str(value) for at, value in one.attrib.items() if str(at).endswith("}id")), None)
            part = parts.get(_plain(targets.get(key, "")))
            if part is not None:
                yield one.get("name", ""), part


def _counts_from_1904(package: zipfile.ZipFile) -> bool:
    """Tell whether the workbook's days count from 1904 (18.2.28, workbookPr)."""
    book = _workbook_part(package)
    if book is None:
        return False
    parts = {_plain(name): name for name in package.namelist()}
    with package.open(parts[_plain(book)]) as xml:
        return bool(_DATE_1904.search(xml.read(_MOST_STYLES)))


def _workbook_part(package: zipfile.ZipFile) -> str | None:
    found = [name for name in package.namelist() if _BOOK.search(name)]
    return min(found, key=len).replace("\\", "/") if found else None


def _parse(package: zipfile.ZipFile, part: str) -> etree._Element:
    names = {_plain(name): name for name in package.namelist()}
    with package.open(names[_plain(part)]) as xml:
        return parse_part(xml.read(_MOST_STYLES))


def parse_part(xml: bytes) -> etree._Element:
    """Return the root of a part; entities stay unresolved and nothing is fetched. Raises XMLSyntaxError."""
    return etree.fromstring(
        xml, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    )


def _plain(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _legacy_styles(package: zipfile.ZipFile) -> dict[int, tuple[Coding, bool]]:
    """Return the cell formats (``cellXfs``) whose font is one of before Unicode, by their number."""
    part = next((name for name in package.namelist() if _plain(name).endswith("/styles.xml")), None)
    if part is None or package.getinfo(part).file_size > _MOST_STYLES:
        return {}
    with package.open(part) as xml:
        raw = xml.read()
    if not _OLD_FONT.search(raw):
        return {}
    fonts: list[tuple[Coding, bool] | None] = []
    styles: dict[int, tuple[Coding, bool]] = {}
    for group in parse_part(raw):
        kind = group.tag.rpartition("}")[2]
        if kind == "fonts":
            fonts = [_coding_in(font) for font in group]
        elif kind == "cellXfs":
            for number, style in enumerate(group):
                at = int(style.get("fontId", "0"))
                coding = fonts[at] if at < len(fonts) else None
                if coding is not None:
                    styles[number] = coding
    return styles


def _coding_in(font: etree._Element) -> tuple[Coding, bool] | None:
    names = (one.get("val", "") for one in font if one.tag.rpartition("}")[2] == "name")
    return next((coding for name in names if (coding := coding_of_font(name))), None)


# ------------------------------------------------------------------------------------------------------------
# The cells
# ------------------------------------------------------------------------------------------------------------


def _unpacked(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield an entry of the zip *data* in pieces; ISA-L unpacks more than twice as fast as zipfile does.

    Raises zipfile.BadZipFile for what is not deflated at its place, zlib's error for what is cut.
    """
    name, extra = struct.unpack_from("<HH", data, entry.header_offset + 26)
    begin = entry.header_offset + 30 + name + extra
    packed = memoryview(data)[begin : begin + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + _PIECE]) for at in range(0, len(packed), _PIECE))
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(f"compression {entry.compress_type}")
    unpacker = isal_zlib.decompressobj(-15)
    left = entry.file_size
    for at in range(0, len(packed), _PACKED):
        # The directory has promised a size within our limits: what is packed beyond it is not looked at.
        if left <= 0:
            return
        piece = unpacker.decompress(packed[at : at + _PACKED])
        left -= len(piece)
        yield piece


def _look(xml: Iterator[bytes], styles: dict[int, tuple[Coding, bool]]) -> Seen:
    found: _Found | None = None
    for text in _pieces(xml):
        if found is None:
            root = _ROOT.search(text)
            if root is None:
                continue
            found = _Found(_Patterns.of(root[1] or b""), b"<" + (root[1] or b"") + b"f", styles)
        found.take(text)
    return found.seen() if found else Seen(Cells({}))


@dataclass(slots=True)
class _Found:
    """What the pieces of one sheet have shown so far."""

    patterns: _Patterns
    formula: bytes
    """How a formula begins."""
    styles: dict[int, tuple[Coding, bool]]
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    fonts: Fonts = field(default_factory=Fonts)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)

    def take(self, text: bytes) -> None:
        """Search one piece."""
        # One letter is found many times faster than a word, and most pieces of most sheets hold none of these.
        if b"e" in text and b't="e"' in text:
            for place, cell in _errors(text, self.patterns):
                self.rows.setdefault(place[0], {})[place[1]] = cell
        if b"f" in text and self.formula in text:
            for place, cell in _formulas(text, self.patterns):
                self.rows.setdefault(place[0], {})[place[1]] = cell
        if b"h" in text and b"hidden=" in text:
            for kind, numbers in _hidden(text):
                (self.hidden_rows if kind == b"r" else self.hidden_columns).extend(numbers)
        for found in self.patterns.styled.finditer(text) if self.styles else ():
            if (coding := self.styles.get(int(found[3]))) is not None:
                self.fonts.add(int(found[2]) - 1, number_of(found[1].decode("ascii")) - 1, *coding)

    def seen(self) -> Seen:
        """Return all of it."""
        return Seen(Cells(self.rows), self.fonts, Hidden.of(self.hidden_rows, self.hidden_columns))


def _pieces(xml: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the part in pieces that end before a cell begins."""
    kept = b""
    for piece in xml:
        text = kept + piece
        last = max(text.rfind(b"<c "), text.rfind(b":c "))
        end = text.rfind(b"<", 0, last + 1) if last >= 0 else max(len(text) - _LONGEST_TAG, 0)
        end = end if len(text) - end < _LONGEST_CELL else len(text)
        kept = text[end:]
        yield text[:end]
    yield kept


def _hidden(text: bytes) -> Iterator[tuple[bytes, range]]:
    """Yield the hidden rows (``r``) and columns (``min``) that *text* names, by their numbers."""
    for found in _HIDDEN.finditer(text):
        named = {one[1]: int(one[2]) for one in _SPAN.finditer(found[0])}
        if b"r" in named:
            yield b"r", range(named[b"r"], named[b"r"] + 1)
        elif b"min" in named:
            yield b"min", range(named[b"min"], min(named.get(b"max", named[b"min"]), MOST_COLUMNS) + 1)


def _errors(text: bytes, patterns: _Patterns) -> Iterator[tuple[tuple[int, int], Cell]]:
    for found in patterns.error.finditer(text):
        place, value = _PLACE.search(found[1]), patterns.value.search(found[2])
        if place:
            written = value[1].decode("ascii", "replace").strip() if value else ""
            yield _at(place), written or "#N/A"


def _formulas(text: bytes, patterns: _Patterns) -> Iterator[tuple[tuple[int, int], Cell]]:
    for found in patterns.uncalculated.finditer(text):
        cell = patterns.cell.match(text, max(text.rfind(b"<", 0, found.start()), 0), found.start())
        place = _PLACE.search(cell[1]) if cell else None
        # A text formula that gives nothing has an empty value, too, but says that it is a text (18.18.11, ST_CellType).
        if cell and place and not _TEXT_FORMULA.search(cell[1]):
            yield _at(place), Uncalculated(f"={unescape((found[1] or b'').decode('utf-8', 'replace'))}")


def _at(place: re.Match[bytes]) -> tuple[int, int]:
    return int(place[2]) - 1, number_of(place[1].decode("ascii")) - 1
