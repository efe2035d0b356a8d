from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from bot.document import Document, Kind, check_outline, match_outline, read_document
from bot.model import Finding, Notice, Outline, Section, Severity
from tests.document.files import doc_of, docx_of, pdf_of
from tests.document.narratives import LETTERHEAD, NARRATIVES, SIGNED, written

RULES = Path(__file__).parents[2] / "rules"
NOTICES = {
    one: Notice(one, f"Tên {one}", Severity.QUERY, "Thấy {column}{written}", "Sửa")
    for one in ("thieu_muc", "chua_co_so_ngay", "chua_co_chu_ky", "ban_du_thao")
}


@cache
def outlines() -> dict[str, Outline]:
    """Return the outlines of rules/ by folder and id."""
    known = {}
    for file in sorted(RULES.glob("*/campaign.toml")):
        for one in tomllib.loads(file.read_text("utf-8")).get("outline", ()):
            sections = tuple(Section(**section) for section in one["section"])
            known[f"{file.parent.name}/{one['id']}"] = Outline(
                one["id"], one["title"], one["source"], sections, tuple(one["words"])
            )
    return known


def document(*paragraphs: str, headings: frozenset[int] = frozenset()) -> Document:
    return Document(Kind.DOCX, paragraphs, headings=headings)


def match(*paragraphs: str) -> str:
    found = match_outline(document(*paragraphs), tuple(outlines().values()))
    return next((name for name, one in outlines().items() if one is found), "")


def check(name: str, *paragraphs: str, signed_copy: bool = False) -> list[str]:
    return [
        f"{one.rule}: {one.place.column}" if one.place.column else one.rule
        for one in check_outline(document(*paragraphs), outlines()[name], NOTICES, signed_copy=signed_copy)
    ]


def lines_of(name: str) -> list[str]:
    return [line for text in written(name) for line in text.split("\n")]


def test_every_outline_has_a_narrative_here() -> None:
    assert set(NARRATIVES) == set(outlines())


@pytest.mark.parametrize("name", NARRATIVES)
@pytest.mark.parametrize("write", [docx_of, doc_of, pdf_of], ids=["docx", "doc", "pdf"])
def test_a_good_narrative_is_known_and_lacks_nothing(name: str, write: object) -> None:
    assert callable(write)
    found = read_document(write(lines_of(name)))
    assert isinstance(found, Document)
    assert match_outline(found, tuple(outlines().values())) is outlines()[name]
    assert check_outline(found, outlines()[name], NOTICES) == ()


@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name, (_, sections) in NARRATIVES.items() for key in sections]
)
def test_a_missing_section_is_named_and_no_other(name: str, key: str) -> None:
    (section,) = [one for one in outlines()[name].sections if one.title.startswith(key)]
    expected = [f"thieu_muc: {section.title}"] if section.required else []
    assert check(name, *written(name, without=key)) == expected


def test_a_finding_says_the_notices_words_with_the_sections_title_and_no_cell() -> None:
    name = "2012-kkt-kcn/BC-III"
    (found,) = check_outline(document(*written(name, without="Các dự án chậm")), outlines()[name], NOTICES)
    assert isinstance(found, Finding)
    assert (found.rule, found.severity, found.title, found.fix) == (
        "thieu_muc",
        Severity.QUERY,
        "Tên thieu_muc",
        "Sửa",
    )
    assert found.say == "Thấy Các dự án chậm triển khai"
    assert (found.place.column, found.place.cell, found.place.sheet) == ("Các dự án chậm triển khai", "", "")


ONE = Outline("BC", "Báo cáo", "", (Section("Khó khăn", "khó khăn"),), ("tình hình",))


@pytest.mark.parametrize(
    ("paragraphs", "present"),
    [
        (("1. Khó khăn",), True),
        (("III. KHÓ KHĂN, VƯỚNG MẮC",), True),
        (("a) Những khó khăn chủ yếu",), True),
        (("- Về khó khăn: vốn còn thiếu.",), True),
        (("Vốn còn khó khăn. Đất đai cũng khó khăn.",), True),
        (("Vốn còn khó khăn.", "Đất đai cũng khó khăn."), True),
        (("Vốn còn khó khăn.",), False),
        (("Địa phương không có khó khăn.",), True),
        (("Các khó khăn nêu ở phụ lục kèm theo.",), True),
        (("Vốn còn thiếu.",), False),
    ],
)
def test_a_section_is_there_by_its_heading_by_two_sentences_or_by_one_that_says_enough(
    paragraphs: tuple[str, ...], present: bool
) -> None:
    found = check_outline(document("BÁO CÁO", "Tình hình", *paragraphs), ONE, NOTICES, signed_copy=True)
    assert (found == ()) is present


def test_a_bold_paragraph_is_a_heading() -> None:
    found = document("BÁO CÁO", "Tình hình", "Kính gửi: Bộ", "Những khó khăn gặp phải", headings=frozenset({3}))
    assert check_outline(found, ONE, NOTICES, signed_copy=True) == ()


