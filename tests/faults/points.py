"""The named points at which a daemon dies: before and after each durable step, once in this process.

Nothing in the program knows of them: they are hung into its classes in a process that was forked to die.
"""

from __future__ import annotations

import functools
import json
import os
import pathlib
import signal
import smtplib
import tempfile
import threading
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from bot.adapters.imap import Inbox
from bot.adapters.ledger import Ledger
from bot.adapters.smtp import Postman
from bot.adapters.vault import Vault
from bot.runners.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Step:
    """Something after which the world is another one."""

    name: str
    promised: bool = True
    """It is one of the fourteen of the test plan; the others lie between them."""
    each_mail: bool = False
    """It comes at least once for each mail that arrives."""
    starts: bool = False
    """It comes only when the daemon starts."""


STEPS = (
    Step("lease", starts=True),
    Step("select"),
    Step("fetch"),
    Step("archive write", each_mail=True),
    Step("archive rename", each_mail=True),
    Step("received"),
    Step("parse", each_mail=True),
    Step("classify", each_mail=True),
    Step("validate", each_mail=True),
    Step("result", each_mail=True),
    Step("connect"),
    Step("dot"),
    Step("sent"),
    Step("move"),
    Step("watermark", promised=False),
    Step("filed", promised=False),
    Step("copy", promised=False),
    Step("copied", promised=False),
)
SIDES = ("before", "after")
WINDOW = frozenset({"after dot", "before sent"})
"""Between the final dot and the note of it: here, and nowhere else, a second copy may go out."""

_VERBS = {
    "take_lease": "lease",
    "receive": "received",
    "advance": "watermark",
    "settle": "result",
    "sent": "sent",
    "filed": "filed",
    "copied": "copied",
}


def points(*, promised: bool) -> tuple[str, ...]:
    """Return the points of the steps that are promised, or of the others."""
    return tuple(f"{side} {step.name}" for step in STEPS if step.promised == promised for side in SIDES)


def step_of(point: str) -> Step:
    """Return the step of a point."""
    name = point.partition(" ")[2]
    return next(step for step in STEPS if step.name == name)


@dataclass
class Trap:
    """Kills the process when an armed point is reached for the *times*-th time; what it died of is noted first."""

    note: Path
    """A line of JSON for each death: the point, and the Message-ID that lay in the window."""
    point: str = ""
    times: int = 0
    window: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _of_thread: threading.local = field(default_factory=threading.local)

    def arm(self, point: str, times: int) -> None:
        with self._lock:
            self.point, self.times = point, times

    def reach(self, point: str) -> None:
        with self._lock:
            if point != self.point:
                return
            self.times -= 1
            if self.times:
                return
            line = json.dumps({"point": point, "window": self.window}) + "\n"
            handle = os.open(self.note, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(handle, line.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def hang(self) -> None:
        """Hang all points into the classes of this process, which is of no other use afterwards."""
        self._around(Inbox, "select", "select")
        self._around(Inbox, "_bodies", "fetch")
        self._around(Inbox, "_move", "move")
        self._around(Inbox, "append", "copy")
        self._around(Pipeline, "parse", "parse")
        self._around(Pipeline, "open", "classify")
        self._around(Pipeline, "settle", "validate")
        self._around(Postman, "_connect", "connect")
        for name, step in _VERBS.items():
            self._verb(name, step)
        event.listen(Engine, "commit", lambda _: self.reach(f"before {self._doing('verb')}"))
        self._archive()
        self._dot()

    def _around(self, owner: type, name: str, step: str) -> None:
        def hooked(call: Callable[[], Any], *_: object) -> Any:
            self.reach(f"before {step}")
            result = call()
            self.reach(f"after {step}")
            return result

        _wrap(owner, name, hooked)

    def _verb(self, name: str, step: str) -> None:
        """Before a verb of the ledger is when all is written but its COMMIT, which is the worst moment."""

        def hooked(call: Callable[[], Any], *_: object) -> Any:
            self._of_thread.verb = step
            try:
                result = call()
            finally:
                self._of_thread.verb = ""
            if step == "sent":
                self.window = ""
            self.reach(f"after {step}")
            return result

        _wrap(Ledger, name, hooked)

    def _doing(self, what: str) -> str:
        return str(getattr(self._of_thread, what, ""))

    def _archive(self) -> None:
        """Before a temporary file is there, when it is written, when it is on the disk, and when it has its name."""

        def write(call: Callable[[], Any], *_: object) -> Any:
            self._of_thread.archive = "yes"
            try:
                return call()
            finally:
                self._of_thread.archive = ""

        def reaching(before: str, after: str) -> Callable[..., Any]:
            def hooked(call: Callable[[], Any], *_: object) -> Any:
                if not self._doing("archive"):
                    return call()
                self.reach(before)
                result = call()
                self.reach(after)
                return result

            return hooked

        _wrap(Vault, "_write", write)
        _wrap(tempfile, "mkstemp", reaching("before archive write", ""))
        _wrap(os, "fsync", reaching("after archive write", ""))
        _wrap(pathlib.Path, "replace", reaching("before archive rename", "after archive rename"))

    def _dot(self) -> None:
        def text(call: Callable[[], Any], _postman: object, _client: object, raw: bytes, *_: object) -> Any:
            self.reach("before dot")
            self._of_thread.text = True
            # From the first byte on nobody here knows whether the server has it all; and while another thread dies,
            # which it does with the lock in its hand, no text goes out that its note would not tell of.
            with self._lock:
                self.window = str(BytesHeaderParser().parsebytes(raw)["Message-ID"]).strip()
            return call()

        def answer(call: Callable[[], Any], *_: object) -> Any:
            if getattr(self._of_thread, "text", False):
                self._of_thread.text = False
                self.reach("after dot")
            return call()

        _wrap(Postman, "_text_of_mail", text)
        _wrap(smtplib.SMTP, "getreply", answer)


def _wrap(owner: Any, name: str, hooked: Callable[..., Any]) -> None:
    """Let *hooked* stand for the function of that name: it is given the call itself, and its arguments."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def standing_in(*given: Any, **named: Any) -> Any:
        return hooked(lambda: original(*given, **named), *given)

    setattr(owner, name, standing_in)
