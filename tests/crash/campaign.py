"""One crash campaign: real servers here, the daemon in a process of its own, SIGKILL at random times."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from typing import TYPE_CHECKING

from imapclient import IMAPClient

from bot.demo.servers import DemoImap, DemoSmtp
from tests.crash.mails import make_mails, write_contacts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DRAIN_SECONDS = 180.0
START_SECONDS = 60.0
SHARE_OF_KILLS_AT_START = 0.2
LOG = "daemon.log"


@dataclass(slots=True)
class Findings:
    """What the independent checker found; all lists are empty when every promise holds."""

    mails: int = 0
    kills: int = 0
    replies: int = 0
    unanswered: list[str] = field(default_factory=list)
    """Message-IDs of mails that got no reply."""
    submitted_twice: list[str] = field(default_factory=list)
    answered_twice: list[str] = field(default_factory=list)
    """Mails that got two replies with different Message-IDs."""
    copies: list[str] = field(default_factory=list)
    """Replies that were accepted twice with one Message-ID: allowed only in the one window."""
    copies_outside: list[str] = field(default_factory=list)
    """Those of them that were not the last mail the server took before a kill."""
    left_in_inbox: int = 0
    ledger: list[str] = field(default_factory=list)
    """What the database says against itself."""

    @property
    def hold(self) -> bool:
        """Return whether every promise holds."""
        broken = (self.unanswered, self.submitted_twice, self.answered_twice, self.copies_outside, self.ledger)
        return not any(broken) and self.left_in_inbox == 0


def run_campaign(
    folder: Path, *, mails: int, kills: int, seed: int, progress: Callable[[str], None] = lambda _: None
) -> Findings:
    """Let *mails* flow while the daemon is killed *kills* times, then drain, and check everything."""
    chance = random.Random(seed)
    posts = make_mails(mails, seed)
    before_kill: set[str] = set()
    with DemoImap() as imap, DemoSmtp() as smtp:
        config = _configure(folder, imap, smtp)
        waiting = list(posts)
        for number in range(kills):
            daemon = _start(config)
            if chance.random() < SHARE_OF_KILLS_AT_START:
                time.sleep(chance.uniform(0.1, 1.0))
            else:
                _wait_until_running(folder)
                share = -(-len(waiting) // max(1, kills - number))
                _feed(imap, [waiting.pop() for _ in range(min(share, len(waiting)))], chance.uniform(0.0, 1.2), chance)
            daemon.send_signal(signal.SIGKILL)
            daemon.wait()
            if smtp.received:
                before_kill.add(_message_id(smtp.received[-1][2]))
            progress(f"kill {number + 1}/{kills}: {len(smtp.received)} replies")
        for raw in waiting:
            imap.deliver(raw, datetime.now(UTC))
        daemon = _start(config)
        try:
            _drain(smtp, imap, len(posts))
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(30)
        return _check(folder, posts, smtp, imap, kills, before_kill)


def _configure(folder: Path, imap: DemoImap, smtp: DemoSmtp) -> Path:
    write_contacts(folder / "danh-ba.csv")
    (folder / "secret").write_text(imap.password, "utf-8")
    (folder / "secret").chmod(0o600)
    config = folder / "config.toml"
    config.write_text(
        f"""
[mailbox]
host = "{imap.host}"
port = {imap.port}
security = "none"
user = "{imap.user}"
password_file = "secret"
[smtp]
host = "{smtp.host}"
port = {smtp.port}
security = "none"
sender = "{imap.user}"
daily_limit = 100000
[store]
folder = "data"
[content]
contacts = "danh-ba.csv"
[work]
workers = 1
""",
        "utf-8",
    )
    return config


def _start(config: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bot", "--config", str(config), "run"]
    # With compiled modules a start takes a second, as it does in service; without them it takes three.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with (config.parent / LOG).open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)


def _wait_until_running(folder: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while b"running" not in (folder / LOG).read_bytes():
        if time.monotonic() > until:
            raise TimeoutError((folder / LOG).read_text("utf-8", "replace"))
        time.sleep(0.02)


def _feed(imap: DemoImap, raws: list[bytes], seconds: float, chance: random.Random) -> None:
    began = time.monotonic()
    for moment, raw in sorted((chance.uniform(0, seconds), raw) for raw in raws):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        imap.deliver(raw, datetime.now(UTC))
    time.sleep(max(0.0, began + seconds - time.monotonic()))


def _drain(smtp: DemoSmtp, imap: DemoImap, wanted: int) -> None:
    until = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until:
        answered = {_in_reply_to(raw) for _, _, raw in list(smtp.received)}
        if len(answered) >= wanted and _left_in_inbox(imap) == 0:
            return
        time.sleep(0.2)


def _left_in_inbox(imap: DemoImap) -> int:
    with IMAPClient(imap.host, imap.port, ssl=False) as client:
        client.login(imap.user, imap.password)
        return int(client.select_folder("INBOX", readonly=True)[b"EXISTS"])


def _check(
    folder: Path, posts: tuple[bytes, ...], smtp: DemoSmtp, imap: DemoImap, kills: int, before_kill: set[str]
) -> Findings:
    findings = Findings(mails=len(posts), kills=kills, replies=len(smtp.received), left_in_inbox=_left_in_inbox(imap))
    replies = [(_in_reply_to(raw), _message_id(raw)) for _, _, raw in smtp.received]
    answered = {asked for asked, _ in replies}
    findings.unanswered = [asked for raw in posts if (asked := _message_id(raw)) not in answered]
    ids_of = Counter(asked for asked, _ in set(replies) if asked)  # a reminder answers nothing
    findings.answered_twice = [asked for asked, count in ids_of.items() if count > 1]
    findings.copies = [own for own, count in Counter(own for _, own in replies).items() if count > 1]
    findings.copies_outside = [own for own in findings.copies if own not in before_kill]
    _check_ledger(folder / "data" / "ledger.db", len(posts), findings)
    return findings


def _check_ledger(path: Path, mails: int, findings: Findings) -> None:
    with sqlite3.connect(path) as ledger:
        (sound,) = ledger.execute("PRAGMA integrity_check").fetchone()
        if sound != "ok":
            findings.ledger.append(str(sound))
        (messages,) = ledger.execute("SELECT count(*) FROM message").fetchone()
        if messages != mails:
            findings.ledger.append(f"{messages} messages instead of {mails}")
        (undecided,) = ledger.execute("SELECT count(*) FROM message WHERE outcome IS NULL").fetchone()
        if undecided:
            findings.ledger.append(f"{undecided} messages undecided")
        twice = "SELECT reporter, form, revision FROM part WHERE form <> '' GROUP BY 1, 2, 3 HAVING count(*) > 1"
        findings.submitted_twice += [str(row) for row in ledger.execute(twice)]
        (parts,) = ledger.execute("SELECT count(*) FROM part").fetchone()
        if parts != mails:
            findings.submitted_twice.append(f"{parts} parts of {mails} mails with one workbook each")
    ledger.close()


def _message_id(raw: bytes) -> str:
    return str(message_from_bytes(raw)["Message-ID"]).strip()


def _in_reply_to(raw: bytes) -> str:
    return str(message_from_bytes(raw)["In-Reply-To"] or "").strip()
