from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from bot.model import Problem, RefusalReason, Table, Unreadable
from bot.sheet.column_date import DateReader
from bot.sheet.column_number import NumberReader
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.sheet.workbook import Limits
from tests.fixtures.workbooks import PROJECT_FIRST_ROW, make_projects_workbook, projects
from tests.sheet.forms import I_1, III_4, SMALL
from tests.sheet.grids import Grid, column, opened, read, xlsx

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER: list[object] = [
    "TT", "KCN/KKT", "Tên dự án", "Số GCNĐT", "Ngày cấp lần đầu", "Diện tích đất thuê", "Lao động Việt Nam",
    "Năm đi vào SXKD", "Tỷ lệ lấp đầy", "Tình trạng triển khai",
]  # fmt: skip
PLACES = {str(title): place for place, title in enumerate(HEADER)}


def project(number: int = 1, **cells: object) -> list[object]:
    row: list[object] = [number, "KCN Nam Cấm", f"Nhà máy {number}", "27211000001", None, 12.5, 20, 2010, 50, None]
    titles = {"area": "Diện tích đất thuê", "workers": "Lao động Việt Nam", "day": "Ngày cấp lần đầu",
              "year": "Năm đi vào SXKD", "share": "Tỷ lệ lấp đầy", "state": "Tình trạng triển khai",
              "licence": "Số GCNĐT", "zone": "KCN/KKT", "name": "Tên dự án"}  # fmt: skip
    for key, value in cells.items():
        row[PLACES[titles[key]]] = value
    return row


def table_of(*rows: Sequence[object]) -> tuple[Table, tuple[Problem, ...]]:
    return read(xlsx({"DDI": [HEADER, *map(list, rows)]}), SMALL)


def said(problems: tuple[Problem, ...]) -> list[tuple[str, int, str, str]]:
    return [(one.notice, one.row, one.column, one.written) for one in problems]


# ------------------------------------------------------------------------------------------- the whole, as sent


def test_a_clean_workbook_reads_back_cell_by_cell() -> None:
    table, problems = read(make_projects_workbook(40), III_4)
    assert problems == ()
    assert table.bad == {}
    assert column(table, "_row") == list(range(PROJECT_FIRST_ROW, PROJECT_FIRST_ROW + 40))
    for number, sent in enumerate(projects(40)):
        got = [column(table, one.key)[number] for one in III_4.columns]
        assert got[0] == str(sent[0])
        assert got[1:] == [Decimal(str(cell)) if isinstance(cell, float) else cell for cell in sent[1:]]


def test_each_column_has_the_arrow_type_of_the_contract() -> None:
    table, _ = table_of(project())
    assert table.form == "2012-kkt-kcn/III.9"
    kinds = {field.name: field.type for field in table.data.schema}
    assert (kinds["_sheet"], kinds["_row"]) == (pa.int16(), pa.int32())
    assert kinds["tt"] == kinds["lao_dong"] == kinds["nam_sxkd"] == pa.int64()
    assert kinds["dien_tich_ha"] == kinds["ty_le"] == pa.decimal128(21, 6)
    assert kinds["ngay_cap"] == pa.date32()
    assert kinds["ten_du_an"] == kinds["so_gcndt"] == kinds["tinh_trang"] == kinds["ghi_chu"] == pa.string()


def test_the_total_row_is_kept_apart_with_its_address() -> None:
    table, _ = read(make_projects_workbook(3), III_4)
    [total] = table.totals
    assert (total.sheet, total.row, total.label) == (0, PROJECT_FIRST_ROW + 3, "Tổng cộng")
    assert total.values["dien_tich_thue_ha"] == sum(column(table, "dien_tich_thue_ha"))


def test_more_rows_than_one_piece_read_without_a_gap() -> None:
    table, problems = table_of(*(project(number) for number in range(1, 2501)))
    assert problems == ()
    assert column(table, "tt") == list(range(1, 2501))
    assert column(table, "_row") == list(range(2, 2502))


# --------------------------------------------------------------------------------------------- what a row may be


def test_blank_rows_leave_gaps_and_every_row_keeps_its_number() -> None:
    table, _ = table_of(project(1), [], [None, " "], project(2), [3])
    assert column(table, "_row") == [2, 5]


