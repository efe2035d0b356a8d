"""Real mail servers on loopback, in memory: pymap for IMAP, aiosmtpd for SMTP; for the demo and for the tests."""

from __future__ import annotations

import asyncio
import logging
import threading
from argparse import Namespace
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, DictBackend, Login
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import Cleartext

if TYPE_CHECKING:
    import ssl
    from collections.abc import Coroutine, Iterable
    from datetime import datetime
    from typing import Self

    from pymap.backend.dict.mailbox import MailboxSet

_HOST = "127.0.0.1"
_T = TypeVar("_T")


class _LoopbackServer:
    """A server with an event loop and a thread of its own; what it holds survives ``stop``, until ``close``."""

    def __init__(self) -> None:
        self.host = _HOST
        self.port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.WriteTransport] = set()

    def start(self) -> int:
        """Listen (again) and return the port; it stays the same for the life of this object."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)
            self._thread.start()
        if self._server is None:
            self._server = self._run(self._listen())
            self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    def stop(self) -> None:
        """Refuse connections and cut those that are open, as a crash of the server would."""
        if self._server is not None:
            self._run(self._cut(self._server))
            self._server = None

    def cut(self) -> None:
        """Cut the connections that are open, and go on listening."""
        self._run(self._cut(None))

    def close(self) -> None:
        """Stop for good and forget everything."""
        self.stop()
        if self._loop is None or self._thread is None:
            return
        self._run(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _listen(self) -> asyncio.Server:
        raise NotImplementedError

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        if self._loop is None:
            work.close()
            raise RuntimeError("the server was not started")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _cut(self, server: asyncio.Server | None) -> None:
        if server is not None:
            server.close()
        for transport in list(self._connections):
            transport.abort()
        self._connections.clear()
        await asyncio.sleep(0)

    async def _end_tasks(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _ImapConfig(Config):
    @property
    def greeting(self) -> bytes:
        # The library asks the resolver for this machine's name, which takes seconds where there is none.
        return b"Server ready"


class _Plain(Cleartext):
    """No hashing: the password guards nothing, and a slow hash would cost a tenth of a second at each login."""

    def verify(self, secret: str, hash: str) -> bool:  # noqa: A002  the library's name
        return secret == hash


class DemoImap(_LoopbackServer):
    """An IMAP server with one login; IDLE, MOVE, UIDPLUS. Give *tls* for TLS from the first byte, or *starttls*."""

    def __init__(
        self,
        user: str = "baocao@bokehoach.example",
        password: str = "matkhau-thu",  # noqa: S107  it opens nothing but this server
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__()
        self.user = user
        self.password = password
        self._tls = tls
        self._starttls = starttls
        self._backend: DictBackend | None = None

    def deliver(self, raw: bytes, received_at: datetime, folder: str = "INBOX") -> int:
        """Put *raw* into *folder* with that INTERNALDATE, as a mail system would, and return its UID."""
        return self._run(self._deliver(raw, received_at, folder))

    async def _deliver(self, raw: bytes, received_at: datetime, folder: str) -> int:
        mailbox = await (await self._mailboxes()).get_mailbox(folder)
        return (await mailbox.append(AppendMessage(raw, received_at), recent=True)).uid

    async def _mailboxes(self) -> MailboxSet:
        backend = await self._ready()
        async with backend.login.demo_user_identity.new_session() as session:
            return session.mailbox_set

    async def _ready(self) -> DictBackend:
        if self._backend is None:
            args = Namespace(
                debug=False, host=None, port=0, cert=None, key=None, tls=self._starttls is not None,
                passlib_cfg=None, proxy_protocol=None, demo_data=False, demo_user=self.user,
                demo_password=self.password,
            )  # fmt: skip
            config = _ImapConfig.from_args(
                args, ssl_context=self._starttls, invalid_user_sleep=0.0, hash_context=_Plain()
            )
            config.apply_context()
            login = Login(config)
            hashed = await Passwords(config).hash_password(self.password)
            await login.demo_user_identity.set(UserMetadata(config, self.user, password=hashed))
            self._backend = DictBackend(login, config)
        self._backend.config.apply_context()
        return self._backend

    async def _listen(self) -> asyncio.Server:
        await self._ready()
        return await asyncio.start_server(self._serve, _HOST, self.port, ssl=self._tls)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        backend = await self._ready()
        self._connections.add(writer.transport)
        try:
            where = SocketInfo.get(writer, None, unique_id=uuid4().bytes)
            await IMAPServer(backend.login, backend.config)(reader, writer, where)
        finally:
            self._connections.discard(writer.transport)


class DemoSmtp(_LoopbackServer):
    """An SMTP sink that keeps what it takes, and answers the first mails as *script* says.

    Each entry of *script* serves for one mail: ``""`` takes it; ``"450 4.2.0 later"`` is the answer after DATA (a 421
    also closes); ``"RCPT 550 5.1.1 unknown"`` refuses the first recipient; ``"DROP"`` closes after DATA without an
    answer, and ``"TAKE DROP"`` does so after having taken the mail. After the script every mail is taken.
    """

    def __init__(
        self,
        script: Iterable[str] = (),
        *,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__()
        # It warns of a login in clear, which on loopback is meant; in the program's own log it would be noise.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self.script = deque(script)
        self.received: list[tuple[str, list[str], bytes]] = []
        """Envelope sender, envelope recipients and bytes of each mail that was taken."""
        self._login = login
        self._tls = tls
        self._starttls = starttls

    async def _listen(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(self._protocol, _HOST, self.port, ssl=self._tls)

    def _protocol(self) -> SMTP:
        return _Sink(
            self,
            hostname="localhost",
            enable_SMTPUTF8=True,
            tls_context=self._starttls,
            require_starttls=self._starttls is not None,
            auth_required=self._login is not None,
            auth_require_tls=self._starttls is not None,
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: object
    ) -> AuthResult:
        known = isinstance(given, LoginPassword) and self._login == (given.login.decode(), given.password.decode())
        return AuthResult(success=known, handled=known)

    async def handle_RCPT(  # noqa: N802  the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer one RCPT: refuse it where the script says so."""
        if self.script and self.script[0].startswith("RCPT "):
            return self.script.popleft().removeprefix("RCPT ")
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: _Sink, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer one mail as the script says, and keep it if it is taken."""
        answer = self.script.popleft() if self.script else ""
        if not answer or answer == "TAKE DROP":
            self.received.append((envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content or b""))
        if answer.endswith("DROP"):
            await server.leave()
        if answer.startswith("421"):
            await server.push(answer)
            await server.leave()
        return answer or "250 2.0.0 OK"


class _Sink(SMTP):
    """One connection, known to its server so that it can be cut."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if isinstance(transport, asyncio.WriteTransport):
            self.event_handler._connections.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler._connections.discard(self.transport)
        super().connection_lost(error)

    async def leave(self) -> None:
        """Close the connection and never return: the library cancels its task when the connection is lost."""
        if self.transport is not None:
            self.transport.close()
        await asyncio.get_running_loop().create_future()
