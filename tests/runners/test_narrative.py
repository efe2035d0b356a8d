"""Narratives beside forms: Word and PDF files that the letter asks for are recorded, checked and owed like forms."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.demo.drawing import draw_xlsx
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.model import Outcome, RefusalReason
from tests.document.files import doc_of, docx_of, pdf_of
from tests.document.narratives import LETTERHEAD, written
from tests.fixtures.office import mail_with, office_at
from tests.fixtures.workbooks import make_projects_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.adapters.ledger import Shown
    from bot.model import SignedCopy
    from tests.fixtures.office import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_at(tmp_path_factory.mktemp("office"), campaigns=["2012-kkt-kcn"]) as opened:
        yield opened


def signed(office: Office) -> dict[str, SignedCopy]:
    return {one.form: one for one in office.desk.ledger.history("40", "").signed}


def told(shown: Shown) -> list[tuple[str, Outcome, list[str]]]:
    return [
        (part.form, part.verdict, [f"{one.rule}: {one.place.column}".rstrip(": ") for one in part.findings])
        for part in shown.parts
    ]


def test_a_narrative_is_a_part_of_its_own_beside_the_forms(office: Office) -> None:
    narrative = docx_of(written("2012-kkt-kcn/BC-III"))
    shown = office.settle(mail_with(make_projects_workbook(3), 1, more=(narrative,)))
    assert told(shown) == [("III.4", Outcome.ACCEPTED, []), ("BC-III", Outcome.ACCEPTED, [])]
    settled = {one.form: one.verdict for one in office.desk.ledger.history("40", "").settled}
    assert settled["BC-III"] is Outcome.ACCEPTED


def test_a_section_that_is_missing_is_asked_for_by_its_title(office: Office) -> None:
    lines = written("2012-kkt-kcn/BC-I", without="Nguyên nhân", head=("UBND TỈNH NGHỆ AN",))
    shown = office.settle(mail_with(docx_of(lines), 2))
    assert told(shown) == [
        (
            "BC-I",
            Outcome.ACCEPTED,
            ["thieu_muc: Nguyên nhân của khó khăn, vướng mắc, hạn chế", "chua_co_so_ngay"],
        )
    ]


def test_beside_the_signed_scan_nobody_asks_for_number_and_date(office: Office) -> None:
    lines = written("2012-kkt-kcn/BC-II-VB", head=("UBND TỈNH NGHỆ AN",))
    shown = office.settle(mail_with(docx_of(lines), 3, more=(pdf_of((), picture=True),)))
    assert told(shown) == [("BC-II-VB", Outcome.ACCEPTED, [])]
    assert shown.documents == ("1-Bieu mau.xlsx",), "the scan is kept as a document"
    assert "BC-II-VB" in signed(office)


def test_a_signed_pdf_is_both_the_narrative_and_its_signed_copy(office: Office) -> None:
    lines = written("2012-kkt-kcn/BC-III")
    assert told(office.settle(mail_with(pdf_of(lines), 6))) == [("BC-III", Outcome.ACCEPTED, [])]
    assert (signed(office)["BC-III"].number, signed(office)["BC-III"].day) == ("85/BC-UBND", date(2012, 7, 10))


def test_a_signed_pdf_beside_the_same_narrative_in_word_is_no_second_revision(office: Office) -> None:
    lines = written("2012-kkt-kcn/BC-I")
    shown = office.settle(mail_with(docx_of(lines), 7, more=(pdf_of(lines),)))
    assert told(shown) == [("BC-I", Outcome.ACCEPTED, [])]
    assert signed(office)["BC-I"].number == "85/BC-UBND"


def test_a_draft_is_no_signed_copy(office: Office) -> None:
    office.settle(mail_with(pdf_of(["DỰ THẢO", *written("2012-kkt-kcn/BC-II-CK")]), 8))
    assert "BC-II-CK" not in signed(office)


def test_a_narrative_of_another_province_is_refused(office: Office) -> None:
    head = tuple(line.replace("NGHỆ AN", "HÀ TĨNH").replace("Nghệ An", "Hà Tĩnh") for line in LETTERHEAD)
    lines = [one.replace("Nghệ An", "Hà Tĩnh") for one in written("2012-kkt-kcn/BC-I", head=head)]
    shown = office.settle(mail_with(docx_of(lines), 4))
    assert [(one.verdict, one.reason) for one in shown.parts] == [(Outcome.REFUSED, RefusalReason.OTHER_REPORTER)]


def test_an_ordinary_letter_is_no_narrative(office: Office) -> None:
    letter = docx_of(["UBND TỈNH NGHỆ AN", "CÔNG VĂN", "V/v gửi báo cáo", "Kính gửi: Bộ Kế hoạch và Đầu tư"])
    shown = office.settle(mail_with(make_projects_workbook(4), 5, more=(letter,)))
    assert [one.form for one in shown.parts] == ["III.4"]
    assert shown.documents == ("1-Bieu mau.xlsx",)


def test_a_document_that_cannot_be_read_is_told_as_what_it_is(office: Office) -> None:
    locked, broken = doc_of(["BÁO CÁO"], flags=0x0100), b"%PDF-1.4\n" + bytes(200)
    cut = docx_of(["BÁO CÁO"])[:400]
    shown = office.settle(mail_with(locked, 6, name="Bao cao.docx", more=(cut, broken)))
    assert [(one.reason, one.detail) for one in shown.parts] == [
        (RefusalReason.ENCRYPTED, "Word"),
        (RefusalReason.DAMAGED, "Word"),
        (RefusalReason.DAMAGED, "PDF"),
    ]


def test_a_figure_that_the_form_gives_otherwise_is_asked_about(tmp_path: Path) -> None:
    parks = draw_xlsx(make_parks_book(province("Nghệ An"), 2))
    lines = written("2012-kkt-kcn/BC-I")
    with office_at(tmp_path, campaigns=["2012-kkt-kcn"]) as office:
        shown = office.settle(mail_with(parks, 1, more=(docx_of(lines),)))
        (found,) = [one for part in shown.parts if part.form == "BC-I" for one in part.findings]
        assert found.rule == "so_lieu_khac_bieu"
        assert found.say.startswith("Báo cáo nêu tỷ lệ lấp đầy là 45,2 %, số liệu của biểu I.1 là ")
        # The form that was accepted then is asked when the narrative comes alone.
        alone = office.settle(mail_with(docx_of([*lines, "Trân trọng."]), 2))
        assert [one.rule for one in alone.parts[0].findings] == ["so_lieu_khac_bieu"]
