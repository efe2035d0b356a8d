"""Cells that are repaired in the marked copy, and what the mail says of them."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell

from bot.adapters.content import read_templates
from bot.model import Finding, Outcome, Part, Place, Severity, Value
from bot.reply.annotate import mark_workbook
from bot.reply.marked.marks import Entry
from bot.reply.marked.words import Words
from bot.reply.repairs import sum_up_repairs

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

WORDS = Words(read_templates(None))
GREEN, RED = "FFC6EFCE", "FFFFC7CE"


def repaired(cell: str, value: Value | None, severity: Severity = Severity.ERROR, written: str = "cũ") -> Finding:
    return Finding("r", severity, "Sai", "Sai cách ghi", "Sửa.", Place("Biểu", cell), written=written, repair=value)


def book_with(cells: dict[str, tuple[Any, dict[str, Any]]], **options: Any) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet("Biểu")
        for cell, (value, look) in cells.items():
            sheet.write(cell, value, book.add_format(look))
    return stream.getvalue()


def marked(data: bytes, *findings: Finding) -> Workbook:
    entries = [Entry(number, one) for number, one in enumerate(findings, 1)]
    copy = mark_workbook(data, entries, WORDS, file="a.xlsx", receipt="12-40-0031")
    assert copy is not None
    return load_workbook(io.BytesIO(copy.data))


def cell_of(book: Workbook, cell: str) -> Cell:
    found = book["Biểu"][cell]
    assert isinstance(found, Cell)
    return found


@pytest.mark.parametrize("since_1904", [False, True])
def test_a_repaired_cell_holds_a_value_of_the_right_type_in_the_senders_style(since_1904: bool) -> None:
    bold = {"bold": True, "border": 1}
    cells = {"A1": ("1.234,5", bold), "A2": ("15/7/2012", bold), "A3": ("Đang hoạt độg", bold), "A4": ("x", bold)}
    data = book_with({cell: (value, {**look, "num_format": "@"}) for cell, (value, look) in cells.items()},
                     date_1904=since_1904)  # fmt: skip
    values: dict[str, Value] = {"A1": Decimal("1234.5"), "A2": date(2012, 7, 15), "A3": "Đang hoạt động"}
    book = marked(data, *(repaired(cell, value) for cell, value in values.items()))
    found = {cell: cell_of(book, cell) for cell in values}
    assert [one.value for one in found.values()] == [1234.5, datetime(2012, 7, 15), "Đang hoạt động"]  # noqa: DTZ001
    assert [one.number_format for one in found.values()] == ["General", "dd/mm/yyyy", "@"]
    assert all(one.font.b and one.border.left.style and one.fill.fgColor.rgb == GREEN for one in found.values())
    assert (cell_of(book, "A4").value, book.epoch.year) == ("x", 1904 if since_1904 else 1899)


def test_a_number_format_of_the_senders_stays_and_a_font_of_before_unicode_goes() -> None:
    data = book_with({
        "A1": ("12", {"num_format": "#,##0.00"}), "A2": ("75%", {"num_format": "0%"}),
        "A3": ("0,75", {"num_format": "0%"}),
        "A4": ("Céng nghiÖp", {"font_name": ".VnTime", "font_size": 13, "italic": True}),
    })  # fmt: skip
    values: dict[str, Value] = {"A1": Decimal(12), "A2": Decimal(75), "A3": Decimal("0.75"), "A4": "Công nghiệp"}
    book = marked(data, *(repaired(cell, value, Severity.NOTE) for cell, value in values.items()))
    assert [cell_of(book, f"A{row}").number_format for row in (1, 2, 3)] == ["#,##0.00", "General", "0%"]
    font = cell_of(book, "A4").font
    assert (font.name, font.sz, font.i, cell_of(book, "A4").value) == ("Times New Roman", 13, True, "Công nghiệp")


def test_a_formula_is_never_replaced_and_the_list_says_so() -> None:
    data = book_with({"A1": ("=TEXT(1,0)", {}), "A2": ("7", {})})
    book = marked(data, repaired("A1", Decimal(1)), repaired("A2", Decimal(7)))
    assert (cell_of(book, "A1").value, cell_of(book, "A1").fill.fgColor.rgb) == ("=TEXT(1,0)", RED)
    rows = [row for row in book.worksheets[0].iter_rows(values_only=True) if isinstance(row[0], int)]
    assert [(row[1], row[3], row[7], row[8]) for row in rows] == [
        ("Lỗi cần sửa", "A1", "cũ", None),
        ("Đã sửa cách ghi", "A2", "cũ", "7"),
    ]
    assert any("1 ô (ô tô xanh lá)" in str(row[0]) for row in book.worksheets[0].iter_rows(values_only=True))


def test_the_list_and_the_note_tell_what_stood_there_and_what_stands_there_now() -> None:
    book = marked(book_with({"B2": ("1.234,5", {})}), repaired("B2", Decimal("1234.5"), written="1.234,5"))
    comment = cell_of(book, "B2").comment
    assert comment is not None
    assert "Tệp gốc lưu “1.234,5” dưới dạng chữ; bản này lưu dưới dạng số." in comment.text
    assert book.calculation.fullCalcOnLoad


@pytest.mark.parametrize("text", ["=1+1", "</t></is></c><c><f>1</f></c>", "a\x00b\ud800", "_x000D_", "đ" * 40_000])
def test_hostile_text_in_a_repair_stays_text(text: str) -> None:
    cell = cell_of(marked(book_with({"A1": ("x", {})}), repaired("A1", text)), "A1")
    assert cell.data_type == "s"


def part(*findings: Finding, verdict: Outcome = Outcome.RETURNED) -> Part:
    return Part("a.xlsx", "x", verdict, findings=findings)


def test_agreeing_is_offered_only_where_nothing_is_left() -> None:
    formal, note = repaired("A1", Decimal(1)), repaired("A2", Decimal(2), Severity.NOTE)
    substance = Finding("am", Severity.ERROR, "Âm", "Âm", "Sửa.", Place("Biểu", "A3"))
    query = Finding("q", Severity.QUERY, "Hỏi", "Hỏi", "", Place("Biểu", "A4"))
    of = {
        "formal": sum_up_repairs([part(formal, note, query)]),
        "both": sum_up_repairs([part(formal, substance)]),
        "notes": sum_up_repairs([part(note, verdict=Outcome.ACCEPTED)]),
        "unread": sum_up_repairs([part(formal), part(verdict=Outcome.REFUSED)]),
    }
    assert {name: (one.count, one.offered, one.left, one.agreeable) for name, one in of.items()} == {
        "formal": (2, 1, 0, True),
        "both": (1, 1, 1, False),
        "notes": (1, 0, 0, False),
        "unread": (1, 1, 1, False),
    }
    assert [line.cell for line in of["formal"].lines] == ["A1", "A2"]
