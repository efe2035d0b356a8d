"""What is left of a draft after a mail program has written it anew, and what is not."""

from __future__ import annotations

from email.message import EmailMessage
from unicodedata import normalize

import pytest

from bot.message.drafts import is_unchanged, letters, read_slip
from bot.own_mark import HEADER, make_mark

DRAFT = "Kính gửi: Ban Quản lý.\nĐề nghị sửa 2 ô: J14, J17."


def mail(text: str = DRAFT, html: str = "", subject: str = "[Cần chỉnh sửa] I.1", file: bytes = b"PK") -> bytes:
    made = EmailMessage()
    made["Subject"], made["To"] = subject, "bql@nghean.example"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    made.add_attachment(file, "application", "octet-stream", filename="ban-danh-dau.xlsx")
    return made.as_bytes()


@pytest.mark.parametrize(
    ("sent", "same"),
    [
        (mail(), True),
        (mail("Kính gửi:   Ban Quản lý.\n> Đề nghị sửa 2 ô: J14,\n J17.\n"), True),
        (mail(DRAFT.replace("J17", "J18")), False),
        (mail(DRAFT + "\nXin gọi anh Nam."), False),
        (mail(subject="[Cần chỉnh sửa] I.2"), False),
        (mail(file=b"PK another"), False),
        (mail("(xem HTML)", "<div>K&iacute;nh gửi: <b>Ban Quản lý.</b></div><p>Đề nghị sửa 2 ô: J14, J17.</p>"), True),
        (mail(DRAFT, "<p>Kính gửi: Ban Quản lý. Đề nghị sửa 3 ô.</p>"), False),
    ],
    ids=["itself", "wrapped", "a figure", "a line more", "subject", "file", "html only", "the html is what is read"],
)
def test_words_and_files_decide(sent: bytes, same: bool) -> None:
    assert is_unchanged(mail(), sent) is same


def test_a_decomposed_text_is_the_same() -> None:
    assert letters(normalize("NFD", "Quản lý")) == letters("Quản lý") == "quảnlý"


def test_a_mark_of_ours_says_which_draft_it_was_and_a_forged_one_nothing() -> None:
    header = b"Message-ID: <other@mailer.example>\r\nSubject: x\r\n"
    mark = make_mark("<a@bo.example>", b"secret").encode()
    draft = read_slip(b"Message-ID: <a@bo.example>\r\n", b"secret")
    assert read_slip(header + HEADER.encode() + b": " + mark + b"\r\n", b"secret").is_surely(draft)
    assert not read_slip(header + HEADER.encode() + b": " + mark + b"\r\n", b"another").is_surely(draft)


def test_what_bears_the_mark_of_another_mail_of_ours_is_not_the_draft() -> None:
    draft = read_slip(b"Message-ID: <a@bo.example>\r\nSubject: Bieu I.1\r\nTo: bql@nghean.example\r\n", b"secret")
    like = b"Message-ID: <b@bo.example>\r\nSubject: =?utf-8?q?Bieu_I=2E1?=\r\nTo: A <BQL@nghean.example>\r\n"
    assert read_slip(like, b"secret").may_be(draft)
    mark = make_mark("<b@bo.example>", b"secret").encode()
    assert not read_slip(like + HEADER.encode() + b": " + mark + b"\r\n", b"secret").may_be(draft)
