"""A server that dribbles is as lost as one that is silent: what an answer may take, whatever comes meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from imapclient import IMAPClient

SLOWEST = 8 * 1024
"""Bytes a second below which a line is of no use: 35 MiB then take more than an hour."""
PATIENCE = 2
"""So many time-outs an answer may take beside that: two minutes as the config comes, for servers that search long."""
_PIECE = 64 * 1024
_LONGEST_LINE = 1_000_000


class _Stream(Protocol):
    """A buffered reader."""

    def peek(self, size: int = ..., /) -> bytes: ...
    def read(self, size: int = ..., /) -> bytes: ...
    def read1(self, size: int = ..., /) -> bytes: ...


class Paced:
    """Reads what imaplib reads, and raises TimeoutError where an answer dribbles; a socket only notices silence.

    A literal is taken as it comes, so that the length announced by a server reserves no memory.
    """

    def __init__(self, stream: _Stream, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._seconds = PATIENCE * seconds
        self._monotonic = monotonic
        self.restart()

    def restart(self) -> None:
        """Begin to count: a command was sent."""
        self._began, self._bytes = self._monotonic(), 0

    def readline(self) -> bytes:
        """Return a line, or what there is of it at the end of the connection."""
        line = bytearray()
        while not line.endswith(b"\n") and len(line) < _LONGEST_LINE:
            waiting = self._stream.peek(1)
            if not waiting:
                break
            line += self._count(self._stream.read(waiting.find(b"\n") + 1 or len(waiting)))
        return bytes(line)

    def read(self, size: int) -> bytes:
        """Return *size* bytes, fewer at the end of the connection."""
        taken = bytearray()
        while len(taken) < size:
            piece = self._count(self._stream.read1(min(_PIECE, size - len(taken))))
            if not piece:
                break
            taken += piece
        return bytes(taken)

    def _count(self, piece: bytes) -> bytes:
        self._bytes += len(piece)
        if self._monotonic() - self._began > self._seconds + self._bytes / SLOWEST:
            raise TimeoutError("the answer dribbles")
        return piece


def keep_pace(client: IMAPClient, seconds: float) -> None:
    """Let *client* give up on answers that dribble; *seconds* is how long a silence may be."""
    door = client._imap
    paced, send = Paced(door.file, seconds), door.send

    def send_and_count(data: bytes) -> None:
        send(data)
        paced.restart()  # what is sent may be a large mail on a slow line

    door.readline, door.read, door.send = paced.readline, paced.read, send_and_count
