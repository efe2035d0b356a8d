"""What each row of a sheet is taken for: a table in the docstring, the sheet on the left, the answer on the right.

``data`` it is in the table, ``total`` its numbers are held against the rows, ``told`` it is named as passed over;
nothing: it says nothing that could be lost.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import openpyxl
import pytest

from bot.sheet.header_rows import are_column_numbers
from tests.sheet.forms import SMALL
from tests.sheet.grids import Grid, column, read, xlsx

if TYPE_CHECKING:
    from bot.model import Problem, Table

    Case = tuple[Table, tuple[Problem, ...], list[str], list[str]]


def grid_of(text: str) -> tuple[Grid, list[str]]:
    """Return the sheet that a docstring draws, and what each of its rows below the header should be."""
    lines = [line.strip() for line in text.splitlines() if "|" in line]
    cells, wanted = [], []
    for line in lines:
        drawn, _, answer = line.partition("=>")
        cells.append([cell_of(one.strip()) for one in drawn.split("|")])
        wanted.append(answer.strip())
    return cells, wanted[1:]


def cell_of(text: str) -> object:
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    return text.removeprefix("'") or None  # an apostrophe keeps a number a text, as in Excel


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """Read the sheet of the test's docstring with the form SMALL."""
    grid, wanted = grid_of(request.function.__doc__)
    table, problems = read(xlsx({"S": grid}), SMALL)
    data, totals = set(column(table, "_row")), {one.row for one in table.totals}
    told = {
        row
        for one in problems
        if one.notice == "dong_bo_qua"
        for first, _, last in [one.evidence["dong"].partition("–")]
        for row in range(int(first), int(last or first) + 1)
    }
    kinds = [("data", data), ("total", totals), ("told", told)]
    answers = [" ".join(name for name, rows in kinds if row in rows) for row in range(2, len(grid) + 1)]
    return table, problems, answers, wanted


def test_small_numbers_in_the_first_row_are_no_column_numbers(case: Case) -> None:
    """
    TT | KCN/KKT | Tên dự án | Diện tích đất thuê | Lao động Việt Nam | Năm đi vào SXKD | Tỷ lệ lấp đầy
    1  | 2       | 3         | 4                  | 5                 | 6               | 7             =>
    1  | KCN A   | Nhà máy 1 | 2                  | 3                 | 4               | 5             => data
    2  | KCN A   | Nhà máy 2 | 0                  | 0                 |                 | 0             => data
    """
    assert case[2] == case[3]


def test_small_numbers_alone_in_the_first_row_are_data(case: Case) -> None:
    """
    TT | KCN/KKT | Tên dự án | Diện tích đất thuê | Lao động Việt Nam | Tỷ lệ lấp đầy
    1  | A       | B         | 3                  | 4                 | 5             => data
    2  | A       | C         | 0                  | 0                 | 0             => data
    """
    assert case[2] == case[3]


def test_a_row_with_only_its_key_is_data_and_zeros_without_a_name_are_not(case: Case) -> None:
    """
    TT | KCN/KKT | Tên dự án | Diện tích đất thuê | Lao động Việt Nam
    1  |         | Nhà máy 1 |                    |                   => data
    2  |         |           | 0                  | 0                 =>
    3  |         |           | -                  | -                 =>
    4  |         | Nhà máy 4 | 0                  | 0                 => data
       |         |           | 5                  | 0                 => data
    """
    assert case[2] == case[3]


def test_names_like_totals_groups_and_signatures_are_data(case: Case) -> None:
    """
    TT | KCN/KKT           | Tên dự án          | Diện tích đất thuê | Lao động Việt Nam
    1  | Tổng công ty X    | Tổng số một        | 1                  | 1               => data
    2  | Cộng Hòa          | Cộng               | 1                  | 1               => data
    3  | KCN Tổng hợp      | Nơi nhận hàng      | 1                  | 1               => data
       | Cộng Hiền         | Công ty Giám Đốc   | 1                  | 1               => data
       | KT Việt Nam       | Toàn Quốc          | 1                  | 1               => data
       | Giám đốc          |                    | 7                  | 1               => data
       | TL Việt Nam       |                    |                    |                 =>
       | KCN A             | Ghi chú            | 1                  | 1               => data
    """
    assert case[2] == case[3]


