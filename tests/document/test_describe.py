from __future__ import annotations

from datetime import date

import pytest

from bot.document import Document, DocumentFacts, DocumentType, Kind, describe
from tests.document.narratives import written


def facts(*paragraphs: str) -> DocumentFacts:
    return describe(Document(Kind.DOCX, tuple(line for text in paragraphs for line in text.split("\n"))))


def test_the_formal_parts_of_a_narrative() -> None:
    found = facts(*written("2012-kkt-kcn/BC-I"))
    assert found.agency == "ỦY BAN NHÂN DÂN TỈNH NGHỆ AN"
    assert (found.number, found.place, found.date) == ("85/BC-UBND", "Nghệ An", date(2012, 7, 10))
    assert found.type is DocumentType.NARRATIVE
    assert found.summary.startswith("Kết quả rà soát và phương án điều chỉnh")
    assert found.addressees == ("Bộ Kế hoạch và Đầu tư",)
    assert found.signing == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    assert found.signed
    assert found.recipients
    assert not found.draft


def test_a_letter_whose_two_columns_a_pdf_has_run_together() -> None:
    found = facts(
        "UBND TỈNH NGHỆ AN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BAN QUẢN LÝ KKT ĐÔNG NAM Độc lập - Tự do - Hạnh phúc",
        "Số: /BQL-KHĐT Nghệ An, ngày tháng 7 năm 2012",
        "V/v gửi số liệu khu công nghiệp",
        "Kính gửi:",
        "- Bộ Kế hoạch và Đầu tư;",
        "- Bộ Công Thương.",
        "Ban Quản lý gửi số liệu.",
    )
    assert found.agency == "UBND TỈNH NGHỆ AN BAN QUẢN LÝ KKT ĐÔNG NAM"
    assert (found.number, found.number_line) == ("", "Số: /BQL-KHĐT")
    assert (found.place, found.date, found.date_line) == ("Nghệ An", None, "Nghệ An, ngày tháng 7 năm 2012")
    assert (found.type, found.summary) == (DocumentType.LETTER, "gửi số liệu khu công nghiệp")
    assert found.addressees == ("Bộ Kế hoạch và Đầu tư", "Bộ Công Thương")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Số: 85/BC-UBND", "85/BC-UBND"),
        ("Số 85 / BC - UBND", "85/BC-UBND"),
        ("Số: 12/2012/QĐ-UBND", "12/2012/QĐ-UBND"),
        ("Số: 456/BQL-KHĐT", "456/BQL-KHĐT"),
        ("Số: ...../BC-UBND", ""),
        ("Số:      /BC-UBND", ""),
        ("Căn cứ Chỉ thị số 07/CT-TTg", ""),
        ("Thực hiện công văn số 10009/BCT-CNĐP", ""),
    ],
)
def test_the_number_is_the_documents_own_never_one_that_it_cites(line: str, number: str) -> None:
    assert facts("UBND TỈNH NGHỆ AN", line).number == number


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Nghệ An, ngày 05 tháng 7 năm 2012", date(2012, 7, 5)),
        ("TP. Hồ Chí Minh, ngày 5 tháng 12 năm 2012", date(2012, 12, 5)),
        ("Nghệ An, ngày 31 tháng 2 năm 2012", None),
        ("Nghệ An, ngày ... tháng ... năm 2012", None),
        ("Chỉ thị số 07/CT-TTg ngày 02 tháng 3 năm 2012", None),
    ],
)
def test_the_date_is_the_one_behind_the_place(line: str, day: date | None) -> None:
    assert facts("UBND TỈNH NGHỆ AN", line).date == day


def test_a_person_is_never_named() -> None:
    found = facts("BÁO CÁO", "Nơi nhận:", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Người Ký Văn Bản", "TL. CHỦ TỊCH NGƯỜI KÝ")
    assert found.signing == ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "TL. CHỦ TỊCH")


def test_a_role_inside_a_sentence_is_no_signature() -> None:
    assert not facts("BÁO CÁO", "Phó Chủ tịch tỉnh đã chỉ đạo; giám đốc các sở thực hiện.").signed


@pytest.mark.parametrize("mark", ["DỰ THẢO", "Dự thảo lần 2", "Bản dự thảo", "(Dự thảo)"])
def test_draft_marks(mark: str) -> None:
    assert facts(mark, "BÁO CÁO", "Kết quả").draft


def test_a_draft_that_is_only_spoken_of_is_no_mark() -> None:
    assert not facts("BÁO CÁO", "Sở đã trình dự thảo quy hoạch.").draft


def test_letters_set_apart_are_the_same_word() -> None:
    found = facts("B Á O C Á O", "Tình hình cụm công nghiệp", "Thực hiện công văn của Bộ, tỉnh trình bày như sau:")
    assert (found.type, found.summary) == (DocumentType.NARRATIVE, "Tình hình cụm công nghiệp")


def test_a_document_without_form_has_no_facts() -> None:
    assert facts("Vài dòng chữ.") == DocumentFacts()