def test_the_title_itself_is_no_section() -> None:
    found = document("BÁO CÁO", "Tình hình và khó khăn", "Kính gửi: Bộ Công Thương")
    assert [one.rule for one in check_outline(found, ONE, NOTICES, signed_copy=True)] == ["thieu_muc"]


NAME = "ccn-dinh-ky/BC"


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("Số: 85/BC-UBND", "Số: /BC-UBND", "Số: /BC-UBND; Nghệ An, ngày 10 tháng 7 năm 2012"),
        ("Nghệ An, ngày 10 tháng 7 năm 2012", "Nghệ An, ngày tháng 7 năm 2012", "Nghệ An, ngày tháng 7 năm 2012"),
        ("Số: 85/BC-UBND", "", "Nghệ An, ngày 10 tháng 7 năm 2012"),
    ],
)
def test_a_blank_number_or_date_is_asked_about(old: str, new: str, seen: str) -> None:
    head = [new if line == old else line for line in LETTERHEAD]
    (found,) = check_outline(document(*written(NAME, head=head)), outlines()[NAME], NOTICES)
    assert found.rule == "chua_co_so_ngay"
    assert seen in found.written


def test_a_missing_signer_is_asked_about() -> None:
    assert check(NAME, *written(NAME, signed=SIGNED[:3])) == ["chua_co_chu_ky"]


def test_of_a_draft_it_is_said_that_it_is_one_and_not_what_follows_from_it() -> None:
    assert check(NAME, *written(NAME, head=("DỰ THẢO", "Số: /BC-UBND"), signed=())) == ["ban_du_thao"]


def test_beside_a_signed_copy_only_the_sections_are_asked_for() -> None:
    bare = written(NAME, head=(), signed=(), without="Kết quả")
    assert check(NAME, *bare, signed_copy=True) == ["thieu_muc: Kết quả thực hiện"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("RÀ SOÁT QUY HOẠCH CÁC KCN TRÊN ĐỊA BÀN TỈNH", "2012-kkt-kcn/BC-I"),
        ("Về điều chỉnh bổ sung quy hoạch khu công nghiệp đến năm 2020", "2012-kkt-kcn/BC-I"),
        ("Kết quả hoạt động KKT ven biển", "2012-kkt-kcn/BC-II-VB"),
        ("Rà soát khu kinh tế cửa khẩu Thanh Thủy", "2012-kkt-kcn/BC-II-CK"),
        ("Đánh giá hoạt động của các dự án trong KCN", "2012-kkt-kcn/BC-III"),
        ("Hai năm thực hiện Quyết định 105/2009/QĐ-TTg", "2012-ccn-qd105/BC"),
        ("Tổng kết 5 năm thực hiện NĐ 68/2017/NĐ-CP", "2022-ccn-nd68/BC"),
        ("Tình hình phát triển cụm công nghiệp quý I", "ccn-dinh-ky/BC"),
        ("Tình hình phát triển kinh tế - xã hội", ""),
    ],
)
def test_a_narrative_is_known_by_its_title_in_other_words(title: str, name: str) -> None:
    assert match("BÁO CÁO", title, "Kính gửi: Bộ") == name


LETTER = (
    "UBND TỈNH NGHỆ AN",
    "Số: 1234/UBND-CN",
    "V/v gửi báo cáo rà soát, điều chỉnh, bổ sung quy hoạch các KCN",
    "Kính gửi: Bộ Kế hoạch và Đầu tư",
    "Thực hiện Chỉ thị số 07/CT-TTg, Ủy ban nhân dân tỉnh gửi báo cáo kèm theo văn bản này.",
    *SIGNED,
)


def test_a_covering_letter_is_no_narrative() -> None:
    assert match(*LETTER) == ""


def test_a_covering_letter_with_its_narrative_in_one_file_is_one() -> None:
    assert match(*LETTER, *written("2012-kkt-kcn/BC-I")) == "2012-kkt-kcn/BC-I"


def test_a_letter_that_tells_all_itself_is_one() -> None:
    _, sections = NARRATIVES["2012-kkt-kcn/BC-III"]
    letter = ("V/v đánh giá hoạt động các dự án trong KCN, KKT", "Kính gửi: Bộ Kế hoạch và Đầu tư")
    assert match(*letter, *(line for lines in sections.values() for line in lines)) == "2012-kkt-kcn/BC-III"


def test_the_ministrys_own_outline_sent_back_is_no_narrative() -> None:
    assert match("ĐỀ CƯƠNG", "BÁO CÁO", "Tình hình phát triển cụm công nghiệp", "I. TÌNH HÌNH CHUNG") == ""


def test_a_decision_about_the_subject_is_no_narrative() -> None:
    assert match("QUYẾT ĐỊNH", "Về điều chỉnh, bổ sung quy hoạch phát triển các khu công nghiệp") == ""
