"""The mails of the campaigns: forms, no two alike, and among them what must never be answered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal

from bot.demo.arriving import stamp
from bot.demo.drawing import draw_xlsx
from bot.demo.letters import contacts_csv
from bot.demo.mistakes import lease_more_than_there_is
from bot.demo.parks import make_parks_book
from bot.demo.places import PROVINCES
from bot.demo.workbooks import make_parks_workbook

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

Kind = Literal["form", "bad form", "words", "machine", "bounce", "stranger"]
ANSWERED: frozenset[Kind] = frozenset({"form", "bad form", "words"})
"""Each of them gets one answer."""
SILENT: frozenset[Kind] = frozenset({"machine", "bounce"})
"""Written by machines: none of them is ever answered."""
_OURS = "baocao@bokehoach.example"
_PLACES = 20
"""So many provinces write, and so each of them several times."""


@dataclass(frozen=True)
class Post:
    """A mail as it lies in the inbox, and what it is."""

    kind: Kind
    raw: bytes = field(repr=False)
    reporter: str = ""

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    @cached_property
    def message_id(self) -> str:
        for line in self.raw.partition(b"\r\n\r\n")[0].split(b"\r\n"):
            if line.lower().startswith(b"message-id:"):
                return line.partition(b":")[2].strip().decode("ascii")
        return ""


def write_contacts(path: Path) -> None:
    """Write the contacts of the demo's provinces."""
    path.write_bytes(contacts_csv())


def make_mails(count: int, seed: int) -> tuple[bytes, ...]:
    """Return *count* mails; the provinces take turns, and every workbook differs from the others."""
    return tuple(_form(number, seed, number % len(PROVINCES)).as_bytes() for number in range(count))


def make_target(number: int, seed: int, chance: Random) -> Post:
    """Return a mail that is answered; most are good forms, and so is the first."""
    kind: Kind = "form" if number == 1 else chance.choices(("form", "bad form", "words"), (8, 1, 1))[0]
    return make_post(kind, number, seed)


def make_bystander(number: int, seed: int, chance: Random) -> Post:
    """Return a mail of a machine or of somebody whom nobody knows."""
    kind: Kind = chance.choice(("machine", "bounce", "stranger"))
    return make_post(kind, number, seed)


def make_post(kind: Kind, number: int, seed: int) -> Post:
    """Return the mail of that kind and number; no two are alike."""
    place = number % _PLACES
    if kind == "form":
        return _post(kind, _form(number, seed, place), PROVINCES[place].code)
    mail = _mail(f"{kind} {number}", seed, place)
    if kind == "bad form":
        _attach(mail, _bad_form(place, number % 3), f"Bieu I.1 {number}.xlsx")
    elif kind == "machine":
        mail["Auto-Submitted"] = "auto-replied"
    elif kind == "bounce":
        mail.replace_header("From", "MAILER-DAEMON@mx.tinh.example")
        mail["Return-Path"] = "<>"
        mail["Auto-Submitted"] = "auto-replied"
    elif kind == "stranger":
        mail.replace_header("From", f"nguoi-la-{number}@vanphong.example")
        _attach(mail, _good_form(place), "Bieu I.1.xlsx")
    return _post(kind, mail, PROVINCES[place].code if kind in ANSWERED else "")


def _post(kind: Kind, mail: EmailMessage, reporter: str = "") -> Post:
    return Post(kind, stamp(mail.as_bytes().replace(b"\n", b"\r\n")), reporter)


def _mail(name: str, seed: int, place: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = _addresses()[PROVINCES[place].code]
    mail["To"] = _OURS
    mail["Subject"] = f"Biểu I.1 {PROVINCES[place].name} {name}"
    mail["Message-ID"] = f"<{name.replace(' ', '-')}-{seed}@{PROVINCES[place].code}.example>"
    mail.set_content("Kính gửi Bộ Kế hoạch và Đầu tư.")
    return mail


def _form(number: int, seed: int, place: int) -> EmailMessage:
    mail = _mail(f"lần {number}", seed, place)
    mail.replace_header("Message-ID", f"<crash-{seed}-{number}@{PROVINCES[place].code}.example>")
    _attach(mail, make_parks_workbook(PROVINCES[place], seed=seed * 100_000 + number), f"Bieu I.1 {number}.xlsx")
    return mail


def _attach(mail: EmailMessage, workbook: bytes, name: str) -> None:
    mail.add_attachment(workbook, maintype="application", subtype="octet-stream", filename=name)


@cache
def _addresses() -> dict[str, str]:
    return dict(line.split(",")[:2] for line in reversed(contacts_csv().decode().splitlines()[1:]))


@cache
def _good_form(place: int) -> bytes:
    return make_parks_workbook(PROVINCES[place])


@cache
def _bad_form(place: int, seed: int) -> bytes:
    return draw_xlsx(lease_more_than_there_is(make_parks_book(PROVINCES[place], 2, seed=seed)).book)
