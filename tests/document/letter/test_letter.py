"""Whole letters: five of our own in the style of ministries, and the four old ones where they are at hand."""

from __future__ import annotations

import tomllib
import unicodedata
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.adapters.content import read_rules, read_templates
from bot.check.days import find_day
from bot.check.mistakes import Mistakes
from bot.check.reporters import FILE, read_reporters
from bot.document.letter import read_letter, read_letter_file
from bot.document.text import Document
from bot.model import RefusalReason, Unreadable
from bot.reply.campaign_draft import Source, draft_id, write_draft
from tests.document.files import docx, docx_of, odt_of, pdf_of, row, rtf_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.model import OfficialLetter

OWN = Path(__file__).parent / "letters"
OLD = Path(__file__).parents[4] / "shared" / "letters"
TEMPLATES = read_templates(None)
REGISTER = read_reporters(read_rules(None)[FILE], Mistakes())

NUMBERS = {
    "dinh-ky": ("789/BCT-CTĐP", "2021-01-05"),
    "ke-hoach-dau-tu": ("3456/BKHĐT-QLKKT", "2024-08-12"),
    "khong-thoi-han": ("1122/BTC-KKT", "2025-05-20"),
    "ra-soat-ccn": ("45/BCT-CTĐP", "2023-02-10"),
    "tai-chinh-2025": ("9021/BTC-ĐTNN", "2025-11-18"),
}
DEADLINES: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "dinh-ky": [
        ("trước ngày 20/6/{nam}", ("M-01",)),
        ("trước ngày 15/12/{nam}", ("M-02",)),
        ("", ()),
        ("trong tháng 3 (ngày 31/3/2021)", ()),
    ],
    "ke-hoach-dau-tu": [
        ("chậm nhất ngày 30 tháng 9 năm 2024", ("PL-I",)),
        ("trước ngày 15/10/2024", ("02", "03")),
    ],
    "khong-thoi-han": [],
    "ra-soat-ccn": [
        ("đến ngày 10/3/2023", ()),
        ("trong Quý II năm 2023 (ngày 30/6/2023)", ("01", "02", "03", "04")),
        ("", ()),
    ],
    "tai-chinh-2025": [
        ("trước ngày 20/12/2025", ("PL-1", "PL-2")),
        ("trước ngày 31.01.2026", ("III.4",)),
        ("không muộn hơn ngày 05 tháng 01 năm 2026", ("PL-3",)),
    ],
}
OTHERS = {
    "dinh-ky": [],
    "ke-hoach-dau-tu": ["2024-11-30"],
    "khong-thoi-han": ["2025-06-15"],
    "ra-soat-ccn": ["2023-04-20"],
    "tai-chinh-2025": ["2025-11-30", "2026-02-28"],
}
ADDRESSES = {
    "dinh-ky": ["ccn@mau.gov.vn"],
    "ke-hoach-dau-tu": ["qlkkt.baocao@mau.gov.vn", "hoidap@mau.gov.vn"],
    "khong-thoi-han": [],
    "ra-soat-ccn": ["ccn@mau.gov.vn"],
    "tai-chinh-2025": ["dautu@mau.gov.vn", "du-phong@mau.gov.vn"],
}
DEPARTMENTS = {
    "dinh-ky": ("Bộ Công Thương", "Cục Công Thương địa phương"),
    "ke-hoach-dau-tu": ("Bộ Kế hoạch và Đầu tư", "Vụ Quản lý các khu kinh tế"),
    "khong-thoi-han": ("Bộ Tài chính", "Vụ Quản lý khu kinh tế"),
    "ra-soat-ccn": ("Bộ Công Thương", "Cục Công Thương địa phương"),
    "tai-chinh-2025": ("Bộ Tài chính", "Cục Đầu tư nước ngoài"),
}
OWED_BY = {
    "dinh-ky": "kind = 'tinh' OR kind = 'tap_doan'",
    "ke-hoach-dau-tu": "kind = 'tinh'",
    "khong-thoi-han": "kind = 'tinh' AND name IN ('Quảng Ninh', 'Hải Phòng', 'Thanh Hóa')",
    "ra-soat-ccn": "kind = 'tinh'",
    "tai-chinh-2025": "kind = 'tinh' OR kind = 'tap_doan' OR kind = 'tong_cong_ty'",
}


