"""The mails of the walk: each mail of the corpora as it is and as a forward, each other file as an attachment."""

from __future__ import annotations

import csv
import io
import mailbox
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING

from tests.corpora.walk import CORPORA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NO_MAILS = frozenset({
    "bmp", "cer", "crt", "dat", "gif", "html", "ics", "jpg", "json", "key", "msg", "p12", "pdf", "pfx", "png", "tiff",
    "tokens", "txt.out", "zip",
})  # fmt: skip
_MACHINE = "classify as automatic"
_MACHINES = ("mail/sisimai/", "mail/flufl-bounce/")
"""Folders in which everything was sent by a machine, whatever the manifest's rule of thumb says of one file."""
_PERSONS = "mail/sisimai/maildir/not/"
_OFFICE = ("sheet", "vn", "doc", "pdf", "archive")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail of the walk."""

    file: str
    """Where it comes from, below the corpora's folder."""
    way: str
    """``as it is``, ``forwarded`` or ``attached``."""
    raw: bytes
    by_machine: bool = False
    """The manifest says that a machine wrote it: it must never be answered."""

    @property
    def name(self) -> str:
        """Return how it is told in a table."""
        return f"{self.file} ({self.way})"


def letters(senders: tuple[str, ...]) -> Iterator[Letter]:
    """Yield every mail of the walk in a fixed order; *senders* are registered addresses, which take turns."""
    marks = _machine_marks()
    turn = 0
    for file in sorted(one for one in (CORPORA / "mail").rglob("*") if one.is_file()):
        name = file.relative_to(CORPORA).as_posix()
        if not _is_mail(file):
            turn += 1
            yield Letter(name, "attached", _with_file(senders[turn % len(senders)], turn, file.name, file.read_bytes()))
            continue
        for raw in _mails_in(file):
            turn += 1
            yield Letter(name, "as it is", raw, marks.get(name, False))
            yield Letter(name, "forwarded", _with_forward(senders[turn % len(senders)], turn, raw))
    for folder in _OFFICE:
        for file in sorted(one for one in (CORPORA / folder).rglob("*") if one.is_file()):
            turn += 1
            mail = _with_file(senders[turn % len(senders)], turn, file.name, file.read_bytes())
            yield Letter(file.relative_to(CORPORA).as_posix(), "attached", mail)


def _machine_marks() -> Mapping[str, bool]:
    with (CORPORA / "MANIFEST.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {
        row["file"]: (_MACHINE in (row["expected"] or "") or row["file"].startswith(_MACHINES))
        and not row["file"].startswith(_PERSONS)
        for row in rows
    }


def _is_mail(file: Path) -> bool:
    return file.suffix.lower().lstrip(".") not in _NO_MAILS


def _mails_in(file: Path) -> list[bytes]:
    """Return the mails of a file, several where it is an mbox."""
    data = file.read_bytes()
    if data.count(b"\nFrom ") == 0 or not data.startswith(b"From "):
        return [data]
    box = mailbox.mbox(file, create=False)
    try:
        return [box.get_bytes(key) for key in box.keys()]  # noqa: SIM118  a mailbox is no dictionary
    finally:
        box.close()


def _with_file(sender: str, number: int, name: str, data: bytes) -> bytes:
    mail = _heading(sender, number)
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def _with_forward(sender: str, number: int, inner: bytes) -> bytes:
    """Return a mail with *inner* as it is in a message/rfc822 part, which the library would build anew."""
    boundary = f"walk-{number}".encode()
    stream = io.BytesIO()
    stream.write(
        f"From: {sender}\r\nTo: baocao@bokehoach.example\r\nSubject: Fwd\r\nMessage-ID: <walk-f{number}@walk.example>"
        '\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="'.encode()
    )
    stream.write(
        boundary + b'"\r\n\r\n--' + boundary + b"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        b"Chuyen tiep.\r\n--" + boundary + b"\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    stream.write(inner + b"\r\n--" + boundary + b"--\r\n")
    return stream.getvalue()


def _heading(sender: str, number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = "baocao@bokehoach.example"
    mail["Subject"] = "Báo cáo"
    mail["Message-ID"] = f"<walk-{number}@walk.example>"
    mail.set_content("Kính gửi Bộ.")
    return mail
