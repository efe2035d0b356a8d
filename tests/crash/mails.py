"""The mails of a crash campaign: each from a registered sender, each with one workbook, no two alike."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

from bot.demo.letters import contacts_csv
from bot.demo.places import PROVINCES
from bot.demo.workbooks import make_parks_workbook

if TYPE_CHECKING:
    from pathlib import Path


def write_contacts(path: Path) -> None:
    """Write the contacts of the demo's provinces."""
    path.write_bytes(contacts_csv())


def make_mails(count: int, seed: int) -> tuple[bytes, ...]:
    """Return *count* mails; the provinces take turns, and every workbook differs from the others."""
    addresses = dict(line.split(",")[:2] for line in reversed(contacts_csv().decode().splitlines()[1:]))
    return tuple(_mail(number, seed, addresses) for number in range(count))


def _mail(number: int, seed: int, addresses: dict[str, str]) -> bytes:
    place = PROVINCES[number % len(PROVINCES)]
    mail = EmailMessage()
    mail["From"] = addresses[place.code]
    mail["To"] = "baocao@bokehoach.example"
    mail["Subject"] = f"Biểu I.1 {place.name} lần {number}"
    mail["Message-ID"] = f"<crash-{seed}-{number}@{place.code}.example>"
    mail.set_content("Kính gửi Bộ Kế hoạch và Đầu tư.")
    workbook = make_parks_workbook(place, seed=seed * 100_000 + number)
    mail.add_attachment(workbook, maintype="application", subtype="octet-stream", filename=f"Bieu I.1 {number}.xlsx")
    return mail.as_bytes()