def read(data: bytes) -> OfficialLetter:
    document = read_letter_file(data)
    assert isinstance(document, Document)
    assert REGISTER is not None
    return read_letter(document, REGISTER.reporters)


def own(name: str) -> str:
    return (OWN / f"{name}.txt").read_text("utf-8")


def drafted(letter: OfficialLetter) -> str:
    return write_draft(letter, "thu", Source("van-ban.txt", "0" * 64), TEMPLATES)


@pytest.mark.parametrize("name", sorted(NUMBERS))
class TestOwnLetters:
    def test_number_and_date(self, name: str) -> None:
        letter = read(own(name).encode())
        assert letter.number is not None
        assert (letter.number.words, str(letter.issued)) == NUMBERS[name]

    def test_deadlines_and_their_forms(self, name: str) -> None:
        letter = read(own(name).encode())
        assert [(one.deadline, one.forms) for one in letter.deadlines] == DEADLINES[name]
        assert [str(one.day) for one in letter.other_limits] == OTHERS[name]

    def test_who_writes_who_owes_and_where_to_send(self, name: str) -> None:
        letter = read(own(name).encode())
        assert [one.words for one in letter.addresses] == ADDRESSES[name]
        assert letter.ministry
        assert letter.department
        assert (letter.ministry.words, letter.department.words) == DEPARTMENTS[name]
        assert set(letter.owed_by.split("'")) == set(OWED_BY[name].split("'"))

    def test_the_draft_is_toml_with_each_sentence_and_does_not_load(self, name: str) -> None:
        letter = read(own(name).encode())
        text = drafted(letter)
        values = tomllib.loads(text)
        assert values["draft"] is True
        assert values["dispatch"] == f"Công văn số {NUMBERS[name][0]} ngày {letter.issued:%d/%m/%Y}"
        told = " ".join(line.removeprefix("# ") for line in text.splitlines() if line.startswith("# "))
        for one in letter.limits:
            assert one.sentence in told
            assert find_day(one.deadline) == one.day
        assert ("Không có thời hạn cho địa phương" in text) == (not DEADLINES[name])
        assert [one.get("deadline", "") for one in values["obligation"]] == [
            deadline for deadline, _ in DEADLINES[name]
        ] or not DEADLINES[name]

    @pytest.mark.parametrize("form", ["nfd", "crlf", "utf-16", "docx", "odt", "rtf"])
    def test_whatever_the_file_the_deadlines_are_the_same(self, name: str, form: str) -> None:
        text = own(name)
        lines = text.splitlines()
        if name == "ke-hoach-dau-tu" and form in ("docx", "odt", "rtf"):
            pytest.skip("its head stands in columns, as only plain text has them")
        written: dict[str, Callable[[], bytes]] = {
            "nfd": lambda: unicodedata.normalize("NFD", text).encode(),
            "crlf": lambda: text.replace("\n", "\r\n").encode("utf-8-sig"),
            "utf-16": lambda: text.encode("utf-16"),
            "docx": lambda: docx_of(lines),
            "odt": lambda: odt_of(lines),
            "rtf": lambda: rtf_of(lines),
        }
        letter = read(written[form]())
        assert letter.number
        assert (letter.number.words, str(letter.issued)) == NUMBERS[name]
        assert [(one.deadline, one.forms) for one in letter.deadlines] == DEADLINES[name]


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text cut at every word that fits, as a PDF shows them."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            if line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        lines.append(line)
    return lines


@pytest.mark.parametrize("name", sorted(set(NUMBERS) - {"ke-hoach-dau-tu"}))
@pytest.mark.parametrize("width", [60, 64, 71, 80, 97])
def test_wherever_a_line_is_broken_the_deadlines_are_the_same(name: str, width: int) -> None:
    lines = wrapped(own(name), width)
    for data in ("\n".join(lines).encode(), pdf_of(lines)):
        assert [(one.deadline, one.forms) for one in read(data).deadlines] == DEADLINES[name]


