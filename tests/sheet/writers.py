"""Workbooks of the odder kinds, put together byte by byte or part by part."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.styles import Font

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STRICT = "http://purl.oclc.org/ooxml"
_TRANSITIONAL = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": f"{_STRICT}/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": f"{_STRICT}/officeDocument/relationships",
}


def changed(data: bytes, replacements: Mapping[str, str], parts: Sequence[str] = ("",)) -> bytes:
    """Return the package *data* with texts replaced in the parts whose names contain one of *parts*."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if any(part in name for part in parts):
                for before, after in replacements.items():
                    text = text.replace(before, after)
            new.writestr(name, text)
    return stream.getvalue()


def strict(data: bytes) -> bytes:
    """Return the .xlsx *data* as Excel saves it as "Strict Open XML Spreadsheet"."""
    return changed(data, _TRANSITIONAL)


def in_fonts(rows: Sequence[Sequence[str | float | None]], font: str, headers: str = "") -> bytes:
    """Return an .xlsx whose texts wear *font*, those of its first row the font *headers*."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number, cells in enumerate(rows, 1):
        for column, value in enumerate(cells, 1):
            cell = sheet.cell(number, column, value)
            cell.font = Font(name=headers if headers and number == 1 else font)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def spreadsheetml(rows: str, name: str = "Biểu") -> bytes:
    """Return an Excel XML 2003 whose one table holds *rows*."""
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<Worksheet ss:Name="{name}"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


_ODF = " ".join(
    f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "table", "text", "style")
)


def flat_ods(rows: str) -> bytes:
    """Return a flat OpenDocument sheet (.fods) whose one table holds *rows*."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_ODF} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>'
        f'<table:table table:name="Biểu">{rows}</table:table></office:spreadsheet></office:body></office:document>'
    ).encode()


def ods(rows: str) -> bytes:
    """Return an .ods whose one table holds *rows*."""
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODF} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="Biểu">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/></manifest:manifest>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("mimetype", mimetype)
        package.writestr("META-INF/manifest.xml", manifest)
        package.writestr("content.xml", content)
    return stream.getvalue()
