"""IDLE (RFC 2177) as a hint to look sooner. Polling is the truth: nothing depends on what is heard here."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog

from bot.adapters.clock import LOG_IN_AGAIN, LONGEST_PAUSE, Pause
from bot.adapters.imap_connection import LoginRefused, MailboxLost, MailboxRefused, hang_up, open_connection, talking
from bot.language import nfc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imapclient import IMAPClient

    from bot.adapters.sign_in import SignIn
    from bot.config import Mailbox

_TICK = 0.5
"""How long one look at the socket lasts, and so how long ``stop`` waits for a thread that is well."""

_LOGINS_LEFT_OUT = 4
"""How many tries of the mailroom after a refused login pass without one of ours."""
_PIECE = 16 * 1024
_LONGEST_LINE = 1_000_000

log = structlog.get_logger(__name__)


class Watcher:
    """Listens to the folder on a connection and a thread of its own, and calls *on_hint* when mail may have come.

    *on_hint* runs on that thread and takes nothing; it is also called once after each connection, since nobody knows
    what came while there was none. On a server without IDLE the thread ends by itself.
    """

    def __init__(
        self,
        settings: Mailbox,
        on_hint: Callable[[], None],
        sign_in: SignIn | None = None,
        *,
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self._settings = settings
        self._sign_in = sign_in
        self._on_hint = on_hint
        self._stopping = threading.Event()
        self._pause = Pause(self._stopping, first=min(1.0, longest_pause), longest=longest_pause)
        self._client: IMAPClient | None = None
        self._thread = threading.Thread(target=self._run, name="imap-watch", daemon=True)

    @property
    def alive(self) -> bool:
        """Tell whether somebody is listening or trying to."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to listen; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread within about two seconds, also when the server is silent."""
        self._stopping.set()
        if not self._thread.is_alive():
            return
        self._thread.join(2 * _TICK)
        client = self._client
        if self._thread.is_alive() and client is not None:
            # It waits for an answer that may never come. The base class's method: that of an encrypted socket
            # would drop its state under the hands of the other thread.
            with suppress(OSError):  # already closed
                socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)
            self._thread.join(2 * _TICK)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if not self._listen():
                    return
            except LoginRefused as problem:
                # The mailroom asks for both: a second wrong login each time would only lock the account sooner.
                log.info("watch_interrupted", cause=str(problem))
                self._stopping.wait(_LOGINS_LEFT_OUT * LOG_IN_AGAIN.total_seconds())
            except (MailboxLost, MailboxRefused) as problem:
                log.info("watch_interrupted", cause=str(problem))
            except Exception:  # a broken reconnect must never be the end of listening; the sweeps go on meanwhile
                log.exception("watch_failed")
            if not self._pause.wait():
                return

    def _listen(self) -> bool:
        """Connect and listen until told to stop; return False where there is nothing to listen to."""
        client = self._client = open_connection(self._settings, self._sign_in)
        lines = _read_in_whole_lines(client)
        try:
            with talking("IDLE"):
                if not client.has_capability("IDLE"):
                    log.info("server_without_idle")
                    return False
                client.select_folder(nfc(self._settings.folder), readonly=True)
                client.idle()
            self._on_hint()
            while not self._stopping.is_set():
                with talking("IDLE"):
                    self._wait(client, lines)
                    self._renew(client)
        except MailboxLost:
            # What the server was about to say may well have been the news of a mail.
            self._on_hint()
            raise
        finally:
            self._client = None
            hang_up(client)
        return True

    def _wait(self, client: IMAPClient, lines: _Lines) -> None:
        """Hear what comes in one IDLE: until it is old, or until the socket wakes us without saying anything."""
        end = time.monotonic() + self._settings.idle_minutes * 60
        while not self._stopping.is_set():
            begun = time.monotonic()
            if begun >= end:
                return
            answers = client.idle_check(timeout=min(_TICK, end - begun))
            self._heed(answers)
            if not (answers or lines.begun) and time.monotonic() - begun < min(_TICK, end - begun) / 2:
                # Readable, yet not a line: the end of the connection, or TLS talking to itself. Renewing tells which.
                return

    def _renew(self, client: IMAPClient) -> None:
        self._heed(client.idle_done()[1])
        self._pause.reset()
        self._heed(client.noop()[1])  # what came between two IDLEs is told here
        client.idle()

    def _heed(self, answers: Sequence[Any]) -> None:
        if any(b"BYE" in answer[:1] for answer in answers):
            raise MailboxLost("IDLE: the server says goodbye")
        if any(b"EXISTS" in answer for answer in answers):
            self._pause.reset()
            self._on_hint()


class _Lines:
    """Reads a socket line by line, and keeps the beginning of a line whose end has not come yet.

    imaplib reads through a file, which loses that beginning when the socket does not wait, as in IDLE; servers that
    write a line in pieces, and long bursts of EXPUNGE that a segment cuts, then look like a broken connection.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._kept = bytearray()

    @property
    def begun(self) -> bool:
        """Tell whether a line has begun whose end has not come yet."""
        return bool(self._kept)

    def readline(self) -> bytes:
        """Return a line, or what there is of it at the end of the connection; raises OSError while it is not whole."""
        while b"\n" not in self._kept and len(self._kept) < _LONGEST_LINE and self._receive():
            pass
        end = self._kept.find(b"\n") + 1
        return self._take(end or len(self._kept))

    def read(self, size: int) -> bytes:
        """Return *size* bytes, a literal; raises OSError while they are not there."""
        while len(self._kept) < size and self._receive():
            pass
        return self._take(size)

    def _receive(self) -> bool:
        more = self._sock.recv(_PIECE)
        self._kept += more
        return bool(more)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._kept[:size])
        del self._kept[:size]
        return taken


def _read_in_whole_lines(client: IMAPClient) -> _Lines:
    lines = _Lines(client.socket())
    client._imap.readline, client._imap.read = lines.readline, lines.read
    return lines
