"""The provinces that take part in the demo, with the names of some of their industrial parks.

The names are public facts; every figure, number and company in the demo is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Park:
    """An industrial park as its province names it, and where it lies."""

    name: str
    district: str


@dataclass(frozen=True, slots=True)
class Province:
    """A province of 2012 and the prefixes that its numbers begin with."""

    code: str
    """The code of the 63 provinces, which is the reporter's code: ``40``."""
    name: str
    slug: str
    """The name in its mail domain: ``nghean`` for ``nghean.example``."""
    certificates: str
    """The first two digits of investment certificates issued from 2006 to 2015."""
    taxes: str
    """The first two digits of tax codes."""
    parks: tuple[Park, ...]
    city: bool = False
    """A centrally run city."""

    @property
    def full_name(self) -> str:
        """Return ``tỉnh Nghệ An`` or ``thành phố Đà Nẵng``."""
        return f"{'thành phố' if self.city else 'tỉnh'} {self.name}"

    @property
    def board(self) -> str:
        """Return the name of its management board."""
        return f"Ban Quản lý các KCN {self.full_name}"

    @property
    def address(self) -> str:
        """Return the address that its management board writes from."""
        return f"bql.kcn@{self.slug}.example"

    @property
    def department_address(self) -> str:
        """Return the address of its department of planning and investment."""
        return f"skhdt@{self.slug}.example"


