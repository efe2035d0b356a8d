"""What a province writes into forms II.5 and II.6: the trade of its zones, and what it asks the ministry to change."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.demo.annexes import add_total, number_rows
from bot.demo.pages import Book, Field, Line
from bot.demo.zone_land import planned_row
from bot.demo.zones import WORDS, draw_page, number_of
from bot.language import number

if TYPE_CHECKING:
    from bot.demo.pages import Cell, Page, Shape
    from bot.demo.zones import Zone, ZoneSet

PERIODS = ("Năm 2008", "Năm 2009", "Năm 2010", "Năm 2011", "6 tháng 2012")
NOTHING = "Không phát sinh"
"""What stands in the first cell of values where a zone has no trade across a border."""
_LINES: tuple[tuple[str, str, str, Shape], ...] = (
    ("kim_ngach_xuat_khau", "Kim ngạch xuất khẩu", "triệu USD", "decimal"),
    ("kim_ngach_nhap_khau", "Kim ngạch nhập khẩu", "triệu USD", "decimal"),
    ("tong_kim_ngach", "Tổng kim ngạch xuất nhập khẩu", "triệu USD", "decimal"),
    ("luot_nguoi", "Số lượt người xuất nhập cảnh", "lượt người", "integer"),
    ("luot_phuong_tien", "Số lượt phương tiện", "lượt xe", "integer"),
    ("thu_ngan_sach", "Thu ngân sách qua cửa khẩu", "tỷ đồng", "decimal"),
    ("so_doanh_nghiep", "Số doanh nghiệp, hộ kinh doanh", "đơn vị", "integer"),
    ("doanh_thu_mien_thue", "Doanh thu bán hàng miễn thuế", "tỷ đồng", "decimal"),
)
TRADE: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("chi_tieu", ("Chỉ tiêu",), "text", 40),
    Field("don_vi", ("ĐVT",), "text", 13),
    *(Field(period, (period,), "decimal", 15) for period in PERIODS),
    Field("ghi_chu", ("Ghi chú",), "text", 20),
)
PROPOSALS: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_kkt", ("Tên KKT",), "text", 26),
    Field("noi_dung", ("Nội dung đề xuất",), "text", 22),
    Field("hien_trang", ("Hiện trạng theo quy hoạch được duyệt",), "text", 32),
    Field("de_xuat", ("Đề xuất, kiến nghị",), "text", 40),
    Field("dien_tich_tang_giam", ("Diện tích tăng (+)/giảm (−)",), "decimal", 12, summed=True),
    Field("ly_do", ("Lý do",), "text", 40),
)
_POLICIES = (
    (
        "Cơ chế, chính sách",
        "Vốn ngân sách trung ương bố trí hằng năm, thấp hơn nhu cầu",
        "Bố trí vốn hạ tầng khung theo kế hoạch ba năm",
        "Nhiều tuyến đường dở dang vì vốn bố trí từng năm",
    ),
    (
        "Lĩnh vực, ngành nghề trọng tâm",
        "Đa ngành, chưa xác định ngành trọng tâm",
        "Tập trung vào chế biến, dịch vụ kho bãi và vận tải",
        "Phù hợp với lợi thế về vị trí và nguồn nguyên liệu",
    ),
    (
        "Quy hoạch khu chức năng",
        "Khu dịch vụ nằm xen trong khu dân cư",
        "Chuyển khu dịch vụ ra phía đường trục chính",
        "Giảm số hộ phải di dời, thuận tiện đấu nối giao thông",
    ),
)


def make_trade_book(of: ZoneSet, *, seed: int = 2012) -> Book:
    """Return a good form II.5: an indicator in each line, a year in each column, for all zones of the set together."""
    dice = random.Random(f"{seed}/{of.province.code}/{of.kind}/II.5")
    busy = len(of.zones) * dice.uniform(0.6, 1.8)
    years = [_year(dice, busy * 1.12**year) for year in range(4)]
    years.append(_half(dice, years[-1]))
    lines = [
        Line(
            "data",
            {
                "tt": at,
                "chi_tieu": words,
                "don_vi": unit,
                **{period: year[key] for period, year in zip(PERIODS, years, strict=True)},
            },
            shape,
        )
        for at, (key, words, unit, shape) in enumerate(_LINES, 1)
    ]
    title = f"Biểu II.5. Hoạt động thương mại, xuất nhập cảnh của KKT {WORDS[of.kind]} (2008–2011, 6 tháng 2012)"
    return Book(f"II.5-{of.kind}", (draw_page(of, "II.5", title, "", TRADE, lines, seed=seed),))


def make_idle_book(of: ZoneSet, *, seed: int = 2012) -> Book:
    """Return a good form II.5 that says that there is nothing to tell."""
    return make_trade_book(of, seed=seed).changed(_emptied)


def make_proposals_book(of: ZoneSet, *, seed: int = 2012) -> Book:
    """Return a good form II.6: for each zone its size, and one thing more."""
    title = f"Biểu II.6. Đề xuất điều chỉnh quy hoạch KKT {WORDS[of.kind]}"
    rows = [row for zone in of.zones for row in _proposals(zone, seed)]
    page = draw_page(of, "II.6", title, "Đơn vị tính: ha", PROPOSALS, number_rows(rows), seed=seed)
    return Book(f"II.6-{of.kind}", (add_total(page, "ten_kkt"),))


def row_of(key: str) -> int:
    """Return the index of the line of an indicator."""
    return [line[0] for line in _LINES].index(key)


def _emptied(page: Page) -> Page:
    first, *others = (replace(line, cells={**line.cells, **dict.fromkeys(PERIODS)}) for line in page.lines)
    return replace(page, lines=(first.with_cell(PERIODS[0], NOTHING), *others))


def _year(dice: random.Random, busy: float) -> dict[str, Decimal]:
    exports, imports = _tenths(busy * dice.uniform(55, 75)), _tenths(busy * dice.uniform(40, 60))
    return {
        "kim_ngach_xuat_khau": exports,
        "kim_ngach_nhap_khau": imports,
        "tong_kim_ngach": exports + imports,
        "luot_nguoi": Decimal(round(busy * dice.uniform(1700, 1900)) * 100),
        "luot_phuong_tien": Decimal(round(busy * dice.uniform(240, 280)) * 100),
        "thu_ngan_sach": _tenths(busy * dice.uniform(70, 90)),
        "so_doanh_nghiep": Decimal(round(busy * dice.uniform(70, 80))),
        "doanh_thu_mien_thue": _tenths(busy * dice.uniform(8, 14)),
    }


def _half(dice: random.Random, year: dict[str, Decimal]) -> dict[str, Decimal]:
    """Return about half of a year; the businesses are still there."""
    half = {key: _tenths(float(value) * dice.uniform(0.46, 0.56)) for key, value in year.items()}
    half["tong_kim_ngach"] = half["kim_ngach_xuat_khau"] + half["kim_ngach_nhap_khau"]
    counted = {key: Decimal(round(half[key] / 100) * 100) for key in ("luot_nguoi", "luot_phuong_tien")}
    return half | counted | {"so_doanh_nghiep": year["so_doanh_nghiep"] + dice.randint(1, 9)}


def _proposals(zone: Zone, seed: int) -> list[dict[str, Cell]]:
    dice = random.Random(f"{seed}/{zone.name}/II.6")
    industry = number_of(planned_row(zone, seed)["dien_tich_cong_nghiep"])
    grows = dice.random() < 0.6
    change = Decimal(max(1, int(industry) // dice.randint(6, 12) // 10)) * 10
    what, now, wish, why = dice.choice(_POLICIES)
    size: dict[str, Cell] = {
        "noi_dung": "Quy mô diện tích",
        "hien_trang": f"Đất công nghiệp {number(industry)} ha theo quy hoạch chung",
        "de_xuat": f"{'Mở rộng thêm' if grows else 'Giảm diện tích'} {number(change)} ha đất công nghiệp",
        "dien_tich_tang_giam": change if grows else -change,
        "ly_do": "Nhà đầu tư đã đăng ký vượt quỹ đất"
        if grows
        else "Đưa phần đất trồng lúa, đất rừng ra khỏi quy hoạch",
    }
    other: dict[str, Cell] = {"noi_dung": what, "hien_trang": now, "de_xuat": wish, "ly_do": why}
    return [{"ten_kkt": zone.name, **size}, {"ten_kkt": zone.name, **other}]


def _tenths(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))