def test_rows_below_the_total_are_read(case: Case) -> None:
    """
    TT  | KCN/KKT         | Tên dự án | Diện tích đất thuê | Lao động Việt Nam
    1   | KCN A           | Nhà máy 1 | 5                  | 1               => data
        | Tổng cộng       |           | 10                 | 2               => total
    2   | KCN A           | Nhà máy 2 | 5                  | 1               => data
    III | Tổng cộng       |           | 10                 | 2               => total
        | Trong đó: FDI   |           | 4                  | 2               => told
        | Trong đó:       |           |                    |                 =>
    """
    assert case[2] == case[3]


def test_the_same_table_again_below_the_signature_is_read(case: Case) -> None:
    """
    TT | KCN/KKT         | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam
    1  | KCN A           | Nhà máy 1  | 5                  | 1               => data
       | NGƯỜI LẬP BIỂU  | GIÁM ĐỐC   |                    |                 =>
       | (Ký, họ tên)    | Nguyễn A   |                    |                 =>
       |                 | 0912345678 | 912345678          |                 =>
    TT | KCN/KKT         | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam =>
    1  | 2               | 3          | 4                  | 5               =>
       |                 |            | (ha)               | (người)         =>
    1  | KCN B           | Nhà máy 2  | 5                  | 1               => data
    """
    assert case[2] == case[3]


def test_the_header_again_on_the_next_page_is_no_row(case: Case) -> None:
    """
    TT | KCN/KKT         | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam
    1  | KCN A           | Nhà máy 1  | 5                  | 1               => data
    TT | KCN/KKT         | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam =>
    1  | 2               | 3          | 4                  | 5               =>
    2  | KCN A           | Nhà máy 2  | 5                  | 1               => data
    """
    assert case[2] == case[3]


def test_a_note_in_the_middle_does_not_swallow_the_rows_below_it(case: Case) -> None:
    """
    TT | KCN/KKT                   | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam
    1  | KCN A                     | Nhà máy 1  | 5                  | 1               => data
       | Ghi chú: cập nhật tháng 6 |            |                    |                 =>
    2  | KCN A                     | Nhà máy 2  | 5                  | 1               => data
    """
    assert case[2] == case[3]


def test_another_table_below_the_notes_is_told_and_not_read(case: Case) -> None:
    """
    TT        | KCN/KKT         | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam
    1         | KCN A           | Nhà máy 1  | 5                  | 1               => data
    Ghi chú:  |                 |            |                    |                 =>
    STT       | Loại hình       | Nước       | Số dự án           | Vốn             =>
    1         | FDI             | Nhật Bản   | 5                  | 3               => told
    2         | DDI             | Việt Nam   | 4                  | 2               => told
    """
    assert case[2] == case[3]
    assert [(one.row, one.column, one.written, one.evidence["dong"]) for one in case[1]] == [
        (5, "ten_du_an", "FDI", "5–6")
    ]


def test_a_lone_number_below_the_signature_is_no_row_and_several_are_told(case: Case) -> None:
    """
    TT | KCN/KKT         | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam
    1  | KCN A           | Nhà máy 1  | 5                  | 1               => data
       | Nơi nhận:       |            |                    |                 =>
       | Điện thoại      |            | 912345678          |                 =>
       | Nhà máy 2       |            | '12,5              | '3              => told
    """
    assert case[2] == case[3]


