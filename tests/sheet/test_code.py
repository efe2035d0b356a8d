"""The code of a blank workbook is read from whichever carrier is left."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlwt
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

from bot.model import Campaign, Contact, Form, Reporter
from bot.reply.blank_code import code_of
from bot.sheet.code import BlankCode, parse_code, read_code, read_hidden_code
from bot.sheet.workbook import Limits, Workbook, read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

CODE = "baocao:2012-kkt-kcn/III.4:48:3f9a2c1d"
OTHER = "baocao:2012-kkt-kcn/I.1:40:00000000"
READ = BlankCode("2012-kkt-kcn/III.4", "48", "3f9a2c1d")
TOKEN = "ABCDEFGHIJKLMNOPQRSTU234"


def saved(*, own_property: str = "", name: str = "", line: str = "", hidden: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["C3"] = "UBND TỈNH", line or None
    if hidden:
        other = book.create_sheet("x")
        other["A1"], other.sheet_state = hidden, "hidden"
    if own_property:
        book.custom_doc_props.append(StringProperty(name="baocao_ma", value=own_property))  # type: ignore[attr-defined]
    if name:
        book.defined_names["_baocao_ma"] = DefinedName("_baocao_ma", attr_text=f'"{name}"', hidden=True)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def packed(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return stream.getvalue()


def old_format(line: str) -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("Biểu").write(2, 4, line)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        saved(own_property=CODE),
        saved(name=CODE),
        saved(line=f"Mã nhận dạng: {CODE}"),
        old_format(f"Mã nhận dạng: {CODE}"),
        packed(docProps__custom_xml=CODE.encode()),
        packed(meta_xml=f'<meta:user-defined meta:name="baocao_ma">{CODE}</meta:user-defined>'.encode()),
    ],
    ids=["property", "defined name", "visible line", "line in .xls", "property of a broken workbook", "OpenDocument"],
)
def test_one_carrier_is_enough(data: bytes) -> None:
    assert read_code(data) == READ


def test_where_they_differ_the_property_is_trusted_then_the_name() -> None:
    assert read_code(saved(own_property=CODE, name=OTHER, line=OTHER)) == READ
    assert read_code(saved(name=CODE, line=OTHER)) == READ


def test_the_caller_may_hand_in_the_workbook_that_it_has_read() -> None:
    book = read_workbook(saved(line=CODE), Limits())
    assert isinstance(book, Workbook)
    assert read_code(saved(), book) == READ


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"PK\x03\x04 cut", b"%PDF-1.7", saved(), saved(own_property=CODE)[:900], saved(hidden=CODE)],
    ids=["empty", "two bytes", "no zip", "PDF", "another workbook", "cut off", "only on a hidden sheet"],
)
def test_a_file_without_a_readable_code_has_none(data: bytes) -> None:
    assert read_code(data) is None


def test_only_the_beginning_of_an_endless_part_is_looked_at() -> None:
    assert read_code(packed(docProps__custom_xml=b"\0" * (9 * 2**20) + CODE.encode())) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"ỦY BAN NHÂN DÂN\nMã nhận dạng: {CODE}\nBiểu III.4", READ),
        (f"{CODE}.", READ),
        (f"{CODE}0", None),
        ("baocao:2012-kkt-kcn/III.4:48:3F9A2C1D", None),
        ("baocao:2012-kkt-kcn/III.4::3f9a2c1d", None),
        ("báo cáo: 2012", None),
        ("", None),
    ],
)
def test_the_code_is_found_in_a_text(text: str, found: BlankCode | None) -> None:
    assert parse_code(text) == found


@pytest.mark.parametrize("write", [lambda code: code, lambda code: f"({code})"], ids=["bare", "in brackets"])
def test_what_the_blank_writes_is_what_is_read(write: Callable[[str], str]) -> None:
    form = Form("Mẫu 01", "ccn-dinh-ky", "Mẫu 01", "test", (), (), ())
    reporter = Reporter("TĐ:7", "Tập đoàn", "Tập đoàn Mẫu", "Tập đoàn Mẫu", "tap_doan")
    campaign = Campaign("ccn-dinh-ky.2026-6T", "", "", "", "", date(2026, 6, 15), Contact(""), series="ccn-dinh-ky")
    found = parse_code(write(code_of(form, reporter, campaign)))
    assert found is not None
    assert (found.form, found.reporter) == ("ccn-dinh-ky.2026-6T/Mẫu 01", "TĐ:7")
    assert code_of(form, reporter, campaign).isascii()


@pytest.mark.parametrize("data", [saved(own_property=f"{CODE}:{TOKEN}", line=OTHER), saved(name=f"{CODE}:{TOKEN}")])
def test_the_hidden_carriers_bear_a_token_behind_the_code(data: bytes) -> None:
    assert read_hidden_code(data) == read_code(data) == BlankCode(READ.form, READ.reporter, READ.version, TOKEN)


@pytest.mark.parametrize("token", [TOKEN[1:], f"{TOKEN}A", TOKEN.lower(), TOKEN.replace("A", "1"), ""])
def test_what_is_no_token_is_none_and_the_code_is_read_all_the_same(token: str) -> None:
    assert parse_code(f"{CODE}:{token}") == READ


@pytest.mark.parametrize("data", [saved(line=f"{CODE}:{TOKEN}"), old_format(f"{CODE}:{TOKEN}"), b"PK", b""])
def test_what_people_see_bears_no_token_that_counts(data: bytes) -> None:
    assert read_hidden_code(data) is None


def test_of_a_zip_full_of_parts_only_a_few_are_unpacked() -> None:
    full = {f"{number}/workbook_xml": b"" for number in range(4)}
    assert read_hidden_code(packed(**full, last__workbook_xml=CODE.encode())) is None
    assert read_hidden_code(packed(workbook_xml=CODE.encode(), **full)) == READ
