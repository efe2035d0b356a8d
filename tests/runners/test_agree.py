"""ĐỒNG Ý: a reporter accepts what the marked copy has put right, through the children and the ledger."""

from __future__ import annotations

import io
import unicodedata
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from bot.demo import mistakes
from bot.demo.drawing import draw_xlsx
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.model import Outcome, Severity
from tests.fixtures.office import office_in_process

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.adapters.ledger import Shown
    from bot.runners.pipeline import Pipeline
    from tests.fixtures.office import Office

PLACE = province("Nghệ An")
PARKS = make_parks_book(PLACE, 2)
YEAR = "U13"
"""The cell of a year in form I.1."""


def with_slip(file: bytes, cell: str = YEAR) -> bytes:
    """Return the workbook with the letter O typed for the digit 0 in the cell of a year."""
    book = load_workbook(io.BytesIO(file))
    place = book.worksheets[0][cell]
    assert "0" in str(place.value)
    place.value = str(place.value).replace("0", "O")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GOOD = draw_xlsx(PARKS)
SLIP = with_slip(GOOD)
BOTH = with_slip(draw_xlsx(mistakes.lease_more_than_there_is(PARKS).book))


@pytest.fixture
def office(tmp_path: Path, thinker: Pipeline) -> Iterator[Office]:
    with office_in_process(tmp_path, thinker) as opened:
        yield opened


def mail(words: str, files: Sequence[bytes] = (), *, to: Shown | None = None, subject: str = "Báo cáo") -> bytes:
    built = EmailMessage()
    built["From"], built["To"], built["Subject"] = PLACE.address, "baocao@bokehoach.example", subject
    if to is not None:
        built["In-Reply-To"] = to.mails[0].message_id
    built.set_content(words)
    for file in files:
        built.add_attachment(file, maintype="application", subtype="octet-stream", filename="Bieu I.1.xlsx")
    return built.as_bytes()


def letter(office: Office, shown: Shown) -> tuple[str, list[bytes]]:
    """Return the text of our reply, and its enclosures."""
    parsed = message_from_bytes(office.desk.vault.get(shown.mails[0].raw), policy=default)
    body = parsed.get_body(("plain",))
    assert body is not None
    enclosures = [one.get_payload(decode=True) for one in parsed.iter_attachments()]
    return str(body.get_content()).replace("\r\n", "\n"), [one for one in enclosures if isinstance(one, bytes)]


def test_a_file_with_nothing_but_slips_is_accepted_by_a_word(office: Office) -> None:
    returned = office.settle(mail("Kính gửi Bộ.", [SLIP]))
    assert returned.outcome == Outcome.RETURNED
    text, (copy,) = letter(office, returned)
    assert "chỉ cần trả lời thư này: “ĐỒNG Ý”" in text.splitlines()[1]
    repaired = load_workbook(io.BytesIO(copy))["Biểu I.1"][YEAR].value
    original = load_workbook(io.BytesIO(GOOD))["Biểu I.1"][YEAR].value
    assert repaired == original

    quoted = text.replace("\n", "\n> ")
    agreed = office.settle(mail(f"Đồng ý.\n\nTrân trọng,\nBan Quản lý\n\n> {quoted}", to=returned))
    assert (agreed.outcome, [(part.verdict, part.revision) for part in agreed.parts]) == (
        Outcome.ACCEPTED,
        [(Outcome.ACCEPTED, 2)],
    )
    text, _ = letter(office, agreed)
    assert f"trong bản đánh dấu của thư có mã biên nhận {returned.receipt} đã được áp dụng" in text
    table = pq.read_table(io.BytesIO(office.desk.vault.get(agreed.parts[0].table)))
    years = {row["_row"]: row for row in table.to_pylist()}[13]
    assert original in years.values()
    assert all(one.severity is Severity.NOTE for one in agreed.parts[0].findings)


@pytest.mark.parametrize(
    "words",
    ["ĐỒNG Ý", "dong y", "Đồng ý.", unicodedata.normalize("NFD", "Đồng ý"), "Kính gửi Bộ,\n\nĐỒNG Ý {receipt}\n"],
)
def test_the_word_is_known_however_it_is_written_and_by_the_receipt_alone(office: Office, words: str) -> None:
    returned = office.settle(mail("", [SLIP]))
    named = "{receipt}" in words
    answer = mail(words.format(receipt=returned.receipt), to=None if named else returned)
    assert office.settle(answer).outcome == Outcome.ACCEPTED


def test_what_is_no_slip_remains_and_is_told(office: Office) -> None:
    returned = office.settle(mail("", [BOTH]))
    text, _ = letter(office, returned)
    assert "“ĐỒNG Ý”" not in text
    assert "đề nghị xử lý tiếp 1 nội dung còn lại ngay trên bản đánh dấu" in text
    again = office.settle(mail("Đồng ý", to=returned))
    assert (again.outcome, again.parts[0].errors) == (Outcome.RETURNED, 1)
    assert "cần sửa 1 nội dung" in letter(office, again)[0].partition("\n")[0]


def test_the_repaired_copy_itself_is_accepted_when_it_is_sent_back(office: Office) -> None:
    _, (copy,) = letter(office, office.settle(mail("", [SLIP])))
    assert office.settle(mail("", [copy])).outcome == Outcome.ACCEPTED


def test_the_same_file_beside_the_word_is_no_other_file(office: Office) -> None:
    returned = office.settle(mail("", [SLIP]))
    assert office.settle(mail("Đồng ý", [SLIP], to=returned)).outcome == Outcome.ACCEPTED


def first_line(office: Office, shown: Shown) -> str:
    return letter(office, shown)[0].partition("\n")[0]


def test_a_word_about_nothing_is_answered_politely(office: Office) -> None:
    good = office.settle(mail("", [GOOD]))
    nothing = office.settle(mail("ĐỒNG Ý", to=good))
    assert (nothing.outcome, nothing.reason) == (Outcome.ANSWERED, "agreement")
    assert "không có sửa đổi nào về cách ghi" in first_line(office, nothing)
    lost = office.settle(mail("ĐỒNG Ý"))
    assert "chưa xác định được là đối với thư nào" in first_line(office, lost)
    wrong = office.settle(mail("", [draw_xlsx(mistakes.lease_more_than_there_is(PARKS).book)]))
    assert "không có sửa đổi nào về cách ghi" in first_line(office, office.settle(mail("Đồng ý", to=wrong)))


def test_a_word_that_comes_late_is_told_what_came_before_it(office: Office) -> None:
    first = office.settle(mail("", [SLIP]))
    second = office.settle(mail("", [BOTH]))
    old = office.settle(mail("ĐỒNG Ý", to=first))
    assert old.outcome == Outcome.ANSWERED
    assert f"đã gửi bản nộp khác của Biểu I.1 (mã biên nhận {second.receipt})" in first_line(office, old)
    third = office.settle(mail("", [GOOD]))
    for late in (first, second):
        done = office.settle(mail("ĐỒNG Ý", to=late, subject="Đã gửi"))
        assert f"đã đạt yêu cầu từ bản nộp sau (mã biên nhận {third.receipt})" in first_line(office, done)


def test_agreeing_twice_changes_nothing(office: Office) -> None:
    returned = office.settle(mail("", [SLIP]))
    accepted = office.settle(mail("ĐỒNG Ý", to=returned))
    again = office.settle(mail("ĐỒNG Ý", to=returned, subject="Re"))
    assert (accepted.outcome, again.outcome) == (Outcome.ACCEPTED, Outcome.ANSWERED)
    assert accepted.receipt in first_line(office, again)
