"""What is sent by mistake (last time's heading, an old layout, one form twice) is named, with the right blank."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from functools import cache
from typing import TYPE_CHECKING

import openpyxl
import pytest

from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.demo.drawing import draw_xlsx
from bot.demo.letters import contacts_csv
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.demo.projects import make_projects_book
from bot.language import VIETNAM
from bot.model import History, Outcome, Rulebook, Settled
from bot.reply.blank import build_blank
from bot.sheet.code import read_code
from tests.flow.letters import letter
from tests.flow.office import NOON, pipeline
from tests.reply.blanks import BOOK, WORDS, example_cells, filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.model import Settlement
    from bot.runners.pipeline import Pipeline

JANUARY = datetime(2027, 1, 8, 9, 0, tzinfo=VIETNAM)
"""The report of the year 2026 is under way, due by its last day; that of the first half of 2027 ends in June."""
ASKED = "Cả năm 2026 (15/12/2025–14/12/2026)"
B04 = "ccn-dinh-ky/B04"


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    loaded = load_rulebook(read_rules(None), contacts_csv())
    assert isinstance(loaded, Rulebook), loaded
    return loaded


@pytest.fixture(scope="module")
def thinker(rules: Rulebook) -> Pipeline:
    return pipeline(rules)


def settle(
    thinker: Pipeline, *files: bytes, at: datetime = NOON, subject: str = "Báo cáo", history: History | None = None
) -> Settlement:
    raw = letter(subject, {f"Tệp {number}.xlsx": data for number, data in enumerate(files, 1)})
    return thinker.settle(thinker.parse(raw, at), 57, history or History(), at)


def reasons(settlement: Settlement) -> list[str]:
    return [one.reason.value if one.reason else one.verdict.value for one in settlement.decision.parts]


def mail_of(settlement: Settlement) -> tuple[str, list[bytes]]:
    """Return the text of the one mail, its second line last, and the files that hang on it."""
    (mail,) = settlement.mails
    parsed = message_from_bytes(mail.raw, policy=default)
    text = parsed.get_body(("plain",))
    assert text is not None
    return text.get_content(), [bytes(one.get_payload(decode=True) or b"") for one in parsed.iter_attachments()]


@cache
def yearly(words: str, made_for: str = "2026-N") -> bytes:
    """Return form B04 filled in on the blank of one period, its heading reworded to say *words*."""
    form = BOOK.form(B04)
    blank = build_blank(form, BOOK.reporter("40"), BOOK.campaign(f"ccn-dinh-ky.{made_for}"), WORDS)
    return edited(filled(blank, example_cells(form)), lambda text: f"({words})" if "Kỳ báo cáo" in text else text)


def edited(data: bytes, edit: Callable[[str], str]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for cells in book.worksheets[0].iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.value = edit(cell.value)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def accepted(campaign: str) -> Settled:
    return Settled(campaign, "B04", Outcome.ACCEPTED, 1, "x", "26-40-0007", datetime(2026, 6, 28, tzinfo=VIETNAM))


# ------------------------------------------------------------------------------------------------------------
# Periods
# ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Kỳ báo cáo: Cả năm 2027", "Cả năm 2027 (15/12/2026–14/12/2027)"),
        ("Kỳ báo cáo: 6 tháng đầu năm 2027", "6 tháng đầu năm 2027 (15/12/2026–14/6/2027)"),
        ("Quý IV năm 2026", "Quý IV năm 2026"),
        ("Báo cáo 9 tháng đầu năm 2026", "9 tháng đầu năm 2026"),
        ("Kỳ báo cáo: tháng 12/2026", "Kỳ báo cáo: tháng 12/2026"),
    ],
)
def test_in_january_a_period_that_cannot_be_meant_is_told_beside_the_one_that_is_asked_for(
    thinker: Pipeline, words: str, named: str
) -> None:
    settlement = settle(thinker, yearly(words), at=JANUARY)
    assert reasons(settlement) == ["wrong_period"]
    text, files = mail_of(settlement)
    assert f"ghi kỳ báo cáo là “{named}”, trong khi kỳ đang thu báo cáo là “{ASKED}”" in " ".join(text.split())
    codes = [read_code(one) for one in files]
    assert [code.form for code in codes if code] == ["ccn-dinh-ky.2026-N/B04"]


@pytest.mark.parametrize(
    ("words", "campaign"),
    [
        ("Kỳ báo cáo: Cả năm 2026", "ccn-dinh-ky.2026-N"),
        ("Kèm theo Báo cáo số 12/BC-SCT ngày 5 tháng 01 năm 2027", "ccn-dinh-ky.2026-N"),
        ("Báo cáo năm 2026, so với cùng kỳ quý IV năm 2025", "ccn-dinh-ky.2026-N"),
        ("Số liệu cả năm 2026 so với 6 tháng đầu năm 2026", "ccn-dinh-ky.2026-N"),
        ("Kỳ báo cáo: 6 tháng đầu năm 2026", "ccn-dinh-ky.2026-6T"),
    ],
)
def test_a_period_that_is_asked_for_or_still_missing_is_taken(thinker: Pipeline, words: str, campaign: str) -> None:
    settlement = settle(thinker, yearly(words), at=JANUARY)
    assert [(one.campaign, one.reason) for one in settlement.decision.parts] == [(campaign, None)]


def test_a_report_may_come_some_days_before_its_period_is_over(thinker: Pipeline) -> None:
    settlement = settle(thinker, yearly("6 tháng đầu năm 2027"), at=datetime(2027, 6, 2, tzinfo=VIETNAM))
    assert [one.campaign for one in settlement.decision.parts] == ["ccn-dinh-ky.2027-6T"]


def test_last_times_heading_over_the_new_figures_is_asked_about(thinker: Pipeline) -> None:
    history = History((accepted("ccn-dinh-ky.2026-6T"),))
    half = yearly("Kỳ báo cáo: 6 tháng đầu năm 2026")
    assert reasons(settle(thinker, half, at=JANUARY, history=history)) == ["wrong_period"]
    meant = settle(thinker, half, at=JANUARY, history=history, subject="Sửa số liệu 6 tháng đầu năm 2026")
    assert [(one.campaign, one.reason) for one in meant.decision.parts] == [("ccn-dinh-ky.2026-6T", None)]
    both = History((*history.settled, accepted("ccn-dinh-ky.2026-N")))
    assert reasons(settle(thinker, half, at=JANUARY, history=both)) != ["wrong_period"]


def test_the_heading_that_people_see_counts_more_than_the_code_of_the_blank(thinker: Pipeline) -> None:
    settlement = settle(thinker, yearly("Kỳ báo cáo: Cả năm 2026", made_for="2026-6T"), at=JANUARY)
    assert [one.campaign for one in settlement.decision.parts] == ["ccn-dinh-ky.2026-N"]


# ------------------------------------------------------------------------------------------------------------
# Layouts
# ------------------------------------------------------------------------------------------------------------


def blank_with(version: str, *, without: str = "") -> bytes:
    """Return form I.1 as filled in on a blank of that version, which lacks the column with that header."""
    book = openpyxl.load_workbook(io.BytesIO(draw_xlsx(make_parks_book(province("Nghệ An"), 2))))
    sheet = book.worksheets[0]
    sheet["A1"] = f"Mã nhận dạng: baocao:2012-kkt-kcn/I.1:40:{version}"
    for cells in sheet.iter_rows():
        for cell in cells:
            if without and isinstance(cell.value, str) and cell.value.startswith(without):
                cell.value = "Cột cũ"
    return saved(book)


def test_a_blank_of_an_earlier_layout_that_lacks_a_column_is_answered_with_todays(thinker: Pipeline) -> None:
    settlement = settle(thinker, blank_with("00000000", without="Địa điểm"))
    assert reasons(settlement) == ["old_version"]
    text, files = mail_of(settlement)
    assert text.startswith("Biểu I.1 chưa được tiếp nhận vì tệp “Tệp 1.xlsx” lập theo mẫu cũ")
    codes = [read_code(one) for one in files]
    assert [(code.form, code.reporter) for code in codes if code] == [("2012-kkt-kcn/I.1", "40")]


def test_an_earlier_blank_that_has_all_that_is_asked_for_is_read(thinker: Pipeline) -> None:
    assert reasons(settle(thinker, blank_with("00000000"))) == ["accepted"]


# ------------------------------------------------------------------------------------------------------------
# Twice
# ------------------------------------------------------------------------------------------------------------


def with_copy(*, change: bool) -> bytes:
    """Return form I.1 on a sheet, and the same sheet again, perhaps with another area in it."""
    book = openpyxl.load_workbook(io.BytesIO(draw_xlsx(make_parks_book(province("Nghệ An"), 2))))
    copy = book.copy_worksheet(book.worksheets[0])
    copy.title = "Bản sửa"
    if change:
        numbers = [cell for cells in copy.iter_rows() for cell in cells if isinstance(cell.value, float)]
        numbers[0].value = 1.5
    return saved(book)


def test_a_sheet_that_was_copied_in_the_workbook_is_read_once_and_said(thinker: Pipeline) -> None:
    once = settle(thinker, draw_xlsx(make_parks_book(province("Nghệ An"), 2))).decision.parts[0]
    settlement = settle(thinker, with_copy(change=False))
    (part,) = settlement.decision.parts
    assert (part.verdict, part.rows, part.findings) == (Outcome.ACCEPTED, once.rows, once.findings)
    assert "giống hệt trang" in mail_of(settlement)[0]


def test_two_states_of_one_sheet_are_refused_by_their_names(thinker: Pipeline) -> None:
    settlement = settle(thinker, with_copy(change=True))
    assert reasons(settlement) == ["same_form_twice"]
    text, files = mail_of(settlement)
    assert "“Bản sửa”" in text
    assert len(files) == 1


def test_two_files_with_the_same_rows_count_once(thinker: Pipeline) -> None:
    one = draw_xlsx(make_parks_book(province("Nghệ An"), 2))
    other = edited(one, lambda text: text.upper() if "Biểu" in text else text)
    assert hashlib.sha256(one).digest() != hashlib.sha256(other).digest()
    settlement = settle(thinker, one, other)
    assert reasons(settlement) == ["accepted", "duplicate"]
    assert "cùng số liệu với một tệp khác trong thư" in mail_of(settlement)[0]


def test_beside_another_form_the_blank_of_the_refused_one_comes_with_the_reply(thinker: Pipeline) -> None:
    empty = openpyxl.load_workbook(io.BytesIO(draw_xlsx(make_parks_book(province("Nghệ An"), 2))))
    sheet = empty.worksheets[0]
    header = next(cell.row for cells in sheet.iter_rows() for cell in cells if cell.value == "Tên KCN")
    sheet.delete_rows(header + 3, 100)
    projects = draw_xlsx(make_projects_book(province("Nghệ An"), 3))
    settlement = settle(thinker, saved(empty), projects)
    assert settlement.decision.outcome is Outcome.RETURNED
    assert "empty_form" in reasons(settlement)
    text, files = mail_of(settlement)
    assert "Bieu-I.1-Nghe-An.xlsx" in text
    assert "2012-kkt-kcn/I.1" in [code.form for one in files if (code := read_code(one))]
