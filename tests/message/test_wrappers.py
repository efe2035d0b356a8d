"""Files wrapped by mail programs: winmail.dat, attached mails, signatures, envelopes, uuencode."""

from __future__ import annotations

import base64
import binascii
import os
from email.message import EmailMessage

import pytest

from bot.model import RefusalReason
from tests.message.letters import enveloped, mail, parse, received, signed, winmail, zipped

DATA = os.urandom(400)


def test_a_winmail_gives_its_files_as_the_mails_own() -> None:
    wrapped = winmail(("Biểu I.1 Nghệ An.xls", DATA), ("b.xls", b"2"), text="Khong phat sinh")
    files = received(("winmail.dat", wrapped))
    assert [(file.name, file.data, file.inside) for file in files] == [
        ("Biểu I.1 Nghệ An.xls", DATA, ""),
        ("b.xls", b"2", ""),
    ]


def test_a_winmail_with_nothing_in_it_is_no_file() -> None:
    assert received(("winmail.dat", winmail())) == ()


@pytest.mark.parametrize("missing", [1, 50, 300])
def test_a_cut_winmail_is_damaged(missing: int) -> None:
    [file] = received(("winmail.dat", winmail(("a.xls", DATA))[:-missing]))
    assert file.trouble
    assert file.trouble.reason == RefusalReason.DAMAGED


def test_a_zip_in_a_winmail_is_opened_too() -> None:
    [file] = received(("winmail.dat", winmail(("a.zip", zipped({"a.xls": DATA})))))
    assert (file.name, file.inside) == ("a.xls", "a.zip")


def test_an_attached_mail_file_gives_its_files() -> None:
    [file] = received(("Thư của KCN.eml", mail(("Biểu I.1.xls", DATA)).as_bytes()))
    assert (file.name, file.data, file.inside) == ("Biểu I.1.xls", DATA, "Thư của KCN.eml")


def test_an_attached_mail_without_a_file_stays_a_file() -> None:
    assert [file.name for file in received(("thu.eml", mail().as_bytes()))] == ["thu.eml"]


def test_a_forwarded_mail_in_base64_is_read_although_the_rules_forbid_it() -> None:
    inner = base64.encodebytes(mail(("Biểu I.1.xls", DATA)).as_bytes())
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + inner + b"\r\n--x--\r\n"
    )
    assert [file.name for file in parse(raw).attachments] == ["Biểu I.1.xls"]


def test_mails_in_mails_are_opened_to_a_depth_and_named_beyond_it() -> None:
    deep = mail(("Biểu I.1.xls", DATA))
    for _ in range(5):
        outer = mail()
        outer.add_attachment(deep)
        deep = outer
    assert [file.name for file in parse(deep.as_bytes()).attachments] == ["Biểu I.1.xls"]
    deeper = mail()
    deeper.add_attachment(deep)
    [file] = parse(deeper.as_bytes()).attachments
    assert file.trouble
    assert file.trouble.reason == RefusalReason.TOO_LARGE


def test_an_opaque_signature_is_read_through() -> None:
    outer = EmailMessage()
    outer["From"] = "bql@nghean.example"
    inner = mail(("Biểu I.1.xls", DATA), text="Xin gửi báo cáo.")
    del inner["From"], inner["Subject"]
    outer.set_content(
        signed(inner.as_bytes()), maintype="application", subtype="pkcs7-mime", params={"smime-type": "signed-data"}
    )
    message = parse(outer.as_bytes())
    assert [(file.name, file.data) for file in message.attachments] == [("Biểu I.1.xls", DATA)]
    assert message.text.strip() == "Xin gửi báo cáo."


def test_a_signed_file_is_taken_out_of_its_signature() -> None:
    assert [(file.name, file.data) for file in received(("Bieu.xls.p7m", signed(DATA)))] == [("Bieu.xls", DATA)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(enveloped(), RefusalReason.PROTECTED), (signed(DATA)[:200], RefusalReason.DAMAGED), (b"0\x03", "damaged")],
    ids=["encrypted", "cut", "stub"],
)
def test_an_envelope_that_cannot_be_opened_says_why(data: bytes, reason: RefusalReason) -> None:
    [file] = received(("smime.p7m", data))
    assert file.trouble
    assert file.trouble.reason == reason


def test_a_detached_signature_leaves_the_content_as_it_is() -> None:
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/signed; micalg=sha1; boundary=x\r\n\r\n--x\r\n"
        b'Content-Type: application/vnd.ms-excel; name="a.xls"\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n'
        b"--x\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nMIIB\r\n--x--\r\n"
    )
    assert [(file.name, file.trouble) for file in parse(raw).attachments] == [("a.xls", None), ("smime.p7s", None)]


