"""A full inbox drained by the daemon in a process of its own: its memory, and the cost of a mail from first to last."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.arriving import MX, stamp
from bot.demo.letters import contacts_csv
from bot.demo.servers import DemoSmtp
from tests.bench.mailboxes import mailbox
from tests.bench.setup import mails_of_all_provinces

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.mailboxes import Mailbox

PATIENCE = 600.0
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Drain:
    """What was measured."""

    server: str
    mails: int
    begin_mib: float
    """Resident memory of the daemon itself when it began to work."""
    peak_mib: float
    each: float
    """Seconds a mail, from the first tenth (which pays for the start) to the last reply."""

    @property
    def growth_mib(self) -> float:
        """Return by how much the daemon's own memory grew."""
        return self.peak_mib - self.begin_mib


def measure_drain(server: str, mails: int, progress: Callable[[str], None]) -> Drain:
    """Put *mails* of 200 KB into the inbox (a small workbook and a scanned letter), start the daemon, and watch it."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder, mailbox(server) as box, DemoSmtp() as smtp:
        for number, mail in enumerate(mails_of_all_provinces(20, mails)):
            if number % 100 == 0:
                progress(f"{server}: filling the inbox, {number} of {mails}")
            box.deliver(stamp(_with_scan(mail, chance)), datetime.now(UTC))
        config = _configure(Path(folder), box, smtp)
        command = [sys.executable, "-m", "bot", "--config", str(config), "run"]
        with (Path(folder) / "log").open("wb") as log:
            daemon = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            return _watch(server, daemon, Path(folder) / "log", smtp, mails, progress)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)


def _watch(
    server: str, daemon: subprocess.Popen[bytes], log: Path, smtp: DemoSmtp, mails: int, progress: Callable[[str], None]
) -> Drain:
    until = time.perf_counter() + PATIENCE
    while b"running" not in log.read_bytes() and time.perf_counter() < until:
        time.sleep(0.01)
    begin = peak = _resident_mib(daemon.pid)
    began, answered = 0.0, 0
    while answered < mails:
        if time.perf_counter() > until:
            raise RuntimeError(f"only {answered} of {mails} mails were answered in {PATIENCE:g} s")
        time.sleep(0.02)
        answered = len(smtp.received)
        peak = max(peak, _resident_mib(daemon.pid))
        if not began and answered * _TENTHS >= mails:
            began, first = time.perf_counter(), answered
            progress(f"{server}: {answered} of {mails} answered, {peak:.0f} MiB")
    return Drain(server, mails, begin, peak, (time.perf_counter() - began) / (mails - first))


def _resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _with_scan(mail: bytes, chance: random.Random) -> bytes:
    """Put a scanned letter of 135 KB before the last boundary of *mail*, which then has about 200 KB."""
    import base64

    boundary = mail.rstrip().rsplit(b"\r\n", 1)[-1][:-2]
    scan = base64.encodebytes(b"%PDF-1.4\n" + chance.randbytes(135_000)).replace(b"\n", b"\r\n")
    part = (
        boundary
        + b"\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        + b'Content-Disposition: attachment; filename="cong-van.pdf"\r\n\r\n'
        + scan
    )
    return mail.rstrip()[: -len(boundary) - 2] + part + boundary + b"--\r\n"


def _configure(folder: Path, box: Mailbox, smtp: DemoSmtp) -> Path:
    (folder / "danh-ba.csv").write_bytes(contacts_csv())
    (folder / "secret").write_text(box.password, "utf-8")
    (folder / "secret").chmod(0o600)
    config = folder / "config.toml"
    config.write_text(
        f"""
[mailbox]
host = "{box.host}"
port = {box.port}
security = "none"
user = "{box.user}"
password_file = "secret"
[authentication]
servers = "{MX}"
[smtp]
host = "{smtp.host}"
port = {smtp.port}
security = "none"
sender = "baocao@bokehoach.example"
daily_limit = 1000000
[content]
contacts = "danh-ba.csv"
""",
        "utf-8",
    )
    return config
