"""Text of before Unicode becomes Unicode, and Unicode text never changes."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sheet.legacy import (
    Coding,
    coding_of_font,
    coding_of_letters,
    decode,
    decode_by_letters,
    decode_bytes,
    decode_in_font,
    is_syllable,
)

DOMAIN = Path(__file__).parents[3] / "shared" / "domain"
_TEXT = """
báo cáo tổng hợp tình hình quy hoạch thành lập và hoạt động của các khu công nghiệp trên địa bàn tỉnh diện tích đất
đã cho thuê tỷ lệ lấp đầy vốn đầu tư đăng ký thực hiện Nghệ An Đồng Nai Thừa Thiên Huế Hồ Chí Minh Hoà Bình hòa
thuỷ sản gỗ giấy điện tử dệt may ủy ban nhân dân quản lý giêng gì quốc khuyến quyết uống yêu nguyễn ngoằn oan ý ở
"""
WORDS = tuple(_TEXT.split())
FOREIGN = ("Société", "Müller", "São", "José", "Zürich", "Café", "Tomé", "Škoda", "Rhône", "Nestlé", "Ø", "°C", "m²")
SENTENCES = st.lists(st.sampled_from((*WORDS, *FOREIGN, "KCN", "12,5", "ha", "(FDI)", "–")), min_size=1, max_size=12)


def written_in_tcvn3(text: str) -> str:
    """Return what Excel keeps of a text that was typed in a .VnTime font."""
    table = {decode(chr(code), Coding.TCVN3): chr(code) for code in range(0xA1, 0xFF)}
    return "".join(table.get(char, char) for char in text)


@pytest.mark.skipif(not DOMAIN.exists(), reason="the shared tables of codings are not beside this checkout")
@pytest.mark.parametrize(
    ("file", "written", "coding"),
    [("tcvn3_map.csv", "latin1_char", Coding.TCVN3), ("vni_map.csv", "vni_sequence", Coding.VNI)],
)
def test_every_letter_of_the_shared_tables_is_known(file: str, written: str, coding: Coding) -> None:
    with (DOMAIN / file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    assert {row[written]: decode(row[written], coding) for row in rows} == {
        row[written]: row["unicode_char"] for row in rows
    }


@pytest.mark.parametrize(
    ("written", "read", "coding"),
    [
        ("M« pháng", "Mô phỏng", Coding.TCVN3),
        ("chÝnh x¸c cña kÕt qu¶", "chính xác của kết quả", Coding.TCVN3),
        ("khu c«ng nghiÖp", "khu công nghiệp", Coding.TCVN3),
        ("§¬n vÞ tÝnh: triÖu ®ång", "Đơn vị tính: triệu đồng", Coding.TCVN3),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam", Coding.VNI),
        ("DIEÄN TÍCH ÑAÁT", "DIỆN TÍCH ĐẤT", Coding.VNI),
        ("UÛy ban nhaân daân tænh Ñoàng Nai", "Ủy ban nhân dân tỉnh Đồng Nai", Coding.VNI),
    ],
)
def test_a_text_in_an_old_coding_is_read_as_its_font_shows_it(written: str, read: str, coding: Coding) -> None:
    assert decode_in_font(written, coding) == read
    assert decode_by_letters(written, coding) == read
    telling = {word for word in written.split() if not word.isascii()}
    assert coding_of_letters([written, written]) is (coding if len(telling) > 2 else None)


def test_a_font_of_capitals_shows_capitals() -> None:
    assert decode_in_font("tæng hîp", Coding.TCVN3, capitals=True) == "TỔNG HỢP"


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        (".VnTime", (Coding.TCVN3, False)),
        (".VnTimeH", (Coding.TCVN3, True)),
        (".VnArial Narrow", (Coding.TCVN3, False)),
        (".VNARIALH", (Coding.TCVN3, True)),
        ("VNI-Times", (Coding.VNI, False)),
        ("Times New Roman", None),
        ("Vni", None),
        ("", None),
    ],
)
def test_a_font_is_known_by_its_name(name: str, coding: object) -> None:
    assert coding_of_font(name) == coding


@given(SENTENCES)
def test_unicode_text_is_never_changed_by_its_letters(words: list[str]) -> None:
    text = " ".join(words)
    assert [decode_by_letters(text, coding) for coding in Coding] == [text, text]
    assert coding_of_letters([text] * 5) is None


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.sampled_from(Coding))
def test_unicode_text_in_an_old_font_is_kept(words: list[str], coding: Coding) -> None:
    text = " ".join([*words, "điện"])
    assert decode_in_font(text, coding) == text


@given(st.lists(st.sampled_from([word for word in WORDS if word.islower()]), min_size=3, max_size=12))
def test_what_was_typed_in_a_tcvn3_font_comes_back(words: list[str]) -> None:
    text = " ".join(words)
    assert decode_in_font(written_in_tcvn3(text), Coding.TCVN3) == text


@pytest.mark.parametrize("word", WORDS)
def test_a_vietnamese_word_is_a_syllable_in_every_case_and_form(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(word.upper())
    assert is_syllable(unicodedata.normalize("NFD", word.capitalize()))


@pytest.mark.parametrize("word", ["pháng«", "Müller", "NghiÖp", "cấtt", "bàc", "ngghe", "TÍch", "ß", ""])
def test_what_no_vietnamese_word_can_be_is_none(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize(
    ("data", "coding"),
    [
        ("STT;Tên dự án".encode(), "utf-8"),
        ("\ufeffSTT;Tên dự án".encode(), "utf-8"),
        ("STT;Tên dự án".encode("utf-16"), "utf-16"),
        ("STT;Tên dự án; và các dự án khác".encode("utf-16-le"), "utf-16"),
        (written_in_tcvn3("STT;Tên dự án").encode("latin-1"), "TCVN3 (ABC)"),
        ("STT;Tên dư\u0323 án".encode("cp1258"), "cp1258"),
        ("STT;Teân döï aùn".encode("latin-1"), "VNI"),
    ],
)
def test_bytes_without_a_declared_coding_are_read_by_what_makes_vietnamese_of_them(data: bytes, coding: str) -> None:
    read = decode_bytes(data)
    assert (read.coding, read.text[:13]) == (coding, "STT;Tên dự án")
