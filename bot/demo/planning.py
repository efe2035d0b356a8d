"""What a province writes into forms I.2 to I.4: the same parks as in form I.1, the same projects as in form III.4."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.demo.annexes import add_total, make_page, number_rows, say_nothing
from bot.demo.pages import Book, Field, Line
from bot.demo.parks import GROUPS, park_rows
from bot.demo.projects import RUNNING, project_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.demo.pages import Cell, Page
    from bot.demo.places import Province

_TRADE_WORDS = (
    "Dệt may, da giày",
    "Chế biến nông, lâm, thủy sản",
    "Điện tử, cơ khí",
    "Vật liệu xây dựng",
    "Công nghiệp hỗ trợ, bao bì",
)
_WELL_LEASED = 45
"""Percent from which on a park in operation counts as going well."""
_ZERO = Decimal(0)


def _block(prefix: str, words: str) -> tuple[Field, ...]:
    def field(key: str, header: str, shape: str) -> Field:
        return Field(
            f"{prefix}_{key}", (words, header), "integer" if shape == "integer" else "decimal", 10, summed=True
        )

    return (
        field("so_du_an", "Tổng số dự án còn hiệu lực", "integer"),
        field("von_dang_ky", "Tổng vốn ĐT đăng ký", "decimal"),
        field("dang_sxkd", "Số dự án đang SXKD", "integer"),
        field("von_thuc_hien", "Tổng vốn ĐT thực hiện", "decimal"),
        field("doanh_thu", "Doanh thu*", "decimal"),
        field("xuat_khau", "Giá trị xuất khẩu*", "decimal"),
        field("nhap_khau", "Giá trị nhập khẩu*", "decimal"),
        field("nop_ngan_sach", "Nộp ngân sách*", "decimal"),
    )


INVESTMENT: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_kcn", ("Tên KCN",), "text", 22),
    Field("vi_tri", ("Vị trí KCN",), "text", 16),
    *_block("fdi", "Dự án FDI"),
    *_block("ddi", "Dự án DDI"),
    Field("lao_dong_trong_nuoc", ("Số lao động", "Trong nước"), "integer", 10, summed=True),
    Field("lao_dong_nuoc_ngoai", ("Số lao động", "Nước ngoài"), "integer", 10, summed=True),
)
SLOW: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_kcn", ("Tên KCN",), "text", 22),
    Field("phan_loai", ("Phân loại",), "text", 18),
    Field("quyet_dinh_thanh_lap", ("Quyết định thành lập/GCNĐT",), "text", 24),
    Field("dien_tich", ("Diện tích",), "decimal", 11, summed=True),
    Field("dien_tich_giai_phong", ("Diện tích đã GPMB",), "decimal", 11, summed=True),
    Field("dien_tich_da_cho_thue", ("Diện tích đã cho thuê",), "decimal", 11, summed=True),
    Field("ty_le_lap_day", ("Tỷ lệ lấp đầy",), "percent", 9),
    Field("nguyen_nhan", ("Nguyên nhân",), "text", 34),
    Field("bien_phap_xu_ly", ("Đề xuất biện pháp xử lý",), "text", 34),
    Field("ghi_chu", ("Ghi chú",), "text", 12),
)
PLAN: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_kcn", ("Tên KCN",), "text", 24),
    Field("dia_diem", ("Địa điểm",), "text", 18),
    Field("van_ban_quy_hoach", ("Văn bản phê duyệt quy hoạch",), "text", 24),
    Field("dien_tich_quy_hoach", ("Diện tích quy hoạch được duyệt",), "decimal", 11, summed=True),
    Field("dien_tich_thanh_lap", ("Diện tích đã thành lập",), "decimal", 11, summed=True),
    Field("dien_tich_con_lai", ("Diện tích còn lại",), "decimal", 11, summed=True),
    Field("phuong_an", ("Phương án",), "text", 16),
    Field("dien_tich_dieu_chinh", ("Diện tích điều chỉnh tăng (+), giảm (−)",), "decimal", 11, summed=True),
    Field("dien_tich_de_nghi_2020", ("Diện tích đề nghị đến năm 2020",), "decimal", 11, summed=True),
    Field("dien_tich_den_2015", ("Trong đó", "Đến năm 2015"), "decimal", 11, summed=True),
    Field("dien_tich_2016_2020", ("Trong đó", "Giai đoạn 2016–2020"), "decimal", 11, summed=True),
    Field("dien_tich_dat_lua", ("Trong đó", "Đất trồng lúa"), "decimal", 11, summed=True),
    Field("nganh_nghe", ("Ngành nghề thu hút đầu tư",), "text", 22),
    Field("ly_do", ("Lý do/thuyết minh",), "text", 34),
)
_REASONS = (
    (
        "Chủ đầu tư hạ tầng thiếu vốn, bồi thường kéo dài",
        "Gia hạn tiến độ đến hết năm 2013; quá hạn thì thay chủ đầu tư",
    ),
    ("Vướng giải phóng mặt bằng, giá đất tăng so với dự toán", "Tỉnh ứng vốn giải phóng mặt bằng, rà soát lại giá đất"),
    (
        "Hạ tầng ngoài hàng rào chưa đồng bộ, ít nhà đầu tư thuê đất",
        "Ưu tiên vốn làm đường vào khu; điều chỉnh giá thuê đất",
    ),
)


def make_investment_book(province: Province, *, seed: int = 2012) -> Book:
    """Return a good form I.2: the projects of form III.4, added up for each founded park."""
    by_park: dict[str, list[dict[str, Cell]]] = defaultdict(list)
    for project in project_rows(province, seed=seed):
        by_park[str(project["ten_khu"])].append(project)
    rows = [
        {"ten_kcn": park["ten_kcn"], "vi_tri": park["vi_tri"], **_add_up(by_park[str(park["ten_kcn"])])}
        for park in _founded(province, seed)
    ]
    page = make_page(
        province,
        "I.2",
        (
            "TÌNH HÌNH THU HÚT ĐẦU TƯ VÀ KẾT QUẢ SẢN XUẤT, KINH DOANH TRONG CÁC KCN",
            "(lũy kế đến 30/6/2012; cột có dấu (*) là số 6 tháng đầu năm 2012)",
        ),
        "Đơn vị tính: dự án, triệu USD, tỷ đồng, người",
        INVESTMENT,
        number_rows(rows),
        month=7,
        seed=seed,
    )
    return Book("I.2", (add_total(page, "ten_kcn"),))


def make_slow_book(province: Province, *, seed: int = 2012) -> Book:
    """Return a good form I.3: the parks not yet in operation or hardly leased; "Không có" where all go well."""
    dice = random.Random(f"{seed}/{province.code}/I.3")
    rows = []
    for park in park_rows(province, seed=seed):
        running = park["tinh_trang"] == GROUPS[0][2]
        if not running or _number(park["ty_le_lap_day"]) < _WELL_LEASED:
            cause, cure = dice.choice(_REASONS)
            rows.append(
                {
                    "ten_kcn": park["ten_kcn"],
                    "phan_loai": "Hoạt động kém hiệu quả" if running else "Chậm triển khai",
                    "quyet_dinh_thanh_lap": park.get("quyet_dinh_thanh_lap"),
                    "dien_tich": park.get("dien_tich_thanh_lap") or park["dien_tich_quy_hoach"],
                    **{
                        key: park.get(key) for key in ("dien_tich_giai_phong", "dien_tich_da_cho_thue", "ty_le_lap_day")
                    },
                    "nguyen_nhan": cause,
                    "bien_phap_xu_ly": cure,
                }
            )
    page = make_page(
        province,
        "I.3",
        ("DANH SÁCH KCN CHẬM TRIỂN KHAI, HOẠT ĐỘNG KÉM HIỆU QUẢ,", "KHÔNG CÓ KHẢ NĂNG TIẾP TỤC TRIỂN KHAI"),
        "Đơn vị tính: ha, %",
        SLOW,
        number_rows(rows),
        month=7,
        seed=seed,
    )
    return Book("I.3", (add_total(page, "ten_kcn") if rows else say_nothing(page, "ten_kcn"),))


def make_plan_book(province: Province, *, seed: int = 2012) -> Book:
    """Return a good form I.4: what becomes of each park of form I.1 until 2020."""
    dice = random.Random(f"{seed}/{province.code}/I.4")
    parks = park_rows(province, seed=seed)
    groups = (
        ("I", "KCN đã được phê duyệt quy hoạch và đã thành lập", [one for one in parks if _area(one)]),
        ("II", "KCN đã được phê duyệt quy hoạch, chưa thành lập", [one for one in parks if not _area(one)]),
    )
    lines: list[Line] = []
    for numeral, group, members in groups:
        if members:
            lines.append(Line("group", {"tt": numeral, "ten_kcn": group}))
            lines += number_rows(_plan(dice, park) for park in members)
    page = make_page(
        province,
        "I.4",
        ("PHƯƠNG ÁN ĐIỀU CHỈNH, BỔ SUNG QUY HOẠCH PHÁT TRIỂN CÁC KCN ĐẾN NĂM 2020",),
        "Đơn vị tính: ha",
        PLAN,
        lines,
        month=7,
        seed=seed,
    )
    return Book("I.4", (add_total(page, "ten_kcn"),))


def with_total(page: Page) -> Page:
    """Return the page with its total made true."""
    return add_total(page, "ten_kcn")


def _founded(province: Province, seed: int) -> list[dict[str, Cell]]:
    return [one for one in park_rows(province, seed=seed) if _area(one)]


def _area(park: dict[str, Cell]) -> Decimal:
    return _number(park.get("dien_tich_thanh_lap"))


def _add_up(projects: Sequence[dict[str, Cell]]) -> dict[str, Cell]:
    row: dict[str, Cell] = {}
    for kind in ("fdi", "ddi"):
        own = [one for one in projects if one[f"von_dang_ky_{kind}"] is not None]
        row |= {
            f"{kind}_so_du_an": len(own),
            f"{kind}_von_dang_ky": _sum(own, f"von_dang_ky_{kind}"),
            f"{kind}_dang_sxkd": sum(one["tinh_trang"] == RUNNING for one in own),
            f"{kind}_von_thuc_hien": _sum(own, f"von_thuc_hien_{kind}"),
            # Form III.4 tells of the year 2011, this one of six months.
            **{f"{kind}_{key}": _half(_sum(own, key)) for key in ("doanh_thu", "xuat_khau", "nhap_khau")},
            f"{kind}_nop_ngan_sach": _half(_sum(own, "nop_ngan_sach")),
        }
    return row | {
        "lao_dong_trong_nuoc": int(_sum(projects, "lao_dong_viet_nam")),
        "lao_dong_nuoc_ngoai": int(_sum(projects, "lao_dong_nuoc_ngoai")),
    }


def _plan(dice: random.Random, park: dict[str, Cell]) -> dict[str, Cell]:
    planned, founded = _number(park["dien_tich_quy_hoach"]), _area(park)
    chance = dice.random()
    change, choice, reason = _ZERO, "Giữ nguyên", None
    if chance < 0.2:
        change, choice = _round(planned * Decimal("0.2")), "Mở rộng"
        reason = "Đã cho thuê gần hết diện tích giai đoạn 1; nhà đầu tư hạ tầng đăng ký mở rộng"
    elif chance < 0.35 and planned - founded > 5:
        change, choice = founded - planned, "Giảm diện tích"
        reason = "Đưa phần diện tích chưa thành lập ra khỏi quy hoạch để giữ đất trồng lúa"
    proposed = planned + change
    first = min(proposed, max(founded, _round(proposed * Decimal("0.6"))))
    return {
        "ten_kcn": park["ten_kcn"],
        "dia_diem": park["dia_diem"],
        "van_ban_quy_hoach": park["van_ban_quy_hoach"],
        "dien_tich_quy_hoach": planned,
        "dien_tich_thanh_lap": founded,
        "dien_tich_con_lai": planned - founded,
        "phuong_an": choice,
        "dien_tich_dieu_chinh": change,
        "dien_tich_de_nghi_2020": proposed,
        "dien_tich_den_2015": first,
        "dien_tich_2016_2020": proposed - first,
        "dien_tich_dat_lua": _round(proposed * Decimal(dice.randint(0, 30)) / 100),
        "nganh_nghe": dice.choice(_TRADE_WORDS),
        "ly_do": reason,
    }


def _sum(rows: Iterable[dict[str, Cell]], key: str) -> Decimal:
    return sum((_number(one.get(key)) for one in rows), _ZERO)


def _number(value: Cell) -> Decimal:
    return Decimal(value) if isinstance(value, int | Decimal) else _ZERO


def _half(value: Decimal) -> Decimal:
    return _round(value / 2)


def _round(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))
