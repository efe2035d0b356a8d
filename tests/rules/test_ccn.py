"""The campaigns about industrial clusters: what a province that sends its list is told, and what it never is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.check.examples import table_of
from bot.check.run import Checker
from bot.language import VIETNAM
from bot.model import Finding, Severity, Unreadable
from bot.schedule.reminders import with_open_stage
from bot.sheet.identify import Vocabulary, identify
from bot.sheet.table import read_table
from bot.submission.campaign import likely_forms
from tests.rules.test_examples import BOOK
from tests.sheet.grids import Grid, opened, xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DM = BOOK.form("2012-ccn-qd105/DM")
CHECKER = Checker(BOOK.registers)
MAY = date(2012, 5, 10)


def found(*rows: Mapping[str, object], received: date = MAY) -> tuple[Finding, ...]:
    return CHECKER.check(DM, table_of(DM, rows), (), BOOK.notices, received)


def told(*rows: Mapping[str, object]) -> list[str]:
    """Return each finding as ``rule cell: sentence``."""
    return [f"{one.rule} {one.place.cell}: {one.say}" for one in found(*rows)]


# -- the campaign ----------------------------------------------------------------------------------------------------


def test_a_letter_without_a_day_gives_no_deadline_and_no_reminder() -> None:
    owed = [one for one in BOOK.obligations if one.campaign == "2012-ccn-qd105"]
    assert {one.form for one in owed} == {"DM", "BC"}
    assert {one.deadline for one in owed} == {None}
    days = range((date(2012, 12, 31) - date(2012, 1, 1)).days)
    for now in (datetime(2012, 1, 1, 9, tzinfo=VIETNAM) + timedelta(days=at) for at in days):
        assert with_open_stage(now, BOOK, owed, (), time(8)) == ()


def test_it_ends_with_its_year_so_that_a_list_of_2022_is_not_taken_for_one_of_2012() -> None:
    assert [one.id for one in BOOK.under_way(date(2022, 5, 10)) if one.id.startswith("20")] == ["2022-ccn-nd68"]
    assert likely_forms("40", BOOK, date(2022, 5, 10)) == {"2022-ccn-nd68/DM", "2022-ccn-nd68/BC"}
    assert "2012-ccn-qd105/DM" in likely_forms("40", BOOK, MAY)


def test_every_province_owes_the_list_and_no_corporation_does() -> None:
    owing = {one.reporter for one in BOOK.obligations if one.campaign == "2012-ccn-qd105"}
    campaign = BOOK.campaign("2012-ccn-qd105")
    provinces = {one.code for one in BOOK.reporters_on(campaign.opened) if one.kind == "tinh"}
    assert {code for code in owing if BOOK.reporter(code).exists(campaign.opened)} == provinces
    assert {BOOK.reporter(code).kind for code in owing} == {"tinh"}
    assert len(provinces) == 63


def test_the_2012_campaign_names_its_act_and_invents_no_dispatch() -> None:
    campaign = BOOK.campaign("2012-ccn-qd105")
    assert (campaign.dispatch, campaign.opened) == ("", date(2012, 3, 2))
    assert [act.split(" ngày")[0] for act in campaign.basis] == [
        "Chỉ thị số 07/CT-TTg",
        "Quyết định số 105/2009/QĐ-TTg",
        "Công văn số 10009/BCT-CNĐP",
    ]


# -- what the letters say --------------------------------------------------------------------------------------------


def test_a_cluster_over_75_ha_without_a_proposal_is_returned() -> None:
    old = {
        "quyet_dinh_thanh_lap": "Quyết định số 812/QĐ-UBND ngày 20/5/2004", "hinh_thanh_truoc_105": "x",
        "dien_tich_quy_hoach": 96.4, "dien_tich_thanh_lap": 96.4,
        "dien_tich_dat_cong_nghiep": 67.5, "dien_tich_da_cho_thue": 43.9,
    }  # fmt: skip
    (finding,) = found(old)
    assert (finding.rule, finding.place.cell, finding.severity) == ("qua_75_ha_chua_de_xuat", "AA9", Severity.ERROR)
    assert finding.say == "CCN Phố Ràng có diện tích 96,4 ha, lớn hơn 75 ha; AA9 chưa nêu hướng xử lý"
    assert found(old | {"de_xuat_xu_ly": "Giữ nguyên vì đã lấp đầy, đề nghị cho tiếp tục"}) == ()


def test_75_ha_itself_is_no_breach_and_square_metres_are_asked_about_only_once() -> None:
    assert told({"dien_tich_quy_hoach": 75}) == []
    assert told({"dien_tich_quy_hoach": 310100}) == [
        "dien_tich_quy_hoach_sai_don_vi G9: G9 ghi 310.100 ha; nếu đang ghi theo m² thì là 31,01 ha"
    ]


def test_a_name_or_a_management_that_does_not_conform_is_asked_about_and_never_returned() -> None:
    findings = found({"ten_ccn": "Khu TTCN Bắc Duyên Hải", "hinh_thanh_truoc_105": "x", "loai_chu_dau_tu": "Chưa có"})
    assert [(one.rule, one.place.cell) for one in findings] == [
        ("ten_goi_chua_phu_hop", "C9"),
        ("mo_hinh_chua_phu_hop", "M9"),
    ]
    assert {one.severity for one in findings} == {Severity.QUERY}


def test_founding_and_expanding_during_the_moratorium_are_both_asked_about() -> None:
    once = "Quyết định số 611/QĐ-UBND ngày 12/4/2012"
    twice = "QĐ 2417/QĐ-UBND ngày 15/9/2010; mở rộng: QĐ 655/QĐ-UBND ngày 12 tháng 4 năm 2012"
    findings = [*found({"quyet_dinh_thanh_lap": once}), *found({"quyet_dinh_thanh_lap": twice})]
    assert [(one.rule, one.place.cell) for one in findings] == [("thanh_lap_trong_thoi_gian_tam_dung", "E9")] * 2
    assert [one.say for one in findings] == [
        f"CCN Phố Ràng được {what} ngày 12/4/2012, trong thời gian tạm dừng theo Chỉ thị 07/CT-TTg"
        for what in ("thành lập", "mở rộng")
    ]


def test_a_decision_in_the_future_is_one_question_and_not_also_a_breach_of_the_moratorium() -> None:
    (finding,) = found({"quyet_dinh_thanh_lap": "Quyết định số 611/QĐ-UBND ngày 12/4/2015"})
    assert finding.rule == "ngay_quyet_dinh_khac_thuong"


def test_what_is_only_a_usual_range_never_returns_a_list() -> None:
    errors = {rule.id for rule in DM.rules if rule.severity is Severity.ERROR}
    assert errors == {
        "ccn_trung_ten", "da_cho_thue_vuot_dat_cong_nghiep", "dat_cong_nghiep_vuot_thanh_lap", "qua_75_ha_chua_de_xuat",
        "du_an_hoat_dong_vuot_dang_ky",
    }  # fmt: skip


# -- the review of 2022 ----------------------------------------------------------------------------------------------


def found_2022(*rows: Mapping[str, object]) -> tuple[Finding, ...]:
    form = BOOK.form("2022-ccn-nd68/DM")
    return CHECKER.check(form, table_of(form, rows), (), BOOK.notices, date(2022, 5, 20))


def test_the_review_of_2022_is_owed_by_all_provinces_of_the_day_before_25_may() -> None:
    owed = [one for one in BOOK.obligations if one.campaign == "2022-ccn-nd68"]
    assert len({one.reporter for one in owed}) == 63
    assert {(one.deadline.words, one.deadline.day) for one in owed if one.deadline} == {
        ("trước ngày 25/5/2022", date(2022, 5, 25))
    }


def test_the_review_of_2022_names_a_role_and_no_telephone() -> None:
    contact = BOOK.campaign("2022-ccn-nd68").contact
    assert (contact.role.split(",")[0], contact.telephone) == ("Phòng Quản lý cụm công nghiệp", "")


def test_in_2022_the_moratorium_is_over_and_more_than_75_ha_is_only_asked_about() -> None:
    assert found_2022({"quyet_dinh_thanh_lap": "Quyết định số 611/QĐ-UBND ngày 12/4/2012"}) == ()
    (finding,) = found_2022({"dien_tich_quy_hoach": 120})
    assert (finding.rule, finding.severity) == ("qua_75_ha_chua_neu_huong_xu_ly", Severity.QUERY)
    assert finding.place.cell == "AA9"


def test_a_small_cluster_is_asked_about_only_where_it_is_newer_than_the_decree() -> None:
    small = {"dien_tich_thanh_lap": 7.5, "dien_tich_dat_cong_nghiep": 5, "dien_tich_da_cho_thue": 3.25}
    assert found_2022(small) == ()
    (finding,) = found_2022(small | {"quyet_dinh_thanh_lap": "Quyết định số 1520/QĐ-UBND ngày 20/8/2019"})
    assert (finding.rule, finding.place.cell) == ("nho_hon_dien_tich_toi_thieu", "H9")


def test_a_cluster_from_before_2009_that_was_never_established_is_asked_about() -> None:
    (finding,) = found_2022({"hinh_thanh_truoc_105": "x", "quyet_dinh_thanh_lap": ""})
    assert (finding.rule, finding.place.cell) == ("truoc_2009_chua_thanh_lap", "E9")


# -- the list as provinces write it ----------------------------------------------------------------------------------


HEADER: Grid = [
    ["TT", "Tên CCN", "Địa điểm", "Quyết định thành lập", "Hình thành trước QĐ 105/2009", "Diện tích (ha)", None, None,
     None, "Tỷ lệ lấp đầy (%)", "Chủ đầu tư hạ tầng", "Tổng mức đầu tư", "Vốn đầu tư hạ tầng đã thực hiện",
     "Trong đó", None, "Số dự án", None, "Vốn đăng ký", "Vốn thực hiện", "Lao động", "Nộp NSNN",
     "Hệ thống xử lý nước thải", "Công suất XLNT", "Ngành nghề", "Hướng xử lý", "Ghi chú"],
    [None, None, None, None, None, "Quy hoạch", "Thành lập/QHCT", "Đất công nghiệp", "Đã cho thuê", None, None, None,
     None, "NSTW", "NSĐP", "Đăng ký", "Hoạt động"],
]  # fmt: skip
MERGED = ["F3:I3", "N3:O3", "P3:Q3"]


def cluster(number: int, name: str, place: str, mark: object = None, **others: object) -> list[object]:
    row = [
        number, name, place, "Quyết định số 2417/QĐ-UBND ngày 15/9/2010", mark, 31.01, 31.01, 21.7, 14.1, 65,
        "Công ty Mẫu", 96.5, 58.2, 6, 20, 12, 9, 245, 182, 640, 7.4, "Có", 500, "Chế biến gỗ", None, None,
    ]  # fmt: skip
    for at, value in others.items():
        row[ord(at) - ord("A")] = value
    return row


def sent(rows: Sequence[list[object]]) -> tuple[list[str], list[str | None], list[str | None]]:
    """Return the findings on a sheet with those rows, the groups and the marks that were read."""
    title: Grid = [["DANH MỤC CÁC CỤM CÔNG NGHIỆP TRÊN ĐỊA BÀN"], ["(Kèm theo Báo cáo ngày 10 tháng 5 năm 2012)"]]
    workbook = opened(xlsx({"CCN": [*title, *HEADER, *rows]}, merged=MERGED))
    matches = identify(workbook, Vocabulary.of(BOOK.forms))
    assert not isinstance(matches, Unreadable), matches
    (match,) = matches
    assert match.form is DM
    read = read_table(workbook, match)
    assert not isinstance(read, Unreadable), read
    table, problems = read
    findings = CHECKER.check(DM, table, problems, BOOK.notices, MAY)
    seen = [f"{one.rule} {one.place.cell}" for one in findings]
    return seen, table.data["nhom"].to_pylist(), table.data["hinh_thanh_truoc_105"].to_pylist()


def test_names_of_districts_in_rows_of_their_own_are_groups_and_the_same_name_may_stand_in_two_districts() -> None:
    seen, groups, _ = sent([
        ["I", "Huyện Bảo Yên"], cluster(1, "CCN Trung tâm", "Xã Long Khánh"), cluster(2, "CCN Phố Ràng", "Phố Ràng"),
        ["II", "Huyện Bảo Thắng"], cluster(1, "CCN Trung tâm", "Thị trấn Phố Lu"),
    ])  # fmt: skip
    assert groups == ["Huyện Bảo Yên", "Huyện Bảo Yên", "Huyện Bảo Thắng"]
    assert seen == []


def test_marks_are_read_however_they_are_set() -> None:
    marked = enumerate(("X", 1, None, 0), 1)
    seen, _, marks = sent([cluster(at, f"CCN số {at}", "Xã Gia Phú", mark, Y="Giữ nguyên") for at, mark in marked])
    assert (seen, marks) == ([], ["x", "x", None, "không"])


def test_a_cluster_that_is_only_planned_needs_no_figures_and_an_established_one_does() -> None:
    planned = [1, "CCN Tân Lĩnh", "Xã Tân Lĩnh", None, None, 75]
    assert sent([["II", "CCN trong quy hoạch chưa thành lập"], planned])[0] == []
    seen, _, _ = sent([["I", "CCN đã thành lập"], cluster(1, "CCN Sơn Thịnh", "Xã Sơn Thịnh", D=None, K=None, T=None)])
    assert seen == ["thieu_gia_tri D6", "thieu_gia_tri K6", "thieu_gia_tri T6"]


def test_a_group_of_clusters_from_before_the_regulation_counts_as_the_mark() -> None:
    seen, _, _ = sent([
        ["III", "CCN hình thành trước QĐ 105/2009"],
        cluster(1, "Điểm công nghiệp Hưng Khánh", "Xã Hưng Khánh", D=None, K=None),
        cluster(2, "CCN Bắc Văn Yên", "Xã Mậu A", F=96.4, G=96.4, H=67.5, I=43.9),
    ])  # fmt: skip
    assert seen == ["ten_goi_chua_phu_hop B6", "qua_75_ha_chua_de_xuat Y7"]