PGP = "-----BEGIN PGP MESSAGE-----\n\nhQEMA0000\n-----END PGP MESSAGE-----\n"


@pytest.mark.parametrize(
    "raw",
    [
        f"From: a@b.example\n\n{PGP}".encode(),
        (
            "From: a@b.example\nContent-Type: multipart/encrypted; protocol=application/pgp-encrypted; boundary=x\n\n"
            "--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--x\n"
            f'Content-Type: application/octet-stream; name="encrypted.asc"\n\n{PGP}\n--x--\n'
        ).encode(),
        mail(("Bieu I.1.xls.pgp", b"\x85\x01\x0c")).as_bytes(),
    ],
    ids=["in line", "PGP/MIME", "file"],
)
def test_what_pgp_encrypted_is_named(raw: bytes) -> None:
    [file] = parse(raw).attachments
    assert file.trouble
    assert (file.trouble.reason, file.trouble.detail) == (RefusalReason.PROTECTED, "PGP")


def test_a_text_signed_with_pgp_is_read_without_its_signature() -> None:
    raw = (
        b"From: a@b.example\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA1\r\n\r\nKhong phat sinh.\r\n"
        b"- --\r\nBQL\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niEYE\r\n-----END PGP SIGNATURE-----\r\n"
    )
    message = parse(raw)
    assert message.text.split() == ["Khong", "phat", "sinh.", "--", "BQL"]
    assert message.answer.nil == ("Khong phat sinh.",)


def uu(name: str, data: bytes, end: str = "`\nend\n") -> str:
    lines = b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45)).decode()
    return f"begin 644 {name}\n{lines}{end}"


def test_a_uuencoded_file_is_taken_out_of_the_text() -> None:
    message = parse(f"From: a@b.example\n\nKính gửi\n\n{uu('bieu.xls', DATA)}\nTrân trọng\n".encode())
    assert [(file.name, file.data, file.damaged) for file in message.attachments] == [("bieu.xls", DATA, False)]
    assert message.text.split() == ["Kính", "gửi", "Trân", "trọng"]


def test_a_uuencoded_line_with_more_characters_than_it_counts_is_whole() -> None:
    body = uu("bieu.xls", b"PK" * 20 + b"!").replace("`\nend", "", 1).rstrip("\n")
    message = parse(f"From: a@b.example\n\n{body}   _\n`\nend\n".encode())
    assert [(one.data, one.damaged) for one in message.attachments] == [(b"PK" * 20 + b"!", False)]


def test_a_cut_uuencoded_file_is_damaged() -> None:
    message = parse(f"From: a@b.example\n\n{uu('bieu.xls', DATA, end='')}".encode())
    assert [file.damaged for file in message.attachments] == [True]


def test_a_sentence_that_begins_like_uuencode_is_a_sentence() -> None:
    message = parse(b"From: a@b.example\n\nbegin 644 the road\nis long\nend\n")
    assert (message.attachments, "is long" in message.text) == ((), True)


@pytest.mark.parametrize(
    ("body", "damaged"), [("YWJj=\r\n", False), ("a=20b=3", True), ("a=20b=", True), ("ab", False)]
)
def test_a_cut_quoted_printable_file_is_damaged(body: str, damaged: bool) -> None:
    head = "From: a@b.example\r\nContent-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: quoted-printable"
    assert [file.damaged for file in parse(f"{head}\r\n\r\n{body}".encode()).attachments] == [damaged]


@pytest.mark.parametrize("encoding", ["8bit", "binary", "7bit", "x-unknown"])
def test_a_file_sent_as_it_is_arrives_unchanged(encoding: str) -> None:
    data = bytes(range(256)) * 3 + b"\r\n\n\r" + DATA
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x1y2\r\n\r\n--x1y2\r\nContent-Type: "
        b"application/vnd.ms-excel; name=a.xls\r\nContent-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n"
    )
    assert [file.data for file in parse(raw + data + b"\r\n--x1y2--\r\n").attachments] == [data]


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable"])
@pytest.mark.parametrize("charset", ["", "; charset=us-ascii", "; charset=x-tcvn3", "; charset=utf-8"])
def test_a_text_in_raw_utf8_is_read_whatever_is_declared(encoding: str, charset: str) -> None:
    head = f"From: a@b.example\r\nContent-Type: text/plain{charset}\r\nContent-Transfer-Encoding: {encoding}"
    assert parse(f"{head}\r\n\r\nKính gửi Bộ\r\n".encode()).text.strip() == "Kính gửi Bộ"
