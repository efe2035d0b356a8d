"""A daemon on loopback servers for a measurement, and the mails that it is given."""

from __future__ import annotations

from contextlib import contextmanager
from email.message import EmailMessage
from typing import TYPE_CHECKING

from bot.config import build_config
from bot.daemon import Daemon
from bot.demo.letters import contacts_csv
from bot.demo.places import PROVINCES
from tests.fixtures.workbooks import make_projects_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.demo.servers import DemoSmtp
    from tests.bench.mailboxes import Mailbox

SENDER = "bql.kcn@nghean.example"


def make_mail(workbook: bytes, number: int, *, sender: str = SENDER) -> bytes:
    """Return a mail of a registered sender with that workbook, as Outlook would write it."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = "baocao@bokehoach.example"
    mail["Subject"] = "Biểu III.4"
    mail["Message-ID"] = f"<bench-{number}@nghean.example>"
    mail.set_content("Kính gửi Bộ Kế hoạch và Đầu tư.")
    mail.add_attachment(workbook, maintype="application", subtype="octet-stream", filename=f"Bieu III.4 {number}.xlsx")
    return mail.as_bytes().replace(b"\n", b"\r\n")


@contextmanager
def daemon_at(folder: Path, mailbox: Mailbox, smtp: DemoSmtp, *, workers: int = 1) -> Iterator[Daemon]:
    """Give a daemon whose doors lead to those servers, its children warmed up."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "danh-ba.csv").write_bytes(contacts_csv())
    (folder / "secret").write_text(mailbox.password, "utf-8")
    (folder / "secret").chmod(0o600)
    values = {
        "mailbox": {
            "host": mailbox.host,
            "port": mailbox.port,
            "security": "none",
            "user": mailbox.user,
            "password_file": "secret",
        },
        "smtp": {
            "host": smtp.host,
            "port": smtp.port,
            "security": "none",
            "sender": "baocao@bokehoach.example",
            "daily_limit": 1_000_000,
        },
        "authentication": {"accept_unproved": True},
        "store": {"folder": "data"},
        "content": {"contacts": "danh-ba.csv"},
        "work": {"workers": workers, "seconds": 120},
    }
    with Daemon(build_config(values, folder / "config.toml")) as daemon:
        daemon.desk.pool.warm_up()
        yield daemon


def distinct(workbook: bytes, number: int) -> bytes:
    """Return the same workbook with another comment at the end of the zip: new content, so that it is no duplicate."""
    comment = b"%08d" % number
    return workbook[:-2] + len(comment).to_bytes(2, "little") + comment


def mails_of_all_provinces(rows: int, count: int) -> Iterator[bytes]:
    """Yield *count* mails with a workbook of that many rows; the provinces take turns, and no two mails are alike."""
    workbooks = [(one.address, make_projects_workbook(rows, province=one.name)) for one in PROVINCES]
    for number in range(count):
        sender, workbook = workbooks[number % len(workbooks)]
        yield make_mail(distinct(workbook, number), number, sender=sender)
