"""A tiny scripted IMAP server, for what no honest server does: silence, nonsense, half a literal."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from typing import Self

PASSWORD = "matkhau-thu"
"""Of every mailbox in the tests."""

Answer = Callable[["Talk", bytes, bytes], None]
"""What the liar does with one command: it is given the connection, the tag and the whole line."""


class LiarServer:
    """A tiny IMAP server that plays its part until a command for which *answers* says something else."""

    host = "127.0.0.1"
    user = "hop-thu"
    password = PASSWORD

    def __init__(self, answers: Mapping[str, Answer] | None = None, greeting: bytes = b"* OK ready\r\n") -> None:
        self.answers = dict(answers or {})
        self.greeting = greeting
        self.heard: list[bytes] = []
        self.connections = 0
        self.capabilities = b"IMAP4rev1 IDLE MOVE"
        self.closing = threading.Event()
        self._server = _Threads((self.host, 0), Talk)
        self._server.liar = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    liar: LiarServer


class Talk(socketserver.StreamRequestHandler):
    """One connection to the liar."""

    server: _Threads
    disable_nagle_algorithm = True

    def say(self, line: bytes) -> None:
        self.wfile.write(line)
        self.wfile.flush()

    def be_silent(self) -> None:
        self.server.liar.closing.wait(30)

    def hang_up(self) -> None:
        self.request.shutdown(socket.SHUT_RDWR)

    def handle(self) -> None:
        liar = self.server.liar
        liar.connections += 1
        with contextlib.suppress(OSError):
            self.say(liar.greeting)
            for line in self.rfile:
                liar.heard.append(line.rstrip())
                tag, _, rest = line.strip().partition(b" ")
                words = rest.upper().split()
                verb = b" ".join(words[: 2 if words[:1] == [b"UID"] else 1]).decode()
                liar.answers.get(verb, _play_along)(self, tag, rest)

    def done(self, tag: bytes) -> None:
        self.say(tag + b" OK done\r\n")


def _play_along(talk: Talk, tag: bytes, rest: bytes) -> None:
    word = rest.upper().split()[0] if rest else b""
    if word == b"IDLE":
        talk.say(b"+ idling\r\n")
        talk.rfile.readline()
    if word in (b"SELECT", b"EXAMINE"):
        talk.say(b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok\r\n")
    if word == b"CAPABILITY":
        talk.say(b"* CAPABILITY " + talk.server.liar.capabilities + b"\r\n")
    if word == b"LOGOUT":
        talk.say(b"* BYE\r\n")
    if rest.upper().startswith(b"UID SEARCH"):
        talk.say(b"* SEARCH 1\r\n")
    if b"RFC822.SIZE" in rest.upper():
        talk.say(b'* 1 FETCH (UID 1 RFC822.SIZE 40 INTERNALDATE "10-Jul-2012 12:00:00 +0700")\r\n')
    talk.done(tag)