def test_a_group_row_names_the_zone_of_the_rows_below_it() -> None:
    table, problems = table_of(
        project(1), ["I", "KCN Bắc Vinh", None, None, None, 50], project(1, zone=None), project(2, zone="KKT Đông Nam"),
        ["II. KCN Hoàng Mai"], project(1, zone=None),
    )  # fmt: skip
    assert column(table, "kcn_kkt") == ["KCN Nam Cấm", "KCN Bắc Vinh", "KKT Đông Nam", "KCN Hoàng Mai"]
    assert problems == ()


def test_group_rows_stand_in_for_a_missing_column_of_zones() -> None:
    header = [title for title in HEADER if title != "KCN/KKT"]
    rows = [[cell for place, cell in enumerate(project(number)) if place != 1] for number in (1, 2)]
    table, problems = read(xlsx({"S": [header, ["A", "KCN Bắc Vinh"], *rows]}), SMALL)
    assert column(table, "kcn_kkt") == ["KCN Bắc Vinh", "KCN Bắc Vinh"]
    assert problems == ()
    table, problems = read(xlsx({"S": [header, *rows]}), SMALL)
    assert column(table, "kcn_kkt") == [None, None]
    assert said(problems) == [("thieu_cot", 1, "kcn_kkt", "")]


def test_a_name_merged_over_several_rows_belongs_to_all_of_them() -> None:
    grid: Grid = [HEADER, project(1), project(2, zone=None), project(3, zone="KCN Khác")]
    table, _ = read(xlsx({"S": grid}, merged=["B2:B3"]), SMALL)
    assert column(table, "kcn_kkt") == ["KCN Nam Cấm", "KCN Nam Cấm", "KCN Khác"]


@pytest.mark.parametrize(
    "label", ["Tổng cộng", "TỔNG SỐ", "Tổng", "Cộng", "Toàn tỉnh", "Tổng cộng (I+II)", "Tong cong"]
)
def test_a_total_is_found_at_the_top_and_at_the_bottom_in_any_text_column(label: str) -> None:
    for total in ([None, label, None, None, None, 25], [label, None, None, None, None, 25]):
        for first, last in (([total], []), ([], [total])):
            table, _ = table_of(*first, project(1), project(2), *last)
            assert [(one.label, one.values["dien_tich_ha"]) for one in table.totals] == [(label, Decimal(25))]
            assert column(table, "ten_du_an") == ["Nhà máy 1", "Nhà máy 2"]


def test_the_sums_of_groups_are_totals_too_and_never_data() -> None:
    table, _ = table_of(
        project(1),
        [None, "Cộng KCN Nam Cấm", None, None, None, 12.5],
        project(2),
        [None, "Cộng", None, None, None, 12.5],
        [None, "Tổng cộng", None, None, None, 25],
    )
    assert [(one.row, one.label) for one in table.totals] == [(3, "Cộng KCN Nam Cấm"), (5, "Cộng"), (6, "Tổng cộng")]
    assert len(column(table, "tt")) == 2


@pytest.mark.parametrize("zone", ["Tổng công ty Viglacera", "Cộng hòa Séc", "Tổng kho xăng dầu"])
def test_a_name_that_begins_like_a_total_is_data(zone: str) -> None:
    table, _ = table_of(project(1), [None, zone, "Nhà máy X", "1", None, 3, 4])
    assert column(table, "kcn_kkt") == ["KCN Nam Cấm", zone]
    assert table.totals == ()


@pytest.mark.parametrize(
    "end",
    [["Ghi chú: (*) phát sinh trong kỳ"], [None, None, "Nơi nhận:"], ["NGƯỜI LẬP BIỂU", None, None, "TRƯỞNG BAN"],
     [None, None, None, None, None, None, "Nghệ An, ngày    tháng 7 năm 2012"]],
)  # fmt: skip
def test_reading_stops_at_the_notes_and_the_signature_block(end: list[object]) -> None:
    table, problems = table_of(project(1), end, ["DDI", "là vốn", "trong", "nước", "a", "b"])
    assert column(table, "ten_du_an") == ["Nhà máy 1"]
    assert problems == ()


