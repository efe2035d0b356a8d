"""The narratives that belong to the annexes: what a province writes into them, drawn from its own parks and zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.annexes import date_letter
from bot.demo.places import province
from bot.demo.projects import count_projects
from bot.demo.word import Line, draw_letter
from bot.demo.zones import WORDS, zone_set
from bot.language import number as written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.demo.places import Province
    from bot.demo.zones import Kind

Sections = dict[str, tuple[str, ...]]
"""Section → its heading and its sentences."""
_LETTERS: Mapping[str, tuple[str, int, tuple[int, int]]] = {
    "BC-I": ("I", 7, (2, 13)),
    "BC-II-VB": ("II-VB", 7, (2, 4)),
    "BC-II-CK": ("II-CK", 7, (2, 4)),
    "BC-III": ("III", 9, (2, 13)),
}
"""Outline → the letter on which the forms of its annex hang, its month, and between which days it was signed."""
OUTLINES = tuple(_LETTERS)


@dataclass(frozen=True, slots=True)
class Narrative:
    """A narrative as written, before Word has laid it out."""

    place: Province
    number: str
    """``85``; blanks where the office has left it to be filled in by hand."""
    day: str
    summary: str
    sections: Sections
    signed: bool = True


def write_narrative(
    name: str, outline: str, *, seed: int, without: str = "", blank: bool = False, paper: bool = False
) -> Narrative:
    """Return the narrative of a province.

    Args:
        name: the province.
        outline: ``BC-I``.
        seed: the same as that of its forms, which name the same letter.
        without: a section that is left out.
        blank: number and day are still to be filled in.
        paper: the same, and the signature too: it is only on the paper, whose scan comes beside it.
    """
    place = province(name)
    letter, month, days = _LETTERS[outline]
    number, day = date_letter(place, letter, month=month, seed=seed, days=days)
    summary, sections = _write(place, outline)
    if without:
        del sections[without]
    open_head = blank or paper
    return Narrative(
        place,
        "       " if open_head else str(number),
        f"ngày      tháng {month} năm 2012" if open_head else f"ngày {day:%d} tháng {month:02} năm 2012",
        summary,
        sections,
        signed=not paper,
    )


def draw_narrative(text: Narrative) -> bytes:
    """Return the narrative as .docx, by the state's own form of a letter; nobody is named in it."""
    upper = text.place.full_name.upper()
    head = (
        (
            Line("ỦY BAN NHÂN DÂN", points=13),
            Line(upper, bold=True, points=13),
            Line(f"Số: {text.number}/BC-UBND", points=13),
        ),
        (
            Line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, points=12),
            Line("Độc lập - Tự do - Hạnh phúc", bold=True, points=13),
            Line(f"{text.place.name}, {text.day}", italic=True, points=13),
        ),
    )
    signer = ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH") if text.signed else ("",)
    foot = (
        (
            Line("Nơi nhận:", "left", bold=True, italic=True, points=12),
            *(Line(one, "left", points=11) for one in ("- Như trên;", "- Các sở, ban, ngành liên quan;", "- Lưu: VT.")),
        ),
        tuple(Line(one, bold=True) for one in signer),
    )
    body: list[Line] = []
    for heading, *sentences in text.sections.values():
        body.append(Line(heading, "both", bold=bool(sentences)))
        body += [Line(one, "both") for one in sentences]
    return draw_letter(
        (
            head,
            Line("BÁO CÁO", bold=True),
            Line(text.summary, bold=True),
            Line("Kính gửi: Bộ Kế hoạch và Đầu tư"),
            *body,
            foot,
        )
    )


def _write(place: Province, outline: str) -> tuple[str, Sections]:
    if outline == "BC-I":
        return _write_parks(place)
    if outline == "BC-III":
        return _write_projects(place)
    return _write_zones(place, "VB" if outline == "BC-II-VB" else "CK")


def _begin(place: Province) -> tuple[str, ...]:
    order = "Chỉ thị số 07/CT-TTg ngày 02 tháng 3 năm 2012 của Thủ tướng Chính phủ"
    return (
        f"Thực hiện {order} và văn bản của Bộ Kế hoạch và Đầu tư, Ủy ban nhân dân {place.full_name} báo cáo như sau:",
    )


