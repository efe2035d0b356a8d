"""Sits on the line between the daemon and a real IMAP server, and spoils what is said there.

Both sides are read command by command and answer by answer, so that a fault can be about a BYE at one command or the
middle of one literal, while the mailbox behind it is a real one.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST = "127.0.0.1"
_LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")


class Cut(Exception):  # noqa: N818  it is what happens to the line
    """The line is to be cut now, after what was said."""


class Fault:
    """What is wrong with the line; this one does nothing."""

    slow: ClassVar[bool] = False
    """All answers take long, and not only some for ever."""

    def greet(self, talk: Talk) -> None:
        """Hear that a connection was made; may raise Cut."""

    def command(self, talk: Talk, tag: bytes, verb: bytes, line: bytes) -> bool:  # noqa: ARG002
        """Hear a command; return True when the server is not to hear it. May raise Cut."""
        return False

    def answer(self, talk: Talk, line: bytes) -> bytes:  # noqa: ARG002
        """Return what is said instead of one line of the server's. May raise Cut."""
        return line

    def literal(self, talk: Talk, head: bytes, data: bytes) -> None:
        """Say the line that announces a literal, and the literal. May raise Cut."""
        talk.say(head + data)


@dataclass(eq=False)
class Talk:
    """One connection."""

    client: socket.socket
    server: socket.socket
    asked: dict[bytes, bytes] = field(default_factory=dict)
    """Tag → verb of the commands that went to the server."""
    _saying: threading.Lock = field(default_factory=threading.Lock)

    def say(self, data: bytes) -> None:
        """Say *data* to the daemon."""
        with self._saying:
            self.client.sendall(data)

    def cut(self) -> None:
        """Cut both lines, whatever is on its way."""
        for line in (self.client, self.server):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


class Middleman:
    """Listens where the daemon believes the server to be."""

    def __init__(self, host: str, port: int) -> None:
        self._behind = (host, port)
        self._talks: list[Talk] = []
        self._door: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self.port = 0
        self.fault = Fault()
        self.connections = 0
        self.logins = 0

    def __enter__(self) -> Self:
        self.open_door()
        return self

    def __exit__(self, *_: object) -> None:
        self.close_door()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    def open_door(self) -> None:
        """Listen, always at the same port."""
        if self._door is None:
            self._door = socket.create_server((_HOST, self.port), backlog=20)
            self.port = self._door.getsockname()[1]
            self._begin(self._welcome, self._door)

    def close_door(self) -> None:
        """Refuse connections; those that are open stay."""
        door, self._door = self._door, None
        if door is not None:
            with contextlib.suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits there
            door.close()

    def cut(self) -> None:
        """Cut the connections that are open."""
        talks, self._talks = self._talks, []
        for talk in talks:
            talk.cut()

    def _begin(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]
        self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()

    def _welcome(self, door: socket.socket) -> None:
        while True:
            try:
                client, _ = door.accept()
            except OSError:
                return
            self.connections += 1
            self._begin(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(self._behind, timeout=30) as server:
            for line in (client, server):
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            talk = Talk(client, server)
            self._talks.append(talk)
            back = threading.Thread(target=self._hand_back, args=(talk,), daemon=True)
            try:
                self.fault.greet(talk)
                back.start()
                self._hand_on(talk)
            except (Cut, OSError):
                pass
            finally:
                talk.cut()
                if back.is_alive():
                    back.join(5)

    def _hand_on(self, talk: Talk) -> None:
        """Hand the daemon's commands to the server."""
        inside = False
        with talk.client.makefile("rb") as said:
            for line in said:
                tag, _, rest = line.rstrip().partition(b" ")
                words = rest.upper().split()
                verb = b" ".join(words[: 2 if words[:1] == [b"UID"] else 1])
                if not inside and verb:
                    self.logins += verb in (b"LOGIN", b"AUTHENTICATE")
                    if self.fault.command(talk, tag, verb, line):
                        continue
                    talk.asked[tag] = verb
                talk.server.sendall(line)
                literal = _LITERAL.search(line)
                inside = literal is not None
                if literal:
                    talk.server.sendall(said.read(int(literal[1])))

    def _hand_back(self, talk: Talk) -> None:
        """Hand the server's answers to the daemon."""
        with contextlib.suppress(OSError, Cut), talk.server.makefile("rb") as said:
            for line in said:
                literal = _LITERAL.search(line)
                if literal:
                    self.fault.literal(talk, line, said.read(int(literal[1])))
                else:
                    talk.say(self.fault.answer(talk, line))
        talk.cut()


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Yield *data* in pieces of *size* bytes."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