def test_a_data_row_that_mentions_a_note_does_not_end_the_table() -> None:
    table, _ = table_of([1, "Ghi chú", "Nhà máy A", "1", None, 5], project(2))
    assert column(table, "ten_du_an") == ["Nhà máy A", "Nhà máy 2"]


@pytest.mark.parametrize("rows", [[], [["Không có"]], [[None, "Không phát sinh"]], [[1], [2]]])
def test_a_form_without_a_row_is_empty(rows: Grid) -> None:
    workbook = opened(xlsx({"S": [HEADER, *rows]}))
    matches = identify(workbook, Vocabulary.of((SMALL,)))
    assert not isinstance(matches, Unreadable)
    assert read_table(workbook, matches[0]) == Unreadable(RefusalReason.EMPTY_FORM)


def test_more_rows_than_the_limit_are_refused() -> None:
    workbook = opened(xlsx({"S": [HEADER, project(1), project(2)]}), Limits(rows=1))
    matches = identify(workbook, Vocabulary.of((SMALL,)))
    assert not isinstance(matches, Unreadable)
    assert read_table(workbook, matches[0]) == Unreadable(RefusalReason.TOO_LARGE, "hơn 1 dòng")


def test_several_sheets_make_one_table_and_each_cell_keeps_its_sheet_and_letter() -> None:
    fdi: Grid = [["UBND tỉnh Nghệ An"], HEADER, project(1, area="x")]
    ddi: Grid = [[*reversed(HEADER)], [*reversed(project(2, area="y"))]]
    table, problems = read(xlsx({"FDI": fdi, "bìa": [["x"]], "DDI": ddi}), SMALL)
    assert [(place.name, place.header_row, place.rows) for place in table.sheets] == [("FDI", 2, 1), ("DDI", 1, 1)]
    assert [place.letters["dien_tich_ha"] for place in table.sheets] == ["F", "E"]
    assert (column(table, "_sheet"), column(table, "_row")) == ([0, 1], [3, 2])
    assert [(one.sheet, one.row, one.written) for one in problems] == [(0, 3, "x"), (1, 2, "y")]
    assert table.title_block == "UBND tỉnh Nghệ An"


def test_a_missing_required_column_is_named_once_and_its_cells_are_null() -> None:
    table, problems = read(xlsx({"S": [HEADER[:5], project(1)[:5]]}), SMALL)
    assert said(problems) == [("thieu_cot", 1, "dien_tich_ha", "")]
    assert column(table, "dien_tich_ha") == [None]
    assert "dien_tich_ha" not in table.sheets[0].letters


# ---------------------------------------------------------------------------------------------- what a cell says


def test_a_written_cell_that_cannot_be_used_is_bad_and_null() -> None:
    table, problems = table_of(
        project(1), project(2, area="đang đo", workers=2.5, year=20100, day="hôm qua", state="Tốt")
    )
    assert said(problems) == [
        ("ngay_sai", 3, "ngay_cap", "hôm qua"),
        ("khong_phai_so", 3, "dien_tich_ha", "đang đo"),
        ("so_nguyen", 3, "lao_dong", "2,5"),
        ("nam_sai", 3, "nam_sxkd", "20100"),
        ("ngoai_danh_muc", 3, "tinh_trang", "Tốt"),
    ]
    assert problems[-1].evidence == {"danh_muc": "Đang hoạt động; Chưa triển khai"}
    assert table.bad == {one.column: frozenset({(0, 3)}) for one in problems}
    assert [column(table, one.column)[1] for one in problems] == [None] * 5
    assert column(table, "dien_tich_ha")[0] == Decimal("12.5")


def test_error_values_of_excel_are_named_in_every_type_of_column() -> None:
    grid: Grid = [project(1, area="#REF!", name="#N/A", day="#VALUE!", state="#DIV/0!")]
    table, problems = table_of(*grid)
    assert {(one.notice, one.column) for one in problems} == {
        ("loi_excel", key) for key in ("dien_tich_ha", "ten_du_an", "ngay_cap", "tinh_trang")
    }
    assert column(table, "ten_du_an") == [None]


