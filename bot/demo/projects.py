"""What a province writes into form III.4: the projects in its parks, with figures that agree with each other."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.demo.pages import Book, Field, Line, Page, sums
from bot.demo.parks import park_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.demo.pages import Cell
    from bot.demo.places import Province

_REGISTERED = "Vốn đầu tư đăng ký"
_SPENT = "Vốn thực hiện"
_IN_2011 = "Kết quả sản xuất, kinh doanh năm 2011"
_LABOUR = "Lao động (người)"

FIELDS: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_khu", ("KCN/KKT",), "text", 18),
    Field("so_gcndt", ("Mã số dự án/Số GCNĐT/Giấy phép đầu tư",), "text", 17),
    Field("ngay_cap", ("Ngày cấp lần đầu",), "date", 11),
    Field("ngay_dieu_chinh", ("Ngày điều chỉnh gần nhất",), "date", 11),
    Field("co_quan_cap", ("Cơ quan cấp",), "text", 10),
    Field("ten_du_an", ("Tên dự án",), "text", 30),
    Field("ten_doanh_nghiep", ("Tên doanh nghiệp",), "text", 28),
    Field("ma_so_thue", ("Mã số thuế",), "text", 13),
    Field("dia_chi", ("Địa chỉ/lô đất",), "text", 12),
    Field("hinh_thuc_dau_tu", ("Hình thức đầu tư",), "text", 14),
    Field("nha_dau_tu", ("Tên nhà đầu tư",), "text", 26),
    Field("quoc_gia", ("Quốc gia/vùng lãnh thổ",), "text", 11),
    Field("muc_tieu", ("Mục tiêu, ngành nghề",), "text", 30),
    Field("nganh_cap_1", ("Ngành cấp 1 (VSIC)",), "centre", 8),
    Field("cong_suat", ("Công suất thiết kế",), "text", 18),
    Field("dien_tich_thue_ha", ("Diện tích đất thuê (ha)",), "decimal", 10, summed=True),
    Field("thoi_han_nam", ("Thời hạn thực hiện dự án (năm)",), "year", 8),
    Field("von_dang_ky_fdi", (_REGISTERED, "FDI (triệu USD)"), "decimal", 11, summed=True),
    Field("von_dang_ky_ddi", (_REGISTERED, "DDI (tỷ đồng)"), "decimal", 11, summed=True),
    Field("von_gop", ("Vốn điều lệ/vốn góp",), "decimal", 11),
    Field("von_thuc_hien_fdi", (_SPENT, "FDI (triệu USD)"), "decimal", 11, summed=True),
    Field("von_thuc_hien_ddi", (_SPENT, "DDI (tỷ đồng)"), "decimal", 11, summed=True),
    Field("tinh_trang", ("Tình trạng triển khai",), "text", 14),
    Field("nam_hoat_dong", ("Năm đi vào SXKD",), "year", 8),
    Field("doanh_thu", (_IN_2011, "Doanh thu năm 2011"), "decimal", 11),
    Field("xuat_khau", (_IN_2011, "Xuất khẩu năm 2011"), "decimal", 11, summed=True),
    Field("nhap_khau", (_IN_2011, "Nhập khẩu năm 2011"), "decimal", 11, summed=True),
    Field("nop_ngan_sach", (_IN_2011, "Nộp ngân sách năm 2011"), "decimal", 11, summed=True),
    Field("lao_dong_viet_nam", (_LABOUR, "Lao động Việt Nam"), "integer", 9, summed=True),
    Field("lao_dong_nuoc_ngoai", (_LABOUR, "Lao động nước ngoài"), "integer", 9, summed=True),
    Field("moi_truong", ("Đấu nối XLNT/có hồ sơ môi trường",), "centre", 10),
    Field("ghi_chu", ("Ghi chú",), "text", 14),
)


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of business: what the project is called, makes, and how much."""

    project: str
    aim: str
    section: str
    capacity: str


