"""How the mail programs of 2012 put a letter into RFC 5322: each with its own habits, good and bad.

The bytes are put together by hand, because the standard library only writes what the standards allow.
"""

from __future__ import annotations

import hashlib
from base64 import encodebytes
from dataclasses import dataclass, field
from email.header import Header
from email.utils import encode_rfc2231, format_datetime
from html import escape
from quopri import encodestring
from typing import TYPE_CHECKING

from bot.demo.files import make_logo

if TYPE_CHECKING:
    from datetime import datetime

INBOX = "kkt.tonghop@mpi.example"
"""The address that the ministry's letter names."""
BOT_DOMAIN = "bokehoach.example"
"""The right side of the Message-IDs of the system's own mails."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
_TYPES = {
    "xlsx": XLSX,
    "xls": XLS,
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "jpg": "image/jpeg",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file that hangs on a letter."""

    name: str
    data: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        """Return the type that a careful mail program gives it."""
        return _TYPES.get(self.name.rpartition(".")[2].lower(), "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person wrote, before a mail program has put it into an envelope."""

    sent_at: datetime
    sender: str
    sender_name: str
    subject: str
    text: str
    files: tuple[File, ...] = ()
    answers: str = ""
    """The Message-ID of the mail that it answers."""

    @property
    def token(self) -> str:
        """Return a name that no other letter has, and the same letter always has."""
        told = (self.sent_at.isoformat(), self.sender, self.subject)
        return hashlib.sha256("|".join(told).encode()).hexdigest()[:20]

    @property
    def domain(self) -> str:
        """Return the domain of the sender."""
        return self.sender.rpartition("@")[2]


_Headers = tuple[tuple[str, str], ...]


# -- the programs --------------------------------------------------------------------------------------------


def thunderbird(letter: Letter) -> bytes:
    """Plain text; names of files as RFC 2231 says, split over several lines, with the old form beside it."""
    agent = "Mozilla/5.0 (Windows NT 6.1; rv:13.0) Gecko/20120614 Thunderbird/13.0.1"
    text = part((("Content-Type", "text/plain; charset=UTF-8; format=flowed"), _encoding("8bit")), letter.text.encode())
    files = [
        part(
            (
                ("Content-Type", f'{file.content_type};\r\n name="{_word(file.name)}"'),
                _encoding("base64"),
                ("Content-Disposition", f"attachment;\r\n {_rfc2231(file.name)}"),
            ),
            encodebytes(file.data),
        )
        for file in letter.files
    ]
    return _mail(letter, (("User-Agent", agent),), _mixed(letter, [text, *files]))


def outlook(letter: Letter) -> bytes:
    """Text and HTML with a logo inside it; names of files as encoded words in quotes, which RFC 2047 forbids."""
    picture = f"image001.png@{letter.token[:8].upper()}"
    logo = part(
        (
            ("Content-Type", 'image/png;\r\n\tname="image001.png"'),
            _encoding("base64"),
            ("Content-ID", f"<{picture}>"),
        ),
        encodebytes(make_logo()),
    )
    html = f'{_html(letter.text)}<p><img src="cid:{picture}" width="24"> {escape(letter.sender_name)}</p>'
    related = multipart("related", f"_004_{letter.token}", [_alternative(letter, html), logo])
    files = [
        part(
            (
                ("Content-Type", f'{file.content_type};\r\n\tname="{_word(file.name)}"'),
                ("Content-Description", _word(file.name)),
                ("Content-Disposition", f'attachment;\r\n\tfilename="{_word(file.name)}"; size={len(file.data)}'),
                _encoding("base64"),
            ),
            encodebytes(file.data),
        )
        for file in letter.files
    ]
    return _mail(
        letter,
        (
            ("X-Mailer", "Microsoft Outlook 14.0"),
            ("Thread-Index", "Ac1U"),
        ),
        _mixed(letter, [related, *files]),
    )


def gmail(letter: Letter) -> bytes:
    """Text and HTML; names of files as encoded words in quotes, and an id for each."""
    files = [
        part(
            (
                ("Content-Type", f'{file.content_type}; name="{_word(file.name)}"'),
                ("Content-Disposition", f'attachment; filename="{_word(file.name)}"'),
                _encoding("base64"),
                ("X-Attachment-Id", f"f_h{letter.token[:7]}{at}"),
            ),
            encodebytes(file.data),
        )
        for at, file in enumerate(letter.files)
    ]
    return _mail(letter, (), _mixed(letter, [_alternative(letter, _html(letter.text)), *files]))


def webmail(letter: Letter) -> bytes:
    """An office's old webmail: HTML only, every file an octet stream, its name as raw UTF-8 in quotes."""
    text = part(
        (("Content-Type", "text/html; charset=utf-8"), _encoding("base64")), encodebytes(_html(letter.text).encode())
    )
    files = [
        part(
            (
                ("Content-Type", f'application/octet-stream; name="{file.name}"'),
                _encoding("base64"),
                ("Content-Disposition", f'attachment; filename="{file.name}"'),
            ),
            encodebytes(file.data),
        )
        for file in letter.files
    ]
    return _mail(
        letter,
        (
            ("X-Mailer", "WebMail Server 6.2"),
            ("X-Priority", "3"),
        ),
        _mixed(letter, [text, *files]),
    )


def forwarding(letter: Letter, inner: bytes) -> bytes:
    """Someone forwards *inner* as it came: a message inside the message."""
    text = part((("Content-Type", "text/plain; charset=UTF-8"), _encoding("8bit")), letter.text.encode())
    whole = part(
        (("Content-Type", 'message/rfc822;\r\n name="Thu chuyen tiep.eml"'), ("Content-Disposition", "attachment")),
        inner,
    )
    return _mail(letter, (), _mixed(letter, [text, whole]))


# -- machines ------------------------------------------------------------------------------------------------


def away(letter: Letter) -> bytes:
    """A machine answers that nobody is in (RFC 3834)."""
    marks = (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"))
    text = part((("Content-Type", "text/plain; charset=UTF-8"), _encoding("8bit")), letter.text.encode())
    return _mail(letter, marks, text)


def bounce(letter: Letter, lost: str) -> bytes:
    """A mail server tells that a mail of ours to *lost* was not delivered (RFC 3464), with a null return path."""
    text = part((("Content-Type", "text/plain; charset=us-ascii"),), letter.text.encode("ascii"))
    status = (
        f"Reporting-MTA: dns; {letter.domain}\r\n\r\nFinal-Recipient: rfc822; {lost}\r\nAction: failed\r\n"
        "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
    )
    notice = part((("Content-Type", "message/delivery-status"),), status.encode())
    headers = part((("Content-Type", "text/rfc822-headers"),), f"To: {lost}\r\nFrom: {INBOX}\r\n".encode())
    body = multipart("report; report-type=delivery-status", f"=_{letter.token}", [text, notice, headers])
    return _mail(letter, (("Auto-Submitted", "auto-replied"),), body, return_path="<>")


# -- pieces --------------------------------------------------------------------------------------------------


def part(headers: _Headers, body: bytes) -> bytes:
    """Return one MIME part: its headers, an empty line and *body* with CRLF at its line ends."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode() + b"\r\n" + body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    """Return *parts* as one multipart of that kind."""
    head = f'Content-Type: multipart/{kind};\r\n\tboundary="{boundary}"\r\n\r\n'.encode()
    line = f"--{boundary}".encode()
    return head + b"".join(line + b"\r\n" + one + b"\r\n" for one in parts) + line + b"--\r\n"


def cut(raw: bytes, share: float) -> bytes:
    """Return the mail as a broken line left it: its end is missing, closing boundary and all."""
    return raw[: int(len(raw) * share)]


def _mixed(letter: Letter, parts: list[bytes]) -> bytes:
    return multipart("mixed", f"=_mixed_{letter.token}", parts) if len(parts) > 1 else parts[0]


def _alternative(letter: Letter, html: str) -> bytes:
    text = part((("Content-Type", "text/plain; charset=utf-8"), _encoding("base64")), encodebytes(letter.text.encode()))
    web = part(
        (("Content-Type", "text/html; charset=utf-8"), _encoding("quoted-printable")), encodestring(html.encode())
    )
    return multipart("alternative", f"=_alt_{letter.token}", [text, web])


def _mail(letter: Letter, marks: _Headers, body: bytes, return_path: str = "") -> bytes:
    host, date = f"mail.{letter.domain}", format_datetime(letter.sent_at)
    received = f"from {host} ({host} [192.0.2.10])\r\n\tby mx.mpi.example with ESMTP id {letter.token};\r\n\t{date}"
    headers: _Headers = (
        ("Return-Path", return_path or f"<{letter.sender}>"),
        ("Received", received),
        ("Date", date),
        ("From", f"{_word(letter.sender_name)} <{letter.sender}>"),
        ("To", f"<{INBOX}>"),
        ("Subject", Header(letter.subject, "utf-8", header_name="Subject").encode(linesep="\r\n")),
        ("Message-ID", f"<{letter.token}@{letter.domain}>"),
        ("MIME-Version", "1.0"),
        *((("In-Reply-To", letter.answers),) if letter.answers else ()),
        *marks,
    )
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + body


def _encoding(name: str) -> tuple[str, str]:
    return ("Content-Transfer-Encoding", name)


def _word(text: str) -> str:
    """Return *text* as encoded words on one line after another, or as it is where it is ASCII."""
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=60).encode(linesep="\r\n")


def _rfc2231(name: str) -> str:
    """Return the parameter ``filename``, split where it is long."""
    if name.isascii():
        return f'filename="{name}"'
    encoded = encode_rfc2231(name, "UTF-8")
    pieces = [encoded[at : at + 50] for at in range(0, len(encoded), 50)]
    return ";\r\n ".join(f"filename*{at}*={piece}" for at, piece in enumerate(pieces))


def _html(text: str) -> str:
    paragraphs = "".join(f"<p>{escape(one).replace(chr(10), '<br>')}</p>" for one in text.strip().split("\n\n"))
    return f'<html><body style="font-family: Times New Roman; font-size: 13pt">{paragraphs}</body></html>'
