"""Several ``bot work`` at one ledger in PostgreSQL: how much faster they are than one, and what each mail costs where.

Processor time is told beside the clock's: it says what is used up also on a machine that has other things to do.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from bot.adapters.clock import SystemClock
from bot.adapters.ledger import Arrival, Mailbox
from bot.config import load_config
from bot.daemon import Daemon
from bot.demo.letters import contacts_csv
from bot.demo.servers import DemoImap, DemoSmtp
from tests.adapters.ledger.postgresql import create_database, find_binaries, running_server
from tests.bench.setup import mails_of_all_provinces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 1800.0
_LOOK = 0.05
_TENTHS = 10
_TICKS = os.sysconf("SC_CLK_TCK")
_DECIDED = "SELECT count(*) FROM message WHERE state = 'settled'"
_SIZE = "SELECT pg_database_size(current_database())"
_names = count()


@dataclass(frozen=True, slots=True)
class Shared:
    """What was measured, from the first tenth (which pays for the start) to the last mail."""

    workers: int
    mails: int
    seconds: float
    """A mail, by the clock."""
    thinking: float
    """Seconds of processor time a mail, of all workers and their children."""
    database: float
    """Seconds of processor time a mail, of PostgreSQL."""
    vault_kib: float
    """Kept in the vault for a mail."""
    ledger_kib: float
    """Kept in the database for a mail."""


def measure_sharing(workers: int, mails: int, rows: int, progress: Callable[[str], None]) -> Shared:
    """Let that many processes of one child each decide *mails*, all of which have a form of that many *rows*."""
    with _ground() as ground:
        for number, raw in enumerate(mails_of_all_provinces(rows, mails), 1):
            ground.receive(number, raw)
            if not number % 100:
                progress(f"{workers} workers: {number} of {mails} received")
        with ExitStack() as stack:
            pids = [stack.enter_context(ground.process("work")) for _ in range(workers)]
            began, first, used = time.perf_counter(), 0, (0.0, 0.0)
            for done in ground.decided(mails):
                if not first and done * _TENTHS >= mails:
                    began, first, used = time.perf_counter(), done, (_used(pids), ground.database_used())
                    progress(f"{workers} workers: {done} of {mails} decided")
            seconds = time.perf_counter() - began
            thinking, database = _used(pids) - used[0], ground.database_used() - used[1]
        rest = mails - first
        vault, ledger = ground.kept()
        return Shared(workers, mails, seconds / rest, thinking / rest, database / rest, vault / mails, ledger / mails)


@dataclass(eq=False)
class _Ground:
    """A database, two mail servers, and a configuration that leads to them."""

    folder: Path
    url: str
    imap: DemoImap
    smtp: DemoSmtp

    def __post_init__(self) -> None:
        (self.folder / "danh-ba.csv").write_bytes(contacts_csv())
        (self.folder / "secret").write_text(self.imap.password, "utf-8")
        (self.folder / "secret").chmod(0o600)
        self.config.write_text(self._configuration(), "utf-8")
        self._engine = create_engine(self.url)
        self._daemon = Daemon(load_config(self.config), SystemClock())
        with self._engine.connect() as connection:
            backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            self._empty = int(connection.execute(text(_SIZE)).scalar_one())
        self._postmaster = int(_stat(backend)[1])

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def close(self) -> None:
        self._daemon.__exit__(None, None, None)
        self._engine.dispose()

    def receive(self, number: int, raw: bytes) -> None:
        now = self._daemon.clock.now()
        arrival = Arrival(number, self._daemon.vault.put(raw), len(raw), now)
        self._daemon.ledger.receive(Mailbox("bench", "INBOX", 1), [arrival], now)

    def decided(self, wanted: int) -> Iterator[int]:
        """Yield how many messages are decided, until that is as many as are *wanted*."""
        until, done = time.perf_counter() + PATIENCE, 0
        while done < wanted:
            if time.perf_counter() > until:
                raise RuntimeError(f"only {done} of {wanted} mails were decided in {PATIENCE:g} s")
            time.sleep(_LOOK)
            with self._engine.connect() as connection:
                done = int(connection.execute(text(_DECIDED)).scalar_one())
            yield done

    @contextmanager
    def process(self, verb: str) -> Iterator[int]:
        """Let ``bot`` *verb* run; gives its number."""
        command = [sys.executable, "-m", "bot", "--config", str(self.config), verb]
        with (self.folder / "log").open("ab") as log:
            running = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield running.pid
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)

    def database_used(self) -> float:
        return _used([self._postmaster])

    def kept(self) -> tuple[float, float]:
        """Return the KiB of vault and database."""
        files = sum(path.stat().st_size for path in (self.folder / "data" / "vault").rglob("*") if path.is_file())
        with self._engine.connect() as connection:
            whole = int(connection.execute(text(_SIZE)).scalar_one())
        return files / 1024, (whole - self._empty) / 1024

    def _configuration(self) -> str:
        return f"""
[mailbox]
host = "{self.imap.host}"
port = {self.imap.port}
security = "none"
user = "{self.imap.user}"
password_file = "secret"
[smtp]
host = "{self.smtp.host}"
port = {self.smtp.port}
security = "none"
sender = "baocao@bokehoach.example"
daily_limit = 1000000
replies_per_hour = 100
replies_per_day = 1000
replies_in_all = 5000
[store]
folder = "data"
ledger = "{self.url}"
[content]
contacts = "danh-ba.csv"
[authentication]
accept_unproved = true
[work]
workers = 1
seconds = 120
"""


@contextmanager
def _ground() -> Iterator[_Ground]:
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL server is installed")
    with (
        tempfile.TemporaryDirectory() as folder,
        DemoImap() as imap,
        DemoSmtp() as smtp,
        running_server(binaries) as server,
    ):
        ground = _Ground(Path(folder), create_database(server, f"bench{next(_names)}", "template1"), imap, smtp)
        try:
            yield ground
        finally:
            ground.close()


def _used(pids: list[int]) -> float:
    """Return the seconds of processor time of those processes, and of all that came from them."""
    parents = {int(path.name): _stat(int(path.name)) for path in Path("/proc").glob("[0-9]*")}
    family = set(pids)
    while more := {pid for pid, told in parents.items() if told and int(told[1]) in family} - family:
        family |= more
    return sum(sum(map(int, parents[pid][11:15])) for pid in family if parents.get(pid)) / _TICKS


def _stat(pid: int) -> list[str]:
    """Return what /proc tells of a process from its state on (proc(5), from field 3); nothing of a dead one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
