"""Annex II of the 2012 letter: what a province reads about the sheets on its coastal economic zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.check.examples import table_of
from bot.model import Severity
from tests.rules.test_examples import BOOK, CHECKER, DAYS, check
from tests.sheet.grids import read, xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.model import Finding, Form
    from tests.sheet.grids import Grid

ANNEX = [one for one in BOOK.forms if one.campaign == "2012-kkt-kcn" and one.id.startswith("II.") and one.id[3] != "5"]
PLAN, LAND, PROJECTS, WORKS, PROPOSALS = (BOOK.form(f"2012-kkt-kcn/II.{number}-VB") for number in (1, 2, 3, 4, 6))
BORDER_PLAN, BORDER_LAND = (BOOK.form(f"2012-kkt-kcn/II.{number}-CK") for number in (1, 2))


def said(form: Form, *rows: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """Return rule, cell and sentence of all that is found in *rows*."""
    return [(one.rule, one.place.cell, one.say) for one in check(form, {"rows": rows})]


def found_in(form: Form, grid: Grid, merged: Sequence[str] = ()) -> tuple[Finding, ...]:
    """Return what the reader and the checker find in a sheet as an office draws it, notes left out."""
    table, problems = read(xlsx({"Sheet1": grid}, merged=merged), form)
    found = CHECKER.check(form, table, problems, BOOK.notices, DAYS[form.full_id])
    return tuple(one for one in found if one.severity is not Severity.NOTE)


def row_of(form: Form, **other: object) -> list[object]:
    """Return a row of the columns' examples as cells hold them, with *other* cells where they are named."""
    cells = {**table_of(form, [{}]).data.to_pylist()[0], **other}
    return [cells[one.key] for one in form.columns]


def without(form: Form, key: str, grid: Grid) -> Grid:
    """Return *grid* without that column of *form*; shorter rows, such as those of groups, stay as they are."""
    place = [one.key for one in form.columns].index(key)
    return [row[:place] + row[place + 1 :] if len(row) == len(form.columns) else row for row in grid]


# -- II.1: the plan of the zone ---------------------------------------------------------------------------------------


def test_the_areas_of_a_zone_that_do_not_add_up_are_asked_about_with_both_numbers() -> None:
    assert said(PLAN, {"dien_tich_dat_khac": 6000}) == [
        (
            "khu_chuc_nang_khong_khop_tong",
            "F9",
            "F9 ghi 18.826,47 ha; cộng các khu chức năng và đất khác được 19.826,47 ha (chênh 1.000 ha)",
        )
    ]


def test_the_sum_of_the_areas_never_blocks() -> None:
    assert {rule.severity for rule in PLAN.rules if "khong_khop" in rule.id} == {Severity.QUERY}


