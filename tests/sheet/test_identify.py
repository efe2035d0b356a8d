from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import RefusalReason, Retired, Understanding, Unreadable
from bot.sheet.identify import Match, Vocabulary, identify
from tests.fixtures.workbooks import make_projects_workbook
from tests.sheet.forms import I_1, III_4, SMALL, column
from tests.sheet.grids import Grid, opened, read, xlsx

HEADER: list[object] = ["TT", "KCN/KKT", "Tên dự án", "Số GCNĐT", "Ngày cấp lần đầu", "Diện tích đất thuê"]
ROW: list[object] = [1, "KCN Nam Cấm", "Nhà máy A", "27211000001", "15/7/2008", 12.5]


def found(*sheets: Grid, merged: tuple[str, ...] = (), at: tuple[int, int] = (1, 1)) -> Match:
    data = xlsx({f"S{number}": grid for number, grid in enumerate(sheets)}, merged=merged, at=at)
    matches = identify(opened(data), Vocabulary.of((I_1, III_4, SMALL)))
    assert not isinstance(matches, Unreadable), matches
    assert len(matches) == 1
    return matches[0]


def test_the_ministrys_form_with_three_merged_header_rows_is_found_whole() -> None:
    matches = identify(opened(make_projects_workbook(3)), Vocabulary.of((I_1, III_4)))
    assert not isinstance(matches, Unreadable)
    [match] = matches
    header = match.places[0][1]
    assert match.form.id == "III.4"
    assert list(header.columns) == [one.key for one in III_4.columns]
    assert list(header.columns.values()) == list(range(33))
    assert (header.top, header.header_row, header.understood) == (7, 9, ())
    assert "UBND tỉnh Nghệ An" in header.title


def test_columns_are_found_by_words_in_any_order_and_among_others() -> None:
    header = found([[*reversed(HEADER), "Cột lạ", "Ghi chú"], [*reversed(ROW)]], at=(4, 3)).places[0][1]
    assert header.columns == {
        "dien_tich_ha": 2, "ngay_cap": 3, "so_gcndt": 4, "ten_du_an": 5, "kcn_kkt": 6, "tt": 7, "ghi_chu": 9,
    }  # fmt: skip
    assert header.header_row == 4


@pytest.mark.parametrize(
    "written",
    ["DIỆN TÍCH ĐẤT THUÊ", "Diện tích đất thuê (ha)", "Diện tích đất thuê, ha", "Dien tich dat thue",
     "Diện tích\nđất thuê", "Diện tích đất thuê [ha]", "Diê\u0323n ti\u0301ch đất thuê"],
)  # fmt: skip
def test_case_accents_line_breaks_and_units_do_not_count(written: str) -> None:
    match = found([[*HEADER[:5], written], ROW])
    assert match.places[0][1].columns["dien_tich_ha"] == 5
    assert match.places[0][1].understood == ()


@pytest.mark.parametrize("written", ["Diện tích đấtt thuê", "Diện tích đất thực thuê", "Diện tích thuee đất thuê"])
def test_a_near_miss_is_understood_and_said(written: str) -> None:
    header = found([[*HEADER[:5], written], ROW]).places[0][1]
    assert header.columns["dien_tich_ha"] == 5
    assert header.understood == (Understanding("S0", "F", written, "Diện tích đất thuê"),)


@pytest.mark.parametrize("written", ["Diện tích đất chưa thuê", "Diện tích", "Vốn thực hiện"])
def test_other_words_are_another_column(written: str) -> None:
    header = found([[*HEADER[:5], written, "Ghi chú"], ROW]).places[0][1]
    assert "dien_tich_ha" not in header.columns


def test_a_near_miss_with_two_candidates_is_left_alone() -> None:
    twins = replace(SMALL, columns=(*SMALL.columns, column("a", "Vốn nước ngoài A"), column("b", "Vốn nước ngoài B")))
    grid: Grid = [[*HEADER, "Vốn nước ngoàii A B"], ROW]
    matches = identify(opened(xlsx({"S": grid})), Vocabulary.of((twins,)))
    assert not isinstance(matches, Unreadable)
    assert matches[0].places[0][1].understood == ()


def test_a_leaf_belongs_to_the_heading_it_is_merged_under() -> None:
    grid: Grid = [
        ["TT", "Tên KCN", "Địa điểm", "Diện tích (ha)", None, "Tình trạng"],
        [None, None, None, "Thành lập", "Theo quy hoạch được duyệt", None],
        [1, "KCN Nam Cấm", "Nghi Lộc", 300, 320, "Đang hoạt động"],
    ]
    merged = ("A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:F4")
    for areas in (merged, ()):
        header = found(grid, merged=areas, at=(3, 1)).places[0][1]
        assert header.columns == {
            "tt": 0, "ten_kcn": 1, "dia_diem": 2, "dien_tich_thanh_lap_ha": 3, "dien_tich_quy_hoach_ha": 4,
            "tinh_trang": 5,
        }  # fmt: skip
        assert (header.top, header.header_row) == (3, 4)