@pytest.mark.parametrize(
    "broken",
    [
        "ccn.baocao\n@mau.gov.vn",
        "ccn.bao_\ncao@mau.gov.vn",
        "ccn.\nbaocao@mau.gov.vn",
        "ccn.baocao@\nmau.gov.vn",
        "ccn.baocao@mau.\ngov.vn",
        "ccn.baocao@mau.gov.\nvn",
        "ccn.baocao @ mau.gov.vn",
        "ccn.baocao@mau.gov.vn.\n3. Gửi",
    ],
)
def test_a_broken_address_is_put_together(broken: str) -> None:
    letter = read(f"Đề nghị gửi bản mềm qua thư điện tử:\n{broken}".encode())
    assert [one.words.replace("bao_cao", "baocao") for one in letter.addresses] == ["ccn.baocao@mau.gov.vn"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Gửi về baocao@mau.gov.vn. theo mẫu", "baocao@mau.gov.vn"),
        ("Gửi về baocao@mau.gov.vn.Chi tiết liên hệ", "baocao@mau.gov.vn"),
        ("(email:bao-cao.kkt@mau.com)", "bao-cao.kkt@mau.com"),
        ("Email: BAOCAO@MAU.GOV.VN;", "BAOCAO@MAU.GOV.VN"),
        ("baocao@mau. gov. vn", "baocao@mau.gov.vn"),
    ],
)
def test_an_address_ends_where_it_ends(text: str, address: str) -> None:
    assert [one.words for one in read(text.encode()).addresses] == [address]


def test_a_table_of_forms_and_days_is_read_row_by_row() -> None:
    rows = [("Biểu I.1", "Trước ngày 15/7/2025"), ("Phụ lục II", "Trước ngày 30/9/2025")]
    letter = read(docx("".join(row(*((cell,) for cell in cells)) for cells in rows)))
    assert [(str(one.day), one.forms) for one in letter.deadlines] == [
        ("2025-07-15", ("I.1",)),
        ("2025-09-30", ("PL-II",)),
    ]


def test_streets_and_pages_are_told_beside_the_mail_address() -> None:
    letter = read(
        "Báo cáo gửi về Bộ theo địa chỉ: Số 1 phố Mẫu, Hà Nội; biểu mẫu tại https://mau.gov.vn/bieu (tệp 2).".encode()
    )
    assert [one.words for one in letter.places] == ["Số 1 phố Mẫu, Hà Nội", "https://mau.gov.vn/bieu"]
    assert "# Địa chỉ khác: https://mau.gov.vn/bieu" in drafted(letter)


def test_who_is_singled_out_for_a_deadline_owes_it_alone() -> None:
    letter = read(own("tai-chinh-2025").encode())
    firms = "kind = 'tap_doan' OR kind = 'tong_cong_ty'"
    assert [one.owed_by for one in letter.deadlines] == ["kind = 'tinh'", "kind = 'tinh'", firms]
    assert f'owed_by    = "{firms}"' in drafted(letter)
    named = read("Riêng các tỉnh Hà Giang, Cao Bằng gửi báo cáo trước ngày 20/5/2025.".encode())
    assert named.deadlines[0].owed_by == "kind = 'tinh' AND name IN ('Hà Giang', 'Cao Bằng')"