def test_numbers_typed_as_text_are_taken_and_counted() -> None:
    texts = ["1.234,5", "12,5", "2.029,4ha", "1\u00a0234", "(12,5)"]
    table, problems = table_of(*(project(number, area=text) for number, text in enumerate(texts, 1)))
    assert [str(value) for value in column(table, "dien_tich_ha")] == [
        "1234.500000", "12.500000", "2029.400000", "1234.000000", "-12.500000",
    ]  # fmt: skip
    assert [one.notice for one in problems] == ["so_dang_chu"] * 5
    assert problems[0].evidence == {"hieu_la": "1.234,5"}


@pytest.mark.parametrize(
    ("neighbour", "value", "notice"),
    [("12.5", "1.234", "so_dang_chu"), ("12,5", "1234", "so_dang_chu"), (3.5, "1234", "so_nhap_nhang")],
)
def test_an_ambiguous_number_is_decided_by_its_column_else_by_law(neighbour: object, value: str, notice: str) -> None:
    table, problems = table_of(project(1, area=neighbour), project(2, area="1.234"))
    assert column(table, "dien_tich_ha")[1] == Decimal(value)
    assert (problems[-1].notice, problems[-1].row) == (notice, 3)
    if notice == "so_nhap_nhang":
        assert problems[-1].evidence == {"hieu_la": "1.234", "hoac": "1,234"}


def test_an_ambiguous_number_in_a_column_of_counts_is_the_whole_one() -> None:
    table, problems = table_of(project(1, workers="1.234"), project(2, workers="2,345"), project(3, workers="-"))
    assert column(table, "lao_dong") == [1234, 2345, 0]
    assert [one.notice for one in problems] == ["so_dang_chu", "so_dang_chu"]


def test_an_approximate_number_is_kept_and_said() -> None:
    table, problems = table_of(project(1, area="khoảng 20"))
    assert column(table, "dien_tich_ha") == [20]
    assert said(problems) == [("so_gan_dung", 2, "dien_tich_ha", "khoảng 20")]


def test_decimals_are_those_that_were_typed_also_in_large_numbers() -> None:
    typed = [0.1, 1187.5, 58601689702.1, 123456789012.5, 999999999999999, 1 / 3]
    table, problems = table_of(*(project(number, area=value) for number, value in enumerate(typed, 1)))
    assert problems == ()
    assert [str(value) for value in column(table, "dien_tich_ha")] == [
        "0.100000", "1187.500000", "58601689702.100000", "123456789012.500000", "999999999999999.000000", "0.333333",
    ]  # fmt: skip


def test_more_than_fifteen_digits_are_too_large() -> None:
    table, problems = table_of(project(1, area=1e15, workers=1e16), project(2, area="1.000.000.000.000.000"))
    assert [(one.notice, one.row, one.column) for one in problems] == [
        ("so_qua_lon", 2, "dien_tich_ha"), ("so_qua_lon", 2, "lao_dong"), ("so_qua_lon", 3, "dien_tich_ha"),
    ]  # fmt: skip
    assert column(table, "dien_tich_ha") == [None, None]


def test_percentages_written_as_fractions_are_understood_by_their_column() -> None:
    assert column(table_of(project(1, share=0.5757), project(2, share=1))[0], "ty_le") == [Decimal("57.57"), 100]
    assert column(table_of(project(1, share=0.5), project(2, share=86.83))[0], "ty_le") == [
        Decimal("0.5"),
        Decimal("86.83"),
    ]
    assert column(table_of(project(1, share=0.57), project(2, share="57,57%"))[0], "ty_le") == [57, Decimal("57.57")]
    table, _ = table_of(project(1, share=0.5), [None, "Tổng cộng", None, None, None, 1, 1, None, 0.5])
    assert table.totals[0].values["ty_le"] == 50
    table, _ = table_of(project(1, share=0.5), [None, "Tổng cộng", None, None, None, 1, 1, None, "57,57%"])
    assert table.totals[0].values["ty_le"] == Decimal("57.57")