def _write_parks(place: Province) -> tuple[str, Sections]:
    named = ", ".join(one.name for one in place.parks[:3])
    count = len(place.parks)
    return (
        f"Kết quả rà soát và phương án điều chỉnh, bổ sung Quy hoạch phát triển các khu công nghiệp {place.full_name}",
        {
            "căn cứ": _begin(place),
            "khái quát": (
                "I. KHÁI QUÁT TÌNH HÌNH KINH TẾ - XÃ HỘI",
                "Cơ cấu kinh tế chuyển dịch theo hướng tăng tỷ trọng công nghiệp, dịch vụ.",
            ),
            "tình hình": (
                "II. TÌNH HÌNH THỰC HIỆN QUY HOẠCH, THÀNH LẬP VÀ HOẠT ĐỘNG CỦA CÁC KHU CÔNG NGHIỆP",
                f"Trên địa bàn hiện có {count} khu công nghiệp, trong đó có các khu {named}.",
            ),
            "kết quả": (
                "1. Kết quả đạt được",
                "Hạ tầng các khu đã thành lập cơ bản được đầu tư; số lao động và nộp ngân sách tăng hằng năm.",
            ),
            "khó khăn": ("2. Khó khăn, vướng mắc", "Bồi thường, giải phóng mặt bằng kéo dài; vốn hạ tầng còn thiếu."),
            "nguyên nhân": ("3. Nguyên nhân", "Suất đầu tư cao, giá đất bồi thường thay đổi qua từng năm."),
            "chậm": ("4. Các khu công nghiệp chậm triển khai", "Danh sách từng khu được nêu tại Biểu I.3."),
            "biện pháp": (
                "5. Biện pháp xử lý",
                "Giao Ban Quản lý làm việc với từng chủ đầu tư, gia hạn một lần; quá hạn thì thay chủ đầu tư.",
            ),
            "phương án": (
                "III. PHƯƠNG ÁN ĐIỀU CHỈNH, BỔ SUNG QUY HOẠCH ĐẾN NĂM 2020",
                "Diện tích đề nghị của từng khu được nêu tại Biểu I.4.",
            ),
            "kiến nghị": ("IV. GIẢI PHÁP VÀ KIẾN NGHỊ", "Đề nghị hỗ trợ vốn đầu tư công trình xử lý nước thải."),
            "biểu": ("(Số liệu chi tiết tại các Biểu I.1, I.2, I.3, I.4 kèm theo)",),
        },
    )


def _write_zones(place: Province, kind: Kind) -> tuple[str, Sections]:
    zones, words = zone_set(place.name, kind).zones, WORDS[kind]
    listed = "; ".join(f"{one.name} ({written(one.area)} ha, {one.district})" for one in zones)
    trade = {
        "thương mại": (
            "2. Hoạt động xuất nhập khẩu, xuất nhập cảnh",
            "Kim ngạch qua cửa khẩu từng năm được nêu tại Biểu II.5.",
        )
    }
    return (
        f"Kết quả rà soát quy hoạch và hoạt động của khu kinh tế {words} {place.full_name}",
        {
            "căn cứ": _begin(place),
            "khái quát": (f"I. KHÁI QUÁT VỀ KHU KINH TẾ {words.upper()}", f"Trên địa bàn có: {listed}."),
            "quy hoạch": (
                "II. SỰ PHÙ HỢP QUY HOẠCH VÀ TÌNH HÌNH THỰC HIỆN QUY HOẠCH",
                "Các dự án được bố trí theo quy hoạch chung đã duyệt.",
            ),
            "kết quả": ("1. Kết quả đạt được", "Hạ tầng kỹ thuật thiết yếu từng bước được đầu tư."),
            **(trade if kind == "CK" else {}),
            "khó khăn": ("3. Khó khăn, vướng mắc", "Vốn ngân sách bố trí chậm so với kế hoạch."),
            "nguyên nhân": ("4. Nguyên nhân", "Suất đầu tư cao, địa hình chia cắt."),
            "giải pháp": ("III. GIẢI PHÁP NÂNG CAO HIỆU QUẢ HOẠT ĐỘNG", "Rút ngắn thời gian làm thủ tục đầu tư."),
            "khu chức năng": (
                "IV. ĐỀ XUẤT NÂNG CAO CHẤT LƯỢNG QUY HOẠCH",
                "Về các khu chức năng: bố trí lại theo số liệu tại Biểu II.2.",
            ),
            "quy mô": ("Về quy mô diện tích: thực hiện theo quyết định thành lập.",),
            "ngành": ("Về ngành, nghề trọng tâm: kho bãi, dịch vụ, chế biến.",),
            "kiến nghị": ("V. KIẾN NGHỊ", "Đề nghị bổ sung vốn cho các đường trục chính."),
        },
    )


def _write_projects(place: Province) -> tuple[str, Sections]:
    return (
        f"Kết quả rà soát, đánh giá hoạt động của các dự án đầu tư trong KCN, KKT {place.full_name}",
        {
            "căn cứ": _begin(place),
            "tình hình": (
                "I. TÌNH HÌNH CHUNG CÁC DỰ ÁN TRONG KHU CÔNG NGHIỆP",
                f"Có {count_projects(place)} dự án còn hiệu lực, tổng hợp tại Biểu III.1.",
            ),
            "kết quả": ("II. KẾT QUẢ HOẠT ĐỘNG CỦA CÁC DỰ ÁN", "Phần lớn doanh nghiệp hoạt động ổn định."),
            "chậm": ("III. DỰ ÁN CHẬM TRIỂN KHAI", "Danh sách và lý do được nêu tại Biểu III.2."),
            "ngừng": ("IV. DỰ ÁN NGỪNG HOẠT ĐỘNG, CHUẨN BỊ GIẢI THỂ", "Được nêu cùng biểu trên."),
            "vi phạm": (
                "V. DỰ ÁN VI PHẠM PHÁP LUẬT VỀ ĐẦU TƯ, LAO ĐỘNG, MÔI TRƯỜNG",
                "Từng trường hợp được nêu tại Biểu III.3.",
            ),
            "biện pháp": ("VI. BIỆN PHÁP XỬ LÝ", "Ban Quản lý đã làm việc với từng chủ đầu tư."),
            "kiến nghị": ("VII. KIẾN NGHỊ", "Đề nghị sớm có hướng dẫn về thu hồi đất của dự án chậm."),
        },
    )