def test_of_a_directive_the_items_of_reporters_are_theirs() -> None:
    letter = read(
        """THỦ TƯỚNG CHÍNH PHỦ
Số: 07/CT-TTg
Hà Nội, ngày 02 tháng 3 năm 2012
CHỈ THỊ
1. Bộ Kế hoạch và Đầu tư chủ trì, phối hợp với Ủy ban nhân dân các tỉnh báo cáo Thủ tướng trong Quý II năm 2012.
2. Ủy ban nhân dân các tỉnh, thành phố trực thuộc Trung ương:
a) Rà soát các dự án, báo cáo kết quả về Bộ Kế hoạch và Đầu tư trước ngày 30 tháng 6 năm 2012;
b) Kiểm tra việc bảo vệ môi trường, báo cáo Thủ tướng Chính phủ trước ngày 31 tháng 12 năm 2012.
3. Sở Công Thương nhận báo cáo của các chủ đầu tư trước ngày 20/6/2012.
""".encode()
    )
    assert [str(one.day) for one in letter.deadlines] == ["2012-06-30", "2012-12-31"]
    assert [str(one.day) for one in letter.other_limits] == ["2012-06-30", "2012-06-20"]
    assert 'dispatch   = "Chỉ thị số 07/CT-TTg ngày 02/3/2012"' in drafted(letter).replace("02/03/2012", "02/3/2012")


def test_what_the_ministry_itself_owes_stands_in_the_preamble_and_is_not_asked_of_others() -> None:
    letter = read(
        (
            "Thực hiện nhiệm vụ được giao về việc xây dựng Đề án báo cáo Thủ tướng Chính phủ trong tháng 11/2019, "
            "Bộ Kế hoạch và Đầu tư đề nghị Quý Ủy ban gửi các Biểu I.1 - I.4 và II.1 về Bộ trước ngày 26/9/2019."
        ).encode()
    )
    (one,) = letter.deadlines
    assert (str(one.day), one.forms) == ("2019-09-26", ("I.1", "I.2", "I.3", "I.4", "II.1"))


def test_a_department_writes_under_its_own_letterhead() -> None:
    letter = read(
        """BỘ CÔNG THƯƠNG\tCỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM
CỤC CÔNG THƯƠNG ĐỊA PHƯƠNG\tĐộc lập – Tự do – Hạnh phúc
Số: 512 /CTĐP-QLCCN\tHà Nội, ngày 3 tháng 4 năm 2020
Kính gửi: Sở Công Thương các tỉnh.
Cục Công Thương địa phương đề nghị Quý Sở gửi báo cáo trước 11 giờ ngày 10/4/2020.
Liên hệ: Đ/c Lê Thị Ví Dụ - Chuyên viên Phòng Quản lý cụm công nghiệp (SĐT: 0912.345.678).
""".encode()
    )
    assert letter.ministry
    assert letter.department
    assert (letter.ministry.words, letter.department.words) == ("Bộ Công Thương", "Cục Công Thương địa phương")
    assert letter.number
    assert letter.number.words == "512/CTĐP-QLCCN"
    assert "Ví Dụ" not in drafted(letter)


def test_news_of_a_letter_gives_its_number_and_day() -> None:
    letter = read(
        "Bộ Tài chính vừa có Công văn số 3344/BTC-ĐTNN ngày 14/4/2026 gửi UBND các tỉnh, thành phố.\n"
        "Bộ Tài chính đề nghị gửi báo cáo về Bộ trước ngày\n15/5.".encode()
    )
    assert letter.number
    assert (letter.number.words, str(letter.issued)) == ("3344/BTC-ĐTNN", "2026-04-14")
    assert [str(one.day) for one in letter.deadlines] == ["2026-05-15"]


def test_the_offices_of_named_provinces_are_not_those_of_all() -> None:
    letter = read(
        """Kính gửi: Sở Công Thương các tỉnh: Bắc Ninh, Hưng Yên
1. Đề nghị Sở Công Thương:
- Gửi Bộ báo cáo theo Phụ lục 01 trước 30/9/2022.
""".encode()
    )
    assert letter.owed_by == "kind = 'tinh' AND name IN ('Bắc Ninh', 'Hưng Yên')"
    assert [one.owed_by for one in letter.deadlines] == [""]
    assert tomllib.loads(drafted(letter))["obligation"][0]["owed_by"] == letter.owed_by


def test_no_person_is_named_in_a_draft_and_the_office_is() -> None:
    letter = read(own("ra-soat-ccn").encode())
    assert "Trần Văn Mẫu" not in drafted(letter)
    assert letter.contact
    assert letter.contact.role == "Phòng Quản lý cụm công nghiệp, Cục Công Thương địa phương"
    assert letter.contact.telephone == "(024) 2220 1234"