@pytest.mark.parametrize(("below", "header_row"), [("FDI", 2), ("KCN", 1)])
def test_a_lone_leaf_below_cells_that_are_not_merged_is_header_and_the_name_of_a_group_is_not(
    below: str, header_row: int
) -> None:
    place = 6 if below == "FDI" else 1
    names = [one.title for one in III_4.columns if one.required]
    header: list[object] = [*names[:6], "Vốn thực hiện", *names[6:]]
    leaf: list[object] = [below if at == place else None for at in range(len(header))]
    match = found([header, leaf, [f"x{at}" for at in range(len(header))]]).places[0][1]
    assert match.header_row == header_row
    assert ("von_thuc_hien_fdi" in match.columns) is (below == "FDI")


@pytest.mark.parametrize(
    "below",
    [["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"], [1, 2, 3, 4, 5, 6], ["A", "B", 1, 2, 3, "4=3/2"],
     [None, None, None, None, None, "(ha)"]],
)  # fmt: skip
def test_the_rows_of_column_numbers_and_units_are_passed_over(below: list[object]) -> None:
    assert read(xlsx({"S": [HEADER, below, ROW]}), SMALL)[0].data["_row"].to_pylist() == [3]


def test_one_form_on_several_sheets_is_one_match_and_other_sheets_are_passed_over() -> None:
    match = found([["Kính gửi: Bộ Kế hoạch và Đầu tư"]], [HEADER, ROW], [[], [], HEADER, ROW])
    assert [(sheet.name, header.header_row) for sheet, header in match.places] == [("S1", 1), ("S2", 3)]


def test_several_forms_in_a_workbook_are_several_matches_in_the_order_of_the_forms() -> None:
    kcn: Grid = [["TT", "Tên KCN", "Địa điểm", "Diện tích theo quy hoạch được duyệt", "Tình trạng"]]
    matches = identify(opened(xlsx({"a": [HEADER], "b": kcn})), Vocabulary.of((I_1, SMALL)))
    assert not isinstance(matches, Unreadable)
    assert [(match.form.id, match.places[0][0].name) for match in matches] == [("I.1", "b"), ("III.9", "a")]


def test_a_hidden_sheet_is_not_asked() -> None:
    data = xlsx({"bìa": [["Báo cáo"]], "ẩn": [HEADER, ROW]}, hidden=["ẩn"])
    assert identify(opened(data), Vocabulary.of((SMALL,))) == Unreadable(RefusalReason.UNKNOWN_FORM, "bìa")


def test_a_header_with_too_few_of_the_required_columns_is_no_form() -> None:
    data = xlsx({"S": [["TT", "Ghi chú", "Năm đi vào SXKD", "Số GCNĐT"]]})
    assert identify(opened(data), Vocabulary.of((SMALL,))) == Unreadable(RefusalReason.UNKNOWN_FORM, "S")


def test_two_forms_that_fit_equally_are_ambiguous_unless_the_title_names_one() -> None:
    twin = replace(SMALL, id="III.8", title="Biểu III.8. Danh sách khác")
    plain = identify(opened(xlsx({"S": [HEADER, ROW]})), Vocabulary.of((SMALL, twin)))
    forms = ((SMALL.campaign, SMALL.id), (twin.campaign, twin.id))
    assert plain == Unreadable(RefusalReason.AMBIGUOUS_FORM, f"{SMALL.title}; {twin.title}", forms)
    for data in (xlsx({"S": [["BIỂU III.8"], HEADER, ROW]}), xlsx({"Bieu III.8": [HEADER, ROW]})):
        matches = identify(opened(data), Vocabulary.of((SMALL, twin)))
        assert not isinstance(matches, Unreadable)
        assert [match.form.id for match in matches] == ["III.8"]


OLD = Retired("mẫu của Công văn 1100", ("Tên dự án", "Số GCNĐT", "Tổng vốn (tỷ đồng)", "Cơ quan cấp", "Thời hạn"))


@pytest.mark.parametrize("header", [OLD.header, ("TT", *reversed(OLD.header[1:]))])
def test_a_layout_that_was_in_use_once_is_known_by_its_headers(header: tuple[str, ...]) -> None:
    form = replace(SMALL, retired=(OLD,))
    grid: Grid = [[*header], ["A", "1", 2, "B", "C"]]
    found = identify(opened(xlsx({"S": grid})), Vocabulary.of((form, III_4)))
    assert found == Unreadable(RefusalReason.OLD_VERSION, OLD.name, ((form.campaign, form.id),))


def test_todays_layout_with_a_header_of_the_old_one_is_todays() -> None:
    form = replace(SMALL, retired=(OLD,))
    grid: Grid = [[*HEADER, "Cơ quan cấp"], [*ROW, "Ban Quản lý"]]
    matches = identify(opened(xlsx({"S": grid})), Vocabulary.of((form,)))
    assert not isinstance(matches, Unreadable)
    assert [match.form.id for match in matches] == ["III.9"]


