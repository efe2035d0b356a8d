"""What a province writes into forms III.1 to III.3: the projects of form III.4, counted, the troubled ones listed."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.demo.annexes import add_total, make_page, number_rows, say_nothing
from bot.demo.pages import Book, Field, Line
from bot.demo.projects import RUNNING, project_rows
from bot.language import day

if TYPE_CHECKING:
    from bot.demo.pages import Cell
    from bot.demo.places import Province

_STATES = {
    RUNNING: "dang_hoat_dong",
    "Đang xây dựng": "dang_xay_dung",
    "Chưa triển khai": "cham_trien_khai",
    "Chậm triển khai": "cham_trien_khai",
    "Tạm ngừng, ngừng hoạt động": "ngung_hoat_dong",
}
"""Status in form III.4 → the column of form III.1 in which it is counted."""
_TROUBLED = {"cham_trien_khai": "Chậm triển khai", "ngung_hoat_dong": "Ngừng hoạt động"}
"""Column of form III.1 → class in form III.2."""
_CAUSES = (
    (
        "Nhà đầu tư gặp khó khăn về tài chính, chưa thu xếp được vốn",
        "Đã có văn bản đôn đốc; đề xuất gia hạn đến hết năm 2012",
    ),
    (
        "Thị trường thu hẹp, doanh nghiệp tạm dừng để cơ cấu lại",
        "Theo dõi đến quý I/2013, nếu không khôi phục thì thu hồi GCNĐT",
    ),
    (
        "Chưa được bàn giao đủ mặt bằng theo hợp đồng thuê đất",
        "Yêu cầu chủ đầu tư hạ tầng bàn giao mặt bằng trong quý IV/2012",
    ),
)
_OFFENCES = (
    ("Môi trường", "Xả nước thải chưa xử lý đạt quy chuẩn vào hệ thống thoát nước của khu", 45),
    ("Môi trường", "Chưa lập hồ sơ quản lý chất thải nguy hại theo quy định", 30),
    ("Lao động", "Sử dụng 12 lao động nước ngoài chưa có giấy phép lao động", 25),
    ("Lao động", "Chưa đóng bảo hiểm xã hội cho 35 lao động", 20),
    ("Đầu tư", "Chậm gửi báo cáo tình hình thực hiện dự án hai kỳ liên tiếp", 10),
    ("Xây dựng", "Xây dựng nhà kho khi chưa có giấy phép xây dựng", 15),
)


def _block(suffix: str, words: str) -> tuple[Field, ...]:
    def count(key: str, header: str) -> Field:
        return Field(f"{key}_{suffix}", (words, header), "integer", 9, summed=True)

    def money(key: str, header: str) -> Field:
        return Field(f"{key}_{suffix}", (words, header), "decimal", 11, summed=True)

    return (
        count("tong_so", "Tổng số dự án"),
        money("von_dang_ky", "Vốn đăng ký"),
        count("dang_hoat_dong", "Đang hoạt động"),
        count("dang_xay_dung", "Đang xây dựng"),
        count("cham_trien_khai", "Chưa/chậm triển khai"),
        count("ngung_hoat_dong", "Ngừng hoạt động"),
        count("giai_the_pha_san", "Chuẩn bị giải thể, phá sản"),
        money("von_thuc_hien", "Vốn thực hiện"),
        count("vi_pham", "Số dự án vi phạm"),
    )


SUMMARY: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_khu", ("Tên KCN/KKT",), "text", 22),
    *_block("fdi", "Dự án FDI"),
    *_block("ddi", "Dự án DDI"),
    Field("ghi_chu", ("Ghi chú",), "text", 12),
)
TROUBLED: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_du_an", ("Tên dự án/doanh nghiệp",), "text", 30),
    Field("ten_khu", ("KCN/KKT",), "text", 18),
    Field("so_gcndt", ("Số GCNĐT/Giấy phép đầu tư",), "text", 16),
    Field("ngay_cap", ("Ngày cấp",), "date", 11),
    Field("nha_dau_tu", ("Nhà đầu tư",), "text", 26),
    Field("quoc_tich", ("Quốc tịch",), "text", 11),
    Field("von_dang_ky", ("Vốn đăng ký",), "decimal", 11),
    Field("von_thuc_hien", ("Vốn thực hiện",), "decimal", 11),
    Field("dien_tich_thue_ha", ("Diện tích đất thuê",), "decimal", 10, summed=True),
    Field("tinh_trang", ("Tình trạng",), "text", 14),
    Field("thoi_gian", ("Thời gian chậm/ngừng (từ tháng, năm)",), "text", 14),
    Field("nguyen_nhan", ("Nguyên nhân",), "text", 30),
    Field("bien_phap", ("Biện pháp đã/đề xuất xử lý",), "text", 30),
    Field("van_ban_thu_hoi", ("Văn bản thu hồi (nếu có)",), "text", 14),
)
OFFENDING: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_du_an", ("Tên dự án/doanh nghiệp",), "text", 30),
    Field("ten_khu", ("KCN/KKT",), "text", 18),
    Field("so_gcndt", ("Số GCNĐT",), "text", 16),
    Field("linh_vuc_vi_pham", ("Lĩnh vực vi phạm",), "text", 12),
    Field("noi_dung_vi_pham", ("Nội dung vi phạm",), "text", 34),
    Field("ngay_phat_hien", ("Thời điểm phát hiện",), "date", 11),
    Field("hinh_thuc_xu_ly", ("Hình thức xử lý (số QĐ, số tiền phạt)",), "text", 34),
    Field("so_tien_phat", ("Số tiền phạt",), "decimal", 10, summed=True),
    Field("tinh_hinh_khac_phuc", ("Tình hình khắc phục",), "text", 24),
)


def make_summary_book(province: Province, *, seed: int = 2012) -> Book:
    """Return a good form III.1: the projects of form III.4 counted in each park, by status."""
    parks: dict[str, list[dict[str, Cell]]] = defaultdict(list)
    for project in project_rows(province, seed=seed):
        parks[str(project["ten_khu"])].append(project)
    offending = {str(row["so_gcndt"]) for row in _offences(province, seed)}
    rows = [{"ten_khu": park, **_count(projects, offending)} for park, projects in parks.items()]
    lines = [Line("group", {"tt": "I", "ten_khu": "KCN"}), *number_rows(rows)]
    page = make_page(
        province,
        "III.1",
        ("TỔNG HỢP TÌNH HÌNH THỰC HIỆN CÁC DỰ ÁN ĐẦU TƯ TRONG KCN, KKT",),
        "Đơn vị tính: dự án, triệu USD (FDI), tỷ đồng (DDI)",
        SUMMARY,
        lines,
        month=9,
        seed=seed,
    )
    return Book("III.1", (add_total(page, "ten_khu"),))


def make_troubled_book(province: Province, *, seed: int = 2012) -> Book:
    """Return a good form III.2: the projects that are late or have stopped; "Không có" where there is none."""
    rows = []
    for project in project_rows(province, seed=seed):
        kind = _TROUBLED.get(_STATES[str(project["tinh_trang"])])
        if kind:
            dice = random.Random(f"{seed}/{project['so_gcndt']}")
            cause, cure = dice.choice(_CAUSES)
            certified = project["ngay_cap"]
            since = certified.year + 1 if isinstance(certified, date) else 2011
            rows.append(
                {
                    **{key: project[key] for key in ("ten_du_an", "ten_khu", "so_gcndt", "ngay_cap", "nha_dau_tu")},
                    "quoc_tich": project["quoc_gia"],
                    "von_dang_ky": _either(project, "von_dang_ky"),
                    "von_thuc_hien": _either(project, "von_thuc_hien"),
                    "dien_tich_thue_ha": project["dien_tich_thue_ha"],
                    "tinh_trang": kind,
                    "thoi_gian": f"Từ tháng {dice.randint(1, 6)}/{since}",
                    "nguyen_nhan": cause,
                    "bien_phap": cure,
                }
            )
    page = make_page(
        province,
        "III.2",
        ("DANH MỤC DỰ ÁN CHẬM TRIỂN KHAI, NGỪNG HOẠT ĐỘNG, CHUẨN BỊ GIẢI THỂ, PHÁ SẢN",),
        "Đơn vị tính: ha, triệu USD (FDI), tỷ đồng (DDI)",
        TROUBLED,
        number_rows(rows),
        month=9,
        seed=seed,
    )
    return Book("III.2", (add_total(page, "ten_du_an") if rows else say_nothing(page, "ten_du_an"),))


def make_offences_book(province: Province, *, seed: int = 2012) -> Book:
    """Return a good form III.3: one row for each offence; "Không có" where there is none."""
    rows = _offences(province, seed)
    page = make_page(
        province,
        "III.3",
        ("DANH MỤC DỰ ÁN VI PHẠM PHÁP LUẬT VỀ ĐẦU TƯ, LAO ĐỘNG, MÔI TRƯỜNG",),
        "Đơn vị tính: triệu đồng",
        OFFENDING,
        number_rows(rows),
        month=9,
        seed=seed,
    )
    return Book("III.3", (add_total(page, "ten_du_an") if rows else say_nothing(page, "ten_du_an"),))


def _count(projects: list[dict[str, Cell]], offending: set[str]) -> dict[str, Cell]:
    row: dict[str, Cell] = {}
    for kind in ("fdi", "ddi"):
        own = [one for one in projects if one[f"von_dang_ky_{kind}"] is not None]
        row |= {
            f"tong_so_{kind}": len(own),
            f"von_dang_ky_{kind}": _sum(own, f"von_dang_ky_{kind}"),
            **{f"{state}_{kind}": 0 for state in (*_STATES.values(), "giai_the_pha_san")},
            f"von_thuc_hien_{kind}": _sum(own, f"von_thuc_hien_{kind}"),
            f"vi_pham_{kind}": sum(str(one["so_gcndt"]) in offending for one in own),
        }
        for state in set(_STATES.values()):
            row[f"{state}_{kind}"] = sum(_STATES[str(one["tinh_trang"])] == state for one in own)
    return row


def _offences(province: Province, seed: int) -> list[dict[str, Cell]]:
    rows: list[dict[str, Cell]] = []
    for project in project_rows(province, seed=seed):
        dice = random.Random(f"{seed}/{project['so_gcndt']}/III.3")
        if project["tinh_trang"] != RUNNING or dice.random() > 0.1:
            continue
        field, offence, fine = dice.choice(_OFFENCES)
        found = date(2012, 1, 5) + timedelta(days=dice.randint(0, 150))
        decided = found + timedelta(days=dice.randint(10, 30))
        rows.append(
            {
                "ten_du_an": project["ten_du_an"],
                "ten_khu": project["ten_khu"],
                "so_gcndt": project["so_gcndt"],
                "linh_vuc_vi_pham": field,
                "noi_dung_vi_pham": offence,
                "ngay_phat_hien": found,
                "hinh_thuc_xu_ly": f"Phạt tiền {fine} triệu đồng, Quyết định số {dice.randint(10, 400)}/QĐ-XPHC"
                f" ngày {day(decided)}",
                "so_tien_phat": Decimal(fine),
                "tinh_hinh_khac_phuc": "Đã khắc phục, đã nộp phạt",
            }
        )
    return rows


def _either(project: dict[str, Cell], key: str) -> Cell:
    return project[f"{key}_fdi"] if project["von_dang_ky_fdi"] is not None else project[f"{key}_ddi"]


def _sum(rows: list[dict[str, Cell]], key: str) -> Decimal:
    values = (one.get(key) for one in rows)
    return sum((value for value in values if isinstance(value, Decimal)), Decimal(0))
