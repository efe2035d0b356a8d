"""What a workbook hides is read like all else and said; days are right whichever year the workbook counts them from."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH

from bot.language import runs
from bot.model import Remark
from bot.sheet.found import read_slowly
from tests.sheet.forms import SMALL
from tests.sheet.grids import read
from tests.sheet.writers import flat_ods, ods, spreadsheetml

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = ("TT", "KCN/KKT", "Tên dự án", "Số GCNĐT", "Ngày cấp lần đầu", "Diện tích đất thuê")
ROWS = tuple((number, "KCN Nam Cấm", f"Nhà máy {number}", f"2721{number:07}", None, 1.5) for number in range(1, 9))
HIDDEN = (Remark("hidden_rows", "Biểu", "3–5, 8"), Remark("hidden_columns", "Biểu", "B, D"))
"""Row 12 is hidden too, and column G: they hold nothing of the table."""


def with_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Biểu"
    for cells in (HEADER, *ROWS):
        sheet.append(list(cells))
    for row in (3, 4, 5, 8, 12):
        sheet.row_dimensions[row].hidden = True
    for letter in "BDG":
        sheet.column_dimensions[letter].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_xlwt() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("Bìa").write(0, 0, "BÁO CÁO")
    sheet = book.add_sheet("Biểu")
    for row, cells in enumerate((HEADER, *ROWS)):
        for at, value in enumerate(cells):
            if value is not None:
                sheet.write(row, at, value)
    for row in (3, 4, 5, 8, 12):
        sheet.row(row - 1).hidden = True
    for at in (1, 3, 6):
        sheet.col(at).hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def in_markup(draw: Callable[[str], bytes], row: str, column: str, cells: Callable[[object], str]) -> bytes:
    columns = "".join(column % (' HIDE="1"' if at in (1, 3, 6) else "") for at in range(7))
    lines = [
        row % (' HIDE="1"' if number in (3, 4, 5, 8) else "", "".join(map(cells, values)))
        for number, values in enumerate((HEADER, *ROWS), 1)
    ]
    return draw(columns + "".join(lines))


def with_excel_xml() -> bytes:
    def cell(value: object) -> str:
        kind = "Number" if isinstance(value, int | float) else "String"
        return "<Cell/>" if value is None else f'<Cell><Data ss:Type="{kind}">{value}</Data></Cell>'

    drawn = in_markup(spreadsheetml, "<Row%s>%s</Row>", "<Column%s/>", cell)
    return drawn.replace(b"HIDE", b"ss:Hidden")


def with_opendocument(draw: Callable[[str], bytes]) -> bytes:
    def cell(value: object) -> str:
        if value is None:
            return "<table:table-cell/>"
        number = f' office:value="{value}"' if isinstance(value, int | float) else ""
        kind = "float" if number else "string"
        return f'<table:table-cell office:value-type="{kind}"{number}><text:p>{value}</text:p></table:table-cell>'

    return in_markup(draw, "<table:table-row%s>%s</table:table-row>", "<table:table-column%s/>", cell)


def hiding(data: bytes) -> bytes:
    return data.replace(b'HIDE="1"', b'table:visibility="collapse"')


@pytest.mark.parametrize(
    "data",
    [
        with_openpyxl(),
        with_xlwt(),
        with_excel_xml(),
        hiding(with_opendocument(flat_ods)),
        with_opendocument(lambda rows: ods(rows.replace('HIDE="1"', 'table:visibility="filter"'))),
    ],
    ids=["xlsx", "xls", "xml", "fods", "ods"],
)
def test_hidden_rows_and_columns_are_read_and_named(data: bytes) -> None:
    table, problems = read(data, SMALL)
    assert table.data["_row"].to_pylist() == list(range(2, 10))
    assert table.data["kcn_kkt"].null_count == 0
    assert not problems
    assert table.remarks == HIDDEN


def test_a_package_that_only_the_second_reader_opens_tells_them_too() -> None:
    (found,) = read_slowly(with_openpyxl())
    assert found.hidden == (((3, 5), (8, 8), (12, 12)), ((2, 2), (4, 4), (7, 7)))


def test_nothing_is_said_where_nothing_is_hidden() -> None:
    book = openpyxl.load_workbook(io.BytesIO(with_openpyxl()))
    for one in (*book.worksheets[0].row_dimensions.values(), *book.worksheets[0].column_dimensions.values()):
        one.hidden = False
    stream = io.BytesIO()
    book.save(stream)
    assert read(stream.getvalue(), SMALL)[0].remarks == ()


@pytest.mark.parametrize(("numbers", "expected"), [([], []), ([7], [(7, 7)]), ([3, 1, 2, 2, 9], [(1, 3), (9, 9)])])
def test_numbers_form_stretches(numbers: list[int], expected: list[tuple[int, int]]) -> None:
    assert runs(numbers) == expected


# ------------------------------------------------------------------------------------------------------------
# Days counted from 1904
# ------------------------------------------------------------------------------------------------------------

DAY = date(2012, 7, 15)
SERIAL = 39643
"""Of that day, counted from 1904; from 1900 it would be four years and a day earlier."""


def days_with_openpyxl(*, from_1904: bool = True) -> bytes:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904 if from_1904 else WINDOWS_EPOCH
    sheet = book.worksheets[0]
    sheet.append(HEADER)
    for number, day in enumerate((DAY, SERIAL, str(SERIAL), "15/7/2012"), 1):
        sheet.append([number, "KCN", f"Nhà máy {number}", f"{number}", day, 1.5])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def days_with_xlwt() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = True
    sheet = book.add_sheet("Biểu")
    style = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for at, text in enumerate(HEADER):
        sheet.write(0, at, text)
    for number, day in enumerate((DAY, SERIAL, str(SERIAL), "15/7/2012"), 1):
        for at, value in enumerate((number, "KCN", f"Nhà máy {number}", f"{number}")):
            sheet.write(number, at, value)
        sheet.write(number, 4, day, style if isinstance(day, date) else xlwt.Style.default_style)
        sheet.write(number, 5, 1.5)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("data", [days_with_openpyxl(), days_with_xlwt()], ids=["xlsx", "xls"])
def test_in_a_workbook_that_counts_from_1904_typed_days_and_numbers_of_days_are_right(data: bytes) -> None:
    table, _ = read(data, SMALL)
    assert table.data["ngay_cap"].to_pylist() == [DAY] * 4


def test_the_second_reader_counts_from_1904_too() -> None:
    (found,) = read_slowly(days_with_openpyxl())
    assert found.from_1904
    assert found.grid is not None
    assert list(found.grid.iter_rows())[1][4].date() == DAY  # type: ignore[union-attr]


def test_the_same_number_counted_from_1900_is_another_day() -> None:
    table, _ = read(days_with_openpyxl(from_1904=False), SMALL)
    assert table.data["ngay_cap"].to_pylist()[:2] == [DAY, date(2008, 7, 14)]
