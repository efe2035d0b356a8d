"""A whole daemon between lines that can be spoilt, its rounds stepped through in simulated time.

The waits are the program's own: each round says how long it rests, after a failure as after a success, and the clock
goes there at once. The watcher is not there, so nothing is ever noticed sooner than by the sweeps. A server's silence
costs here a fraction of a second and is counted as the minute that it lasts in service; only waits for its answers
are, and never the work, which takes long where a machine is busy with something else.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Self

from imapclient import IMAPClient

from bot.adapters import durable
from bot.adapters.clock import Pause, SimulatedClock
from bot.adapters.smtp import FINAL_ANSWER
from bot.daemon import Daemon
from bot.demo.servers import DemoImap
from bot.language import VIETNAM
from tests.adapters.smtp_scripts import Script, ScriptedServer
from tests.flow.in_process import InThisProcess
from tests.flow.office import OPERATOR, OURS, configure, pipeline, rulebook
from tests.liar import PASSWORD
from tests.lines.middleman import Middleman
from tests.lines.waits import waits

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.config import Config
    from bot.runners.pipeline import Pipeline
    from tests.servers import DovecotUser

QUIET = datetime(2012, 5, 2, 9, 0, tzinfo=VIETNAM)
"""A Wednesday long before the first stage of any deadline: nobody is to be reminded."""
SILENCE = 0.4
"""Seconds that the daemon waits for an answer here."""
SILENCE_IN_SERVICE = 60.0
"""And there: the default of the configuration."""


@dataclass(eq=False)
class Turn:
    """One of the daemon's two rounds."""

    round: Callable[[], float]
    hint: threading.Event
    pause: Pause
    due: datetime


@dataclass(eq=False)
class Stage:
    """The daemon, its two servers, and the line to the mailbox; use it in a ``with``."""

    folder: Path
    now: datetime = QUIET
    box: DemoImap | DovecotUser = field(default_factory=lambda: DemoImap(OURS, PASSWORD))
    script: Script = field(default_factory=Script)
    answered_at: dict[str, datetime] = field(default_factory=dict)
    """Message-ID of a mail → when the server took the first reply to it."""
    sound: bool = False
    """The lines are sound: what takes long here does not wait for anybody's answer."""
    slow: bool = False
    """The other side speaks slowly: each wait is counted as so much longer in service, and not only a silence."""
    shift: timedelta = timedelta(0)
    """How far the daemon's clock is ahead of the right one, which the servers have."""
    busy_until: datetime = QUIET
    """By the daemon's clock: when the last round that was begun is over."""
    line: Middleman = field(init=False)
    post: ScriptedServer = field(init=False)
    daemon: Daemon = field(init=False)

    def __enter__(self) -> Self:
        self.box.start()
        self.line = Middleman(self.box.host, self.box.port)
        self.line.open_door()
        self.post = ScriptedServer(self.script, logins=True)
        self.post.__enter__()
        self.clock = SimulatedClock(self.now)
        self._begin()
        return self

    def _begin(self) -> None:
        self.daemon = Daemon(self._configure(), self.clock)
        self.daemon._pool = InThisProcess(thinker())
        self.daemon._spoke_in = None
        self.daemon.postman._final_answer = FINAL_ANSWER * SILENCE / SILENCE_IN_SERVICE
        self.turns = tuple(
            Turn(round_, hint, Pause(hint), self.clock.now())
            for round_, hint in (
                (self.daemon._mail_round, self.daemon._mail_hint),
                (self.daemon._post_round, self.daemon._post_hint),
            )
        )

    def __exit__(self, *_: object) -> None:
        self.daemon.__exit__(None, None, None)
        self.line.__exit__()
        self.post.__exit__()
        if isinstance(self.box, DemoImap):
            self.box.close()

    def restart(self, between: Callable[[], None] = lambda: None) -> None:
        """End the daemon, do something, and begin one that knows nothing but what is kept."""
        self.daemon.__exit__(None, None, None)
        between()
        durable._BREAKAGE = durable._Breakage()
        self._begin()

    def true_now(self) -> datetime:
        """Return the right time."""
        return self.clock.now() - self.shift

    def set_clock(self, shift: timedelta) -> None:
        """Set the daemon's clock that far ahead of the right one; its waits are not made by that clock."""
        moved = shift - self.shift
        self.shift = shift
        self.clock._now += moved
        self.busy_until += moved
        for turn in self.turns:
            turn.due += moved

    def _configure(self) -> Config:
        self.folder.mkdir(parents=True, exist_ok=True)
        secret = self.folder / "secret"
        secret.write_text(PASSWORD, "utf-8")
        secret.chmod(0o600)
        login = {"timeout_seconds": SILENCE, "password_file": "secret", "user": self.box.user}
        return configure(
            self.folder,
            mailbox={**login, "port": self.line.port},
            smtp={**login, "port": self.post.port, "daily_limit": 100_000},
            ministry={"digest_to": [], "operator": OPERATOR},
            work={"workers": 1},
        )

    def deliver(self, raw: bytes) -> None:
        """Put a mail into the inbox now."""
        self.box.deliver(raw, self.true_now())

    def call(self) -> None:
        """Have the mailroom look into the inbox now, as the watcher does."""
        self.turns[0].due = self.clock.now()

    @contextlib.contextmanager
    def person(self) -> Iterator[IMAPClient]:
        """Log in beside the daemon, past the spoilt line, with INBOX open."""
        with IMAPClient(self.box.host, self.box.port, ssl=False, timeout=10) as person:
            person.login(self.box.user, PASSWORD)
            person.select_folder("INBOX")
            yield person

    def run(self, upto: datetime, until: Callable[[], bool] = lambda: False) -> None:
        """Let the daemon work until it is truly *upto*, or until *until* is true after a round, or until it stops."""
        upto += self.shift
        while not until():
            if self.daemon.stop.is_set():
                break
            turn = min(self.turns, key=lambda one: one.due)
            if turn.due > upto:
                break
            self.clock.move_to(turn.due)
            self._take(turn)
        else:
            return
        self.clock.move_to(upto)

    def finish_round(self) -> None:
        """Let the round that was begun last come to its end: what is changed here was so all through it."""
        self.clock.move_to(max(self.clock.now(), self.busy_until))

    def _take(self, turn: Turn) -> None:
        turn.hint.clear()
        began = time.perf_counter()
        with waits() as waited:
            rest = self.daemon.try_round(turn.round, turn.pause)
        seconds = time.perf_counter() - began + sum(map(self._longer_in_service, waited))
        self.busy_until = after = self.clock.now() + timedelta(seconds=seconds)
        turn.due = after + timedelta(seconds=rest.seconds)
        for other in self.turns:
            if other is not turn and other.hint.is_set():
                other.due = min(other.due, after)
        for taken in self.script.taken:
            self.answered_at.setdefault(header(taken.raw, b"in-reply-to"), after - self.shift)

    def _longer_in_service(self, wait: float) -> float:
        """Return how much longer than these seconds the same wait for an answer lasts in service."""
        if self.sound or (wait < SILENCE * 0.9 and not self.slow):
            return 0.0
        return wait * (SILENCE_IN_SERVICE / SILENCE - 1)


@cache
def thinker() -> Pipeline:
    """Return the children's pipeline, made once in a process."""
    return pipeline(rulebook())


def header(raw: bytes, name: bytes) -> str:
    """Return the value of one short header of *raw*, empty where there is none."""
    for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        if line.lower().startswith(name + b":"):
            return line.partition(b":")[2].strip().decode("ascii", "replace")
    return ""
