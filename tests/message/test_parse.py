"""What a mail says, however it was written."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from bot.message import parse_message

if TYPE_CHECKING:
    from bot.model import Message

NOON = datetime(2012, 7, 10, 5, 0, tzinfo=UTC)


def parse(raw: bytes, **options: object) -> Message:
    return parse_message(raw, NOON, own="bot@bo.example", **options)  # type: ignore[arg-type]


def mail_with(*files: tuple[str, bytes], subject: str = "Biểu I.1") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Ban Quản lý <BQL@NgheAn.example>"
    mail["Subject"] = subject
    mail["Message-ID"] = "<a1@nghean.example>"
    mail["References"] = "<x@bo.example> <y@bo.example>"
    mail.set_content("Kính gửi Bộ.")
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail


def test_heading_text_and_files_are_read() -> None:
    message = parse(mail_with(("Biểu I.1 Nghệ An.xlsx", b"PK-data")).as_bytes())
    assert message.heading.sender == "bql@nghean.example"
    assert message.heading.sender_name == "Ban Quản lý"
    assert message.heading.subject == "Biểu I.1"
    assert message.heading.message_id == "<a1@nghean.example>"
    assert message.heading.references == ("<x@bo.example>", "<y@bo.example>")
    assert message.text.strip() == "Kính gửi Bộ."
    assert [(file.name, file.data, file.damaged) for file in message.attachments] == [
        ("Biểu I.1 Nghệ An.xlsx", b"PK-data", False)
    ]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("size", [0, 1, 5_699, 5_700, 5_701, 300_000])
def test_large_blocks_that_go_round_the_parser_arrive_unchanged(size: int, line_end: bytes) -> None:
    data = os.urandom(size)
    raw = mail_with(("a.xlsx", data), ("b.xlsx", data[::-1])).as_bytes().replace(b"\n", line_end)
    assert [file.data for file in parse(raw).attachments] == [data, data[::-1]]


def test_a_body_that_imitates_the_block_marks_stays_as_it_is() -> None:
    mail = mail_with(("a.bin", os.urandom(9_000)))
    mail.add_attachment("@block-0@\n@block-7@\n", filename="ghi chú.txt")
    note = parse(mail.as_bytes()).attachments[1]
    assert b"@block-7@" in note.data


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('filename="=?utf-8?B?Qmnhu4N1IEkuMS54bHN4?="', "Biểu I.1.xlsx"),
        ("filename*=utf-8''Bi%E1%BB%83u%20I.1.xlsx", "Biểu I.1.xlsx"),
        ("filename*0*=utf-8''Bi%E1%BB%83u; filename*1=\" I.1.xlsx\"", "Biểu I.1.xlsx"),
        ("filename*=utf-8''a%0D%0AX-Evil: 1.xlsx", "a X-Evil: 1.xlsx"),
        ('filename="C:\\\\Users\\\\a\\\\bieu.xls"', "bieu.xls"),
        ('filename="../../etc/passwd"', "passwd"),
        ("filename*=x-unknown''bieu.xls", "bieu.xls"),
        ('filename="Bie\u0302\u0309u I.1.xls"', "Biểu I.1.xls"),
        ("filename*=utf-8''a%00b%E2%80%AEslx.xls", "a b slx.xls"),
        ('filename=".."', "khong-ten"),
        ('filename=" . "', "khong-ten"),
        ("filename=Bieu I.1.xls", "Bieu I.1.xls"),
        ("filename*=iso-2022-jp''%1B%24B%252%251%1B%28B.xls", "ゲケ.xls"),
        ("", ""),
    ],
)
def test_names_are_read_as_offices_write_them(header: str, name: str) -> None:
    raw = (
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; {header}\r\n\r\nUEsDBA==\r\n--x--\r\n"
    ).encode()
    assert [file.name for file in parse(raw).attachments] == [name]


def test_a_raw_eight_bit_name_and_subject_are_read() -> None:
    raw = (
        'From: a@b.example\r\nSubject: Báo cáo\r\nContent-Type: application/vnd.ms-excel; name="Biểu.xls"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n0M8R4A==\r\n"
    ).encode()
    message = parse(raw)
    assert message.heading.subject == "Báo cáo"
    assert message.attachments[0].name == "Biểu.xls"


def test_a_subject_half_encoded_and_half_raw_is_read() -> None:
    raw = "From: a@b.example\r\nSubject: Biểu =?utf-8?Q?c=E1=BB=A7a?= tỉnh\r\n\r\n".encode()
    assert parse(raw).heading.subject == "Biểu của tỉnh"


def test_a_subject_cannot_carry_a_second_header() -> None:
    message = parse(b"From: a@b.example\r\nSubject: =?utf-8?Q?a=0D=0ABcc:_x@y.example?=\r\n\r\n")
    assert message.heading.subject == "a Bcc: x@y.example"


@pytest.mark.parametrize("missing", range(3, 9))
def test_a_cut_mail_is_said_to_be_damaged(missing: int) -> None:
    raw = mail_with(("a.xlsx", os.urandom(30_000))).as_bytes()
    assert [file.damaged for file in parse(raw[: raw.rindex(b"--=") - missing]).attachments] == [True]


def test_a_whole_workbook_in_a_mail_without_its_last_line_is_taken() -> None:
    raw = mail_with(("a.xlsx", b"PK\x03\x04" + os.urandom(9_000) + b"PK\x05\x06" + bytes(18))).as_bytes()
    assert [file.damaged for file in parse(raw[: raw.rindex(b"--=")]).attachments] == [False]


def test_a_forwarded_mail_gives_its_files_under_the_outer_sender() -> None:
    inner = mail_with(("Biểu III.4.xlsx", b"PK"))
    outer = EmailMessage()
    outer["From"] = "skhdt@nghean.example"
    outer.set_content("Chuyển tiếp")
    outer.add_attachment(inner)
    message = parse(outer.as_bytes())
    assert message.heading.sender == "skhdt@nghean.example"
    assert [file.name for file in message.attachments] == ["Biểu III.4.xlsx"]


def test_a_logo_in_the_signature_is_inline() -> None:
    mail = mail_with()
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", cid="<logo@x>", disposition="inline")
    assert [file.inline for file in parse(mail.as_bytes()).attachments] == [True]


@pytest.mark.parametrize(
    ("extra", "mark"),
    [
        ("Auto-Submitted: auto-replied", "auto-submitted"),
        ("Auto-Submitted: no", ""),
        ("Return-Path: <>", "null return path"),
        ("Precedence: bulk", "precedence"),
        ("X-Auto-Response-Suppress: All", ""),
        ("Subject: Trả lời tự động: nghỉ phép", "automatic subject"),
        ("Subject: Re: Biểu I.1", ""),
        ("List-Id: <tin@x.example>", "mailing list"),
        ("List-Subscribe: <mailto:tin@x.example>", "mailing list"),
        ("Return-Path: <MAILER-DAEMON@x.example>", "daemon return path"),
        ("Return-Path: <bql@x.example>", ""),
        ("Subject: Mail delivery failed", "automatic subject"),
        ("Subject: Mail could not be delivered", "automatic subject"),
        ("Subject: Không gửi được: Biểu I.1", "automatic subject"),
        ("Subject: Gửi lại Biểu I.1", ""),
        ("\r\n".join(["Received: from a by b"] * 31), "too many hops"),
        ("\r\n".join(["Received: from a by b"] * 30), ""),
    ],
)
def test_machines_are_known_by_their_marks(extra: str, mark: str) -> None:
    assert parse(f"From: a@b.example\r\n{extra}\r\n\r\nx".encode()).heading.automatic == mark


def test_a_mere_subject_silences_nobody_who_sends_a_file() -> None:
    file = ("Bieu I.1.xlsx", b"PK\x03\x04")
    mail = mail_with(file)
    del mail["Subject"]
    mail["Subject"] = "Thư không gửi được hôm qua, xin gửi lại"
    assert parse(mail.as_bytes()).heading.automatic == ""

    notice = EmailMessage()
    notice["From"] = "may-chu@nghean.example"
    notice["Subject"] = "Thư không gửi được"
    notice.set_content("Không tìm thấy người nhận.")
    notice.add_attachment(mail_with(file))
    assert parse(notice.as_bytes()).heading.automatic == "automatic subject", "its file is the returned mail's"


TRANSCRIPT = "Error: Invalid user address\n550 - no such user here\n  RCPT TO: a@x.example\n"


def test_the_transcript_of_a_failed_delivery_is_a_machines() -> None:
    assert parse(f"From: a@b.example\r\n\r\n{TRANSCRIPT}".encode()).heading.automatic == "delivery failure in the text"


NOTICE = """Begin forwarded message:

