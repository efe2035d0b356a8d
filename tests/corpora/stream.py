"""The letters of the walk dropped into a real mailbox in random order, several times over, before a running daemon.

The daemon is a process of its own, as in service; what became of each letter is read from its ledger by plain SQL.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.arriving import MX, stamp
from bot.demo.letters import contacts_csv
from bot.demo.servers import DemoImap, DemoSmtp
from tests.corpora.intake import contacts_of_senders
from tests.servers import DovecotServer, DovecotUser, make_certificate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.corpora.letters import Letter

IN_FLIGHT = 6
"""So many letters lie undecided at most: how long one takes is then not how long the others take."""
START_SECONDS, STUCK_SECONDS = 60.0, 120.0
FINAL_SECONDS, USUAL_SECONDS = 30.0, 2.0
"""Each letter is final within the first, 99 of 100 within the second."""
GROWTH_MIB = 20.0
"""What the daemon may hold more after the last pass than after the first."""
_ENDED = (
    "SELECT location.uid, message.state, message.outcome, message.error FROM location"
    " JOIN message ON message.id = location.message WHERE message.state <> 'received' AND location.uid IN ({})"
)
_ANSWERED = (
    "SELECT location.uid FROM location JOIN message ON message.id = location.message"
    " JOIN outbox ON outbox.message = message.id WHERE outbox.kind <> 'alert'"
)


@dataclass(slots=True)
class Pass:
    """One pass of all letters."""

    seconds: list[float] = field(default_factory=list)
    """From the delivery of each letter to its decision."""
    resident_mib: float = 0.0
    """What the daemon's own process held at the end."""

    @property
    def usual(self) -> float:
        """Return within how many seconds 99 of 100 letters were final."""
        return statistics.quantiles(self.seconds, n=100)[98]


@dataclass(slots=True)
class Streamed:
    """What came of all passes."""

    letters: int
    passes: list[Pass] = field(default_factory=list)
    machines: int = 0
    answers: int = 0
    breaches: list[str] = field(default_factory=list)

    @property
    def growth_mib(self) -> float:
        """Return by how much the daemon grew after the first pass."""
        return self.passes[-1].resident_mib - self.passes[0].resident_mib


def stream(
    letters: Sequence[Letter], folder: Path, *, passes: int, seed: int, progress: Callable[[int], None]
) -> Streamed:
    """Drop *letters* into a mailbox *passes* times, each time in another order drawn from *seed*; check what came."""
    chance, streamed = random.Random(seed), Streamed(len(letters))
    with _box(folder) as box, DemoSmtp() as smtp, _daemon(folder, box, smtp) as daemon:
        feed = _Feed(folder, box, streamed, progress)
        for number in range(passes):
            order = list(letters)
            chance.shuffle(order)
            feed.run(order, number)
            streamed.passes[-1].resident_mib = _resident_mib(daemon.pid)
            if daemon.poll() is not None:
                streamed.breaches.append(f"the daemon died in pass {number + 1}")
                break
        feed.check_answers(smtp)
    _judge(streamed)
    return streamed


