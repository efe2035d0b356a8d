"""The ground of a campaign: two real mail servers here, and the configuration of a daemon that dies in between."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from imapclient import IMAPClient

from bot.adapters.clock import SystemClock
from bot.demo.arriving import MX
from bot.demo.servers import DemoImap, DemoSmtp
from bot.language import VIETNAM
from tests.faults.mails import write_contacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.mails import Post

MINISTRY = "vu.kkt@bokehoach.example"
OPERATOR = "quantri@bokehoach.example"
QUIET = datetime(2012, 5, 2, 9, 0, tzinfo=VIETNAM)
"""A Wednesday long before the first stage of any deadline: nobody is to be reminded."""
TO_MONDAY = timedelta(days=5)
LOG = "daemon.log"


@dataclass(frozen=True, slots=True)
class Ahead:
    """The machine's clock, set to another day."""

    by: timedelta

    def now(self) -> datetime:
        return SystemClock().now() + self.by

    def steady(self) -> float:
        return SystemClock().steady()


_WAITING = (
    "SELECT (SELECT count(DISTINCT sha256) FROM message),"
    " (SELECT count(*) FROM message WHERE state = 'received'),"
    " (SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL),"
    " (SELECT count(*) FROM location WHERE filed_at IS NULL),"
    " (SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL AND copied_at IS NULL)"
)


@dataclass(eq=False)
class Ground:
    """Servers, folder and configuration; use it in a ``with``."""

    folder: Path
    imap: DemoImap = field(default_factory=DemoImap)
    smtp: DemoSmtp = field(default_factory=DemoSmtp)
    idle: bool = False
    """The daemon is the program itself: it listens for new mail, and one child is enough for it."""
    posts: list[Post] = field(default_factory=list)
    """What was delivered."""

    def __enter__(self) -> Self:
        self.imap.start()
        self.smtp.start()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.temporary.mkdir()
        write_contacts(self.folder / "danh-ba.csv")
        (self.folder / "secret").write_text(self.imap.password, "utf-8")
        (self.folder / "secret").chmod(0o600)
        self.config.write_text(self._configuration(), "utf-8")
        told = self._configuration().replace("digest_to = []", f'digest_to = ["{MINISTRY}"]')
        self.config_with_digest.write_text(told, "utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self.imap.close()
        self.smtp.close()

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def config_with_digest(self) -> Path:
        """Return the same configuration, of a ministry that wants a digest."""
        return self.folder / "config-digest.toml"

    @property
    def log(self) -> Path:
        return self.folder / LOG

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def temporary(self) -> Path:
        """Return what is to ``bot run`` the system's folder of temporary files."""
        return self.folder / "temporary"

    @property
    def ledger(self) -> Path:
        return self.data / "ledger.db"

    @cached_property
    def ahead(self) -> timedelta:
        """Return how far the clock of mails and daemons runs ahead: at first it shows the quiet day."""
        return QUIET - SystemClock().now()

    def deliver(self, post: Post) -> None:
        """Put a mail into the inbox now."""
        self.posts.append(post)
        self.imap.deliver(post.raw, Ahead(self.ahead).now())

    def waiting(self) -> str:
        """Return what is not at its end, in words; empty when all is settled, answered and filed."""
        if not self.ledger.exists():
            return "there is no ledger"
        try:
            known, *counts = self.ask(_WAITING)
        except sqlite3.OperationalError as problem:  # the tables are being made
            return str(problem)
        delivered = len({one.sha256 for one in self.posts})
        names = ("undecided", "unsent", "not filed", "not copied")
        found = [f"{count} {name}" for name, count in zip(names, counts, strict=True) if count]
        return ", ".join([*([f"{delivered - known} not received"] if known < delivered else []), *found])

    def has_digest(self) -> bool:
        """Tell whether a digest lies in the outbox, sent or not."""
        return bool(self.ask("SELECT count(*) FROM outbox WHERE kind = 'digest'")[0])

    def ask(self, question: str) -> list[Any]:
        """Return the one row that answers *question*."""
        with contextlib.closing(sqlite3.connect(self.ledger)) as ledger:
            return list(ledger.execute(question).fetchone())

    def boxes(self) -> dict[str, list[bytes]]:
        """Return all mails of each folder of the mailbox."""
        return dict(self._boxes())

    def _boxes(self) -> Iterator[tuple[str, list[bytes]]]:
        with IMAPClient(self.imap.host, self.imap.port, ssl=False, timeout=30) as person:
            person.login(self.imap.user, self.imap.password)
            for _, _, name in person.list_folders():
                person.select_folder(name, readonly=True)
                found = person.search("UNDELETED")
                told = person.fetch(found, ["BODY.PEEK[]"]) if found else {}
                yield name, [bytes(one[b"BODY[]"]) for one in told.values()]

    def _configuration(self) -> str:
        return f"""
[mailbox]
host = "{self.imap.host}"
port = {self.imap.port}
security = "none"
user = "{self.imap.user}"
password_file = "secret"
idle = {str(self.idle).lower()}
[smtp]
host = "{self.smtp.host}"
port = {self.smtp.port}
security = "none"
sender = "{self.imap.user}"
daily_limit = 100000
replies_per_hour = 100
replies_per_day = 1000
replies_in_all = 5000
[store]
folder = "data"
[content]
contacts = "danh-ba.csv"
[authentication]
servers = ["{MX}"]
[ministry]
campaigns = ["2012-kkt-kcn"]
operator = "{OPERATOR}"
digest_to = []
[schedule]
enclose_blanks = false
[work]
workers = {1 if self.idle else 2}
"""