_TRADES = (
    Trade("Nhà máy may xuất khẩu", "Sản xuất hàng may mặc", "C", "{} nghìn sản phẩm/năm"),
    Trade("Nhà máy chế biến thủy sản", "Chế biến thủy sản đông lạnh", "C", "{} tấn/năm"),
    Trade("Nhà máy sản xuất linh kiện điện tử", "Sản xuất linh kiện điện tử", "C", "{} triệu sản phẩm/năm"),
    Trade("Nhà máy sản xuất bao bì", "Sản xuất bao bì giấy, bao bì nhựa", "C", "{} tấn/năm"),
    Trade("Nhà máy gạch ốp lát", "Sản xuất gạch ốp lát ceramic", "C", "{} nghìn m²/năm"),
    Trade("Nhà máy thức ăn chăn nuôi", "Sản xuất thức ăn gia súc, gia cầm", "C", "{} nghìn tấn/năm"),
    Trade("Xưởng cơ khí, kết cấu thép", "Gia công cơ khí, kết cấu thép", "C", "{} tấn/năm"),
    Trade("Nhà máy chế biến gỗ", "Sản xuất đồ gỗ nội thất", "C", "{} nghìn m³/năm"),
    Trade("Nhà máy giày da", "Sản xuất giày, dép", "C", "{} nghìn đôi/năm"),
    Trade("Kho bãi và dịch vụ vận tải", "Dịch vụ kho bãi, vận tải hàng hóa", "H", "{} nghìn m² kho"),
)
_NAMES = (
    "Sao Biển",
    "Hạt Vàng",
    "Lá Xanh",
    "Suối Trong",
    "Mùa Thu",
    "Đồi Thông",
    "Cầu Vồng",
    "Bến Xuân",
    "Nắng Mới",
    "Tre Việt",
)
_FOREIGN = (
    ("Hàn Quốc", "Haneul Demo Co., Ltd."),
    ("Nhật Bản", "Aozora Demo Co., Ltd."),
    ("Đài Loan", "Formosa Sample Corp."),
    ("Singapore", "Merlion Sample Pte. Ltd."),
    ("Trung Quốc", "Changjiang Sample Co., Ltd."),
    ("Hoa Kỳ", "Example Manufacturing Inc."),
    ("CHLB Đức", "Beispiel GmbH"),
)
_CENT = Decimal("0.01")
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
RUNNING = "Đang hoạt động"
"""The status of a project that produces."""
_STATUSES = (
    *[RUNNING] * 14,
    *["Đang xây dựng"] * 3,
    "Chưa triển khai",
    "Chậm triển khai",
    "Tạm ngừng, ngừng hoạt động",
)


PROJECT_COUNTS = {
    "Bắc Giang": 41,
    "Bắc Ninh": 120,
    "Bình Dương": 80,
    "Bình Phước": 34,
    "Bình Thuận": 22,
    "Cần Thơ": 28,
    "Đà Nẵng": 45,
    "Đồng Nai": 300,
    "Gia Lai": 16,
    "Hà Nội": 55,
    "Hải Phòng": 60,
    "Khánh Hòa": 18,
    "Long An": 70,
    "Nghệ An": 36,
    "Phú Thọ": 32,
    "Quảng Nam": 24,
    "Quảng Ninh": 20,
    "Tây Ninh": 26,
    "Thái Bình": 30,
    "Vĩnh Phúc": 48,
}
"""How many projects the provinces have that tell of them in the demo."""
_USUAL_COUNT = 5
"""Projects in each park of a province that is not named above."""


def count_projects(province: Province) -> int:
    """Return how many projects a province has: the same in all its forms."""
    return PROJECT_COUNTS.get(province.name, _USUAL_COUNT * len(province.parks))


def project_rows(province: Province, rows: int | None = None, *, seed: int = 2012) -> list[dict[str, Cell]]:
    """Return the projects of *province* as rows; None takes as many as it has."""
    return list(_projects(province, rows or count_projects(province), seed))


