"""Messages from IMAP to SMTP: how many a second, and how long one takes after the server's notification."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.servers import DemoSmtp
from tests.bench.mailboxes import mailbox
from tests.bench.setup import daemon_at, distinct, mails_of_all_provinces, make_mail
from tests.fixtures.workbooks import make_projects_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.daemon import Daemon

PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from two moments to the reply's acceptance by SMTP."""

    server: str
    from_notice: float
    """Median, from the IDLE notification."""
    from_arrival: float
    """Median, from the delivery into the mailbox."""
    slowest: float


@dataclass(frozen=True, slots=True)
class Flow:
    """How fast a full inbox is answered."""

    server: str
    rows: int
    workers: int
    per_second: float


class TimedSmtp(DemoSmtp):
    """Notes when each mail was taken."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[str, float] = {}

    async def handle_DATA(self, server, session, envelope) -> str:  # type: ignore[no-untyped-def]  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        self.taken[str(message_from_bytes(self.received[-1][2])["In-Reply-To"]).strip()] = time.perf_counter()
        return answer


class TimedHint(threading.Event):
    """Notes when the watcher was told of new mail."""

    def __init__(self) -> None:
        super().__init__()
        self.last = 0.0

    def set(self) -> None:
        """Note the moment, then wake the mailroom."""
        self.last = time.perf_counter()
        super().set()


def measure_latency(server: str, rows: int, repeats: int, progress: Callable[[str], None]) -> Latency:
    """Deliver one mail after another into an idle inbox and wait for each reply."""
    workbook = make_projects_workbook(rows)
    noticed, arrived = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        mailbox(server) as box,
        TimedSmtp() as smtp,
        daemon_at(Path(folder), box, smtp) as daemon,
    ):
        hint = daemon._mail_hint = TimedHint()
        with _running(daemon):
            time.sleep(2.0)
            for number in range(repeats + 1):
                progress(f"{server}: one mail of {rows} rows, round {number}")
                began = time.perf_counter()
                box.deliver(make_mail(distinct(workbook, number), number), datetime.now(UTC))
                taken = _wait_for(smtp, f"<bench-{number}@nghean.example>")
                noticed.append(taken - max(hint.last, began))
                arrived.append(taken - began)
                time.sleep(0.3)
    return Latency(server, statistics.median(noticed[1:]), statistics.median(arrived[1:]), max(arrived[1:]))


def measure_flow(server: str, rows: int, mails: int, workers: int, progress: Callable[[str], None]) -> Flow:
    """Fill the inbox, then let the daemon loose on it."""
    with tempfile.TemporaryDirectory() as folder, mailbox(server) as box, TimedSmtp() as smtp:
        for mail in mails_of_all_provinces(rows, mails):
            box.deliver(mail, datetime.now(UTC))
        progress(f"{server}: {mails} mails of {rows} rows, {workers} workers")
        with daemon_at(Path(folder), box, smtp, workers=workers) as daemon:
            began = time.perf_counter()
            with _running(daemon):
                until = began + PATIENCE
                while len(smtp.taken) < mails and time.perf_counter() < until:
                    time.sleep(0.01)
            if len(smtp.taken) < mails:
                raise RuntimeError(f"only {len(smtp.taken)} of {mails} mails were answered in {PATIENCE:g} s")
    return Flow(server, rows, workers, mails / (max(smtp.taken.values()) - began))


@contextmanager
def _running(daemon: Daemon) -> Iterator[None]:
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        yield
    finally:
        daemon.stop.set()
        thread.join()


def _wait_for(smtp: TimedSmtp, message_id: str) -> float:
    until = time.perf_counter() + PATIENCE
    while message_id not in smtp.taken:
        if time.perf_counter() > until:
            raise RuntimeError(f"no reply to {message_id} within {PATIENCE:g} s")
        time.sleep(0.002)
    return smtp.taken[message_id]