_TABLE = """
01 | Hà Nội | hanoi | 01 | 01 | city
    Bắc Thăng Long (huyện Đông Anh); Nội Bài (huyện Sóc Sơn); Nam Thăng Long (huyện Từ Liêm);
    Sài Đồng B (quận Long Biên); Hà Nội - Đài Tư (quận Long Biên); Thạch Thất - Quốc Oai (huyện Thạch Thất);
    Phú Nghĩa (huyện Chương Mỹ); Quang Minh I (huyện Mê Linh); Quang Minh II (huyện Mê Linh)
10 | Lào Cai | laocai | 12 | 53
    Đông Phố Mới (thành phố Lào Cai); Bắc Duyên Hải (thành phố Lào Cai); Tằng Loỏng (huyện Bảo Thắng)
19 | Thái Nguyên | thainguyen | 17 | 46
    Sông Công I (thị xã Sông Công); Sông Công II (thị xã Sông Công); Yên Bình (huyện Phổ Yên);
    Điềm Thụy (huyện Phú Bình); Nam Phổ Yên (huyện Phổ Yên)
22 | Quảng Ninh | quangninh | 22 | 57
    Cái Lân (thành phố Hạ Long); Việt Hưng (thành phố Hạ Long); Hải Yên (thành phố Móng Cái);
    Đông Mai (thị xã Quảng Yên)
24 | Bắc Giang | bacgiang | 20 | 24
    Đình Trám (huyện Việt Yên); Quang Châu (huyện Việt Yên); Vân Trung (huyện Việt Yên);
    Song Khê - Nội Hoàng (huyện Yên Dũng); Việt Hàn (huyện Việt Yên)
25 | Phú Thọ | phutho | 18 | 26
    Thụy Vân (thành phố Việt Trì); Trung Hà (huyện Tam Nông); Phú Hà (thị xã Phú Thọ); Cẩm Khê (huyện Cẩm Khê);
    Tam Nông (huyện Tam Nông)
26 | Vĩnh Phúc | vinhphuc | 19 | 25
    Khai Quang (thành phố Vĩnh Yên); Bình Xuyên (huyện Bình Xuyên); Bình Xuyên II (huyện Bình Xuyên);
    Bá Thiện (huyện Bình Xuyên); Bá Thiện II (huyện Bình Xuyên); Tam Dương II (huyện Tam Dương);
    Hội Hợp (thành phố Vĩnh Yên)
27 | Bắc Ninh | bacninh | 21 | 23
    Tiên Sơn (huyện Tiên Du); Quế Võ (huyện Quế Võ); Quế Võ II (huyện Quế Võ); Quế Võ III (huyện Quế Võ);
    Đại Đồng - Hoàn Sơn (huyện Tiên Du); Yên Phong (huyện Yên Phong); Yên Phong II (huyện Yên Phong);
    Nam Sơn - Hạp Lĩnh (thành phố Bắc Ninh); VSIP Bắc Ninh (thị xã Từ Sơn); Thuận Thành II (huyện Thuận Thành);
    Thuận Thành III (huyện Thuận Thành); Gia Bình (huyện Gia Bình)
30 | Hải Dương | haiduong | 04 | 08
    Nam Sách (huyện Nam Sách); Đại An (thành phố Hải Dương); Phúc Điền (huyện Cẩm Giàng);
    Tân Trường (huyện Cẩm Giàng); Lai Vu (huyện Kim Thành); Cộng Hòa (thị xã Chí Linh); Phú Thái (huyện Kim Thành);
    Lai Cách (huyện Cẩm Giàng)
31 | Hải Phòng | haiphong | 02 | 02 | city
    Nomura - Hải Phòng (huyện An Dương); Đồ Sơn (quận Đồ Sơn); Nam Cầu Kiền (huyện Thủy Nguyên);
    An Dương (huyện An Dương); Tân Liên (huyện Vĩnh Bảo)
33 | Hưng Yên | hungyen | 05 | 09
    Phố Nối A (huyện Văn Lâm); Dệt may Phố Nối (huyện Yên Mỹ); Thăng Long II (huyện Yên Mỹ); Minh Đức (huyện Mỹ Hào);
    Minh Quang (huyện Mỹ Hào); Kim Động (huyện Kim Động)
34 | Thái Bình | thaibinh | 08 | 10
    Nguyễn Đức Cảnh (thành phố Thái Bình); Phúc Khánh (thành phố Thái Bình); Tiền Hải (huyện Tiền Hải);
    Gia Lễ (huyện Đông Hưng); Sông Trà (thành phố Thái Bình); Cầu Nghìn (huyện Quỳnh Phụ)
35 | Hà Nam | hanam | 06 | 07
    Đồng Văn I (huyện Duy Tiên); Đồng Văn II (huyện Duy Tiên); Châu Sơn (thành phố Phủ Lý); Hòa Mạc (huyện Duy Tiên);
    Liêm Phong (huyện Thanh Liêm); ITAHAN (huyện Kim Bảng)
36 | Nam Định | namdinh | 07 | 06
    Hòa Xá (thành phố Nam Định); Mỹ Trung (huyện Mỹ Lộc); Bảo Minh (huyện Vụ Bản); Thành An (huyện Vụ Bản);
    Hồng Tiến (huyện Ý Yên)
37 | Ninh Bình | ninhbinh | 09 | 27
    Khánh Phú (huyện Yên Khánh); Gián Khẩu (huyện Gia Viễn); Tam Điệp I (thị xã Tam Điệp);
    Tam Điệp II (thị xã Tam Điệp); Phúc Sơn (thành phố Ninh Bình); Khánh Cư (huyện Yên Khánh)
38 | Thanh Hóa | thanhhoa | 26 | 28
    Lễ Môn (thành phố Thanh Hóa); Đình Hương - Tây Bắc Ga (thành phố Thanh Hóa); Bỉm Sơn (thị xã Bỉm Sơn);
    Lam Sơn (huyện Thọ Xuân); Hoàng Long (huyện Hoằng Hóa)
40 | Nghệ An | nghean | 27 | 29
    Bắc Vinh (thành phố Vinh); Hoàng Mai (huyện Quỳnh Lưu); Đông Hồi (huyện Quỳnh Lưu)
42 | Hà Tĩnh | hatinh | 28 | 30
    Gia Lách (huyện Nghi Xuân); Hạ Vàng (huyện Can Lộc)
44 | Quảng Bình | quangbinh | 29 | 31
    Tây Bắc Đồng Hới (thành phố Đồng Hới); Bắc Đồng Hới (thành phố Đồng Hới); Tây Bắc Quán Hàu (huyện Quảng Ninh);
    Cam Liên (huyện Lệ Thủy)
45 | Quảng Trị | quangtri | 30 | 32
    Nam Đông Hà (thành phố Đông Hà); Quán Ngang (huyện Gio Linh); Tây Bắc Hồ Xá (huyện Vĩnh Linh)
46 | Thừa Thiên Huế | thuathienhue | 31 | 33
    Phú Bài (thị xã Hương Thủy); Phong Điền (huyện Phong Điền); Tứ Hạ (thị xã Hương Trà); La Sơn (huyện Phú Lộc);
    Phú Đa (huyện Phú Vang); Quảng Vinh (huyện Quảng Điền)
48 | Đà Nẵng | danang | 32 | 04 | city
    Đà Nẵng (quận Sơn Trà); Dịch vụ Thủy sản Đà Nẵng (quận Sơn Trà); Hòa Khánh (quận Liên Chiểu);
    Hòa Khánh mở rộng (quận Liên Chiểu); Liên Chiểu (quận Liên Chiểu); Hòa Cầm (quận Cẩm Lệ)
49 | Quảng Nam | quangnam | 33 | 40
    Điện Nam - Điện Ngọc (huyện Điện Bàn); Thuận Yên (thành phố Tam Kỳ); Đông Quế Sơn (huyện Quế Sơn);
    Tây An (huyện Duy Xuyên)
51 | Quảng Ngãi | quangngai | 34 | 43
    Tịnh Phong (huyện Sơn Tịnh); Quảng Phú (thành phố Quảng Ngãi); Phổ Phong (huyện Đức Phổ)
52 | Bình Định | binhdinh | 35 | 41
    Phú Tài (thành phố Quy Nhơn); Long Mỹ (thành phố Quy Nhơn); Nhơn Hòa (thị xã An Nhơn); Hòa Hội (huyện Phù Cát)
56 | Khánh Hòa | khanhhoa | 37 | 42
    Suối Dầu (huyện Cam Lâm); Nam Cam Ranh (thành phố Cam Ranh)
58 | Ninh Thuận | ninhthuan | 43 | 45
    Thành Hải (thành phố Phan Rang - Tháp Chàm); Phước Nam (huyện Thuận Nam); Du Long (huyện Thuận Bắc)
60 | Bình Thuận | binhthuan | 48 | 34
    Phan Thiết (thành phố Phan Thiết); Hàm Kiệm I (huyện Hàm Thuận Nam); Hàm Kiệm II (huyện Hàm Thuận Nam);
    Sông Bình (huyện Bắc Bình); Tuy Phong (huyện Tuy Phong); Sơn Mỹ 1 (huyện Hàm Tân)
64 | Gia Lai | gialai | 39 | 59
    Trà Đa (thành phố Pleiku); Tây Pleiku (thành phố Pleiku)
68 | Lâm Đồng | lamdong | 42 | 58
    Lộc Sơn (thành phố Bảo Lộc); Phú Hội (huyện Đức Trọng)
70 | Bình Phước | binhphuoc | 44 | 38
    Chơn Thành I (huyện Chơn Thành); Chơn Thành II (huyện Chơn Thành); Minh Hưng - Hàn Quốc (huyện Chơn Thành);
    Minh Hưng III (huyện Chơn Thành); Đồng Xoài I (thị xã Đồng Xoài); Đồng Xoài II (thị xã Đồng Xoài);
    Bắc Đồng Phú (huyện Đồng Phú); Nam Đồng Phú (huyện Đồng Phú); Tân Khai (huyện Hớn Quản)
72 | Tây Ninh | tayninh | 45 | 39
    Trảng Bàng (huyện Trảng Bàng); Phước Đông (huyện Gò Dầu); Thành Thành Công (huyện Trảng Bàng);
    Chà Là (huyện Dương Minh Châu)
74 | Bình Dương | binhduong | 46 | 37
    Sóng Thần 1 (thị xã Dĩ An); Sóng Thần 2 (thị xã Dĩ An); Đồng An (thị xã Thuận An);
    Việt Nam - Singapore (thị xã Thuận An); Việt Hương (thị xã Thuận An); Mỹ Phước (huyện Bến Cát);
    Mỹ Phước 2 (huyện Bến Cát); Mỹ Phước 3 (huyện Bến Cát); Bàu Bàng (huyện Bến Cát); Nam Tân Uyên (huyện Tân Uyên);
    Đất Cuốc (huyện Tân Uyên); Đại Đăng (thành phố Thủ Dầu Một)
75 | Đồng Nai | dongnai | 47 | 36
    Biên Hòa 1 (thành phố Biên Hòa); Biên Hòa 2 (thành phố Biên Hòa); Amata (thành phố Biên Hòa);
    Loteco (thành phố Biên Hòa); Gò Dầu (huyện Long Thành); Hố Nai (huyện Trảng Bom); Sông Mây (huyện Trảng Bom);
    Long Thành (huyện Long Thành); Nhơn Trạch I (huyện Nhơn Trạch); Nhơn Trạch II (huyện Nhơn Trạch);
    Nhơn Trạch III (huyện Nhơn Trạch); Xuân Lộc (huyện Xuân Lộc)
77 | Bà Rịa - Vũng Tàu | bariavungtau | 49 | 35
    Đông Xuyên (thành phố Vũng Tàu); Phú Mỹ I (huyện Tân Thành); Phú Mỹ II (huyện Tân Thành);
    Mỹ Xuân A (huyện Tân Thành); Mỹ Xuân A2 (huyện Tân Thành); Cái Mép (huyện Tân Thành); Châu Đức (huyện Châu Đức)
79 | Hồ Chí Minh | hochiminh | 41 | 03 | city
    KCX Tân Thuận (Quận 7); KCX Linh Trung I (quận Thủ Đức); KCX Linh Trung II (quận Thủ Đức);
    Tân Bình (quận Tân Phú); Tân Tạo (quận Bình Tân); Vĩnh Lộc (huyện Bình Chánh); Lê Minh Xuân (huyện Bình Chánh);
    Hiệp Phước (huyện Nhà Bè); Tân Thới Hiệp (Quận 12); Tây Bắc Củ Chi (huyện Củ Chi); Cát Lái II (Quận 2)
80 | Long An | longan | 50 | 11
    Đức Hòa I (huyện Đức Hòa); Xuyên Á (huyện Đức Hòa); Tân Đức (huyện Đức Hòa); Hải Sơn (huyện Đức Hòa);
    Thuận Đạo (huyện Bến Lức); Nhựt Chánh (huyện Bến Lức); Phú An Thạnh (huyện Bến Lức); Long Hậu (huyện Cần Giuộc);
    Tân Kim (huyện Cần Giuộc); Cầu Tràm (huyện Cần Đước)
82 | Tiền Giang | tiengiang | 53 | 12
    Mỹ Tho (thành phố Mỹ Tho); Tân Hương (huyện Châu Thành); Long Giang (huyện Tân Phước)
86 | Vĩnh Long | vinhlong | 54 | 15
    Hòa Phú (huyện Long Hồ); Bình Minh (huyện Bình Minh)
92 | Cần Thơ | cantho | 57 | 18 | city
    Trà Nóc I (quận Bình Thủy); Trà Nóc II (quận Ô Môn); Hưng Phú 1 (quận Cái Răng); Hưng Phú 2A (quận Cái Răng);
    Thốt Nốt (quận Thốt Nốt)
"""
"""Code, name, domain, prefix of certificates, prefix of tax codes; below it the parks, each with its district."""