def make_projects_book(
    province: Province, rows: int | None = None, *, seed: int = 2012, sheets: bool = False, grouped: bool = False
) -> Book:
    """Return a good form III.4 of *province* with that many projects.

    Args:
        province: who writes.
        rows: how many projects, from 5 to some thousands; None takes as many as it has.
        seed: the same seed gives the same figures, and the parks of form I.1 with the same seed.
        sheets: foreign and domestic projects stand on two sheets, ``FDI`` and ``DDI``.
        grouped: the park stands in a group row above its projects, and not in each row.
    """
    projects = project_rows(province, rows, seed=seed)
    kinds = [("FDI", True), ("DDI", False)] if sheets else [("Biểu III.4", None)]
    pages = []
    for name, foreign in kinds:
        chosen = [row for row in projects if foreign is None or (row["von_dang_ky_fdi"] is not None) == foreign]
        pages.append(with_total(_page(province, name, tuple(_lines(chosen, grouped=grouped)), seed)))
    return Book("III.4", tuple(pages))


def with_total(page: Page) -> Page:
    """Return the page with its last line made the true total."""
    lines = tuple(line for line in page.lines if line.kind != "total")
    return replace(page, lines=(*lines, Line("total", {"ten_khu": "Tổng cộng", **sums(page.fields, lines)})))


def tax_code(prefix: str, serial: int) -> str:
    """Return a ten-digit tax code with its check digit, in a range that no province has reached.

    Weights 31, 29 … 3 over the first nine digits; the check digit is 10 less the remainder by 11, so a serial
    whose remainder is 0 has no code and the next one is taken.
    """
    while True:
        digits = f"{prefix}9{serial:06}"
        check = 10 - sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, digits, strict=True)) % 11
        if 0 <= check <= 9:
            return f"{digits}{check}"
        serial += 1