def test_what_a_letter_says_cannot_break_out_of_its_place() -> None:
    wild = 'BỘ CÔNG THƯƠNG\nSố: 1/BCT-CTĐP\nV/v "a\\"]\ndraft = false {{ 7*7 }}\nGửi Bộ trước ngày 15/7/2025 {% raw %}.'
    values = tomllib.loads(drafted(read(wild.encode())))
    assert values["draft"] is True
    assert values["title"].startswith('"a\\"]')
    assert "{{ 7*7 }}" in values["title"]


@pytest.mark.parametrize("words", ["thời hạn gửi ", "trước ", "trước,:(", "I.1 - ", "từ ngày 1", "đề nghị UBND ", "a."])
def test_a_hostile_paragraph_is_read_through(words: str) -> None:
    """A pattern that went back over its own choices would take hours here."""
    text = (words * 10_000)[:9_000] + " gửi Bộ trước ngày 15/7/2025."
    assert [one.day for one in read(text.encode()).deadlines][-1:] == [date(2025, 7, 15)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", RefusalReason.EMPTY_FILE),
        (b" \n ", RefusalReason.EMPTY_FORM),
        (b"\xff\xfe\x00", RefusalReason.WRONG_TYPE),
        (b"\x89PNG\r\n\x1a\n\0", RefusalReason.WRONG_TYPE),
        (b"PK\x03\x04", RefusalReason.DAMAGED),
    ],
)
def test_what_is_no_letter_is_told(data: bytes, reason: RefusalReason) -> None:
    assert read_letter_file(data) == Unreadable(reason)


def test_the_id_is_the_year_and_the_number_or_the_files_name() -> None:
    assert draft_id(read(own("ra-soat-ccn").encode()), "x.docx") == "2023-45-bct-ctdp"
    bare = read("Gửi Bộ trước ngày 15/7/2012.".encode())
    assert draft_id(bare, "Công văn KKT (2).docx") == "2012-cong-van-kkt-2"
    assert draft_id(bare, "….txt") == "2012"


# -- the four old letters --------------------------------------------------------------------------------------

OLD_LETTERS: list[tuple[str, str, Sequence[tuple[str, tuple[str, ...]]], list[str], list[str]]] = [
    ("2009-moit-10009-ccn", "10009/BCT-CNĐP", [], [], []),
    ("2012-moit-directive-07-news", "", [], [], ["2012-09-30", "2012-06-30"]),
    (
        "2012-mpi-kkt-kcn",
        "",
        [
            ("trước ngày 15/7/2012", ("PL-I",)),
            ("trước ngày 15/7/2012", ("PL-II",)),
            ("trước ngày 30/9/2012", ("PL-III",)),
            ("trước ngày 30/11/2012", ("III.4",)),
        ],
        ["mpi.kkt.tonghop@gmail.com"],
        [],
    ),
    ("2022-moit-ccn-review", "", [("trước ngày 25/5/2022", ())], ["hoant@moit.gov.vn"], []),
]


@pytest.mark.skipif(not OLD.exists(), reason="the shared letters are not beside this checkout")
@pytest.mark.parametrize(("name", "number", "deadlines", "addresses", "others"), OLD_LETTERS)
def test_the_old_letters(
    name: str, number: str, deadlines: list[tuple[str, tuple[str, ...]]], addresses: list[str], others: list[str]
) -> None:
    letter = read((OLD / f"{name}.txt").read_bytes())
    assert (letter.number.words if letter.number else "") == number
    assert letter.issued == (date(2009, 10, 8) if number else None)
    assert [(one.deadline, one.forms) for one in letter.deadlines] == deadlines
    assert [one.words for one in letter.addresses] == addresses
    assert [str(one.day) for one in letter.other_limits] == others
    assert ("Không có thời hạn cho địa phương" in drafted(letter)) == (not deadlines)