class _Feed:
    """Puts letters into the mailbox, a few at a time, and waits for what becomes of them."""

    def __init__(
        self, folder: Path, box: DemoImap | DovecotUser, streamed: Streamed, progress: Callable[[int], None]
    ) -> None:
        self._ledger = folder / "data" / "ledger.db"
        self._box, self._streamed, self._progress = box, streamed, progress
        self._machines: dict[int, Letter] = {}
        """By UID."""
        self._done = 0

    def run(self, letters: Sequence[Letter], number: int) -> None:
        """Do one pass."""
        one_pass = Pass()
        waiting: dict[int, tuple[Letter, float]] = {}
        self._streamed.passes.append(one_pass)
        for at, letter in enumerate(letters):
            uid = self._box.deliver(_as_delivered(letter.raw, f"{number}-{at}"), datetime.now(UTC))
            waiting[uid] = letter, time.monotonic()
            if letter.by_machine:
                self._machines[uid] = letter
            while len(waiting) >= IN_FLIGHT:
                self._collect(waiting, one_pass)
        while waiting:
            self._collect(waiting, one_pass)
        self._streamed.machines = len(self._machines)

    def _collect(self, waiting: dict[int, tuple[Letter, float]], one_pass: Pass) -> None:
        time.sleep(0.02)
        with closing(sqlite3.connect(f"file:{self._ledger}?mode=ro", uri=True, timeout=30)) as ledger:
            ended = ledger.execute(_ENDED.format(",".join(map(str, waiting)))).fetchall()
        for uid, state, outcome, error in ended:
            letter, since = waiting.pop(uid)
            one_pass.seconds.append(time.monotonic() - since)
            if state != "settled" or not outcome:
                self._streamed.breaches.append(f"{letter.name}: {state} {outcome} {error}")
        for uid, (letter, since) in list(waiting.items()):
            if time.monotonic() - since > STUCK_SECONDS:
                del waiting[uid]
                self._streamed.breaches.append(f"{letter.name}: stuck")
        self._done += len(ended)
        self._progress(self._done)

    def check_answers(self, smtp: DemoSmtp) -> None:
        """Find the machines that were answered."""
        with closing(sqlite3.connect(f"file:{self._ledger}?mode=ro", uri=True, timeout=30)) as ledger:
            answered = [uid for (uid,) in ledger.execute(_ANSWERED)]
            (sound,) = ledger.execute("PRAGMA integrity_check").fetchone()
        if sound != "ok":
            self._streamed.breaches.append(f"the ledger: {sound}")
        self._streamed.answers = len(smtp.received)
        self._streamed.breaches += [
            f"{self._machines[uid].name}: a machine is answered" for uid in answered if uid in self._machines
        ]


def _judge(streamed: Streamed) -> None:
    for number, one in enumerate(streamed.passes, 1):
        if max(one.seconds) > FINAL_SECONDS:
            streamed.breaches.append(f"pass {number}: a letter took {max(one.seconds):.1f} s")
        if one.usual > USUAL_SECONDS:
            streamed.breaches.append(f"pass {number}: 99 of 100 letters took {one.usual:.1f} s")
    if streamed.growth_mib > GROWTH_MIB:
        streamed.breaches.append(f"the daemon grew by {streamed.growth_mib:.0f} MiB")


def _as_delivered(raw: bytes, mark: str) -> bytes:
    """Return the letter as our server hands it over: stamped, with CR LF, and in each pass another mail."""
    if raw.startswith(b"From "):  # the line between the mails of an mbox
        raw = raw.partition(b"\n")[2]
    lines = raw.replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return f"X-Walk: {mark}\r\n".encode() + stamp(lines)


def _resident_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


@contextmanager
def _box(folder: Path) -> Iterator[DemoImap | DovecotUser]:
    """Yield a mailbox at a Dovecot, or at pymap where none is installed."""
    if shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None:
        with DemoImap() as imap:
            yield imap
        return
    server = DovecotServer(make_certificate(folder))
    try:
        server.start()
        yield DovecotUser(server, tls=False)
    finally:
        server.close()


@contextmanager
def _daemon(folder: Path, box: DemoImap | DovecotUser, smtp: DemoSmtp) -> Iterator[subprocess.Popen[bytes]]:
    config, said = _configure(folder, box, smtp), folder / "daemon.log"
    with said.open("wb") as log:
        daemon = subprocess.Popen([sys.executable, "-m", "bot", "--config", str(config), "run"], stdout=log, stderr=log)
    try:
        until = time.monotonic() + START_SECONDS
        while b"running" not in said.read_bytes():
            if daemon.poll() is not None or time.monotonic() > until:
                raise RuntimeError(said.read_text("utf-8", "replace"))
            time.sleep(0.05)
        yield daemon
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)


def _configure(folder: Path, box: DemoImap | DovecotUser, smtp: DemoSmtp) -> Path:
    (folder / "danh-ba.csv").write_bytes(contacts_csv() + contacts_of_senders())
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
[smtp]
host = "{smtp.host}"
port = {smtp.port}
security = "none"
sender = "baocao@bokehoach.example"
daily_limit = 100000
replies_per_hour = 100
replies_per_day = 1000
replies_in_all = 5000
[authentication]
servers = ["{MX}"]
[store]
folder = "data"
[content]
contacts = "danh-ba.csv"
[ministry]
campaigns = ["2012-kkt-kcn"]
[work]
workers = 2
tries = 1
""",
        "utf-8",
    )
    return config
