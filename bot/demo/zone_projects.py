"""What a province writes into forms II.3 and II.4: what is produced in its zones, and what is built there for it."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.demo.annexes import add_total, number_rows, say_nothing
from bot.demo.pages import Book, Field, Line
from bot.demo.zone_land import planned_row
from bot.demo.zones import WORDS, draw_page, number_of, share_out

if TYPE_CHECKING:
    from bot.demo.pages import Cell
    from bot.demo.zones import Zone, ZoneSet

_RUNNING, _BUILDING, _WAITING = "Đã đi vào hoạt động", "Đang xây dựng", "Chưa triển khai"
_TRADES = {
    "VB": (
        ("Nhà máy cán thép", "Sản xuất thép xây dựng"),
        ("Cảng tổng hợp", "Dịch vụ cảng biển, bốc xếp hàng hóa"),
        ("Nhà máy xi măng", "Nghiền, đóng bao xi măng"),
        ("Nhà máy chế biến thủy sản", "Chế biến thủy sản đông lạnh"),
        ("Nhà máy chế biến dăm gỗ", "Chế biến dăm gỗ xuất khẩu"),
        ("Khu du lịch sinh thái biển", "Dịch vụ lưu trú, du lịch"),
        ("Nhà máy cơ khí đóng tàu", "Đóng mới, sửa chữa tàu thuyền"),
        ("Kho xăng dầu", "Dịch vụ kho, kinh doanh xăng dầu"),
        ("Nhà máy linh kiện điện tử", "Sản xuất linh kiện điện tử"),
    ),
    "CK": (
        ("Siêu thị miễn thuế", "Kinh doanh hàng miễn thuế"),
        ("Trung tâm thương mại cửa khẩu", "Kinh doanh thương mại, cho thuê mặt bằng"),
        ("Kho ngoại quan", "Dịch vụ kho bãi, ngoại quan"),
        ("Nhà máy may xuất khẩu", "Sản xuất hàng may mặc"),
        ("Nhà máy chế biến gỗ", "Sản xuất đồ gỗ nội thất"),
        ("Bến xe, bãi kiểm hóa", "Dịch vụ bến bãi, vận tải"),
    ),
}
_NAMES = ("Sao Biển", "Hạt Vàng", "Lá Xanh", "Suối Trong", "Đồi Thông", "Cầu Vồng", "Bến Xuân", "Nắng Mới", "Tre Việt")
_FOREIGN = ("Hàn Quốc", "Nhật Bản", "Đài Loan", "Singapore", "Thái Lan")
_ZERO = Decimal(0)
_STEPS = ("von_dang_ky", "von_thuc_hien", "doanh_thu", "xuat_khau", "nhap_khau", "nop_ngan_sach")
_STEP_WORDS = ("Vốn đăng ký", "Vốn thực hiện", "Doanh thu", "Xuất khẩu", "Nhập khẩu", "Nộp ngân sách")


def _money(key: str, *words: str) -> Field:
    return Field(key, words, "decimal", 10, summed=True)


PROJECTS: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_du_an", ("Tên dự án sản xuất kinh doanh",), "text", 34),
    Field("tinh_trang", ("Tình trạng",), "text", 20),
    Field("dien_tich", ("Quy mô diện tích thực hiện",), "decimal", 10, summed=True),
    Field("nganh_nghe", ("Ngành nghề",), "text", 40),
    *(_money(f"fdi_{key}", "ĐTNN", words) for key, words in zip(_STEPS, _STEP_WORDS, strict=True)),
    *(_money(f"ddi_{key}", "ĐTTN", words) for key, words in zip(_STEPS, _STEP_WORDS, strict=True)),
    Field("lao_dong_trong_nuoc", ("Lao động trong nước",), "integer", 9, summed=True),
    Field("lao_dong_nuoc_ngoai", ("Lao động nước ngoài",), "integer", 9, summed=True),
)
WORKS: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_kkt", ("KKT",), "text", 20),
    Field("loai_hinh", ("Loại hình",), "text", 13),
    Field("ten_du_an", ("Tên dự án/khu chức năng",), "text", 30),
    Field("dia_diem", ("Địa điểm",), "text", 18),
    Field("van_ban_thanh_lap", ("Văn bản thành lập hoặc tương đương",), "text", 22),
    Field("chu_dau_tu", ("Tên nhà đầu tư xây dựng kết cấu hạ tầng",), "text", 26),
    Field("quoc_tich", ("Quốc tịch nhà đầu tư",), "text", 11),
    Field("tinh_trang", ("Tình trạng",), "text", 20),
    _money("dien_tich_quy_hoach", "Quy mô diện tích", "Đất quy hoạch"),
    _money("dien_tich_thanh_lap", "Quy mô diện tích", "Đất thành lập"),
    _money("dien_tich_hoat_dong", "Quy mô diện tích", "Đã đi vào hoạt động"),
    _money("fdi_von_dang_ky", "Vốn ĐTNN", "Vốn đăng ký"),
    _money("fdi_von_thuc_hien", "Vốn ĐTNN", "Vốn thực hiện"),
    _money("ddi_von_dang_ky", "Vốn ĐTTN", "Vốn đăng ký"),
    _money("ddi_von_thuc_hien", "Vốn ĐTTN", "Vốn thực hiện"),
    _money("doanh_thu", "Doanh thu"),
    _money("gia_tri_xuat_khau", "Giá trị xuất khẩu (nếu có)"),
    _money("gia_tri_nhap_khau", "Giá trị nhập khẩu (nếu có)"),
    _money("nop_ngan_sach", "Nộp ngân sách"),
    _money("von_nstw", "Trong đó vốn NSTW đã bố trí"),
    _money("von_nsdp", "Vốn NSĐP đã bố trí"),
    _money("von_khac", "Vốn khác"),
)


def make_projects_book(of: ZoneSet, *, seed: int = 2012) -> Book:
    """Return a good form II.3: the projects below the name of their zone; "Không có" where there is none."""
    title = f"Biểu II.3. Tình hình thu hút dự án đầu tư trong KKT {WORDS[of.kind]} lũy kế"
    unit = "Đơn vị tính: ha, người; ĐTNN: triệu USD; ĐTTN: tỷ đồng (xuất, nhập khẩu: triệu USD); nộp ngân sách: tỷ đồng"
    lines: list[Line] = []
    for numeral, zone in zip(("I", "II", "III", "IV"), (one for one in of.zones if one.projects), strict=False):
        lines.append(Line("group", {"tt": numeral, "ten_du_an": zone.name}))
        lines += number_rows(_projects(zone, seed))
    page = draw_page(of, "II.3", title, unit, PROJECTS, lines, seed=seed)
    return Book(f"II.3-{of.kind}", (add_total(page, "ten_du_an") if lines else say_nothing(page, "ten_du_an"),))


def make_works_book(of: ZoneSet, *, seed: int = 2012) -> Book:
    """Return a good form II.4: a park where there is industry, and what the budget builds."""
    title = f"Biểu II.4. Các dự án đầu tư hạ tầng kỹ thuật, hạ tầng KCN, khu chức năng trong KKT {WORDS[of.kind]}"
    unit = "Đơn vị tính: ha; ĐTNN, doanh thu, xuất khẩu, nhập khẩu: triệu USD; ĐTTN, ngân sách: tỷ đồng"
    rows = [row for zone in of.zones if zone.projects for row in _works(zone, seed)]
    page = draw_page(of, "II.4", title, unit, WORKS, number_rows(rows), seed=seed)
    return Book(f"II.4-{of.kind}", (add_total(page, "ten_kkt") if rows else say_nothing(page, "ten_kkt"),))


def _projects(zone: Zone, seed: int) -> list[dict[str, Cell]]:
    dice = random.Random(f"{seed}/{zone.name}/II.3")
    trades = dice.sample(_TRADES[zone.kind], min(zone.projects, len(_TRADES[zone.kind])))
    names = dice.sample(_NAMES, len(trades))
    return [_project(dice, f"{what} {name}", aim) for (what, aim), name in zip(trades, names, strict=True)]


def _project(dice: random.Random, name: str, aim: str) -> dict[str, Cell]:
    status = dice.choice((_RUNNING, _RUNNING, _RUNNING, _BUILDING, _WAITING))
    running = status == _RUNNING
    workers = dice.randint(40, 900) if running else dice.randint(0, 30)
    return {
        "ten_du_an": name,
        "tinh_trang": status,
        "dien_tich": _tenths(dice.uniform(1.5, 90)),
        "nganh_nghe": aim,
        **(_foreign(dice, status) if dice.random() < 0.35 else _domestic(dice, status)),
        "lao_dong_trong_nuoc": workers,
        "lao_dong_nuoc_ngoai": min(dice.randint(0, 12), workers // 15),
    }


def _foreign(dice: random.Random, status: str) -> dict[str, Cell]:
    registered = _tenths(dice.uniform(4, 120))
    turnover = _tenths(float(registered) * dice.uniform(0.2, 0.9)) if status == _RUNNING else _ZERO
    return {
        "fdi_von_dang_ky": registered,
        "fdi_von_thuc_hien": _spent(dice, registered, status),
        "fdi_doanh_thu": turnover,
        "fdi_xuat_khau": _tenths(float(turnover) * dice.uniform(0.3, 0.8)),
        "fdi_nhap_khau": _tenths(float(turnover) * dice.uniform(0.1, 0.4)),
        "fdi_nop_ngan_sach": _tenths(float(turnover) * dice.uniform(0.3, 0.9)),
    }


def _domestic(dice: random.Random, status: str) -> dict[str, Cell]:
    registered = _tenths(dice.uniform(30, 2400))
    turnover = _tenths(float(registered) * dice.uniform(0.2, 0.9)) if status == _RUNNING else _ZERO
    return {
        "ddi_von_dang_ky": registered,
        "ddi_von_thuc_hien": _spent(dice, registered, status),
        "ddi_doanh_thu": turnover,
        "ddi_xuat_khau": _tenths(float(turnover) * dice.uniform(0, 0.02)),
        "ddi_nhap_khau": _tenths(float(turnover) * dice.uniform(0, 0.01)),
        "ddi_nop_ngan_sach": _tenths(float(turnover) * dice.uniform(0.02, 0.08)),
    }


def _spent(dice: random.Random, registered: Decimal, status: str) -> Decimal:
    low, high = {_RUNNING: (0.6, 0.98), _BUILDING: (0.15, 0.6), _WAITING: (0.0, 0.05)}[status]
    return _tenths(float(registered) * dice.uniform(low, high))


def _works(zone: Zone, seed: int) -> list[dict[str, Cell]]:
    dice = random.Random(f"{seed}/{zone.name}/II.4")
    works = [_road(dice), _water(dice)]
    if zone.kind == "VB":
        works.insert(0, _park(dice, number_of(planned_row(zone, seed)["dien_tich_cong_nghiep"])))
    place = zone.district[0].upper() + zone.district[1:]
    return [{"ten_kkt": zone.name, "loai_hinh": zone.type, "dia_diem": place, **row} for row in works]


def _park(dice: random.Random, industry: Decimal) -> dict[str, Cell]:
    """Return a park inside the zone, on some of the land that form II.1 plans for industry."""
    (planned,) = share_out(min(industry, Decimal(3000)), [dice.uniform(0.1, 0.3)])
    founded, running = share_out(planned, [dice.uniform(0.7, 0.95), dice.uniform(0.2, 0.5)])
    foreign = dice.random() < 0.3
    registered = _tenths(dice.uniform(15, 60)) if foreign else _tenths(dice.uniform(250, 900))
    half = "fdi" if foreign else "ddi"
    name = dice.choice(_NAMES)
    return {
        "ten_du_an": f"Hạ tầng KCN {name}",
        "van_ban_thanh_lap": _decision(dice),
        "chu_dau_tu": f"Công ty {'TNHH' if foreign else 'CP'} Phát triển hạ tầng {name}",
        "quoc_tich": dice.choice(_FOREIGN) if foreign else "Việt Nam",
        "tinh_trang": _RUNNING,
        "dien_tich_quy_hoach": planned,
        "dien_tich_thanh_lap": founded,
        "dien_tich_hoat_dong": running,
        f"{half}_von_dang_ky": registered,
        f"{half}_von_thuc_hien": _spent(dice, registered, _RUNNING),
        "doanh_thu": _tenths(dice.uniform(0.5, 6)),
        "nop_ngan_sach": _tenths(dice.uniform(1, 9)),
    }


def _road(dice: random.Random) -> dict[str, Cell]:
    return _from_budget(dice, "Đường trục chính nối quốc lộ với khu trung tâm", _BUILDING)


def _water(dice: random.Random) -> dict[str, Cell]:
    return _from_budget(dice, "Hệ thống cấp nước và thu gom nước thải giai đoạn 1", _RUNNING)


def _from_budget(dice: random.Random, name: str, status: str) -> dict[str, Cell]:
    """Return a work of the budget: its three sources add up to what was spent."""
    registered, area = _tenths(dice.uniform(120, 480)), _tenths(dice.uniform(8, 45))
    spent = _spent(dice, registered, status)
    central, local = _tenths(float(spent) * dice.uniform(0.5, 0.7)), _tenths(float(spent) * dice.uniform(0.1, 0.25))
    return {
        "ten_du_an": name,
        "van_ban_thanh_lap": _decision(dice),
        "chu_dau_tu": "Ban Quản lý Khu kinh tế",
        "quoc_tich": "Việt Nam",
        "tinh_trang": status,
        "dien_tich_quy_hoach": area,
        "dien_tich_thanh_lap": area,
        "dien_tich_hoat_dong": area if status == _RUNNING else _ZERO,
        "ddi_von_dang_ky": registered,
        "ddi_von_thuc_hien": spent,
        "doanh_thu": _ZERO,
        "nop_ngan_sach": _ZERO,
        "von_nstw": central,
        "von_nsdp": local,
        "von_khac": spent - central - local,
    }


def _decision(dice: random.Random) -> str:
    day = f"{dice.randint(1, 28)}/{dice.randint(1, 12)}/{dice.randint(2008, 2011)}"
    return f"Quyết định số {dice.randint(200, 3900)}/QĐ-UBND ngày {day}"


def _tenths(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))
