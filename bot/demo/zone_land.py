"""What a province writes into forms II.1 and II.2: the land of its zones, as planned and as used."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.demo.annexes import add_total, number_rows
from bot.demo.pages import Book, Field
from bot.demo.zones import WORDS, draw_page, number_of, share_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.demo.pages import Cell
    from bot.demo.zones import Zone, ZoneSet

_WIDE = Decimal(40000)
"""Hectares from which on most of a zone is water or forest."""
_PARTS: Mapping[str, tuple[str, str, float, float]] = {
    "phi_thue_quan": ("Khu phi thuế quan, khu bảo thuế", "Khu phi thuế quan, khu bảo thuế", 0.02, 0.08),
    "cong_nghiep": ("Khu chế xuất, khu công nghiệp", "Khu chế xuất, KCN", 0.14, 0.32),
    "du_lich": ("Khu giải trí, khu du lịch", "Khu giải trí, du lịch", 0.03, 0.1),
    "do_thi": ("Khu đô thị, khu dân cư", "Khu đô thị, dân cư", 0.1, 0.2),
    "hanh_chinh": ("Khu hành chính và khu chức năng khác", "Khu hành chính, khu khác", 0.02, 0.06),
}
"""What its columns begin with → its words in form II.1 and in form II.2, between which shares of the zone it lies."""


def _area(key: str, *words: str) -> Field:
    return Field(key, words, "decimal", 11, summed=True)


PLANNED: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_kkt", ("Tên KKT",), "text", 26),
    Field("loai_hinh", ("Loại hình",), "text", 13),
    Field("quyet_dinh_thanh_lap", ("Quyết định thành lập",), "text", 22),
    Field("quyet_dinh_quy_hoach", ("Quyết định phê duyệt/điều chỉnh quy hoạch chung mới nhất",), "text", 22),
    _area("tong_dien_tich", "Tổng diện tích theo QHC"),
    *(_area(f"dien_tich_{key}", "Trong đó", words[0]) for key, words in _PARTS.items()),
    _area("dien_tich_dat_khac", "Trong đó", "Đất khác"),
)
USED: tuple[Field, ...] = (
    Field("tt", ("TT",), "centre", 5),
    Field("ten_kkt", ("Tên KKT",), "text", 26),
    Field("quyet_dinh_quy_hoach", ("QĐ phê duyệt/điều chỉnh QHC mới nhất",), "text", 22),
    _area("dien_tich_thanh_lap", "Quy mô DT đất thành lập"),
    *(
        _area(f"{key}_{step}", words[1], header)
        for key, words in _PARTS.items()
        for step, header in (
            ("qhc", "QHC"),
            ("qhct", "QHPK hoặc QHCT"),
            ("xay_dung", "Đã xây dựng"),
            ("cho_thue", "Đã cho thuê"),
        )
        if step != "cho_thue" or key == "cong_nghiep"
    ),
    _area("dat_khac", "Đất khác"),
    _area("dat_chua_su_dung", "Đất chưa sử dụng"),
)


def make_planned_book(of: ZoneSet, *, seed: int = 2012) -> Book:
    """Return a good form II.1: what each zone consists of by its master plan."""
    title = f"Biểu II.1. Quy hoạch và cơ cấu khu chức năng của KKT {WORDS[of.kind]}"
    rows = [planned_row(zone, seed) for zone in of.zones]
    page = draw_page(of, "II.1", title, "Đơn vị tính: ha", PLANNED, number_rows(rows), seed=seed)
    return Book(f"II.1-{of.kind}", (add_total(page, "ten_kkt"),))


def make_used_book(of: ZoneSet, *, seed: int = 2012) -> Book:
    """Return a good form II.2: how much of the plan of form II.1 is drawn in detail, built and leased."""
    title = f"Biểu II.2. Tình hình sử dụng đất theo khu chức năng trong KKT {WORDS[of.kind]}"
    rows = [_used_row(zone, seed) for zone in of.zones]
    page = draw_page(of, "II.2", title, "Đơn vị tính: ha", USED, number_rows(rows), seed=seed)
    return Book(f"II.2-{of.kind}", (add_total(page, "ten_kkt"),))


def planned_row(zone: Zone, seed: int) -> dict[str, Cell]:
    """Return the row of form II.1: the other land is what its functional areas leave of a zone."""
    dice = random.Random(f"{seed}/{zone.name}/II.1")
    part = 0.25 if zone.area > _WIDE else 1.0
    areas = share_out(zone.area, [part * dice.uniform(low, high) for _, _, low, high in _PARTS.values()])
    planned = f"{dice.randint(1, 28)}/{dice.randint(1, 12)}/{dice.randint(2008, 2011)}"
    return {
        "ten_kkt": zone.name,
        "loai_hinh": zone.type,
        "quyet_dinh_thanh_lap": f"Quyết định số {zone.founded}",
        "quyet_dinh_quy_hoach": f"Quyết định số {dice.randint(200, 1990)}/QĐ-TTg ngày {planned}",
        "tong_dien_tich": zone.area,
        **{f"dien_tich_{key}": area for key, area in zip(_PARTS, areas, strict=True)},
        "dien_tich_dat_khac": zone.area - sum(areas),
    }


def _used_row(zone: Zone, seed: int) -> dict[str, Cell]:
    dice = random.Random(f"{seed}/{zone.name}/II.2")
    plan = planned_row(zone, seed)
    row: dict[str, Cell] = {
        "ten_kkt": zone.name,
        "quyet_dinh_quy_hoach": plan["quyet_dinh_quy_hoach"],
        "dien_tich_thanh_lap": zone.area,
    }
    built = Decimal(0)
    for key in _PARTS:
        whole = number_of(plan[f"dien_tich_{key}"])
        (drawn,) = share_out(whole, [dice.uniform(0.25, 0.7)])
        (own,) = share_out(drawn, [dice.uniform(0.1, 0.45)])
        built += own
        row |= {f"{key}_qhc": whole, f"{key}_qhct": drawn, f"{key}_xay_dung": own}
        if key == "cong_nghiep":
            (row[f"{key}_cho_thue"],) = share_out(own, [dice.uniform(0.4, 0.9)])
    (other,) = share_out(number_of(plan["dien_tich_dat_khac"]), [dice.uniform(0.1, 0.4)])
    return row | {"dat_khac": other, "dat_chua_su_dung": zone.area - built - other}
