"""What a province writes into form I.1: its industrial parks, with figures that agree with each other."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.demo.pages import Book, Field, Line, Page, sums
from bot.language import day

if TYPE_CHECKING:
    from bot.demo.pages import Cell
    from bot.demo.places import Park, Province

FIELDS: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_kcn", ("Tên KCN",), "text", 22),
    Field("dia_diem", ("Địa điểm (xã, huyện)",), "text", 18),
    Field("vi_tri", ("Vị trí KCN",), "text", 16),
    Field("van_ban_quy_hoach", ("Văn bản phê duyệt/bổ sung quy hoạch (số, ngày)",), "text", 22),
    Field("dien_tich_quy_hoach", ("Diện tích theo quy hoạch được duyệt",), "decimal", 12, summed=True),
    Field("quyet_dinh_thanh_lap", ("Quyết định thành lập/GCNĐT hạ tầng (số, ngày)",), "text", 22),
    Field("dien_tich_thanh_lap", ("Diện tích thành lập",), "decimal", 12, summed=True),
    Field("chu_dau_tu", ("Chủ đầu tư xây dựng kết cấu hạ tầng",), "text", 26),
    Field("quoc_tich_chu_dau_tu", ("Quốc tịch nhà đầu tư",), "text", 11),
    Field(
        "von_dang_ky_nuoc_ngoai",
        ("Vốn đầu tư xây dựng hạ tầng", "Vốn đăng ký hạ tầng", "nước ngoài (triệu USD)"),
        "decimal",
        11,
        summed=True,
    ),
    Field(
        "von_dang_ky_trong_nuoc",
        ("Vốn đầu tư xây dựng hạ tầng", "Vốn đăng ký hạ tầng", "trong nước (tỷ đồng)"),
        "decimal",
        11,
        summed=True,
    ),
    Field(
        "von_thuc_hien_nuoc_ngoai",
        ("Vốn đầu tư xây dựng hạ tầng", "Vốn thực hiện lũy kế", "nước ngoài (triệu USD)"),
        "decimal",
        11,
        summed=True,
    ),
    Field(
        "von_thuc_hien_trong_nuoc",
        ("Vốn đầu tư xây dựng hạ tầng", "Vốn thực hiện lũy kế", "trong nước (tỷ đồng)"),
        "decimal",
        11,
        summed=True,
    ),
    Field("dien_tich_giai_phong", ("Diện tích đã đền bù, GPMB/đã giao đất",), "decimal", 12, summed=True),
    Field("dien_tich_co_the_cho_thue", ("Diện tích đất công nghiệp", "có thể cho thuê"), "decimal", 12, summed=True),
    Field("dien_tich_da_cho_thue", ("Diện tích đất công nghiệp", "đã cho thuê"), "decimal", 12, summed=True),
    Field("ty_le_lap_day", ("Tỷ lệ lấp đầy",), "percent", 9),
    Field("muc_do_hoan_thien", ("Mức độ hoàn thiện hạ tầng",), "percent", 9),
    Field("tinh_trang", ("Tình trạng",), "text", 14),
    Field("nam_hoat_dong", ("Năm đi vào hoạt động",), "year", 9),
    Field("tinh_trang_xlnt", ("Nhà máy XLNT tập trung",), "text", 12),
    Field("cong_suat_xlnt_thiet_ke", ("Công suất thiết kế XLNT",), "decimal", 11, summed=True),
    Field("cong_suat_xlnt_hoat_dong", ("Công suất hoạt động XLNT",), "decimal", 11, summed=True),
    Field("ghi_chu", ("Ghi chú",), "text", 14),
)

GROUPS = (
    ("I", "KCN đang hoạt động", "Đang hoạt động"),
    ("II", "KCN đang xây dựng cơ bản", "Đang xây dựng cơ bản"),
    ("III", "KCN đã quy hoạch chưa thành lập", "Chưa triển khai"),
)
_COUNTRIES = ("Nhật Bản", "Hàn Quốc", "Singapore", "Đài Loan", "Thái Lan")
_CENT = Decimal("0.01")


def make_parks_book(province: Province, parks: int | None = None, *, seed: int = 2012, shares: bool = False) -> Book:
    """Return a good form I.1 of *province*.

    Args:
        province: who writes.
        parks: how many parks, 2 to 12; None takes all that the demo knows of the province.
        seed: the same seed gives the same figures.
        shares: percentages are shares of 1 under Excel's percent format.
    """
    rows = park_rows(province, parks, seed=seed)
    lines: list[Line] = []
    for numeral, group, status in GROUPS:
        members = [row for row in rows if row["tinh_trang"] == status]
        if members:
            lines.append(Line("group", {"tt": numeral, "ten_kcn": group}))
            lines += [Line("data", {"tt": at, **row}) for at, row in enumerate(members, 1)]
    page = with_total(_page(province, tuple(lines), seed))
    return Book("I.1", (_as_shares(page) if shares else page,))


def park_rows(province: Province, parks: int | None = None, *, seed: int = 2012) -> list[dict[str, Cell]]:
    """Return the parks of *province* as rows: the operating ones, then one in construction, then one only planned."""
    chosen = province.parks[: parks or len(province.parks)]
    statuses = [GROUPS[0][2]] * len(chosen)
    if len(chosen) >= 3:
        statuses[-1] = GROUPS[1][2]
    if len(chosen) >= 5:
        statuses[-2:] = GROUPS[1][2], GROUPS[2][2]
    return [_park(province, park, status, seed) for park, status in zip(chosen, statuses, strict=True)]


def with_total(page: Page) -> Page:
    """Return the page with its last line made the true total, occupancy being leased over leasable."""
    lines = tuple(line for line in page.lines if line.kind != "total")
    total = sums(page.fields, lines)
    leasable, leased = total.get("dien_tich_co_the_cho_thue"), total.get("dien_tich_da_cho_thue")
    if isinstance(leasable, Decimal) and isinstance(leased, Decimal) and leasable:
        total["ty_le_lap_day"] = _hundredths(leased / leasable * 100)
    return replace(page, lines=(*lines, Line("total", {"ten_kcn": "Tổng cộng", **total})))


def _park(province: Province, park: Park, status: str, seed: int) -> dict[str, Cell]:
    dice = random.Random(f"{seed}/{province.code}/{park.name}")
    planned = _hundredths(dice.uniform(60, 420))
    decided = date(dice.randint(1997, 2007), dice.randint(1, 12), dice.randint(1, 28))
    name = park.name if park.name.startswith("KCX") else f"KCN {park.name}"
    row: dict[str, Cell] = {
        "ten_kcn": name,
        "dia_diem": park.district[0].upper() + park.district[1:],
        "vi_tri": "KCN nằm ngoài KKT",
        "van_ban_quy_hoach": f"Công văn số {dice.randint(100, 1999)}/TTg-CN ngày {day(decided)}",
        "dien_tich_quy_hoach": planned,
        **dict.fromkeys(
            (
                "von_dang_ky_nuoc_ngoai",
                "von_dang_ky_trong_nuoc",
                "von_thuc_hien_nuoc_ngoai",
                "von_thuc_hien_trong_nuoc",
                "dien_tich_giai_phong",
            ),
            Decimal(0),
        ),
        "tinh_trang": status,
    }
    if status == GROUPS[2][2]:
        return row
    founded = date(decided.year + dice.randint(1, 2), dice.randint(1, 12), dice.randint(1, 28))
    row["quyet_dinh_thanh_lap"] = f"Quyết định số {dice.randint(100, 3999)}/QĐ-UBND ngày {day(founded)}"
    established = planned if dice.random() < 0.6 else _hundredths(planned * _share(dice, 0.82, 0.97))
    row |= {"dien_tich_thanh_lap": established, **_land(dice, established, building=status == GROUPS[1][2])}
    row |= _infrastructure(dice, park, established)
    return row | (_operation(dice, founded.year) if status == GROUPS[0][2] else _construction(dice))


def _land(dice: random.Random, established: Decimal, *, building: bool) -> dict[str, Cell]:
    leasable = _hundredths(established * _share(dice, 0.56, 0.78))
    leased = _hundredths(leasable * (_share(dice, 0.05, 0.18) if building else _share(dice, 0.35, 0.98)))
    return {
        "dien_tich_giai_phong": _hundredths(leased + (established - leased) * _share(dice, 0.3, 1.0)),
        "dien_tich_co_the_cho_thue": leasable,
        "dien_tich_da_cho_thue": leased,
        "ty_le_lap_day": _hundredths(leased / leasable * 100),
    }


def _infrastructure(dice: random.Random, park: Park, established: Decimal) -> dict[str, Cell]:
    if dice.random() < 0.15:
        registered = _hundredths(established * _share(dice, 0.2, 0.4))
        return {
            "chu_dau_tu": f"Công ty TNHH Liên doanh Phát triển KCN {park.name}",
            "quoc_tich_chu_dau_tu": dice.choice(_COUNTRIES),
            "von_dang_ky_nuoc_ngoai": registered,
            "von_thuc_hien_nuoc_ngoai": _hundredths(registered * _share(dice, 0.4, 0.95)),
        }
    registered = _hundredths(established * _share(dice, 2, 5))
    return {
        "chu_dau_tu": f"Công ty CP Đầu tư phát triển hạ tầng KCN {park.name}",
        "quoc_tich_chu_dau_tu": "Việt Nam",
        "von_dang_ky_trong_nuoc": registered,
        "von_thuc_hien_trong_nuoc": _hundredths(registered * _share(dice, 0.3, 0.9)),
    }


def _operation(dice: random.Random, founded: int) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "nam_hoat_dong": min(founded + dice.randint(1, 3), 2011),
        "muc_do_hoan_thien": Decimal(dice.randint(60, 100)),
    }
    design = Decimal(dice.randint(4, 24) * 500)
    match dice.randint(0, 5):
        case 0:
            return row | {"tinh_trang_xlnt": "Chưa xây dựng"}
        case 1:
            return row | {
                "tinh_trang_xlnt": "Đang xây dựng",
                "cong_suat_xlnt_thiet_ke": design,
                "cong_suat_xlnt_hoat_dong": Decimal(0),
            }
        case _:
            used = (design * _share(dice, 0.3, 0.9)).quantize(Decimal(10)).quantize(Decimal(1))
            return row | {
                "tinh_trang_xlnt": "Đang hoạt động",
                "cong_suat_xlnt_thiet_ke": design,
                "cong_suat_xlnt_hoat_dong": used,
            }


def _construction(dice: random.Random) -> dict[str, Cell]:
    return {"muc_do_hoan_thien": Decimal(dice.randint(10, 50)), "tinh_trang_xlnt": "Chưa xây dựng"}


def _as_shares(page: Page) -> Page:
    """Return the page with its percentages as shares of 1 under a percent format."""
    fields = tuple(replace(one, shape="fraction") if one.shape == "percent" else one for one in page.fields)
    keys = [one.key for one in fields if one.shape == "fraction"]

    def share(line: Line) -> Line:
        cells = {key: value / 100 for key in keys if isinstance(value := line.cells.get(key), Decimal)}
        return replace(line, cells={**line.cells, **cells})

    return replace(page, fields=fields, lines=tuple(share(line) for line in page.lines))


def _page(province: Province, lines: tuple[Line, ...], seed: int) -> Page:
    dice = random.Random(f"{seed}/{province.code}/page")
    upper = province.full_name.upper()
    return Page(
        name="Biểu I.1",
        letterhead=(f"ỦY BAN NHÂN DÂN {upper}", province.board.upper()),
        label="Biểu I.1",
        title=(
            "TỔNG HỢP TÌNH HÌNH QUY HOẠCH, THÀNH LẬP VÀ HOẠT ĐỘNG CỦA CÁC KCN TRÊN ĐỊA BÀN",
            "(số liệu đến 30/6/2012)",
        ),
        enclosed=f"(Kèm theo Báo cáo số {dice.randint(20, 180)}/BC-UBND ngày {dice.randint(2, 13)}/7/2012"
        f" của UBND {province.full_name})",
        unit="Đơn vị tính: ha, tỷ đồng, triệu USD",
        fields=FIELDS,
        lines=lines,
        dated=f"{province.name}, ngày {dice.randint(2, 13):02} tháng 7 năm 2012",
    )


def _share(dice: random.Random, low: float, high: float) -> Decimal:
    return Decimal(str(round(dice.uniform(low, high), 4)))


def _hundredths(value: Decimal | float) -> Decimal:
    return Decimal(value).quantize(_CENT)
