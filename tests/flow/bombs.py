"""Small files that cost their reader its life."""

from __future__ import annotations

import io
import zipfile

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FRAME = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def make_sheet(rows: str, *, dimension: str = "") -> bytes:
    """Return an .xlsx whose one sheet holds *rows*, and claims to reach over *dimension*."""
    claim = f'<dimension ref="{dimension}"/>' if dimension else ""
    sheet = f'<worksheet xmlns="{_MAIN}">{claim}<sheetData>{rows}</sheetData></worksheet>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {**_FRAME, "xl/worksheets/sheet1.xml": sheet}.items():
            package.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def cell(place: str) -> str:
    """Return the XML of a cell that holds a number."""
    return f'<c r="{place}"><v>1</v></c>'


def far_apart(*, hidden: bool = False) -> bytes:
    """Return a workbook of 2 KB in which only A1 and XFD1048576 are filled.

    Where *hidden*, it is padded so far and claims so little that only the reader itself finds out, and dies.
    """
    padding = f"<!--{'x' * 200_000}-->" if hidden else ""
    rows = f'<row r="1">{cell("A1")}</row>{padding}<row r="1048576">{cell("XFD1048576")}</row>'
    return make_sheet(rows, dimension="A1" if hidden else "A1:XFD1048576")
