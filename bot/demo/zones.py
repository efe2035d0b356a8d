"""The coastal and the border-gate zones of the provinces that take part in the demo.

Names, districts and the decisions that ``rules/zones.csv`` knows are public facts; the other numbers are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from bot.demo.annexes import make_page
from bot.demo.places import province as place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.demo.pages import Cell, Field, Line, Page
    from bot.demo.places import Province

Kind = Literal["VB", "CK"]
WORDS: Mapping[Kind, str] = {"VB": "ven biển", "CK": "cửa khẩu"}
"""What the titles call the zones of one kind."""


@dataclass(frozen=True, slots=True)
class Zone:
    """An economic zone as its province writes about it."""

    name: str
    kind: Kind
    district: str
    area: Decimal
    """In hectares."""
    founded: str
    """Number and date of the decision that founded it."""
    projects: int
    """How many projects it has; a young one in the mountains may have none."""

    @property
    def type(self) -> str:
        """Return the zone's kind as the forms write it: ``KKT ven biển``."""
        return f"KKT {WORDS[self.kind]}"


@dataclass(frozen=True, slots=True)
class ZoneSet:
    """The zones of one kind in a province: the six forms of Annex II are about them."""

    province: Province
    kind: Kind
    zones: tuple[Zone, ...]

    def joined(self, other: ZoneSet) -> ZoneSet:
        """Return this set with the zones of *other* in it, as an office mixes them up."""
        return replace(self, zones=self.zones + other.zones)


_TABLE = """
10 | CK | KKT cửa khẩu Lào Cai | thành phố Lào Cai | 7971.8 | 44/1998/QĐ-TTg ngày 26/3/1998 | 4
22 | VB | KKT Vân Đồn | huyện Vân Đồn | 55133 | 120/2007/QĐ-TTg ngày 26/7/2007 | 4
22 | CK | KKT cửa khẩu Móng Cái | thành phố Móng Cái | 12100 | 19/2012/QĐ-TTg | 5
22 | CK | KKT cửa khẩu Bắc Phong Sinh | huyện Hải Hà | 9300 | 318/2002/QĐ-TTg | 1
22 | CK | KKT cửa khẩu Hoành Mô - Đồng Văn | huyện Bình Liêu | 14230 | 319/2002/QĐ-TTg | 1
31 | VB | KKT Đình Vũ - Cát Hải | huyện Cát Hải | 22540 | 06/2008/QĐ-TTg ngày 10/1/2008 | 8
38 | VB | KKT Nghi Sơn | huyện Tĩnh Gia | 18611.8 | 102/2006/QĐ-TTg ngày 15/5/2006 | 7
40 | VB | KKT Đông Nam Nghệ An | huyện Nghi Lộc | 18826.47 | 85/2007/QĐ-TTg ngày 11/6/2007 | 6
42 | VB | KKT Vũng Áng | huyện Kỳ Anh | 22781 | 72/2006/QĐ-TTg ngày 3/4/2006 | 6
42 | CK | KKT cửa khẩu Cầu Treo | huyện Hương Sơn | 56684 | 162/2007/QĐ-TTg ngày 19/10/2007 | 3
44 | VB | KKT Hòn La | huyện Quảng Trạch | 10000 | 79/2008/QĐ-TTg ngày 10/6/2008 | 4
44 | CK | KKT cửa khẩu Cha Lo | huyện Minh Hóa | 53923 | 137/2002/QĐ-TTg ngày 15/10/2002 | 2
45 | CK | KKT cửa khẩu Lao Bảo | huyện Hướng Hóa | 15804 | 11/2005/QĐ-TTg ngày 12/1/2005 | 5
46 | VB | KKT Chân Mây - Lăng Cô | huyện Phú Lộc | 27108 | 04/2006/QĐ-TTg ngày 5/1/2006 | 6
46 | CK | KKT cửa khẩu A Đớt | huyện A Lưới | 10184 | 65/2008/QĐ-TTg | 0
49 | VB | KKT mở Chu Lai | huyện Núi Thành | 27040 | 108/2003/QĐ-TTg ngày 5/6/2003 | 8
49 | CK | KKT cửa khẩu Nam Giang | huyện Nam Giang | 31060 | 211/2006/QĐ-TTg | 0
51 | VB | KKT Dung Quất | huyện Bình Sơn | 10300 | 50/2005/QĐ-TTg ngày 11/3/2005 | 9
52 | VB | KKT Nhơn Hội | thành phố Quy Nhơn | 12000 | 141/2005/QĐ-TTg ngày 14/6/2005 | 6
56 | VB | KKT Vân Phong | huyện Vạn Ninh | 150000 | 92/2006/QĐ-TTg ngày 25/4/2006 | 6
64 | CK | KKT cửa khẩu Lệ Thanh | huyện Đức Cơ | 41515 | 327/2001/QĐ-TTg | 2
70 | CK | KKT cửa khẩu Hoa Lư | huyện Lộc Ninh | 28364 | 331/2005/QĐ-TTg | 2
72 | CK | KKT cửa khẩu Mộc Bài | huyện Bến Cầu | 21284 | 144/2004/QĐ-TTg | 6
72 | CK | KKT cửa khẩu Xa Mát | huyện Tân Biên | 34197 | 186/2003/QĐ-TTg | 2
80 | CK | KKT cửa khẩu Long An | huyện Mộc Hóa | 13080 | 07/2011/QĐ-TTg | 1
"""
"""Code of the province, kind, name, district, hectares, decision, projects."""


def _zones(table: str) -> dict[tuple[str, Kind], tuple[Zone, ...]]:
    found: dict[tuple[str, Kind], tuple[Zone, ...]] = {}
    for line in table.strip().splitlines():
        code, kind, name, district, area, founded, projects = (one.strip() for one in line.split("|"))
        of: Kind = "VB" if kind == "VB" else "CK"
        zone = Zone(name, of, district, Decimal(area), founded, int(projects))
        found[code, of] = (*found.get((code, of), ()), zone)
    return found


ZONES: Mapping[tuple[str, Kind], tuple[Zone, ...]] = _zones(_TABLE)
"""Code of the province and kind → its zones."""


def zone_set(name: str, kind: Kind) -> ZoneSet:
    """Return the zones of that kind in the province of that name; raises KeyError where it has none."""
    province = place_of(name)
    return ZoneSet(province, kind, ZONES[province.code, kind])


def draw_page(
    of: ZoneSet, form: str, title: str, unit: str, fields: tuple[Field, ...], lines: Iterable[Line], *, seed: int
) -> Page:
    """Return a page of Annex II, with the form's whole name above its table, as the letter prints it.

    The six forms hang on one letter, so they all name its number and day.
    """
    page = make_page(
        of.province, form, (title,), unit, fields, lines, month=7, seed=seed, letter=f"II-{of.kind}", days=(2, 4)
    )
    board = f"BAN QUẢN LÝ KHU KINH TẾ {of.province.full_name.upper()}"
    return replace(page, letterhead=(page.letterhead[0], board), label="Phụ lục II")


def share_out(total: Decimal, shares: Sequence[float]) -> list[Decimal]:
    """Return these shares of *total* in hundredths; what is left of it is not among them."""
    return [(total * Decimal(str(share))).quantize(Decimal("0.01")) for share in shares]


def number_of(value: Cell) -> Decimal:
    """Return a number of a good book, nothing as 0; anything else is a bug of ours."""
    if value is not None and not isinstance(value, int | Decimal):
        raise TypeError(value)
    return Decimal(value or 0)
