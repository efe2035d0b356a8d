"""Forms of indicators: a printed list of them, one in each row, with one column of values or one for each year."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.model import Choice, Column, ColumnType, Form, Problem, RefusalReason, Table, Understanding, Unreadable
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.indicators import number_in
from bot.sheet.table import read_table
from tests.sheet.forms import III_4, SMALL
from tests.sheet.grids import Grid, column, opened, read, xlsx


def line(number: str, header: str, kind: ColumnType = "integer", unit: str = "cụm", *, required: bool = True) -> Column:
    """Return an indicator; wordings are parted by ``|``."""
    key = "ct_" + number.replace(".", "_")
    return Column(key, tuple(header.split("|")), kind, unit, required=required, number=number)


CLUSTERS = Form(
    id="B04",
    campaign="ccn-dinh-ky",
    title="Biểu 04. Tình hình cụm công nghiệp trên địa bàn tỉnh",
    source="test",
    rules=(),
    row_key=(),
    layout="indicators",
    words=("Biểu 04", "cấp tỉnh"),
    columns=(
        line("3", "Số lượng cụm công nghiệp đã thành lập|Số lượng CCN đã thành lập"),
        line("4", "Tổng diện tích các cụm công nghiệp đã thành lập", "decimal", "ha"),
        line("5", "Số lượng cụm công nghiệp đã thành lập trong kỳ báo cáo"),
        line("14", "Tổng vốn đã đầu tư (tổng vốn lũy kế đã thanh toán)", "decimal", "tỷ đồng"),
        line("15", "Số lượng cụm công nghiệp đã hoạt động (đã có dự án đầu tư trong cụm): (15.1+15.2)"),
        line("15.1", "Số lượng cụm công nghiệp hoạt động đã thành lập"),
        line("15.2", "Số lượng cụm công nghiệp đã hoạt động nhưng chưa thành lập"
                     "|Số lượng cụm công nghiệp hoạt động nhưng chưa thành lập"),
        line("19", "Tỷ lệ lấp đầy bình quân của các cụm công nghiệp đã hoạt động", "percent", "%"),
    ),
)  # fmt: skip

TRADE = Form(
    id="II.5-CK",
    campaign="2012-kkt-kcn",
    title="Biểu II.5. Hoạt động thương mại, xuất nhập cảnh",
    source="test",
    rules=(),
    row_key=("ky",),
    layout="indicators",
    record="ky",
    nil=True,
    columns=(
        Column(
            "ky", ("Kỳ số liệu",), "choice", required=True,
            choices=(
                Choice("Năm 2010", ("2010",)),
                Choice("Năm 2011", ("2011",)),
                Choice("6 tháng 2012", ("6 tháng đầu năm 2012", "6T/2012")),
            ),
        ),
        line("1", "Kim ngạch xuất khẩu", "decimal", "triệu USD"),
        line("2", "Kim ngạch nhập khẩu", "decimal", "triệu USD"),
        line("3", "Tổng kim ngạch xuất nhập khẩu|Tổng kim ngạch XNK", "decimal", "triệu USD"),
        line("4", "Số lượt người xuất nhập cảnh", "integer", "lượt người", required=False),
    ),
)  # fmt: skip

HEADER: list[object] = ["TT", "Chỉ tiêu", "ĐVT", "Kết quả", "Ghi chú"]
VALUES: list[object] = [12, 480.5, 2, 350, 9, 7, 2, 86.83]
YEARS: Grid = [
    ["TT", "Chỉ tiêu", "ĐVT", "Năm 2010", "Năm 2011", "6 tháng 2012"],
    [1, "Kim ngạch xuất khẩu", "triệu USD", 10, 12, 5.5],
    [2, "Kim ngạch nhập khẩu", "triệu USD", 20, 25, 11],
    [3, "Tổng kim ngạch XNK", "triệu USD", 30, 37, 16.5],
    [4, "Số lượt người xuất nhập cảnh", "lượt người", 400, 500, 250],
]


def sheet_of(form: Form = CLUSTERS, values: list[object] = VALUES, header: list[object] = HEADER) -> Grid:
    """Return the printed form with *values* beside its lines."""
    lines = [one for one in form.columns if one.key != form.record]
    return [header, *([one.number, one.title, one.unit, value] for one, value in zip(lines, values, strict=True))]


def changed(number: str, *cells: object) -> Grid:
    """Return the printed form in which the line of that number reads *cells*; None leaves a cell as it is."""
    grid = sheet_of()
    row = next(row for row in grid if row[0] == number)
    row[: len(cells)] = [old if new is None else new for old, new in zip(row, cells, strict=False)]
    return grid


def taken(grid: Grid, form: Form = CLUSTERS, **more: tuple[int, int]) -> dict[str, object]:
    """Return the one record of a sheet: indicator → value."""
    table, _ = read(xlsx({"S": grid}, **more), form)  # type: ignore[arg-type]
    (record,) = table.data.to_pylist()
    return {key: value for key, value in record.items() if key.startswith("ct_")}


READ = {
    "ct_3": 12, "ct_4": Decimal("480.5"), "ct_5": 2, "ct_14": 350, "ct_15": 9, "ct_15_1": 7, "ct_15_2": 2,
    "ct_19": Decimal("86.83"),
}  # fmt: skip


# -- one column of values ------------------------------------------------------------------------------------------


def test_each_line_is_a_column_of_the_table_and_its_values_are_a_row() -> None:
    table, problems = read(xlsx({"Biểu 04": sheet_of()}, at=(6, 2)), CLUSTERS)
    assert problems == ()
    (record,) = table.data.to_pylist()
    assert record == {"_sheet": 0, "_row": 5, **READ}
    (place,) = table.sheets
    assert (place.header_row, place.rows, place.letters["ct_3"], place.lines["ct_3"]) == (6, 1, "E", 7)
    assert [place.address(key, 5) for key in ("ct_3", "ct_15_2", "ct_19")] == ["E7", "E13", "E14"]


def test_the_title_above_the_list_is_kept() -> None:
    table, _ = read(xlsx({"S": [["UBND TỈNH NGHỆ AN"], ["Biểu 04"], [], *sheet_of()]}), CLUSTERS)
    assert table.title_block == "UBND TỈNH NGHỆ AN\nBiểu 04"


@pytest.mark.parametrize(
    "heading",
    ["Kết quả (Luỹ kế đến thời điểm báo cáo)", "KẾT QUẢ", "Kết quả lũy kế", "Số liệu", "Thực hiện kỳ báo cáo"],
)
def test_values_stand_under_any_heading_that_means_them(heading: str) -> None:
    assert taken(sheet_of(header=["TT", "Chỉ tiêu", "ĐVT", heading, "Ghi chú", None])) == READ


def test_values_are_found_without_any_header() -> None:
    assert taken(sheet_of()[1:]) == READ


def test_the_row_of_column_numbers_sections_and_an_empty_sixth_column_are_passed_over() -> None:
    grid = sheet_of(header=[*HEADER, ""])
    grid[1:1] = [["(1)", "(2)", "(3)", "(4)", "(5)", ""], ["I", "Thành lập cụm công nghiệp", None, None, None, ""]]
    grid[6:6] = [["II", "Hoạt động của cụm công nghiệp", None, None]]
    assert taken(grid) == READ


def test_the_earlier_period_beside_the_values_is_not_taken() -> None:
    grid = [[*row[:3], "Kết quả kỳ trước" if row[0] == "TT" else 1, *row[3:]] for row in sheet_of()]
    assert taken(grid) == READ


def test_lines_are_found_in_any_order_and_among_others() -> None:
    header, *lines = sheet_of()
    assert taken([header, *reversed(lines), ["28", "Số cụm có đường sắt", "cụm", 4]]) == READ


def test_what_stands_on_the_list_twice_counts_once() -> None:
    assert taken([*sheet_of(), ["5", "Số lượng cụm công nghiệp đã thành lập trong kỳ báo cáo", "cụm", 99]]) == READ


def test_a_missing_line_is_said_at_the_header_and_its_value_is_unknown() -> None:
    grid = [row for row in sheet_of() if row[0] != "15.2"]
    table, problems = read(xlsx({"S": grid}), CLUSTERS)
    assert problems == (Problem("thieu_cot", 0, 1, "ct_15_2"),)
    assert column(table, "ct_15_2") == [None]
    assert "ct_15_2" not in table.sheets[0].letters


# -- the words of a line -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("14", "Tổng vốn đã đầu tư (tổng vốn luỹ kế đã thanh toán)"),
        ("14", "TỔNG VỐN ĐÃ ĐẦU TƯ"),
        ("19", "Tỉ lệ lấp đầy bình quân\ncủa các cụm công nghiệp đã hoạt động"),
        ("19", "  Tỷ lệ lấp đầy bình quân của các cụm công nghiệp đã hoạt động (%)"),
        ("15", "Số lượng cụm công nghiệp đã hoạt động"),
        ("15.1", "- Số lượng cụm công nghiệp hoạt động đã thành lập"),
        ("15.1", "15.1. Số lượng cụm công nghiệp hoạt động đã thành lập"),
        ("15.2", "Số lượng cụm công nghiệp hoạt động nhưng chưa thành lập"),
        ("3", "Số lượng CCN đã thành lập"),
    ],
)
def test_accepted_wordings_are_read_without_a_word(number: str, written: str) -> None:
    table, problems = read(xlsx({"S": changed(number, "", written)}), CLUSTERS)
    assert (problems, table.understood) == ((), ())
    assert table.data.select(list(READ)).to_pylist() == [READ]


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("4", "Tổng diện tích các cụm công nghiêpj đã thành lập"),
        ("15.1", "Trong đó: hoạt động đã thành lập"),
        ("15.2", "Đã hoạt động nhưng chưa thành lập"),
        ("14", "Tổng vốn các cụm đã đầu tư đến nay"),
    ],
)
def test_a_mangled_line_is_known_by_its_number_and_said(number: str, written: str) -> None:
    grid = changed(number, None, written)
    row = next(at for at, cells in enumerate(grid, 1) if cells[1] == written)
    table, _ = read(xlsx({"S": grid}), CLUSTERS)
    key = "ct_" + number.replace(".", "_")
    assert table.understood == (Understanding("S", f"B{row}", written, CLUSTERS.column(key).title),)
    assert table.data.select(list(READ)).to_pylist() == [READ]


def test_words_win_over_numbers_that_have_shifted() -> None:
    header, *lines = sheet_of()
    inserted = ["3", "Số cụm công nghiệp đang lập hồ sơ", "cụm", 77]
    shifted = [[str(at), *row[1:]] for at, row in enumerate(lines, 4)]
    assert taken([header, inserted, *shifted]) == READ


def test_a_number_beside_other_words_names_nothing() -> None:
    table, problems = read(xlsx({"S": changed("5", None, "Số hộ dân phải di dời")}), CLUSTERS)
    assert [(one.notice, one.column) for one in problems] == [("thieu_cot", "ct_5")]
    assert table.understood == ()


@pytest.mark.parametrize(
    ("cell", "number"),
    [("15.1", "15.1"), (15.1, "15.1"), ("15.1.", "15.1"), ("15,1", "15.1"), ("(15)", "15"), (15.0, "15"), ("3)", "3"),
     ("", ""), ("I", ""), ("a", ""), ("1.234.567", "")],
)  # fmt: skip
def test_printed_numbers_are_read_however_they_are_typed(cell: str | float, number: str) -> None:
    assert number_in(cell) == number


# -- values --------------------------------------------------------------------------------------------------------


def test_values_are_read_as_in_any_other_form() -> None:
    values: list[object] = ["12 cụm", "1.234,5", "-", "1.234", "chín", "#REF!", "2,5", "86,83%"]
    table, problems = read(xlsx({"S": sheet_of(values=values)}), CLUSTERS)
    assert [(one.notice, one.row, one.column, one.written) for one in problems] == [
        ("so_dang_chu", 4, "ct_3", "12 cụm"),
        ("so_dang_chu", 4, "ct_4", "1.234,5"),
        ("so_nhap_nhang", 4, "ct_14", "1.234"),
        ("khong_phai_so", 4, "ct_15", "chín"),
        ("loi_excel", 4, "ct_15_1", "#REF!"),
        ("so_nguyen", 4, "ct_15_2", "2,5"),
        ("so_dang_chu", 4, "ct_19", "86,83%"),
    ]
    assert table.bad == {key: frozenset({(0, 4)}) for key in ("ct_15", "ct_15_1", "ct_15_2")}
    assert column(table, "ct_5") == [0]
    assert column(table, "ct_4") == [Decimal("1234.5")]


@pytest.mark.parametrize("empty", [None, "", "   "])
def test_a_list_without_any_value_is_an_empty_form(empty: object) -> None:
    book = opened(xlsx({"S": sheet_of(values=[empty] * 8)}))
    matches = identify(book, Vocabulary.of((CLUSTERS,)))
    assert not isinstance(matches, Unreadable)
    assert read_table(book, matches[0]) == Unreadable(RefusalReason.EMPTY_FORM)


def test_nothing_to_tell_is_an_answer_where_the_form_takes_it() -> None:
    grid: Grid = [*([*row[:3], None, None, None] for row in YEARS[1:]), ["", "Không phát sinh"]]
    for form, answered in ((TRADE, True), (replace(TRADE, nil=False), False)):
        book = opened(xlsx({"S": [YEARS[0], *grid]}))
        matches = identify(book, Vocabulary.of((form,)))
        assert not isinstance(matches, Unreadable)
        found = read_table(book, matches[0])
        assert (not isinstance(found, Unreadable)) is answered
        if not isinstance(found, Unreadable):
            assert (found[0].nil, found[0].data.num_rows, found[0].sheets[0].rows, found[1]) == (True, 0, 0, ())


# -- several columns of values -------------------------------------------------------------------------------------


def test_each_year_is_a_record_that_takes_its_heading() -> None:
    table, problems = read(xlsx({"S": YEARS}, at=(3, 1)), TRADE)
    assert problems == ()
    assert column(table, "_row") == [4, 5, 6]
    assert column(table, "ky") == ["Năm 2010", "Năm 2011", "6 tháng 2012"]
    assert column(table, "ct_4") == [400, 500, 250]
    place = table.sheets[0]
    assert (place.address("ky", 6), place.address("ct_2", 5), place.letters["ct_2"]) == ("F3", "E5", "D")


@pytest.mark.parametrize(
    "headings",
    [(2010, 2011, "6 tháng đầu năm 2012"), ("Thực hiện năm 2010", "TH 2011", "Ước 6T/2012"),
     ("NĂM 2010", "2011", "6T 2012")],
)  # fmt: skip
def test_headings_are_known_however_they_are_typed(headings: tuple[object, ...]) -> None:
    table, problems = read(xlsx({"S": [["TT", "Chỉ tiêu", "ĐVT", *headings], *YEARS[1:]]}), TRADE)
    assert problems == ()
    assert column(table, "ky") == ["Năm 2010", "Năm 2011", "6 tháng 2012"]


def test_years_may_stand_below_a_merged_heading() -> None:
    grid: Grid = [
        ["TT", "Chỉ tiêu", "ĐVT", "Kết quả", None, None],
        [None, None, None, 2010, 2011, "6T/2012"],
        *YEARS[1:],
    ]
    merged = ("A1:A2", "B1:B2", "C1:C2", "D1:F1")
    table, _ = read(xlsx({"S": grid}, merged=merged), TRADE)
    assert column(table, "ky") == ["Năm 2010", "Năm 2011", "6 tháng 2012"]
    assert table.sheets[0].address("ky", 4) == "D2"


def test_a_year_that_the_form_does_not_ask_for_is_said_at_its_heading() -> None:
    table, problems = read(xlsx({"S": [[*YEARS[0][:3], "Năm 2007", *YEARS[0][4:]], *YEARS[1:]]}), TRADE)
    (problem,) = problems
    assert (problem.notice, problem.column, problem.written) == ("ngoai_danh_muc", "ky", "Năm 2007")
    assert table.sheets[0].address(problem.column, problem.row) == "D1"


def test_a_column_of_notes_and_an_empty_year_are_no_records() -> None:
    grid = [
        [*row[:4], None if at else "Năm 2011", row[5], "Ghi chú" if not at else "x"] for at, row in enumerate(YEARS)
    ]
    table, problems = read(xlsx({"S": grid}), TRADE)
    assert (column(table, "ky"), problems) == (["Năm 2010", "6 tháng 2012"], ())


def test_a_sheet_for_each_zone_and_lists_one_below_the_other_are_more_records() -> None:
    below: Grid = [*YEARS, [], ["KKT cửa khẩu thứ hai"], *([*row[:5]] for row in YEARS)]
    for sheets, places in (({"A": YEARS, "B": YEARS}, ["A", "B"]), ({"A": below}, ["A", "A"])):
        table, problems = read(xlsx(sheets), TRADE)
        assert problems == ()
        assert [place.name for place in table.sheets] == places
        assert column(table, "_sheet")[:4] == [0, 0, 0, 1]
        assert column(table, "ct_1")[:4] == [10, 12, Decimal("5.5"), 10]
    assert [place.address("ct_1", 4) for place in table.sheets] == ["D2", "D9"]


# -- identification ------------------------------------------------------------------------------------------------


def forms_in(grid: Grid, *forms: Form, sheet: str = "S", likely: tuple[str, ...] = ()) -> list[str] | Unreadable:
    found = identify(opened(xlsx({sheet: grid})), Vocabulary.of(forms), likely=likely)
    return found if isinstance(found, Unreadable) else [match.form.id for match in found]


def test_lists_of_indicators_and_forms_of_rows_are_told_apart() -> None:
    assert forms_in(sheet_of(), III_4, SMALL, CLUSTERS, TRADE) == ["B04"]
    assert forms_in(YEARS, III_4, SMALL, CLUSTERS, TRADE) == ["II.5-CK"]


def test_too_few_of_the_lines_are_no_form() -> None:
    assert forms_in(sheet_of()[:4], CLUSTERS) == Unreadable(RefusalReason.UNKNOWN_FORM, "S")


def test_lists_of_the_same_lines_are_told_apart_by_their_titles() -> None:
    district = replace(CLUSTERS, id="B03", title="Biểu 03. Tình hình cụm công nghiệp", words=("Biểu 03", "cấp huyện"))
    both = (district, CLUSTERS)
    assert forms_in([["Biểu 04"], *sheet_of()], *both) == ["B04"]
    assert forms_in([["(Dùng cho UBND cấp huyện)"], *sheet_of()], *both) == ["B03"]
    assert forms_in(sheet_of(), *both, sheet="Bieu 03") == ["B03"]
    assert forms_in(sheet_of(), *both, likely=("ccn-dinh-ky/B04",)) == ["B04"]
    assert forms_in(sheet_of(), *both) == Unreadable(
        RefusalReason.AMBIGUOUS_FORM,
        f"{district.title}; {CLUSTERS.title}",
        ((district.campaign, district.id), (CLUSTERS.campaign, CLUSTERS.id)),
    )


def test_a_table_of_zones_with_those_words_in_its_header_is_no_list() -> None:
    grid: Grid = [[one.title for one in CLUSTERS.columns], VALUES]
    assert forms_in(grid, CLUSTERS) == Unreadable(RefusalReason.UNKNOWN_FORM, "S")


def test_a_table_can_be_told_from_what_was_read() -> None:
    table, _ = read(xlsx({"S": sheet_of()}), CLUSTERS)
    assert isinstance(table, Table)
    assert table.data.schema.names == ["_sheet", "_row", *(one.key for one in CLUSTERS.columns)]
