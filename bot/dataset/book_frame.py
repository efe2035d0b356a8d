"""What makes a zip file of sheets a workbook: the parts that name its sheets, and its cell formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dataset.cells import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OOXML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# In the order of the numbers in bot.dataset.cells; quotePrefix is the apostrophe by which a text stays one.
_WRAPPED = '<alignment vertical="center" wrapText="1"/>'
_FORMATS = (
    '<xf xfId="0"/>',
    f'<xf xfId="0" fontId="1" fillId="2" applyFont="1" applyFill="1" applyAlignment="1">{_WRAPPED}</xf>',
    '<xf xfId="0" quotePrefix="1"/>',
    '<xf xfId="0" numFmtId="3" applyNumberFormat="1"/>',
    '<xf xfId="0" numFmtId="164" applyNumberFormat="1"/>',
    '<xf xfId="0" numFmtId="165" applyNumberFormat="1"/>',
    '<xf xfId="0" fontId="2" applyFont="1"/>',
    '<xf xfId="0"/>',
)
_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="hh:mm\\ dd/mm/yyyy"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="Times New Roman"/></font>'
    '<font><b/><sz val="11"/><name val="Times New Roman"/></font>'
    '<font><u/><sz val="11"/><color rgb="FF0563C1"/><name val="Times New Roman"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE7EEF7"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    f'<cellXfs count="{len(_FORMATS)}">{"".join(_FORMATS)}</cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the XML of each part of a workbook besides its sheets, which are called *names*."""
    numbers = range(1, len(names) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_OOXML}.worksheet+xml"/>' for n in numbers
    )
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OOXML}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_OOXML}.styles+xml"/>{overrides}</Types>'
    )
    yield "[Content_Types].xml", types
    yield "_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.xml")])
    sheets = "".join(f'<sheet name="{escape(one)}" sheetId="{n}" r:id="rId{n}"/>' for n, one in enumerate(names, 1))
    yield "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>'
    parts = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*parts, (f"rId{len(names) + 1}", "styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES


def _relations(parts: Iterable[tuple[str, str, str]]) -> str:
    each = "".join(f'<Relationship Id="{i}" Type="{RELATIONS}/{kind}" Target="{to}"/>' for i, kind, to in parts)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'
