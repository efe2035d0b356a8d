"""styles.xml: cell formats that differ from the sender's own in nothing but the fill, and those of the list."""

from __future__ import annotations

import copy
import re
from enum import Enum

from lxml import etree

from bot.reply.marked.archive import UnpatchableError
from bot.reply.marked.marks import Mark
from bot.reply.marked.package import MAIN, child, children, local, namespace, parse_xml, write_xml

_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles")
"""The order of the sections of styles.xml (ECMA-376 part 1, 18.8.39), as far as ours may stand before one."""
_FORMATS_LIMIT = 64_000
"""Cell formats that Excel allows in one workbook."""

_GREEN = "FFC6EFCE"
_COLOURS = {
    Mark.ERROR: "FFFFC7CE",
    Mark.QUERY: "FFFFEB9C",
    Mark.OFFERED: _GREEN,
    Mark.REPAIRED: _GREEN,
    Mark.NOTE: "FFDDEBF7",
}
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


_TEXT_CODE = "@"
_BUILT_IN = {
    "9": "0%",
    "10": "0.00%",
    "49": _TEXT_CODE,
    **dict.fromkeys(map(str, (*range(14, 18), 22, *range(27, 37), *range(50, 59))), "d/m/yyyy"),
}
"""The fixed number formats that matter here (ECMA-376 part 1, 18.8.30); the numbers of days differ by language."""
_FIRST_FORMAT = 163
"""A workbook's own number formats are numbered from the next on."""
_NOT_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_OLD_FONT = re.compile(r"(?i)\.vn|vni[- ]|vnt?ime|\.?tcvn")


def is_day_format(code: str) -> bool:
    """Tell whether a number format shows days."""
    return bool(re.search("[dy]", _NOT_CODE.sub("", code).lower().partition(";")[0].replace("general", "")))


class Shape(Enum):
    """What kind of value is put into a cell."""

    AS_IS = "as is"
    NUMBER = "number"
    FRACTION = "fraction"
    """A number up to 1, which a percent format shows as people write it."""
    DAY = "day"
    TEXT = "text"


class Look(Enum):
    """How a cell of the list looks: font, fill, border, horizontal alignment."""

    TITLE = ("title", None, False, None)
    HEADING = ("plain", None, False, None)
    HEADER = ("bold", "FFD9E1F2", True, "center")
    TEXT = ("plain", None, True, None)
    CENTRE = ("plain", None, True, "center")
    LINK = ("link", None, True, "center")
    ERROR = ("plain", _COLOURS[Mark.ERROR], True, "center")
    QUERY = ("plain", _COLOURS[Mark.QUERY], True, "center")
    CHANGED = ("plain", _GREEN, True, "center")
    NOTE = ("plain", _COLOURS[Mark.NOTE], True, "center")


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
        self._derived: dict[tuple[int, Mark, Shape], int] = {}
        self._day_number: int | None = None
        self._modern: dict[str, int] = {}
        self._looks: dict[Look, int] = {}

    def derive(self, base: int, mark: Mark, shape: Shape = Shape.AS_IS) -> int:
        """Return the index of the format that is *base* with the colour of that mark, fit for what the cell holds."""
        base = base if 0 <= base < self._own else 0
        known = self._derived.get((base, mark, shape))
        if known is None:
            formats = self._section("cellXfs")
            xf = copy.deepcopy(formats[base])
            fill = _FILL.format(colour=_COLOURS[mark], back=f'rgb="{_SIGNATURE}"')
            xf.set("fillId", str(self._shared("fills", fill)))
            xf.set("applyFill", "1")
            if shape is not Shape.AS_IS:
                self._fit(xf, shape)
            known = self._derived[base, mark, shape] = self._append("cellXfs", xf)
        return known

    def _fit(self, xf: etree._Element, shape: Shape) -> None:
        """Let a format show a repaired value: a number not as text, a day as a day, Unicode in a font that has it."""
        code = self._format_code(xf.get("numFmtId", "0"))
        if shape is Shape.TEXT:
            self._modernize(xf)
            return
        xf.attrib.pop("quotePrefix", "")
        if shape is Shape.DAY and not is_day_format(code):
            self._set_format(xf, str(self._day_format()))
        elif shape is not Shape.DAY and (code == _TEXT_CODE or is_day_format(code)):
            self._set_format(xf, "0")
        elif shape is Shape.NUMBER and "%" in code:
            # 75 under a percent format would show as 7500%.
            self._set_format(xf, "0")

    @staticmethod
    def _set_format(xf: etree._Element, number: str) -> None:
        xf.set("numFmtId", number)
        xf.set("applyNumberFormat", "1")

    def _format_code(self, number: str) -> str:
        section = child(self._root, "numFmts")
        own = (
            one.get("formatCode", "")
            for one in (section if section is not None else ())
            if one.get("numFmtId") == number
        )
        return next(own, _BUILT_IN.get(number, "General"))

    def _day_format(self) -> int:
        """Return the number of the format ``dd/mm/yyyy``, added once."""
        if self._day_number is None:
            section = child(self._root, "numFmts")
            if section is None:
                section = etree.Element(f"{{{self._main}}}numFmts")
                self._root.insert(0, section)
            taken = [int(one.get("numFmtId", "0")) for one in section if one.get("numFmtId", "0").isdecimal()]
            self._day_number = max([_FIRST_FORMAT, *taken]) + 1
            fields = {"numFmtId": str(self._day_number), "formatCode": "dd/mm/yyyy"}
            etree.SubElement(section, f"{{{self._main}}}numFmt", fields)
            section.set("count", str(len(section)))
        return self._day_number

    def _modernize(self, xf: etree._Element) -> None:
        """Replace a font of before Unicode, which has no glyphs for the repaired text."""
        fonts = self._section("fonts")
        index = xf.get("fontId", "0")
        font = fonts[int(index)] if index.isdecimal() and int(index) < len(fonts) else None
        name = None if font is None else child(font, "name")
        if font is None or name is None or not _OLD_FONT.match(name.get("val", "")):
            return
        if index not in self._modern:
            new = copy.deepcopy(font)
            for one in children(new, "charset") + children(new, "scheme") + children(new, "family"):
                new.remove(one)
            for one in children(new, "name"):
                one.set("val", "Times New Roman")
            self._modern[index] = self._append("fonts", new)
        xf.set("fontId", str(self._modern[index]))
        xf.set("applyFont", "1")

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
