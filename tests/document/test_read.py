from __future__ import annotations

from pathlib import Path

import pytest

from bot.document import Document, Kind, read_document
from bot.model import RefusalReason, Unreadable
from tests.document.files import (
    W,
    compound,
    doc_of,
    docx,
    docx_of,
    odt_of,
    paragraph,
    pdf_of,
    row,
    rtf_of,
    zipped,
)

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
LINES = ["BÁO CÁO", "Kết quả rà soát quy hoạch ở tỉnh Nghệ An", "I. TÌNH HÌNH CHUNG"]


def read(data: bytes) -> Document:
    document = read_document(data)
    assert isinstance(document, Document), document
    return document


def reason(data: bytes) -> RefusalReason:
    unreadable = read_document(data)
    assert isinstance(unreadable, Unreadable), unreadable
    return unreadable.reason


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (docx_of(LINES), Kind.DOCX),
        (odt_of(LINES), Kind.ODT),
        (rtf_of(LINES), Kind.RTF),
        (doc_of(LINES), Kind.DOC),
        (pdf_of(LINES), Kind.PDF),
    ],
    ids=[one for one in Kind if one is not Kind.TXT],
)
def test_each_format_gives_the_same_paragraphs(data: bytes, kind: Kind) -> None:
    document = read(data)
    assert document.kind is kind
    assert document.paragraphs == tuple(LINES)
    assert not document.scanned


def test_the_cells_of_a_table_are_read_row_by_row_and_line_breaks_part_lines() -> None:
    letterhead = row(["UBND TỈNH NGHỆ AN", "Số: 85/BC-UBND"], ["CỘNG HÒA XÃ HỘI"])
    assert read(docx(letterhead + paragraph("BÁO CÁO\nKết quả"))).paragraphs == (
        "UBND TỈNH NGHỆ AN",
        "Số: 85/BC-UBND",
        "CỘNG HÒA XÃ HỘI",
        "BÁO CÁO",
        "Kết quả",
    )


def test_headers_come_before_the_body_and_footnotes_after_it() -> None:
    def part(text: str) -> str:
        return f'<w:hdr xmlns:w="{W}">{paragraph(text)}</w:hdr>'

    document = read(
        docx(paragraph("Thân"), header1=part("DỰ THẢO"), footnotes=part("Chú thích"), footer2=part("Trang"))
    )
    assert document.paragraphs == ("DỰ THẢO", "Thân", "Chú thích", "Trang")


def test_text_that_a_tracked_change_took_away_and_second_renderings_are_not_read() -> None:
    moved = f"<w:moveFrom>{paragraph('cũ')}</w:moveFrom>"
    twice = (
        '<mc:AlternateContent xmlns:mc="m">'
        f"<mc:Choice>{paragraph('khung')}</mc:Choice><mc:Fallback>{paragraph('khung')}</mc:Fallback>"
        "</mc:AlternateContent>"
    )
    deleted = "<w:p><w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del><w:r><w:t>giữ</w:t></w:r></w:p>"
    assert read(docx(moved + twice + deleted)).paragraphs == ("khung", "giữ")


