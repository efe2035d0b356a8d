"""Workbooks with macros are told from those without, whichever kind of macros and of file."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from bot.sheet.biff import has_macro_sheet
from bot.sheet.workbook import Limits, Workbook, read_workbook
from tests.sheet.forms import SMALL
from tests.sheet.grids import read
from tests.sheet.test_hidden import HIDDEN, with_openpyxl, with_xlwt

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN = with_openpyxl()
TYPES = "[Content_Types].xml"
PART = b'<Override PartName="/xl/x.bin" ContentType="application/vnd.%s"/></Types>'


def has_macros(data: bytes) -> bool:
    book = read_workbook(data, Limits())
    assert isinstance(book, Workbook)
    return book.macros


def packed(more: Mapping[str, bytes], kind: bytes = b"") -> bytes:
    """Return the workbook with *more* parts, one of which is of that *kind*."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"</Types>", PART % kind) if kind and name == TYPES else content)
        for name, content in more.items():
            new.writestr(name, content)
    return out.getvalue()


def with_macro_sheet() -> bytes:
    """Return an .xls whose first sheet, before that with the table, is one of Excel 4.0 macros."""
    book = bytearray(with_xlwt())
    first = re.search(rb"\x85\x00.\x00.{4}\x00(\x00)", book, re.DOTALL)
    assert first
    book[first.start(1)] = 1
    return bytes(book)


def with_project() -> bytes:
    """Return an .xls in whose root lies the storage of its macros: an empty entry of the directory renamed."""
    book = bytearray(with_xlwt())
    directory = (int.from_bytes(book[48:52], "little") + 1) * 512
    name = "_VBA_PROJECT_CUR".encode("utf-16-le")
    root, third = directory, directory + 3 * 128
    stream = int.from_bytes(book[root + 76 : root + 80], "little")
    book[third : third + 128] = bytes(128)
    book[third : third + len(name)] = name
    book[third + 64 : third + 80] = (len(name) + 2).to_bytes(2, "little") + b"\x01\x01" + b"\xff" * 12
    entry = directory + stream * 128
    book[entry + 72 : entry + 76] = (3).to_bytes(4, "little")
    return bytes(book)


@pytest.mark.parametrize(
    "data",
    [
        packed({"xl/vbaProject.bin": b""}),
        packed({"XL/VBAPROJECT.BIN": b""}),
        packed({"xl/macrosheets/sheet1.xml": b""}),
        packed({"xl/x.bin": b""}, b"ms-office.vbaProject"),
        packed({"xl/x.bin": b""}, b"ms-excel.macrosheet+xml"),
        packed({"xl/x.bin": b""}, b"ms-excel.intlmacrosheet+xml"),
        with_macro_sheet(),
        with_project(),
    ],
    ids=["VBA", "capitals", "XLM", "VBA by type", "XLM by type", "foreign XLM by type", "xls XLM", "xls VBA"],
)
def test_macros_are_seen_wherever_they_lie(data: bytes) -> None:
    assert has_macros(data)
    assert read(data, SMALL)[0].remarks == HIDDEN


@pytest.mark.parametrize(
    "data",
    [PLAIN, packed({"xl/macros.txt": b""}, b"ms-excel.sheet.macroEnabled.main+xml"), with_xlwt()],
    ids=["xlsx", "xlsm without any", "xls"],
)
def test_a_workbook_without_macros_has_none(data: bytes) -> None:
    assert not has_macros(data)


def test_bytes_that_look_like_the_entry_of_a_macro_sheet_are_none() -> None:
    book = bytearray(with_macro_sheet())
    first = re.search(rb"\x85\x00.\x00(.{4})\x00\x01", book, re.DOTALL)
    assert first
    book[first.start(1) : first.end(1)] = b"\x01\x02\x03\x00"
    assert has_macro_sheet(with_macro_sheet())
    assert not has_macro_sheet(bytes(book))
