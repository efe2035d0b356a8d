"""What can be wrong with the line to the mailbox, each as a fault of the middleman."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tests.lines.middleman import Cut, Fault, Talk, pieces

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = (
    b"CAPABILITY", b"LOGIN", b"NAMESPACE", b"SELECT", b"UID SEARCH", b"UID FETCH", b"UID STORE", b"UID MOVE",
    b"APPEND", b"LOGOUT",
)  # fmt: skip
"""The ten commands of the mailroom."""


@dataclass
class ByeAt(Fault):
    """The server says goodbye instead of doing one command."""

    verb: bytes

    def command(self, talk: Talk, tag: bytes, verb: bytes, line: bytes) -> bool:  # noqa: ARG002
        if verb == self.verb:
            talk.say(b"* BYE Server shutting down.\r\n")
            raise Cut
        return False


@dataclass
class NoTo(Fault):
    """The server refuses some commands."""

    verbs: tuple[bytes, ...]
    words: bytes = b"NO [CANNOT] not today"

    def command(self, talk: Talk, tag: bytes, verb: bytes, line: bytes) -> bool:  # noqa: ARG002
        if verb in self.verbs:
            talk.say(tag + b" " + self.words + b"\r\n")
            return True
        return False


@dataclass
class SilentAt(Fault):
    """The server never answers one command: the line is a black hole."""

    verb: bytes

    def command(self, talk: Talk, tag: bytes, verb: bytes, line: bytes) -> bool:  # noqa: ARG002
        return verb == self.verb


class NoTls(Fault):
    """Noise where a greeting or a handshake is expected."""

    def greet(self, talk: Talk) -> None:
        talk.say(b"\x15\x03\x01\x00\x02\x02\x28")
        raise Cut


@dataclass
class DropAt(Fault):
    """The line breaks in the middle of a mail."""

    share: float

    def literal(self, talk: Talk, head: bytes, data: bytes) -> None:
        if b"BODY[]" not in head:
            super().literal(talk, head, data)
            return
        talk.say(head + data[: int(len(data) * self.share)])
        raise Cut


@dataclass
class Miscounted(Fault):
    """A literal has *more* bytes than announced; fewer, where that is negative."""

    more: int

    def literal(self, talk: Talk, head: bytes, data: bytes) -> None:
        if b"BODY[]" in head:
            head = re.sub(rb"\{\d+\}", b"{%d}" % max(1, len(data) - self.more), head)
        talk.say(head + data)


@dataclass
class Trickle(Fault):
    """One byte in a while."""

    slow: ClassVar[bool] = True

    seconds: float

    def answer(self, talk: Talk, line: bytes) -> bytes:
        self._drip(talk, line)
        return b""

    def literal(self, talk: Talk, head: bytes, data: bytes) -> None:
        self._drip(talk, head + data)

    def _drip(self, talk: Talk, data: bytes) -> None:
        for one in pieces(data, 1):
            talk.say(one)
            time.sleep(self.seconds)


class Chatter(Fault):
    """The server tells of other mails in the middle of its answers, as RFC 9051 section 7 lets it."""

    def literal(self, talk: Talk, head: bytes, data: bytes) -> None:
        talk.say(b"* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 4000000 FLAGS ())\r\n* OK Still here\r\n")
        super().literal(talk, head, data)


class Unordered(Fault):
    """Answers about several mails come in any order, and so do the numbers that a search finds."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []

    def answer(self, talk: Talk, line: bytes) -> bytes:  # noqa: ARG002
        if line.startswith(b"* SEARCH "):
            return b"* SEARCH " + b" ".join(reversed(line.split()[2:])) + b"\r\n"
        if b" FETCH (" in line and line.endswith(b")\r\n"):
            self._kept.append(line)
            return b""
        told, self._kept = b"".join(reversed(self._kept)), []
        return told + line


@dataclass
class Rewritten(Fault):
    """Each line of the server's is told otherwise."""

    rewrite: Callable[[bytes], bytes]

    def answer(self, talk: Talk, line: bytes) -> bytes:  # noqa: ARG002
        return self.rewrite(line)


def without_uidvalidity(line: bytes) -> bytes:
    """Return the line with the number that says that numbers mean nothing."""
    return re.sub(rb"\[UIDVALIDITY \d+\]", b"[UIDVALIDITY 0]", line)


def without_exists(line: bytes) -> bytes:
    """Return the line, empty where it would tell how many mails there are."""
    return b"" if re.fullmatch(rb"\* \d+ EXISTS\r\n", line) else line
