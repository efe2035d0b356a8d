from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
import xlwt

from bot.model import RefusalReason, Unreadable, letter_of
from bot.sheet.workbook import Limits, Workbook, read_workbook
from tests.sheet.grids import opened, xlsx

SAMPLES = Path(__file__).parents[3] / "shared" / "corpora" / "sheet"
BOOK = xlsx({"A": [["x", 1], ["y", 2]]})


def refusal(data: bytes, limits: Limits | None = None) -> Unreadable:
    result = read_workbook(data, limits or Limits())
    assert isinstance(result, Unreadable)
    return result


def zipped(names: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return stream.getvalue()


def compound(stream: str, content: bytes = b"") -> bytes:
    """Return a minimal compound file: header, allocation table, directory with one stream, its first sectors."""
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFE] * 126)
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)

    def entry(name: str, child: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le")
        fields = struct.pack("<HBBIII", len(raw) + 2, 5, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return raw.ljust(64, b"\0") + fields + bytes(36) + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 1, 0xFFFFFFFE, 0) + entry(stream, 0xFFFFFFFF, 2, 4096)
    return bytes(header) + fat + directory.ljust(512, b"\0") + content.ljust(4096, b"\0")


def xls(rows: list[list[object]], top: int = 0, left: int = 0) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Cũ")
    for row, cells in enumerate(rows, top):
        for column, value in enumerate(cells, left):
            sheet.write(row, column, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# ---------------------------------------------------------------------------------------------- what is refused


def test_zero_bytes_are_an_empty_file() -> None:
    assert refusal(b"").reason is RefusalReason.EMPTY_FILE


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"%PDF-1.4 ...", "PDF"),
        (b"\xff\xd8\xff\xe0 JFIF", "ảnh"),
        (b"\x89PNG\r\n\x1a\n", "ảnh"),
        (b"Rar!\x1a\x07\x00", "tệp nén"),
        (b"7z\xbc\xaf\x27\x1c\x00", "tệp nén"),
        (zipped({"báo cáo.xls": b"1", "b.txt": b"2"}), "tệp nén"),
        (zipped({"[Content_Types].xml": b"", "word/document.xml": b"<w/>"}), "Word"),
        (zipped({"[Content_Types].xml": b"", "ppt/presentation.xml": b"<p/>"}), "PowerPoint"),
        (compound("WordDocument"), "Word"),
        (b"<html><body><p>Kinh gui</p></body></html>", "trang web (HTML)"),
        (b'<?xml version="1.0"?><note>1</note>', "XML"),
        ("Kính gửi: Bộ\nĐề nghị xem xét.".encode(), "văn bản (text, CSV)"),
        (b"ID;PWXL;N;E\nC;X1;Y1;K1\nE\n", "SYLK (.slk)"),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", "Excel phiên bản rất cũ"),
        (b"\x05Nguyen".ljust(165, b" "), "tệp khóa tạm của Excel (~$)"),
    ],
)
def test_a_file_that_is_no_workbook_is_named_as_what_it_is(data: bytes, named: str) -> None:
    assert refusal(data) == Unreadable(RefusalReason.WRONG_TYPE, named)


def test_an_encrypted_package_is_recognised_by_its_stream() -> None:
    assert refusal(compound("EncryptedPackage")).reason is RefusalReason.ENCRYPTED


def test_an_xls_with_a_password_is_recognised_by_its_filepass_record() -> None:
    records = struct.pack("<HHHH", 0x809, 4, 0x600, 5) + struct.pack("<HHI", 0x2F, 4, 0)
    assert refusal(compound("Workbook", records)).reason is RefusalReason.ENCRYPTED


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared sample files are not beside this checkout")
def test_real_files_with_a_password_are_recognised() -> None:
    files = [*SAMPLES.glob("msoffcrypto/inputs/*password*"), *SAMPLES.glob("oletools/encrypted/encrypted.xls*")]
    assert files
    assert {refusal(file.read_bytes()).reason for file in files} == {RefusalReason.ENCRYPTED}


@pytest.mark.parametrize("data", [BOOK[: len(BOOK) // 2], BOOK[:-30], b"PK\x03\x04", compound("Workbook")[:600]])
def test_a_file_that_was_cut_off_is_damaged(data: bytes) -> None:
    assert refusal(data).reason is RefusalReason.DAMAGED


def test_a_workbook_that_is_broken_inside_is_damaged() -> None:
    broken = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook><not closed"})
    assert refusal(broken).reason is RefusalReason.DAMAGED


def test_the_zip_directory_is_asked_before_anything_is_unpacked() -> None:
    bomb = zipped({"[Content_Types].xml": b"", "xl/workbook.xml": bytes(30 * 2**20)})
    assert refusal(bomb) == Unreadable(RefusalReason.TOO_LARGE, "30 MB")
    many = zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b"", **{f"x{n}": b"" for n in range(30)}})
    assert refusal(many, Limits(entries=20)).reason is RefusalReason.TOO_LARGE
    assert refusal(BOOK, Limits(unpacked=100)).reason is RefusalReason.TOO_LARGE


def test_too_many_cells_are_refused_with_the_size_of_the_sheet() -> None:
    wide = xlsx({"A": [[1], [2]]}, at=(1, 1)), Limits(cells=1)
    assert refusal(*wide) == Unreadable(RefusalReason.TOO_LARGE, "2 dòng × 1 cột")


# ------------------------------------------------------------------------------------------------- what is read


@pytest.mark.parametrize("data", [xlsx({"Cũ": [["x", 1.5]]}, at=(5, 3)), xls([["x", 1.5]], 4, 2)], ids=["xlsx", "xls"])
def test_rows_and_columns_keep_their_place_when_the_used_range_begins_further_down(data: bytes) -> None:
    sheet = opened(data).sheets[0]
    cells = {
        f"{letter_of(sheet.first_column + place + 1)}{chunk.first + number}": cell
        for chunk in sheet.chunks(start=2, size=2)
        for number, row in enumerate(chunk.rows)
        for place, cell in enumerate(row)
        if cell != ""
    }
    assert cells == {"C5": "x", "D5": 1.5}


def test_rows_come_in_pieces_that_may_be_asked_for_again() -> None:
    sheet = opened(xlsx({"A": [[number] for number in range(10)]})).sheets[0]
    for _ in range(2):
        assert [(chunk.first, len(chunk.rows)) for chunk in sheet.chunks(start=3, size=4)] == [(3, 4), (7, 4)]


def test_names_visibility_and_merged_ranges_are_known() -> None:
    book = opened(xlsx({"Biểu": [["x"]], "ẩn": [["y"]], "trống": []}, merged=["A1:B2"], hidden=["ẩn"]))
    assert [(sheet.name, sheet.visible, len(sheet.head)) for sheet in book.sheets] == [
        ("Biểu", True, 1), ("ẩn", False, 0), ("trống", True, 0),
    ]  # fmt: skip
    assert [(one.top, one.left, one.bottom, one.right) for one in book.sheets[0].merged] == [(0, 0, 1, 1)]


def test_a_workbook_is_told_by_its_content_also_inside_an_uncommon_package() -> None:
    assert isinstance(read_workbook(BOOK, Limits()), Workbook)