def _projects(province: Province, rows: int, seed: int) -> Iterator[dict[str, Cell]]:
    parks = [row for row in park_rows(province, seed=seed) if row.get("dien_tich_da_cho_thue")]
    dice = random.Random(f"{seed}/{province.code}/III.4")
    for at in range(rows):
        park = parks[at * len(parks) // rows]
        share = Decimal(str(park["dien_tich_da_cho_thue"])) * len(parks) / rows
        yield _project(dice, province, str(park["ten_kcn"]), share, at)


def _project(dice: random.Random, province: Province, park: str, share: Decimal, at: int) -> dict[str, Cell]:
    """Return one project; *share* is the park's leased area for each of its projects, in ha."""
    trade, name = dice.choice(_TRADES), f"{dice.choice(_NAMES)} {at + 1}"
    certified = date(2006, 8, 1) + timedelta(days=dice.randint(0, 1950))
    status = dice.choice(_STATUSES)
    row: dict[str, Cell] = {
        "ten_khu": park,
        "so_gcndt": f"{province.certificates}2{dice.choice(('02', '03', '04'))}1{at + 1:06}",
        "ngay_cap": certified,
        "ngay_dieu_chinh": certified + timedelta(days=dice.randint(30, 140)) if dice.random() < 0.3 else None,
        "co_quan_cap": "BQL KCN",
        "ten_du_an": f"{trade.project} {name}",
        "ma_so_thue": tax_code(province.taxes, (at + 1) * 7),
        "dia_chi": f"Lô {dice.choice('ABCDEK')}{dice.randint(1, 30)}",
        "muc_tieu": trade.aim,
        "nganh_cap_1": trade.section,
        "cong_suat": trade.capacity.format(dice.randint(2, 90) * 10),
        "dien_tich_thue_ha": max(_hundredths(min(share, Decimal(12)) * _share(dice, 0.3, 0.95)), _CENT),
        "thoi_han_nam": dice.choice((50, 50, 50, 45, 40, 30)),
        "tinh_trang": status,
        "moi_truong": "Có" if status == RUNNING else "Không",
    }
    foreign = dice.random() < 0.4
    row |= _foreign_capital(dice, name) if foreign else _domestic_capital(dice, name)
    return row | (_operation(dice, certified.year, foreign=foreign) if status == RUNNING else {})


def _foreign_capital(dice: random.Random, name: str) -> dict[str, Cell]:
    country, investor = dice.choice(_FOREIGN)
    registered = _hundredths(dice.uniform(1, 40))
    return {
        "ten_doanh_nghiep": f"Công ty TNHH {name} Việt Nam",
        "hinh_thuc_dau_tu": dice.choice(("100% vốn nước ngoài", "100% vốn nước ngoài", "Liên doanh")),
        "nha_dau_tu": investor,
        "quoc_gia": country,
        "von_dang_ky_fdi": registered,
        "von_dang_ky_ddi": None,
        "von_gop": _hundredths(registered * _share(dice, 0.2, 0.5)),
        "von_thuc_hien_fdi": _hundredths(registered * _share(dice, 0.2, 0.95)),
    }


def _domestic_capital(dice: random.Random, name: str) -> dict[str, Cell]:
    registered = _hundredths(dice.uniform(12, 450))
    company = f"Công ty {dice.choice(('TNHH', 'CP'))} {name}"
    return {
        "ten_doanh_nghiep": company,
        "hinh_thuc_dau_tu": "100% vốn trong nước",
        "nha_dau_tu": company,
        "quoc_gia": "Việt Nam",
        "von_dang_ky_fdi": None,
        "von_dang_ky_ddi": registered,
        "von_gop": _hundredths(registered * _share(dice, 0.2, 0.5)),
        "von_thuc_hien_ddi": _hundredths(registered * _share(dice, 0.2, 0.95)),
    }


def _operation(dice: random.Random, certified: int, *, foreign: bool) -> dict[str, Cell]:
    start = min(certified + dice.randint(0, 2), 2011)
    turnover = _hundredths(dice.uniform(2, 60) if foreign else dice.uniform(20, 700))
    sold_abroad = _hundredths(turnover * _share(dice, 0.1, 0.9) / (1 if foreign else 21))
    bought = _hundredths(sold_abroad * _share(dice, 0.2, 0.8))
    budget = _hundredths(dice.uniform(0.3, 15))
    workers = dice.randint(30, 900)
    return {
        "nam_hoat_dong": start,
        "doanh_thu": turnover,
        "xuat_khau": sold_abroad,
        "nhap_khau": bought,
        "nop_ngan_sach": budget,
        "lao_dong_viet_nam": workers,
        "lao_dong_nuoc_ngoai": min(dice.randint(1, 9), workers // 12) if foreign else 0,
    }


def _lines(projects: list[dict[str, Cell]], *, grouped: bool) -> Iterator[Line]:
    park, numeral = "", 0
    for at, row in enumerate(projects, 1):
        if grouped and row["ten_khu"] != park:
            park, numeral = str(row["ten_khu"]), numeral + 1
            yield Line("group", {"tt": _roman(numeral), "ten_khu": park})
        yield Line("data", {"tt": at, **row, "ten_khu": None if grouped else row["ten_khu"]})


def _roman(number: int) -> str:
    signs = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for value, sign in signs:
        count, number = divmod(number, value)
        text += sign * count
    return text


def _page(province: Province, name: str, lines: tuple[Line, ...], seed: int) -> Page:
    dice = random.Random(f"{seed}/{province.code}/{name}")
    upper = province.full_name.upper()
    kind = f" ({name})" if name in {"FDI", "DDI"} else ""
    return Page(
        name=name,
        letterhead=(f"ỦY BAN NHÂN DÂN {upper}", province.board.upper()),
        label="Biểu III.4",
        title=(f"CƠ SỞ DỮ LIỆU CÁC DỰ ÁN ĐẦU TƯ TRONG KCN, KKT{kind}",),
        enclosed=f"(Kèm theo Báo cáo số {dice.randint(180, 320)}/BC-UBND ngày {dice.randint(2, 26)}/11/2012"
        f" của UBND {province.full_name})",
        unit="Đơn vị tính: ha, triệu USD (FDI), tỷ đồng (DDI)",
        fields=FIELDS,
        lines=lines,
        dated=f"{province.name}, ngày {dice.randint(2, 26):02} tháng 11 năm 2012",
    )


def _share(dice: random.Random, low: float, high: float) -> Decimal:
    return Decimal(str(round(dice.uniform(low, high), 4)))


def _hundredths(value: Decimal | float) -> Decimal:
    return Decimal(value).quantize(_CENT)
