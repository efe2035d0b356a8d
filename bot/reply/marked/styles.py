"""styles.xml: cell formats that differ from the sender's own in nothing but the fill, and those of the list."""

from __future__ import annotations

import copy
from enum import Enum

from lxml import etree

from bot.model import Severity
from bot.reply.marked.archive import UnpatchableError
from bot.reply.marked.package import MAIN, child, children, local, namespace, parse_xml, write_xml

_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles")
"""The order of the sections of styles.xml (ECMA-376 part 1, 18.8.39), as far as ours may stand before one."""
_FORMATS_LIMIT = 64_000
"""Cell formats that Excel allows in one workbook."""

_COLOURS = {Severity.ERROR: "FFFFC7CE", Severity.QUERY: "FFFFEB9C", Severity.NOTE: "FFDDEBF7"}
_SIGNATURE = "FFFEFDFB"
"""The background of a solid fill is never seen: by it our own marks are known again when a marked copy comes back."""

_EMPTY = (
    '<styleSheet xmlns="{ns}"><fonts><font><sz val="11"/><name val="Times New Roman"/></font></fonts>'
    '<fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    '<cellStyleXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
)

# The font is named, not taken from the sender's: his may be .VnTime, in which Unicode text cannot be read.
_FONT = (
    '<font>{bold}{underline}<sz val="{size}"/><color rgb="{colour}"/>'
    '<name val="Times New Roman"/><family val="1"/></font>'
)
_EDGE = '<{side} style="thin"><color rgb="FFBFBFBF"/></{side}>'
_THIN = "".join(_EDGE.format(side=side) for side in ("left", "right", "top", "bottom"))
_FILL = '<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor {back}/></patternFill></fill>'
_PLAIN_BACK = 'indexed="64"'


class Look(Enum):
    """How a cell of the list looks: font, fill, border, horizontal alignment."""

    TITLE = ("title", None, False, None)
    HEADING = ("plain", None, False, None)
    HEADER = ("bold", "FFD9E1F2", True, "center")
    TEXT = ("plain", None, True, None)
    CENTRE = ("plain", None, True, "center")
    LINK = ("link", None, True, "center")
    ERROR = ("plain", _COLOURS[Severity.ERROR], True, "center")
    QUERY = ("plain", _COLOURS[Severity.QUERY], True, "center")
    NOTE = ("plain", _COLOURS[Severity.NOTE], True, "center")


_FONTS = {
    "title": _FONT.format(bold="<b/>", underline="", size=14, colour="FF1F3864"),
    "bold": _FONT.format(bold="<b/>", underline="", size=11, colour="FF1F3864"),
    "plain": _FONT.format(bold="", underline="", size=11, colour="FF000000"),
    "link": _FONT.format(bold="", underline="<u/>", size=11, colour="FF0563C1"),
}


class Styles:
    """The workbook's cell formats; new ones are added behind its own, so that no index changes its meaning."""

    def __init__(self, data: bytes | None, main: str) -> None:
        """Read styles.xml, or start one in namespace *main*; raises UnpatchableError where it is something else."""
        self._main = main
        self._root = parse_xml(_EMPTY.format(ns=main).encode() if data is None else data)
        if local(self._root) != "styleSheet" or namespace(self._root) not in MAIN:
            raise UnpatchableError("styles.xml holds no styles")
        self._main = namespace(self._root)
        self._complete()
        self._forget_marks()
        self._own = len(self._section("cellXfs"))
        self._added: dict[str, int] = {}
        self._derived: dict[tuple[int, Severity], int] = {}
        self._looks: dict[Look, int] = {}

    def derive(self, base: int, severity: Severity) -> int:
        """Return the index of the format that is *base* with the colour of that severity."""
        base = base if 0 <= base < self._own else 0
        known = self._derived.get((base, severity))
        if known is None:
            formats = self._section("cellXfs")
            xf = copy.deepcopy(formats[base])
            fill = _FILL.format(colour=_COLOURS[severity], back=f'rgb="{_SIGNATURE}"')
            xf.set("fillId", str(self._shared("fills", fill)))
            xf.set("applyFill", "1")
            known = self._derived[base, severity] = self._append("cellXfs", xf)
        return known

    def look(self, look: Look) -> int:
        """Return the index of a format of the list."""
        if look not in self._looks:
            font, fill, bordered, horizontal = look.value
            fields = {
                "numFmtId": "0",
                "fontId": str(self._shared("fonts", _FONTS[font])),
                "fillId": str(self._shared("fills", _FILL.format(colour=fill, back=_PLAIN_BACK)) if fill else 0),
                "borderId": str(self._shared("borders", f"<border>{_THIN}<diagonal/></border>") if bordered else 0),
                "xfId": "0",
                # Text that begins with "=" stays text also when somebody edits the cell and presses Enter.
                "quotePrefix": "1",
            }
            flags = dict.fromkeys(("applyFont", "applyFill", "applyBorder", "applyAlignment"), "1")
            xf = etree.Element(f"{{{self._main}}}xf", {**fields, **flags})
            alignment = etree.SubElement(xf, f"{{{self._main}}}alignment")
            alignment.set("vertical", "center" if look is Look.HEADER else "top")
            if horizontal:
                alignment.set("horizontal", horizontal)
            if bordered:
                alignment.set("wrapText", "1")
            self._looks[look] = self._append("cellXfs", xf)
        return self._looks[look]

    def written(self) -> bytes:
        """Return styles.xml as bytes."""
        for name in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs"):
            section = self._section(name)
            section.set("count", str(len(section)))
        if len(self._section("cellXfs")) > _FORMATS_LIMIT:
            raise UnpatchableError("too many cell formats")
        return write_xml(self._root)

    def _complete(self) -> None:
        """Add the sections that a sparse styles.xml lacks, and drop what would disturb their counting."""
        for stray in [one for section in self._root for one in section if not isinstance(one.tag, str)]:
            parent = stray.getparent()
            if parent is not None:
                parent.remove(stray)
        default = parse_xml(_EMPTY.format(ns=self._main).encode())
        for section in list(default):
            present = child(self._root, local(section))
            if present is None:
                rank = _ORDER.index(local(section))
                later = (one for one in self._root if local(one) not in _ORDER[: rank + 1])
                place = next(later, None)
                self._root.insert(len(self._root) if place is None else self._root.index(place), section)
            elif len(present) == 0:
                present.extend(list(section))

    def _forget_marks(self) -> None:
        """Take the colours of an earlier marked copy away: the officer repaired that copy and sent it back."""
        ours = {
            str(index)
            for index, fill in enumerate(self._section("fills"))
            for pattern in children(fill, "patternFill")
            for back in children(pattern, "bgColor")
            if back.get("rgb") == _SIGNATURE
        }
        for xf in self._section("cellXfs") if ours else ():
            if xf.get("fillId") in ours:
                xf.set("fillId", "0")

    def _section(self, name: str) -> etree._Element:
        section = child(self._root, name)
        if section is None:
            raise UnpatchableError(f"styles.xml lacks {name}")
        return section

    def _shared(self, section: str, xml: str) -> int:
        """Return the index of a font, fill or border of ours, added once."""
        if xml not in self._added:
            element = parse_xml(f'<x xmlns="{self._main}">{xml}</x>'.encode())[0]
            self._added[xml] = self._append(section, element)
        return self._added[xml]

    def _append(self, name: str, element: etree._Element) -> int:
        section = self._section(name)
        section.append(element)
        return len(section) - 1