def test_one_area_in_square_metres_is_asked_about_once_with_both_readings() -> None:
    assert said(PLAN, {"dien_tich_cong_nghiep": 65_000_000}) == [
        (
            "khu_chuc_nang_vuot_tong",
            "F9",
            (
                "Khu chế xuất, khu công nghiệp ghi 65.000.000 ha, trong khi F9 ghi tổng diện tích 18.826,47 ha; "
                "nếu ô lớn hơn đang ghi theo m² thì là 6.500 ha"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("total", "rule", "reading"),
    [
        (188_264_700, "tong_dien_tich_sai_don_vi", "nếu đang ghi theo m² thì là 18.826,47 ha"),
        ("188,2647", "tong_dien_tich_ghi_km2", "nếu đang ghi theo km² thì là 18.826,47 ha"),
    ],
)
def test_a_total_in_another_unit_is_one_question_and_the_sum_stays_silent(
    total: object, rule: str, reading: str
) -> None:
    ((found, cell, say),) = said(PLAN, {"tong_dien_tich": total})
    assert (found, cell) == (rule, "F9")
    assert say.endswith(reading)


def test_a_border_gate_zone_has_no_place_on_the_coastal_sheet() -> None:
    (found,) = check(PLAN, {"ten_kkt": "KKT Cầu Treo", "loai_hinh": "KKT cửa khẩu"})
    assert (found.rule, found.severity, found.place.cell) == ("kkt_khac_loai", Severity.ERROR, "B9")
    assert "báo cáo về KKT cửa khẩu" in found.fix


def test_zone_and_kind_that_are_both_of_the_other_set_are_one_finding() -> None:
    assert [one[0] for one in said(PLAN, {"ten_kkt": "KKTCK Móng Cái", "loai_hinh": "KKT cửa khẩu"})] == [
        "kkt_khac_loai"
    ]


def test_a_group_row_says_the_kind_of_its_zones() -> None:
    grid: Grid = [
        [one.title for one in PLAN.columns],
        ["I", "KKT ven biển"],
        row_of(PLAN),
        ["II", "KKT cửa khẩu"],
        row_of(PLAN, tt="2", ten_kkt="KKT Cầu Treo"),
    ]
    (found,) = found_in(PLAN, without(PLAN, "loai_hinh", grid))
    assert (found.rule, found.place.cell) == ("kkt_khac_loai", "B5")
    assert found.say.startswith('cột "Loại hình" ghi "KKT cửa khẩu" (KKT Cầu Treo)')


@pytest.mark.parametrize(
    ("decree", "asked"),
    [
        ("Quyết định số 19/2012/QĐ-TTg ngày 10/4/2012", ["thanh_lap_trong_thoi_gian_tam_dung"]),
        ("Quyết định số 85/2007/QĐ-TTg ngày 11/6/2007, hiệu lực 10/4/2012", []),
        ("Quyết định số 19/2012/QĐ-TTg ngày 10/4/2022", ["quyet_dinh_thanh_lap_sau_ngay_nhan"]),
        ("Đã có", ["quyet_dinh_thanh_lap_chua_co_so"]),
    ],
)
def test_a_zone_founded_while_founding_is_paused_is_asked_about(decree: str, asked: list[str]) -> None:
    assert [one[0] for one in said(PLAN, {"quyet_dinh_thanh_lap": decree})] == asked


def test_a_zone_without_an_approved_plan_may_say_so() -> None:
    assert said(PLAN, {"quyet_dinh_quy_hoach": "Chưa phê duyệt"}) == []


# -- II.2: the use of the land ----------------------------------------------------------------------------------------


def test_the_two_header_levels_of_the_land_sheet_are_read() -> None:
    top: list[object] = []
    low: list[object] = []
    for column in LAND.columns:
        above, _, below = column.title.partition(" – ")
        top.append(above)
        low.append(below or None)
    assert found_in(LAND, [top, low, row_of(LAND)]) == ()


def test_more_leased_than_built_and_planned_blocks() -> None:
    (found,) = check(LAND, {"cong_nghiep_cho_thue": 3300})
    assert (found.rule, found.severity, found.place.cell) == ("cong_nghiep_cho_thue_vuot", Severity.ERROR, "K9")
    assert found.say == "K9 ghi 3.300 ha; đã xây dựng 1.400 ha ở J9, quy hoạch phân khu hoặc chi tiết 3.200 ha ở I9"


def test_land_leased_before_it_is_built_is_no_matter() -> None:
    assert said(LAND, {"cong_nghiep_cho_thue": 2000}) == []


@pytest.mark.parametrize("area", ["phi_thue_quan", "cong_nghiep", "du_lich", "do_thi", "hanh_chinh"])
def test_in_every_area_what_is_built_stays_within_the_detailed_plan_and_that_within_the_general_one(area: str) -> None:
    rules = {rule.id: rule for rule in LAND.rules}
    for rule, cell in (("xay_dung_vuot_qhct", "xay_dung"), ("qhct_vuot_qhc", "qhct")):
        found = rules[f"{area}_{rule}"]
        assert (found.severity, found.cell) == (Severity.QUERY, f"{area}_{cell}")


def test_land_that_is_not_accounted_for_is_asked_about() -> None:
    assert said(LAND, {"dat_chua_su_dung": 10_000}) == [
        (
            "su_dung_dat_khong_khop_thanh_lap",
            "D9",
            (
                "D9 ghi 18.826,47 ha; đã xây dựng 2.500 ha, đất khác 5.000 ha và đất chưa sử dụng 10.000 ha "
                "cộng lại là 17.500 ha"
            ),
        )
    ]


# -- II.3: the projects -----------------------------------------------------------------------------------------------

DOMESTIC: Mapping[str, object] = {
    **{one.key: "" for one in PROJECTS.columns if one.key.startswith("fdi_")},
    "ddi_von_dang_ky": 250,
    "ddi_von_thuc_hien": 200,
    "ddi_doanh_thu": 90,
    "ddi_xuat_khau": 0,
    "ddi_nhap_khau": 0,
    "ddi_nop_ngan_sach": 4,
}


def test_a_domestic_project_leaves_the_foreign_half_empty_and_the_reverse() -> None:
    assert said(PROJECTS, {}, {"ten_du_an": "Nhà máy bao bì", **DOMESTIC}) == []


def test_a_project_without_any_capital_is_an_error_at_one_cell() -> None:
    assert [one[:2] for one in said(PROJECTS, {"fdi_von_dang_ky": "", "fdi_von_thuc_hien": ""})] == [
        ("thieu_von_dang_ky", "G9")
    ]


def test_half_a_project_is_asked_for_cell_by_cell() -> None:
    assert [one[:2] for one in said(PROJECTS, {**DOMESTIC, "ddi_doanh_thu": ""})] == [("thieu_gia_tri", "O9")]


def test_capital_of_both_kinds_is_asked_about() -> None:
    ((rule, cell, say),) = said(PROJECTS, {**DOMESTIC, "fdi_von_dang_ky": 12, "fdi_von_thuc_hien": 0, **dict.fromkeys(
        ("fdi_doanh_thu", "fdi_xuat_khau", "fdi_nhap_khau", "fdi_nop_ngan_sach"), 0)})  # fmt: skip
    assert (rule, cell, say) == ("co_hai_loai_von", "M9", "G9 ghi 12 triệu USD, M9 ghi 250 tỷ đồng")


def test_the_same_project_twice_blocks_and_the_same_name_twice_asks() -> None:
    assert said(PROJECTS, {}, {}) == [
        (
            "du_an_ghi_hai_lan",
            "C10",
            'Dự án "Nhà máy chế biến gỗ MDF" ở ô C10 có cùng tên, diện tích và vốn đăng ký với dòng 9',
        )
    ]
    assert [one[0] for one in said(PROJECTS, {}, {"dien_tich": 3})] == ["du_an_trung_ten"]


def test_two_zones_may_each_have_a_project_of_that_name() -> None:
    assert said(PROJECTS, {}, {"ten_kkt": "KKT Vân Phong"}) == []


def test_projects_below_a_group_row_of_a_border_gate_zone_are_named_once() -> None:
    grid: Grid = [
        [one.title for one in PROJECTS.columns],
        ["I", "KKT cửa khẩu Cầu Treo"],
        *(row_of(PROJECTS, tt=str(number), ten_du_an=f"Kho số {number}") for number in (1, 2)),
    ]
    ((rule, cell, say),) = [
        (one.rule, one.place.cell, one.say) for one in found_in(PROJECTS, without(PROJECTS, "ten_kkt", grid))
    ]
    assert (rule, cell) == ("ten_kkt_khac_loai", "B3")
    assert say.startswith('Từ B3 có 2 dự án ghi thuộc "KKT cửa khẩu Cầu Treo"')


def test_revenue_of_what_is_not_yet_working_is_asked_about() -> None:
    assert said(PROJECTS, {"tinh_trang": "Chưa triển khai"}) == [
        ("fdi_doanh_thu_khi_chua_hoat_dong", "I9", 'I9 ghi 18,2 triệu USD, D9 ghi "Chưa triển khai"')
    ]


@pytest.mark.parametrize(
    ("column", "written", "reading"),
    [
        ("fdi_von_dang_ky", 45_000_000, "nếu đang ghi theo USD thì là 45 triệu USD"),
        ("fdi_von_dang_ky", 45_000, "nếu đang ghi theo nghìn USD thì là 45 triệu USD"),
        ("ddi_von_dang_ky", 250_000, "nếu đang ghi theo triệu đồng thì là 250 tỷ đồng"),
        ("ddi_von_dang_ky", 250_000_000_000, "nếu đang ghi theo đồng thì là 250 tỷ đồng"),
        ("dien_tich", 285_000, "nếu đang ghi theo m² thì là 28,5 ha"),
    ],
)
def test_a_slip_of_the_unit_is_a_question_with_both_readings(column: str, written: int, reading: str) -> None:
    row = DOMESTIC if column.startswith("ddi") else {}
    ((_, _, say),) = said(PROJECTS, {**row, column: written})
    assert say.endswith(reading)


# -- II.4: the works --------------------------------------------------------------------------------------------------


def test_a_zone_merged_over_its_works_counts_for_each_of_them() -> None:
    grid: Grid = [
        [one.title for one in WORKS.columns],
        row_of(WORKS),
        row_of(WORKS, tt="2", ten_kkt=None, ten_du_an="Nhà máy nước sạch"),
    ]
    assert found_in(WORKS, grid, merged=["B2:B3"]) == ()


def test_the_sources_of_money_are_held_against_what_was_spent() -> None:
    assert said(WORKS, {"von_nstw": 300, "von_nsdp": 100, "von_khac": 50}) == [
        (
            "nguon_von_khong_khop",
            "P9",
            "P9 ghi 412,5 tỷ đồng; vốn NSTW 300, vốn NSĐP 100, vốn khác 50, cộng lại là 450 tỷ đồng",
        )
    ]


def test_areas_of_a_work_shrink_from_plan_to_founding_to_operation() -> None:
    found = said(WORKS, {"dien_tich_thanh_lap": 400, "dien_tich_hoat_dong": 450})
    assert [one[:2] for one in found] == [("thanh_lap_vuot_quy_hoach", "K9"), ("hoat_dong_vuot_thanh_lap", "L9")]


def test_only_parks_are_held_against_the_pause() -> None:
    decree = {"van_ban_thanh_lap": "Quyết định số 1205/QĐ-UBND ngày 12/4/2012"}
    assert [one[0] for one in said(WORKS, {"ten_du_an": "Cảng Cửa Mẫu", **decree})] == []
    assert [one[0] for one in said(WORKS, {"ten_du_an": "KCN Mẫu", **decree})] == ["thanh_lap_trong_thoi_gian_tam_dung"]


# -- II.6: the proposals ----------------------------------------------------------------------------------------------


def test_a_proposal_about_the_size_needs_its_hectares_and_others_do_not() -> None:
    assert [one[:2] for one in said(PROPOSALS, {"dien_tich_tang_giam": ""})] == [("thieu_gia_tri", "F9")]
    other = {"noi_dung": "Cơ chế, chính sách", "de_xuat": "Hỗ trợ vốn NSTW", "dien_tich_tang_giam": ""}
    assert said(PROPOSALS, other) == []


def test_a_zone_may_shrink() -> None:
    row = {"de_xuat": "Thu hẹp phần mặt nước phía Đông", "dien_tich_tang_giam": -2500}
    assert said(PROPOSALS, row) == []
    assert [one[:2] for one in said(PROPOSALS, {**row, "dien_tich_tang_giam": 2500})] == [
        ("dau_dien_tich_khac_de_xuat", "F9")
    ]


@pytest.mark.parametrize(
    ("column", "rule", "cell"), [("de_xuat", "chua_neu_de_xuat", "E9"), ("ly_do", "chua_neu_ly_do", "G9")]
)
@pytest.mark.parametrize("written", ["-", "…", "Không có", "x"])
def test_a_dash_is_no_proposal_and_no_reason(column: str, rule: str, cell: str, written: str) -> None:
    (found,) = check(PROPOSALS, {column: written})
    assert (found.rule, found.severity, found.place.cell) == (rule, Severity.ERROR, cell)


def test_missing_kinds_of_proposals_are_no_matter_of_a_row() -> None:
    assert said(PROPOSALS, {"noi_dung": "Khác", "dien_tich_tang_giam": ""}) == []


# -- all of them ------------------------------------------------------------------------------------------------------


def test_what_is_only_general_knowledge_never_rejects() -> None:
    assumed = ("_sai_don_vi", "_ghi_km2", "_qua_nho", "_qua_nhieu", "_cao")
    rules = [rule for form in ANNEX for rule in form.rules if rule.id.endswith(assumed)]
    assert len(rules) >= 15
    assert {rule.severity for rule in rules} == {Severity.QUERY}


def test_countries_are_never_a_closed_list() -> None:
    assert WORKS.column("quoc_tich").type == "text"


def test_several_zones_on_a_sheet_are_no_finding() -> None:
    names = {"KKT Vân Phong": "92/2006/QĐ-TTg", "KKT Vũng Áng": "72/2006/QĐ-TTg", "KKT Vân Đồn": "120/2007/QĐ-TTg"}
    rows = [{"ten_kkt": name, "quyet_dinh_thanh_lap": number} for name, number in names.items()]
    assert said(PLAN, *rows) == []
    for form in (LAND, WORKS, PROPOSALS):
        assert said(form, *({"ten_kkt": name} for name in names)) == []


# -- against other forms and registers ---------------------------------------------------------------------------------


def test_a_zone_that_the_plan_does_not_know_blocks_and_another_wording_of_its_name_does_not() -> None:
    for form, cell in ((LAND, "B9"), (WORKS, "D9"), (PROPOSALS, "B9")):
        row = {"ten_kkt": "KKT Vân Phong"}
        (found,) = check(form, {**row, "tables": {PLAN.full_id: [{"ten_kkt": "KKT Vân Đồn"}]}})
        assert (found.rule, found.severity, found.place.cell) == ("kkt_khong_co_o_bieu_ii1", Severity.ERROR, cell)
        assert check(form, {**row, "tables": {PLAN.full_id: [{"ten_kkt": "Khu kinh tế VÂN PHONG"}]}}) == ()
        assert check(form, row) == ()


def test_the_land_sheet_is_held_against_the_plan_area_by_area() -> None:
    plan = {"tong_dien_tich": "20.000", "dien_tich_cong_nghiep": "7.673,53"}
    found = check(LAND, {"tables": {PLAN.full_id: [plan]}})
    assert [(one.rule, one.place.cell, one.severity) for one in found] == [
        ("thanh_lap_khac_bieu_ii1", "D9", Severity.QUERY),
        ("cong_nghiep_qhc_khac_bieu_ii1", "H9", Severity.QUERY),
    ]
    assert found[1].say == (
        "H9 ghi 6.500 ha; Biểu II.1, diện tích khu chế xuất, KCN của KKT Đông Nam Nghệ An là 7.673,53 ha"
    )


def test_a_functional_area_as_a_group_of_projects_is_no_unknown_zone() -> None:
    tables: Mapping[str, object] = {PLAN.full_id: [{}]}
    assert check(PROJECTS, {"ten_kkt": "Khu phi thuế quan", "tables": tables}) == ()
    (found,) = check(PROJECTS, {"ten_kkt": "KKT Vân Phong", "tables": tables})
    assert (found.rule, found.severity) == ("nhom_khong_co_o_bieu_ii1", Severity.QUERY)


def test_a_zone_outside_the_register_is_asked_about_with_the_nearest_name() -> None:
    ((rule, cell, say),) = said(PLAN, {"ten_kkt": "KKT Đông Nam Nghệ Ạn 2"})
    assert (rule, cell) == ("kkt_ngoai_danh_muc", "B9")
    assert say.endswith("gần giống trong danh mục: Đông Nam Nghệ An")


def test_only_the_list_with_a_source_rejects_by_name() -> None:
    """The 15 coastal zones are sourced; the names of the border-gate zones are reconstructed and may only ask."""
    coastal = check(PLAN, {"ten_kkt": "Cầu Treo"})
    border = check(BORDER_PLAN, {"ten_kkt": "Vân Đồn"})
    assert [(one.rule, one.severity) for one in (*coastal, *border)] == [
        ("kkt_thuoc_danh_muc_loai_kia", Severity.QUERY),
        ("kkt_thuoc_danh_muc_loai_kia", Severity.ERROR),
    ]


def test_a_zone_of_another_province_is_asked_about_where_the_province_is_known() -> None:
    row = {"ten_kkt": "KKT Vân Đồn", "quyet_dinh_thanh_lap": "120/2007/QĐ-TTg"}
    assert check(PLAN, row) == ()
    assert check(PLAN, {**row, "reporter": "22"}) == ()
    (found,) = check(PLAN, {**row, "reporter": "40"})
    assert (found.rule, found.place.cell, found.severity) == ("kkt_cua_don_vi_khac", "B9", Severity.QUERY)
    assert found.say.endswith("theo danh mục thuộc Quảng Ninh")


# -- the other set: border-gate zones ----------------------------------------------------------------------------------


def test_both_sets_have_the_same_five_forms() -> None:
    assert sorted(one.id for one in ANNEX) == [f"II.{number}-{kind}" for number in "12346" for kind in ("CK", "VB")]
    for one in ANNEX:
        assert one.words == (("cửa khẩu",) if one.id.endswith("CK") else ("ven biển",))
        assert one.nil == (one.id[:4] in {"II.3", "II.4"})


def test_a_coastal_zone_has_no_place_on_the_border_gate_sheet() -> None:
    (found,) = check(BORDER_PLAN, {"ten_kkt": "KKT Vân Đồn", "loai_hinh": "KKT ven biển"})
    assert (found.rule, found.severity, found.place.cell) == ("kkt_khac_loai", Severity.ERROR, "B9")
    assert found.fix.startswith("Đề nghị chuyển dòng này sang Biểu II.1 của báo cáo về KKT ven biển")


def test_a_border_gate_zone_may_be_small() -> None:
    areas = {one.key: 100 for one in PLAN.columns if one.key.startswith("dien_tich_")}
    small = {**areas, "tong_dien_tich": 600}
    assert check(BORDER_PLAN, small) == ()
    assert [one.rule for one in check(PLAN, small)] == ["tong_dien_tich_ghi_km2"]


def test_the_border_gate_set_is_held_against_its_own_plan() -> None:
    (found,) = check(BORDER_LAND, {"tables": {BORDER_PLAN.full_id: [{"ten_kkt": "KKTCK Mộc Bài"}]}})
    assert (found.rule, found.place.cell) == ("kkt_khong_co_o_bieu_ii1", "B9")
    rules = {rule.id: rule for rule in BORDER_LAND.rules}
    assert rules["kkt_khong_co_o_bieu_ii1"].tables == (BORDER_PLAN.full_id,)