> From: Mail Delivery Subsystem <MAILER-DAEMON>
> Date: Thu, 12 Jul 2012 17:19:03 +0700
> Final-Recipient: RFC822; a@x.example
> Action: failed
"""


@pytest.mark.parametrize(
    ("words", "mark"), [("", "delivery failure in the text"), ("Kính hỏi Bộ vì sao thư bị trả lại.\n\n", "")]
)
def test_a_delivery_notice_passed_on_is_a_machines_unless_its_sender_adds_a_word(words: str, mark: str) -> None:
    assert parse(f"From: a@b.example\r\n\r\n{words}{NOTICE}".encode()).heading.automatic == mark


def test_a_person_who_quotes_it_beside_a_file_is_a_person() -> None:
    mail = mail_with(("a.xlsx", b"PK"))
    mail.get_body().set_content(TRANSCRIPT)  # type: ignore[union-attr]
    assert parse(mail.as_bytes()).heading.automatic == ""


@pytest.mark.parametrize(
    ("sender", "mark"),
    [("MAILER-DAEMON@x.example", "daemon address"), ("Bot@Bo.example", "our own mail"), ("bql@x.example", "")],
)
def test_machines_are_known_by_their_address(sender: str, mark: str) -> None:
    assert parse(f"From: {sender}\r\n\r\nx".encode()).heading.automatic == mark


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 100,
        b"From: a@b.example\r\nContent-Type: text/html" + b";" * 32_000 + b"\r\n\r\n",
        b"From: a@b.example\r\nTo: " + b"(" * 4_000 + b"\r\n\r\n",
        b"From: " + b"(" * 4_000 + b"\r\n\r\n",
        b"From: a@b.example\r\n"
        + b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(1000)),
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 100_000,
        b"From: a@b.example\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 1_900,
        b'From: a@b.example\r\nContent-Type: multipart/mixed; a="' + b";" * 200_000 + b"\r\n\r\n",
        b"From: a@b.example\r\n" + b"A: b\r\n" * 20_000 + b"\r\n",
        b"From: a@b.example\r\n\r\n--x\r\nContent-Type: text/html\r\n" + b" ;\r\n" * 100_000 + b"\r\n",
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=" + b"x" * 100_000 + b"\r\n\r\n",
        b"From: a@b.example\rSubject: x\r\rbody",
        b"From: a@b.example\r\nContent-Type: text/plain; charset=x-tcvn3\r\n\r\n\xb8\xb5",
        b"To: unlisted-recipients:; (no To-header on input)\r\nFrom: a@b.example\r\n\r\n",
    ],
    ids=[
        "empty",
        "nul",
        "semicolons",
        "parens",
        "sender",
        "nested",
        "parts",
        "forwards",
        "quoted semicolons",
        "header lines",
        "folded parameters",
        "boundary",
        "bare returns",
        "charset",
        "group",
    ],
)
def test_hostile_structures_are_values_not_exceptions(raw: bytes) -> None:
    assert parse(raw).sha256


def test_an_oversize_mail_is_known_by_its_header_alone() -> None:
    message = parse(b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n", oversize=True)
    assert (message.heading.sender, message.defects, message.attachments) == ("a@b.example", ("oversize",), ())


def test_base64_of_any_wrapping_is_decoded() -> None:
    data = os.urandom(1_000)
    raw = b"From: a@b.example\r\nContent-Type: application/x; name=a\r\nContent-Transfer-Encoding: BASE64\r\n\r\n"
    assert parse(raw + base64.b64encode(data)).attachments[0].data == data


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("application/octet-stream; name*0*=utf-8''bi%E1%BB%83u; name*=utf-8''x", "biểu"),
        ("application/octet-stream; name*=utf-8''bi%E1%BB%83u.xlsx; name*1=b", "biểu.xlsx"),
        ("application/octet-stream; name*1=b; name=bieu.xlsx; name*=c", "bieu.xlsx"),
        ("text/plain; charset*=utf-8''utf-8; charset*0=utf-8; name*=utf-8''bieu.txt; name*0=x", "bieu.txt"),
    ],
)
def test_parameters_in_pieces_that_cannot_be_sorted_are_no_fall(header: str, name: str) -> None:
    raw = (
        'From: a@tinh.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Disposition: attachment\r\nContent-Type: {header}\r\n\r\nTest\r\n--b--\r\n"
    )
    assert [one.name for one in parse(raw.encode()).attachments] == [name]


def test_a_boundary_in_pieces_that_cannot_be_sorted_is_no_fall() -> None:
    raw = (
        "From: a@tinh.example\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary*0*=utf-8''b; boundary*=x\r\n\r\n"
        "--b\r\nContent-Disposition: attachment; filename=a.xlsx\r\n\r\nTest\r\n--b--\r\n"
    )
    assert [one.name for one in parse(raw.encode()).attachments] == ["a.xlsx"]
