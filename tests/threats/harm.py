"""Files and mails that harm: each is made here, small and without an evil library."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from functools import cache
from typing import TYPE_CHECKING

from tests.threats.letters import form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SHEET = "xl/worksheets/sheet1.xml"
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]>'


def repacked(change: Callable[[str, bytes], bytes], more: Mapping[str, bytes] | None = None) -> bytes:
    """Return the form with each file of its package as *change* leaves it, and with *more* files."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def in_sheet(change: Callable[[bytes], bytes]) -> bytes:
    """Return the form with the XML of its first sheet as *change* leaves it."""
    return repacked(lambda name, xml: change(xml) if name == SHEET else xml)


def with_doctype(internal: bytes, entity: bytes = b"&a;") -> bytes:
    """Return the form with a document type in its sheet, and a cell that asks for its entity."""

    def change(xml: bytes) -> bytes:
        head, sheet = xml.split(b"<worksheet", 1)
        cell = b'<row r="30"><c r="A30" t="inlineStr"><is><t>' + entity + b"</t></is></c></row>"
        return head + DOCTYPE % internal + b"<worksheet" + sheet.replace(b"</sheetData>", cell + b"</sheetData>")

    return in_sheet(change)


def laughs() -> bytes:
    """Return ten levels of entities, ten of the one below in each: 10 GB of text."""
    levels = [b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(9)]
    return with_doctype(b"".join(levels), b"&j;")


def with_macros() -> bytes:
    """Return the form as an .xlsm: a project of macros, and a content type that says so."""
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main"
    macros = b"application/vnd.ms-excel.sheet.macroEnabled.main"
    return repacked(
        lambda name, xml: xml.replace(plain, macros) if name == "[Content_Types].xml" else xml,
        {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024)},
    )


def with_text(old: str, new: str) -> bytes:
    """Return the form in which one text of its cells is another one, as it stands in XML."""
    return repacked(lambda name, xml: xml.replace(old.encode(), new.encode()) if name.endswith(".xml") else xml)


def with_empty_rows(rows: int) -> bytes:
    """Return the form with so many formatted rows without a value below its table."""

    def change(xml: bytes) -> bytes:
        last = max(int(one) for one in re.findall(rb'<row r="(\d+)"', xml))
        numbers = range(last + 1, last + 1 + rows)
        empty = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (row, row) for row in numbers)
        return xml.replace(b"</sheetData>", empty + b"</sheetData>")

    return in_sheet(change)


def corners() -> bytes:
    """Return the form with one more cell, in the opposite corner of the sheet."""
    cell = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return in_sheet(lambda xml: xml.replace(b"</sheetData>", cell))


def with_dimension(reference: bytes) -> bytes:
    """Return the form whose sheet says that its used range is that one."""
    return in_sheet(lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="%s"' % reference, xml))


@cache
def bomb() -> bytes:
    """Return a zip of 30 MB of zeros in 30 kB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Bieu I.1.xls", bytes(30_000_000))
    return out.getvalue()


def overlapping() -> bytes:
    """Return a zip of which a hundred entries are the same compressed bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.xls", bytes(90_000))
    data = out.getvalue()
    central, end = data.find(b"PK\x01\x02"), data.find(b"PK\x05\x06")
    entry = data[central:end]
    entries = b"".join(entry.replace(b"0.xls", b"%d.xls" % (number % 10)) for number in range(100))
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 100, 100, len(entries), central, 0)
    return data[:central] + entries + tail