def test_numbers_beside_a_group_are_its_subtotals_where_rows_follow(case: Case) -> None:
    """
    TT | KCN/KKT         | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam
    A  | Miền Bắc        |            | 10                 | 2               => total
    I  | KCN A           |            | 10                 | 2               => total
    1  |                 | Nhà máy 1  | 10                 | 2               => data
    II | KCN B           |            | 0                  | 0               =>
       | Không có dự án  |            |                    |                 =>
    B  | Miền Nam        |            |                    |                 =>
    I  | KCN C           |            | 4                  | 2               => total
    1  |                 | Nhà máy 2  | 4                  | 2               => data
    """
    table, problems, answers, wanted = case
    assert answers == wanted
    assert column(table, "kcn_kkt") == ["KCN A", "KCN C"]
    assert problems == ()


def test_a_roman_number_with_numbers_and_no_rows_below_is_a_row(case: Case) -> None:
    """
    TT  | KCN/KKT        | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam
    A   | Miền Bắc       |            | 10                 | 4               => total
    I   |                | Nhà máy 1  | 5                  | 2               => data
    V   |                | Nhà máy 5  | 5                  | 2               => data
        | Tổng cộng      |            | 10                 | 4               => total
    """
    table, _, answers, wanted = case
    assert answers == wanted
    assert column(table, "kcn_kkt") == ["Miền Bắc", "Miền Bắc"]


def test_a_roman_number_in_the_last_row_is_data(case: Case) -> None:
    """
    TT  | KCN/KKT        | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam
    I   |                | Nhà máy 1  | 5                  | 2               => data
    """
    assert case[2] == case[3]


def test_nothing_in_one_group_is_no_row_and_no_error(case: Case) -> None:
    """
    TT | KCN/KKT         | Tên dự án       | Diện tích đất thuê | Lao động Việt Nam
    I  | KCN A           |                 |                    |                 =>
    1  |                 | Không có        |                    |                 =>
    II | KCN B           |                 |                    |                 =>
    1  |                 | Nhà máy 1       | 5                  | 1               => data
    2  |                 | Không phát sinh | 0                  | -               =>
    3  | Không           | Nhà máy 2       | 5                  | 1               => data
    """
    table, problems, answers, wanted = case
    assert answers == wanted
    assert problems == ()
    assert not table.nil


def test_a_name_alone_in_a_table_without_running_numbers_is_told(case: Case) -> None:
    """
    KCN/KKT | Tên dự án  | Diện tích đất thuê | Lao động Việt Nam
    KCN A   | Nhà máy 1  | 5                  | 1               => data
            | Nhà máy 2  |                    |                 => told
            | Nhà máy 3  |                    |                 => told
    """
    assert case[2] == case[3]


def test_hidden_rows_are_read() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["TT", "KCN/KKT", "Tên dự án", "Diện tích đất thuê"], [1, "KCN A", "X", 5], [2, "KCN A", "Y", 5]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    table, _ = read(stream.getvalue(), SMALL)
    assert column(table, "ten_du_an") == ["X", "Y"]


@pytest.mark.parametrize(
    ("cells", "is_so"),
    [
        ("(1) (2) (3) (4)", True),
        ("A B 1 2 3=2/1", True),
        ("1 2 3 4 5", True),
        ("(1) (2) (3) (4) x", True),
        ("[1] [2] [3a] [3b] [4]", True),
        ("(1) (2) (3)=(1)+(2) (4)*", True),
        ("1 2 3 4 x", False),
        ("1 A 2 3", False),
        ("1 1 1 1", False),
        ("1 12 14 15", False),
        ("5 6 7 8", False),
        ("1 KCN 2 3 4 5 6 7 8 9 10", False),
        ("(12) (5) (3)", False),
        ("1 2", False),
    ],
)
def test_the_numbers_of_the_columns_grow_from_left_to_right_and_leave_none_out(cells: str, is_so: bool) -> None:
    assert are_column_numbers(list(enumerate(cells.split())), 1) is is_so