def test_a_small_form_does_not_win_on_the_sheet_of_a_larger_one() -> None:
    part = replace(III_4, id="III.2", columns=III_4.columns[:8])
    matches = identify(opened(make_projects_workbook(2)), Vocabulary.of((part, III_4)))
    assert not isinstance(matches, Unreadable)
    assert [match.form.id for match in matches] == ["III.4"]


def test_of_two_forms_that_fit_about_equally_the_one_that_names_more_of_the_sheet_wins() -> None:
    """A long form without its optional columns scores low, and a short one of its kind is not far from it."""
    keys = ("so_gcndt", "ngay_cap", "ten_du_an", "hinh_thuc_dau_tu", "quoc_gia", "dien_tich_thue_ha", "tinh_trang")
    own = (column("a", "Nguyên nhân", required=True), column("b", "Biện pháp", required=True), column("c", "Ghi thêm"))
    part = replace(III_4, id="III.2", columns=(*map(III_4.column, keys), *own), sequence=None, group=None)
    grid: Grid = [[one.title for one in III_4.columns if one.required]]
    matches = identify(opened(xlsx({"S": grid})), Vocabulary.of((part, III_4)))
    assert not isinstance(matches, Unreadable)
    assert [match.form.id for match in matches] == ["III.4"]


# -- forms of the same columns -----------------------------------------------------------------------------------------

COAST = replace(SMALL, id="III.9-VB", title="Biểu III.9. Dự án trong KKT ven biển", words=("ven biển",))
BORDER = replace(
    SMALL, id="III.9-CK", title="Biểu III.9. Dự án trong KKT cửa khẩu", words=("cửa khẩu",), like=COAST.full_id
)
TITLES = f"{COAST.title}; {BORDER.title}"


def twins_in(*above: str, sheet: str = "S", coded: str = "", likely: tuple[str, ...] = ()) -> str:
    """Return the one form of two, or why none can be named."""
    title: Grid = [[text] for text in above]
    book = opened(xlsx({sheet: [*title, HEADER, ROW]}))
    matches = identify(book, Vocabulary.of((COAST, BORDER)), coded=coded, likely=likely)
    return matches.detail if isinstance(matches, Unreadable) else matches[0].form.id


@pytest.mark.parametrize(
    ("above", "sheet", "form"),
    [
        (("KHU KINH TẾ CỬA KHẨU CẦU TREO",), "S", "III.9-CK"),
        (("Biểu III.9", "KKT ven biển Đông Nam"), "S", "III.9-VB"),
        ((), "Bieu III.9 cua khau", "III.9-CK"),
        (("Biểu III.9. Các khu kinh tế",), "S", TITLES),
        (("KKT ven biển và KKT cửa khẩu",), "S", TITLES),
        (("Cửa khẩuu",), "S", TITLES),
    ],
)
def test_forms_of_the_same_columns_are_told_apart_by_their_words(above: tuple[str, ...], sheet: str, form: str) -> None:
    assert twins_in(*above, sheet=sheet) == form


def test_what_the_sender_owes_tells_apart_what_the_sheet_does_not() -> None:
    assert twins_in(likely=(BORDER.full_id, "2012-kkt-kcn/I.1")) == "III.9-CK"
    assert twins_in(likely=(BORDER.full_id, COAST.full_id)) == TITLES
    assert twins_in("KKT ven biển Đông Nam", likely=(BORDER.full_id,)) == "III.9-VB"


def test_the_code_of_a_blank_comes_before_words_and_obligations() -> None:
    visible = f"Mã nhận dạng: baocao:{BORDER.full_id}:40:0123abcd"
    assert twins_in("KKT ven biển", visible, likely=(COAST.full_id,)) == "III.9-CK"
    assert twins_in("KKT ven biển", coded=BORDER.full_id, likely=(COAST.full_id,)) == "III.9-CK"
    assert twins_in(visible, coded=COAST.full_id) == "III.9-CK"
    assert twins_in("KKT ven biển", coded="2012-kkt-kcn/I.1") == "III.9-VB"
    assert twins_in("KKT ven biển", coded="2012-kkt-kcn.2013-6T/III.9-CK") == "III.9-CK"


def test_a_code_that_does_not_fit_the_header_is_not_believed() -> None:
    book = opened(xlsx({"S": [[f"Mã nhận dạng: baocao:{I_1.full_id}:40:0123abcd"], HEADER, ROW]}))
    matches = identify(book, Vocabulary.of((I_1, SMALL)), coded=I_1.full_id)
    assert not isinstance(matches, Unreadable)
    assert [match.form.id for match in matches] == ["III.9"]


def test_the_number_in_a_title_names_a_form_whose_id_says_more() -> None:
    other = replace(SMALL, id="III.8-CK", title="Biểu III.8. Danh sách khác", columns=SMALL.columns[:-1])
    book = opened(xlsx({"S": [["BIỂU III.8"], [*HEADER, "Ghi chú"], [*ROW, "x"]]}))
    matches = identify(book, Vocabulary.of((COAST, other)))
    assert not isinstance(matches, Unreadable)
    assert [match.form.id for match in matches] == ["III.8-CK"]