def test_days_come_as_cells_serial_numbers_and_text() -> None:
    day = dt.date(2012, 7, 15)
    moment = dt.datetime.combine(day, dt.time(8, 30))
    sent = [day, moment, 41105, "15/7/2012", "15.7.12", "ngày 15 tháng 7 năm 2012", "-"]
    table, problems = table_of(*(project(number, day=value) for number, value in enumerate(sent, 1)))
    assert column(table, "ngay_cap") == [day] * 6 + [None]
    assert [(one.notice, one.repair) for one in problems] == [("ngay_dang_chu", day)] * 3


def test_years_come_as_numbers_text_and_days() -> None:
    sent = [2005, 2005.0, "2005", "năm 2005", dt.date(2005, 3, 1)]
    table, problems = table_of(*(project(number, year=value) for number, value in enumerate(sent, 1)))
    assert column(table, "nam_sxkd") == [2005] * 5
    assert problems == ()


def test_identifiers_stay_text_without_the_traces_of_excel() -> None:
    table, _ = table_of(
        project(1, licence=32121000048.0), project(2, licence="011032001130"), project(3, licence="12/GP")
    )
    assert column(table, "so_gcndt") == ["32121000048", "011032001130", "12/GP"]


def test_choices_are_compared_by_their_words_and_kept_as_the_list_writes_them() -> None:
    table, problems = table_of(
        project(1, state="ĐANG HOẠT ĐỘNG"), project(2, state=" dang hoat dong "), project(3, state="-")
    )
    assert column(table, "tinh_trang") == ["Đang hoạt động", "Đang hoạt động", None]
    assert [(one.notice, one.repair) for one in problems] == [("ten_khac_danh_muc", "Đang hoạt động")]


def test_text_is_composed_and_trimmed() -> None:
    table, _ = table_of(project(1, name="\u00a0Nhà ma\u0301y\u00a0A \n"), project(2, zone=" "))
    assert column(table, "ten_du_an") == ["Nhà máy A", "Nhà máy 2"]
    assert column(table, "kcn_kkt") == ["KCN Nam Cấm", None]


def test_running_numbers_never_complain() -> None:
    table, problems = table_of(project(1), ["2.", *project(2)[1:]], ["3a", *project(3)[1:]])
    assert column(table, "tt") == [1, 2, None]
    assert problems == ()
    assert table.bad == {"tt": frozenset({(0, 4)})}


def test_mild_problems_never_push_out_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sheet.table.MOST_PROBLEMS", 2)
    _, problems = table_of(project(1, area="12,5"), project(2, area="12,5"), project(3, area="x", workers="y"))
    assert [one.notice for one in problems] == ["khong_phai_so", "khong_phai_so"]


@pytest.mark.parametrize("typed", ["12,5", "15/7/2012"])
def test_of_a_column_typed_as_text_no_more_notes_are_made_than_are_kept(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sheet.column.MOST_PROBLEMS", 2)
    reader = NumberReader(SMALL.column("dien_tich_ha")) if "," in typed else DateReader(SMALL.column("ngay_cap"))
    reader.add([typed, typed, typed, "x", typed])
    filled = reader.finish()
    assert [at for at, _ in filled.problems] == [0, 1, 3], "a cell that cannot be read is told all the same"
    assert (filled.data.null_count, filled.bad) == (1, frozenset({3})), "what is not told is read all the same"


def test_an_xls_like_form_with_groups_and_subtotals_reads_its_data_rows_only() -> None:
    grid: Grid = [
        ["TT", "Tên KCN", "Địa điểm", "Diện tích theo quy hoạch được duyệt", "Tình trạng"],
        ["Toàn tỉnh", None, None, 500],
        ["I", "KCN đang hoạt động", None, 300],
        [1, "KCN Nam Cấm", "Nghi Lộc", 300, "Đang hoạt động"],
        ["II", "KCN chưa triển khai", None, 200],
        ["1", "KCN Tri Lễ", "Anh Sơn", 200, "Chưa triển khai"],
    ]
    table, problems = read(xlsx({"Biểu I.1": grid}), I_1)
    assert column(table, "ten_kcn") == ["KCN Nam Cấm", "KCN Tri Lễ"]
    assert {one.row: one.values["dien_tich_quy_hoach_ha"] for one in table.totals} == {2: 500, 3: 300, 5: 200}
    assert problems == ()
