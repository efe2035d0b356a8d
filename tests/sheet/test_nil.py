"""A form that says "Không có" instead of rows: an answer where the form allows it, an empty form where it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import RefusalReason, Table, Unreadable
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from tests.reply import blanks
from tests.sheet.forms import SMALL
from tests.sheet.grids import Grid, opened, xlsx

NIL = replace(SMALL, nil=True)
HEADER: list[object] = [
    "TT", "KCN/KKT", "Tên dự án", "Số GCNĐT", "Ngày cấp lần đầu", "Diện tích đất thuê", "Lao động Việt Nam", "Ghi chú",
]  # fmt: skip
NUMBERS: list[object] = [f"({number})" for number in range(1, 9)]
TOTAL: list[object] = [None, "Tổng cộng", None, None, None, 0, 0]


def answer(
    rows: Grid, *, nil: bool = True, merged: tuple[str, ...] = (), more: Grid | None = None
) -> Table | Unreadable:
    """Return the table below the header and the numbers of the columns; *more* are the rows of a second sheet."""
    form = NIL if nil else SMALL
    sheets = {"S": [HEADER, NUMBERS, *rows]} | ({"T": [HEADER, *more]} if more is not None else {})
    workbook = opened(xlsx(sheets, merged=merged))
    matches = identify(workbook, Vocabulary.of((form,)))
    assert not isinstance(matches, Unreadable)
    found = read_table(workbook, matches[0])
    return found if isinstance(found, Unreadable) else found[0]


@pytest.mark.parametrize(
    "row",
    [
        ["Không có"],
        [None, "Không có"],
        [1, None, "Không có"],
        ["1.", "KHÔNG CÓ"],
        [1, None, "không"],
        ["Không phát sinh"],
        ["KHÔNG CÓ SỐ LIỆU"],
        ["Nil"],
        [None, None, "0"],
        [None, "Không có KCN nào thuộc diện này"],
        ["Trên địa bàn tỉnh không có dự án vi phạm."],
        [1, "Không có", "Không có", "-", "-", 0, 0],
        [1, None, None, None, None, None, None, "Không có dự án nào"],
        ["Chưa phát sinh"],
        ["Ghi chú: Không có dự án nào thuộc diện này"],
    ],
)
def test_words_that_there_is_nothing_are_an_answer_where_the_form_allows_it(row: list[object]) -> None:
    blank: Grid = [[number] for number in range(2, 8)]
    grids: list[Grid] = [[row], [row, *blank, TOTAL], [[], row, ["Ghi chú: …"]], [*blank, row], [["I", "KCN"], row]]
    for rows in grids:
        table = answer(rows)
        assert isinstance(table, Table), rows
        assert (table.nil, table.data.num_rows, table.sheets[0].rows) == (True, 0, 0)
        assert answer(rows, nil=False) == Unreadable(RefusalReason.EMPTY_FORM)


def test_words_merged_across_the_row_are_an_answer() -> None:
    table = answer([["Không có dự án"]], merged=("A3:H4",))
    assert isinstance(table, Table)
    assert table.nil


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[1], [2]],
        [[1, None, None, None, None, 0, 0], TOTAL],
        [["Ghi chú: số liệu đến 30/6/2012"]],
        [["I", "Không có khả năng tiếp tục triển khai"]],
    ],
)
def test_an_empty_form_that_says_nothing_is_empty(rows: Grid) -> None:
    assert answer(rows) == Unreadable(RefusalReason.EMPTY_FORM)


@pytest.mark.parametrize(
    "row",
    [
        [1, "KCN A", "Nhà máy", "Không có", None, 5, 5],
        [1, "KCN A", "Không có", None, None, 5, 5],
        [1, "Không có", "Nhà máy"],
        [1, "KCN Không Gian", "Không gian xanh"],
        [1, None, None, None, None, None, None, "Không"],
    ],
)
def test_a_row_of_data_is_no_nil(row: list[object]) -> None:
    table = answer([row])
    assert isinstance(table, Table)
    assert (table.nil, table.data.num_rows) == (False, 1)


def test_rows_beside_the_words_are_no_nil() -> None:
    project: list[object] = [1, "KCN A", "Nhà máy", None, None, 5, 5]
    words: list[object] = ["Không có"]
    for first, second in ((words, project), (project, words)):
        for table in (answer([first, second]), answer([first], more=[second])):
            assert isinstance(table, Table)
            assert (table.nil, table.data.num_rows) == (False, 1)


@pytest.mark.parametrize(
    "full_id", ["2012-kkt-kcn/I.3", "2012-kkt-kcn/I.4", "2012-kkt-kcn/III.2", "2012-kkt-kcn/III.3"]
)
def test_the_ministrys_blank_with_the_words_in_its_first_line_is_an_answer(full_id: str) -> None:
    form, blank = blanks.form_of(full_id), blanks.blank_of(full_id)
    name = next(one.key for one in form.columns if one.type == "text" and one.required)
    table = blanks.read(blanks.filled(blank, {name: "Không có"}))
    assert isinstance(table, Table)
    assert (table.nil, table.data.num_rows) == (True, 0)
    assert blanks.read(blank.data) == Unreadable(RefusalReason.EMPTY_FORM)
