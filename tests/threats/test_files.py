"""Files that harm, trick or cannot be read: each is answered with its true cause, and the next mail is read."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from bot.demo.drawing import draw_xls
from bot.demo.files import lock_workbook, make_scan
from bot.demo.parks import make_parks_book
from bot.demo.places import province
from bot.model import Outcome
from tests.document.files import docx_of, zipped
from tests.message.letters import enveloped, patched, rar, signed, winmail
from tests.sheet.writers import strict
from tests.threats import harm
from tests.threats.letters import NAME, PLACE, form, mail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.runners.pool import WorkerPool
    from tests.threats.stand import Sent, Stand

EXTERNAL = b'<!ENTITY b SYSTEM "file:///etc/passwd">'
DOCUMENT = (
    b"<!DOCTYPE x [%s]>"
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&b;'
    b"</w:t></w:r></w:p></w:body></w:document>" % EXTERNAL
)


def answer_to(stand: Stand, *files: tuple[str, bytes]) -> Sent:
    (answer,) = stand.receive(mail(dict(files)))
    return answer


def is_read_whole(stand: Stand, name: str, data: bytes) -> None:
    """The file is accepted, with as many rows as the form has."""
    assert "2 dòng" in answer_to(stand, (name, data)).text
    assert stand.outcomes == [Outcome.ACCEPTED]


# -- archives --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (harm.bomb(), "quá lớn sau khi giải nén"),
        (harm.overlapping(), "quá lớn sau khi giải nén"),
        (zipped({f"{number}.xls": b"" for number in range(2001)}), "quá nhiều tệp"),
        (zipped({"1.zip": zipped({"2.zip": zipped({"3.zip": harm.bomb()})})}), "quá nhiều lớp"),
    ],
    ids=["ratio", "overlap", "entries", "nested"],
)
def test_threat_10_a_zip_bomb_is_refused_from_its_directory(
    stand: Stand, data: bytes, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []

    def note(_: zipfile.ZipFile, name: object, *_rest: object, **_more: object) -> None:
        opened.append(name)

    if "nhiều lớp" not in why:
        monkeypatch.setattr(zipfile.ZipFile, "open", note)
    assert why in answer_to(stand, ("a.zip", data)).text
    assert stand.outcomes == [Outcome.REFUSED]
    assert opened == [], "nothing was unpacked"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (rar("../a.xls", b"abc"), "đường dẫn ra ngoài thư mục"),
        (rar("a.xls", b"abc", main=1), "một phần của tệp nén chia nhỏ"),
        (rar("a.xls", b"abc", flags=4), "có mật khẩu"),
    ],
    ids=["dots", "volume", "password"],
)
def test_threat_11_a_rar_that_would_reach_out_is_not_unpacked(stand: Stand, data: bytes, why: str) -> None:
    assert why in answer_to(stand, ("a.rar", data)).text
    assert stand.outcomes == [Outcome.REFUSED]


def test_threat_11_the_form_in_a_rar_is_read(stand: Stand) -> None:
    is_read_whole(stand, "a.rar", rar("Bieu I.1.xlsx", form()))


# -- what a file may do ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", harm.laughs()),
        ("a.xlsx", harm.with_doctype(EXTERNAL, b"&b;")),
        ("a.docx", zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": DOCUMENT})),
    ],
    ids=["laughs", "external entity", "external entity in Word"],
)  # fmt: skip
def test_threat_12_a_document_type_is_refused_and_nothing_is_fetched_for_it(
    stand: Stand, name: str, data: bytes
) -> None:
    answer = answer_to(stand, (name, data))
    assert stand.outcomes == [Outcome.REFUSED]
    assert b"root:" not in answer.raw
    assert "root:" not in answer.text


def test_threat_13_of_a_workbook_with_macros_the_values_are_read_and_its_sender_is_warned(stand: Stand) -> None:
    text = answer_to(stand, ("a.xlsm", harm.with_macros())).text
    assert stand.outcomes == [Outcome.ACCEPTED]
    assert "2 dòng" in text
    assert " ".join(text.split()).count("Tệp “a.xlsm” có macro: hệ thống chỉ đọc giá trị trong các ô") == 1


def test_threat_13_no_other_workbook_is_said_to_have_macros(stand: Stand) -> None:
    assert "macro" not in answer_to(stand, (NAME, form())).text


# -- what would take too long ------------------------------------------------------------------------------------------


def test_threat_19_formatted_empty_rows_are_passed_over(stand: Stand, pool: WorkerPool) -> None:
    stand.daemon._pool = pool
    (answer,) = stand.receive(mail({NAME: harm.with_empty_rows(150_000)}))
    assert "2 dòng" in answer.text
    assert stand.outcomes == [Outcome.ACCEPTED]


def test_threat_20_two_cells_in_opposite_corners_are_told_and_kill_no_child(stand: Stand, pool: WorkerPool) -> None:
    stand.daemon._pool = pool
    (answer,) = stand.receive(mail({NAME: harm.corners()}))
    assert "1.048.576 dòng × 16.384 cột" in answer.text
    assert stand.outcomes == [Outcome.REFUSED]


# -- what cannot be read, or only by its content -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", lock_workbook(form())),
        ("a.zip", patched(zipped({"a.xls": bytes(100)}), flags=1)),
        ("a.rar", rar("a.xls", b"abc", main=0x80)),
    ],
)
def test_threat_21_a_password_is_named_and_never_guessed(stand: Stand, name: str, data: bytes) -> None:
    assert "có mật khẩu" in answer_to(stand, (name, data)).text
    assert stand.outcomes == [Outcome.REFUSED]


@pytest.mark.parametrize(
    ("name", "draw"), [("a.xlsx", draw_xls), ("a.docx", draw_xls), ("a.xls", None), ("~$Bieu.xlsx", None), ("a", None)]
)
def test_threat_22_a_workbook_is_known_by_its_bytes(stand: Stand, name: str, draw: Callable[..., bytes] | None) -> None:
    data = form() if draw is None else draw(make_parks_book(province(PLACE), 2))
    is_read_whole(stand, name, data)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("~$Bieu.xlsx", b"\x05Lan  " + bytes(158), "tệp không rõ loại"),
        ("a.xls", make_scan(), "Đã nhận bản ký"),
        ("a.xlsx", docx_of(["Báo cáo"]), "là Word"),
        ("a.xls", "TT;Tên cột lạ\n1;KCN A\n".encode(), "chưa nhận ra biểu"),
        ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>", "chưa nhận ra biểu"),
    ],
    ids=["lock file", "pdf", "word", "csv", "html"],
)
def test_threat_22_what_is_no_workbook_is_named_as_what_it_is(stand: Stand, name: str, data: bytes, told: str) -> None:
    assert told in answer_to(stand, (name, data)).text


def test_threat_23_a_strict_workbook_is_read_whole(stand: Stand) -> None:
    is_read_whole(stand, NAME, strict(form()))


@pytest.mark.parametrize("reference", [b"A1", b"A1:B2", b"A1:XFD1048576"])
def test_threat_24_a_wrong_used_range_costs_no_row(stand: Stand, reference: bytes) -> None:
    is_read_whole(stand, NAME, harm.with_dimension(reference))


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#VALUE!"])
def test_threat_25_an_error_cell_is_told_by_its_address_and_is_no_empty_one(stand: Stand, error: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form()))
    cell = book.worksheets[0]["Q13"]
    cell.value, cell.data_type = error, "e"
    out = io.BytesIO()
    book.save(out)
    text = answer_to(stand, (NAME, out.getvalue())).text
    assert stand.outcomes == [Outcome.RETURNED]
    assert "ô Q13" in text
    assert error in text


@pytest.mark.parametrize(
    ("data", "told"), [(b"", "dung lượng bằng 0"), (form()[:5000], "bị hỏng hoặc chưa được truyền đủ")]
)
def test_threat_26_a_file_that_lost_its_end_is_sent_back_and_never_half_read(
    stand: Stand, data: bytes, told: str
) -> None:
    assert told in answer_to(stand, (NAME, data)).text
    assert stand.outcomes == [Outcome.REFUSED]


@pytest.mark.parametrize("missing", [3000, 10_000])
def test_threat_26_a_mail_that_was_cut_off_is_sent_back(stand: Stand, missing: int) -> None:
    (answer,) = stand.receive(mail()[:-missing])
    assert "bị hỏng hoặc chưa được truyền đủ" in answer.text
    assert stand.outcomes == [Outcome.REFUSED]


def test_threat_27_the_form_in_a_winmail_is_read(stand: Stand) -> None:
    is_read_whole(stand, "winmail.dat", winmail((NAME, form())))


def test_threat_27_a_winmail_that_cannot_be_opened_is_named(stand: Stand) -> None:
    text = answer_to(stand, ("winmail.dat", winmail((NAME, form()))[:3000])).text
    assert "winmail.dat bị hỏng" in text
    assert "đính kèm thẳng các tệp" in text


def test_threat_29_what_is_signed_is_read_and_what_is_encrypted_is_named(stand: Stand) -> None:
    inner = mail().partition(b"Content-Type:")
    is_read_whole(stand, "smime.p7m", signed(b"Content-Type:" + inner[2]))
    assert "mã hóa" in answer_to(stand, ("smime.p7m", enveloped())).text
    assert stand.outcomes[-1] is Outcome.REFUSED


def test_threat_38_a_scan_or_a_word_file_is_received_but_is_no_form(stand: Stand) -> None:
    text = answer_to(stand, ("a.docx", docx_of(["Báo cáo tình hình"]))).text
    assert stand.outcomes == [Outcome.REFUSED]
    assert "đã nhận được nhưng là Word" in text
    (scan,) = stand.receive(mail({"quet.pdf": make_scan()}, 2))
    assert stand.outcomes[-1] is Outcome.SIGNED
    assert "còn thiếu tệp số liệu Excel" in scan.text


# -- what their names and cells say ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x.xlsx", "C:\\a\\..\\x.xlsx", "NUL.xlsx", "x" * 300 + ".xlsx", "x.xlsx. ", "x%00.xlsx"]
)
def test_threat_18_a_file_is_kept_under_its_hash_whatever_it_is_called(stand: Stand, tmp_path: Path, name: str) -> None:
    before = {one for one in tmp_path.rglob("*") if one.is_file()}
    text = answer_to(stand, (name, form())).text
    assert stand.outcomes == [Outcome.ACCEPTED]
    (shown,) = [line for line in text.splitlines() if "Tệp “" in line]
    assert not set("/\\") & set(shown.partition("”")[0])
    assert len(shown) < 200
    new = {one.name for one in tmp_path.rglob("*") if one.is_file()} - {one.name for one in before}
    assert not [one for one in new if "xlsx" in one or "cron" in one]