def test_headings_are_known_by_style_by_bold_and_by_automatic_numbers() -> None:
    body = (
        paragraph("Kiểu", '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>')
        + paragraph("Kiểu tiếng Việt", '<w:pPr><w:pStyle w:val="u2"/></w:pPr>')
        + paragraph("**Đậm**")
        + paragraph("Đánh số", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>')
        + paragraph("Lời văn", run='<w:rPr><w:b w:val="0"/></w:rPr>')
    )
    assert read(docx(body)).headings == {0, 1, 2, 3}


def test_text_is_composed_and_free_of_controls() -> None:
    assert read(docx_of(["Quy hoạch\u200b  KCN"])).paragraphs == ("Quy hoạch KCN",)


def test_pictures_are_counted() -> None:
    assert read(docx('<w:p><w:r><w:drawing><a:blip xmlns:a="a"/></w:drawing></w:r></w:p>')).pictures == 1


def test_a_pdf_without_a_text_layer_is_said_to_be_scanned() -> None:
    document = read(pdf_of([], [], picture=True))
    assert (document.scanned, document.pages, document.pictures, document.paragraphs) == (True, 2, 2, ())


def test_a_stamp_over_a_picture_of_paper_does_not_make_it_text() -> None:
    assert read(pdf_of(["Ký bởi: Ủy ban nhân dân tỉnh"], picture=True)).scanned


def test_lines_of_a_pdf_become_paragraphs_again() -> None:
    long = "Trên địa bàn tỉnh hiện có sáu khu công nghiệp được thành lập và đi vào hoạt"
    document = read(pdf_of(["II. TÌNH HÌNH CHUNG", long, "động từ năm 2007.", "- Kết quả"]))
    assert document.paragraphs == ("II. TÌNH HÌNH CHUNG", f"{long} động từ năm 2007.", "- Kết quả")


def test_a_page_too_large_to_be_followed_is_left_out_and_is_no_scan() -> None:
    document = read(pdf_of(["Trang thường"], ["x" * 80] * 4_000))
    assert document.paragraphs == ("Trang thường",)
    assert not document.scanned


def test_the_codes_of_fields_are_no_text() -> None:
    assert read(doc_of(["Trang \x13 PAGE \x147\x15 hết"])).paragraphs == ("Trang 7\x15 hết".replace("\x15", ""),)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", RefusalReason.EMPTY_FILE),
        (b"\x89PNG\r\n", RefusalReason.WRONG_TYPE),
        (zipped({"xl/workbook.xml": "<a/>"}), RefusalReason.WRONG_TYPE),
        (compound({"Workbook": b"x"}), RefusalReason.WRONG_TYPE),
        (compound({"EncryptedPackage": b"x"}), RefusalReason.ENCRYPTED),
        (doc_of(LINES, flags=0x0100), RefusalReason.ENCRYPTED),
        (odt_of(LINES, manifest="<m:encryption-data/>"), RefusalReason.ENCRYPTED),
        (docx_of(LINES)[:-30], RefusalReason.DAMAGED),
        (zipped({"word/styles.xml": "<a/>"}), RefusalReason.DAMAGED),
        (docx("<w:p>"), RefusalReason.DAMAGED),
        (doc_of(LINES)[:600], RefusalReason.DAMAGED),
        (b"%PDF-1.7\n1 0 obj", RefusalReason.DAMAGED),
        (docx("<w:p/>" * 6_000_000), RefusalReason.TOO_LARGE),
    ],
    ids=[
        "nothing",
        "picture",
        "workbook",
        "old workbook",
        "docx with password",
        "doc with password",
        "odt with password",
        "cut zip",
        "no body",
        "cut XML",
        "cut doc",
        "cut PDF",
        "bomb",
    ],
)
def test_what_cannot_be_read_is_told_with_its_cause(data: bytes, expected: RefusalReason) -> None:
    assert reason(data) is expected


def test_entities_are_never_followed() -> None:
    bomb = f'<!DOCTYPE d [<!ENTITY a "xxxxxxxx">]><w:document xmlns:w="{W}">{paragraph("&a;")}</w:document>'
    assert reason(zipped({"word/document.xml": bomb})) is RefusalReason.DAMAGED


@pytest.mark.skipif(not CORPORA.exists(), reason="the shared sample files are not beside this checkout")
@pytest.mark.parametrize("folder", ["doc", "pdf"])
def test_no_real_file_raises(folder: str) -> None:
    files = [one for one in sorted((CORPORA / folder).rglob("*")) if one.is_file()]
    found = {one.name: read_document(one.read_bytes()) for one in files}
    assert found
    read_ones = sum(isinstance(one, Document) for one in found.values())
    assert read_ones >= len(found) // 2, {name: one for name, one in found.items() if isinstance(one, Unreadable)}