def _provinces(table: str) -> tuple[Province, ...]:
    """Read the table: a line at the margin begins a province, the indented lines below it are its parks."""
    found: list[Province] = []
    for line in table.strip().splitlines():
        if not line.startswith(" "):
            code, name, slug, certificates, taxes, *rest = (one.strip() for one in line.split("|"))
            found.append(Province(code, name, slug, certificates, taxes, (), city=bool(rest)))
        else:
            pairs = (one.strip().rstrip(")").split(" (") for one in line.split(";") if one.strip())
            found[-1] = replace(found[-1], parks=found[-1].parks + tuple(Park(*pair) for pair in pairs))
    return tuple(found)


PROVINCES: tuple[Province, ...] = _provinces(_TABLE)
"""In the order of their codes."""


SILENT: tuple[tuple[str, str], ...] = (
    ("02", "hagiang"),
    ("04", "caobang"),
    ("06", "backan"),
    ("08", "tuyenquang"),
    ("11", "dienbien"),
    ("12", "laichau"),
    ("14", "sonla"),
    ("15", "yenbai"),
    ("17", "hoabinh"),
    ("20", "langson"),
    ("54", "phuyen"),
    ("62", "kontum"),
    ("66", "daklak"),
    ("67", "daknong"),
    ("83", "bentre"),
    ("84", "travinh"),
    ("87", "dongthap"),
    ("89", "angiang"),
    ("91", "kiengiang"),
    ("93", "haugiang"),
    ("94", "soctrang"),
    ("95", "baclieu"),
    ("96", "camau"),
)
"""Code and domain of the provinces that send nothing in the demo and are only reminded."""


def province(name: str) -> Province:
    """Return the province of that name; raises KeyError where the demo has none."""
    for one in PROVINCES:
        if one.name == name:
            return one
    raise KeyError(name)
