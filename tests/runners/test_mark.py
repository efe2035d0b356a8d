"""The marked copies that go with a reply, for every kind of file that a province sends."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook, load_workbook

from bot.adapters.content import read_templates
from bot.model import Attachment, Enclosure, Finding, Outcome, Part, Place, Severity
from bot.reply.findings import number_parts
from bot.reply.marked.values import Scalar, SheetValues, tab_names, write_values
from bot.runners.mark import Marker
from bot.sheet import workbook as sheets
from tests.sheet import writers

MARKER = Marker(read_templates(None))
XLSB = Path(__file__).parents[3] / "shared" / "corpora" / "sheet"
RED = "FFFFC7CE"


def found(cell: str, sheet: str, severity: Severity = Severity.ERROR, rule: str = "sai") -> Finding:
    return Finding(rule, severity, "Sai", f"Ô {cell} sai", "Sửa.", Place(sheet, cell, 1, "Cột"))


def copies(name: str, data: bytes, *findings: Finding) -> list[Enclosure]:
    parts = number_parts([Part(name, "x", Outcome.RETURNED, findings=findings)])
    return list(MARKER.copies([Attachment(name, data, "x")], parts, "12-40-0031"))


def xls(name: str = "Biểu I.1") -> bytes:
    book, stream = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet(name)
    sheet.write_merge(0, 0, 0, 2, "Biểu I.1")
    sheet.write(2, 1, "=1+1")
    sheet.write(2, 2, 7.5)
    sheet.write(3, 1, date(2012, 7, 15), xlwt.easyxf(num_format_str="dd/mm/yyyy"))
    book.add_sheet("Trang 2").write(0, 0, "hai")
    book.save(stream)
    return stream.getvalue()


_ROW = "<Row><Cell><Data ss:Type='String'>a</Data></Cell><Cell><Data ss:Type='Number'>{}</Data></Cell></Row>"
_ODS_ROW = "<table:table-row><table:table-cell office:value-type='float' office:value='{}'/></table:table-row>"
OTHERS = {
    "xml 2003 named .xls": (writers.spreadsheetml(_ROW.format(1) + _ROW.format(7)), "Biểu", "B2"),
    ".ods": (writers.ods(_ODS_ROW.format(1) + _ODS_ROW.format(7)), "Biểu", "A2"),
    ".fods": (writers.flat_ods(_ODS_ROW.format(1) + _ODS_ROW.format(7)), "Biểu", "A2"),
    "html named .xls": (b"<html><table><tr><td>a<td>b<tr><td>c<td>7</table>", None, "B2"),
    "text named .xls": (b"a;b;c\nd;7;e\nf;g;h\n", None, "B2"),
}


@pytest.mark.parametrize(("data", "sheet", "cell"), OTHERS.values(), ids=OTHERS)
def test_a_file_of_another_kind_comes_back_as_a_marked_xlsx_of_its_values(
    data: bytes, sheet: str | None, cell: str
) -> None:
    known = sheets.read_workbook(data, sheets.Limits())
    assert isinstance(known, sheets.Workbook)
    name = sheet or known.sheets[0].name
    (copy,) = copies("biểu.xls", data, found(cell, name))
    assert copy.name == "biểu-danh-dau.xlsx"
    book = load_workbook(io.BytesIO(copy.data))
    assert book.sheetnames == ["Danh sách lỗi", *tab_names([name])]
    marked = book.worksheets[1][cell]
    assert str(marked.value) == "7"
    assert marked.fill.fgColor.rgb == RED
    assert marked.comment is not None
    assert any("lập lại từ các giá trị" in str(row[0].value) for row in book.worksheets[0].iter_rows(max_row=6))


def test_an_old_xls_keeps_its_sheets_addresses_values_and_merged_cells() -> None:
    (copy,) = copies("a.xls", xls(), found("B3", "Biểu I.1"), found("A1", "Trang 2"))
    book = load_workbook(io.BytesIO(copy.data))
    assert book.sheetnames == ["Danh sách lỗi", "Biểu I.1", "Trang 2"]
    sheet = book["Biểu I.1"]
    assert (sheet["B3"].value, sheet["B3"].data_type, sheet["C3"].value) == ("=1+1", "s", 7.5)
    assert sheet["B4"].value == datetime(2012, 7, 15)  # noqa: DTZ001
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A1:C1"]
    assert book["Trang 2"]["A1"].fill.fgColor.rgb == RED


def test_an_xlsb_of_the_corpora_comes_back_marked() -> None:
    files = sorted(XLSB.rglob("*.xlsb"))[:6] if XLSB.exists() else []
    if not files:
        pytest.skip("the corpora are not beside the project")
    tried = 0
    for file in files:
        known = sheets.read_workbook(file.read_bytes(), sheets.Limits())
        if isinstance(known, sheets.Workbook) and (name := next((one.name for one in known.sheets if one.visible), "")):
            (copy,) = copies(file.name, file.read_bytes(), found("B3", name))
            assert load_workbook(io.BytesIO(copy.data)).worksheets[1]["B3"].fill.fgColor.rgb == RED
            tried += 1
    assert tried


def test_a_clean_file_and_one_with_notes_only_has_no_copy() -> None:
    assert copies("a.xls", xls()) == []
    assert copies("a.xls", xls(), found("B3", "Biểu I.1", Severity.NOTE)) == []


def test_the_list_numbers_as_the_mail_does_and_holds_every_finding() -> None:
    many = [found(f"A{row}", "Biểu I.1", rule=f"quy_tac_{row // 2}") for row in range(2, 62)]
    note = found("C3", "Biểu I.1", Severity.NOTE)
    (copy,) = copies("a.xls", xls(), note, *many)
    rows = list(load_workbook(io.BytesIO(copy.data)).worksheets[0].iter_rows(values_only=True))
    head = next(at for at, row in enumerate(rows) if row[0] == "STT")
    assert [(row[0], row[3]) for row in rows[head + 1 :]] == [
        *((row // 2, f"A{row}") for row in range(2, 62)),
        (None, "C3"),
    ]
    assert any(row[0] and "30 nội dung, còn phải sửa ở 60 chỗ" in str(row[0]) for row in rows[:head])


def test_a_workbook_comes_back_under_the_suffix_of_its_kind() -> None:
    stream = io.BytesIO()
    Workbook().save(stream)
    plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macros = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    changed = writers.changed(stream.getvalue(), {plain: macros}, ["Content_Types"])
    assert [one.name for one in copies("a.xlsx", changed, found("A1", "Sheet"))] == ["a-danh-dau.xlsm"]
    assert [one.name for one in copies("a.xls", stream.getvalue(), found("A1", "Sheet"))] == ["a-danh-dau.xlsx"]


def test_values_of_every_kind_are_written_as_what_they_are() -> None:
    noon = datetime(2012, 7, 15, 12)  # noqa: DTZ001
    numbers: list[Scalar] = [True, 1.5, 3, float("inf"), date(2012, 7, 15), noon, time(6), timedelta(hours=30)]
    cells: list[Scalar] = ["=1", "a\nb", *numbers, date(1850, 1, 1), "_x000D_", "\ud800</t>"]
    data = write_values([SheetValues("a", 1, [cells])])
    row = [cell.value for cell in next(load_workbook(io.BytesIO(data))["a"].iter_rows(min_col=2))]
    assert row[:5] == ["=1", "a\nb", True, 1.5, 3]
    assert row[5:9] == ["inf", datetime(2012, 7, 15), noon, timedelta(hours=6)]  # noqa: DTZ001
    assert row[10:] == ["1850-01-01", "_x005F_x000D_", "</t>"]
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_names_that_excel_does_not_take_are_made_fit_and_stay_apart() -> None:
    assert tab_names(["a/b", "A:B", "", "x" * 40, "'q'"]) == ("a b", "A B (2)", "Sheet3", "x" * 31, "q")


_BASES = (
    '=HYPERLINK("http://evil.example","x")', "=cmd|'/C calc'!A0", "@SUM(A1)", "+1+1", "-2+3", "\t=1", "\r\n=1",
    "</t></is></c><c><f>1+1</f></c>", "<script>alert(1)</script>", "]]>", "&#x0;&nbsp;", "\x00\x0b\x1b",
    "\u202excod.exe", "\u2066a\u2069", "\ud800", "\ufffe\uffff", "_x000D__x003D_1", "\"'><!--",
    "đ" * 33_000, "\U0001d4b3" * 17_000,
)  # fmt: skip
_AROUND = ("{}", " {}", "{} ", "\n{}", "a{}", "{}{}", "'{}", '"{}"', "\ufeff{}", "{}\x7f")
PAYLOADS = [around.replace("{}", base) for base in _BASES for around in _AROUND]


def test_two_hundred_hostile_payloads_become_neither_formulas_nor_broken_xml() -> None:
    assert len(PAYLOADS) == 200
    cells: list[list[Scalar]] = [[text] for text in PAYLOADS]
    data = write_values([SheetValues(name, 0, cells) for name in tab_names(["=1+1", "</sheet><x/>"])])
    findings = [
        Finding(
            f"r{row}", Severity.ERROR, text, text, text, Place("=1+1", f"A{row}", row, text), written=text, repair=text
        )
        for row, text in enumerate(PAYLOADS, 1)
    ]
    (copy,) = copies(PAYLOADS[7].replace("/", "") + ".xlsx", data, *findings)
    book = load_workbook(io.BytesIO(copy.data))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(copy.data)) as package:
        assert not [name for name in package.namelist() if b"<f>" in package.read(name)]
    assert sum(row[0].comment is not None for row in book["=1+1"].iter_rows()) == 200
