"""A real SMTP server on loopback that answers by a script, for the tests of sending."""

# aiosmtpd gives the names and arguments of its hooks:
# ruff: noqa: ARG002, ARG005, N802

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
import subprocess
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

if TYPE_CHECKING:
    from pathlib import Path

DROP = "DROP"
"""Instead of an answer: the connection is reset."""
SILENCE = "SILENCE"
"""Instead of an answer: none, for ever."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the server has, also when its sender never heard so."""

    mail_from: str
    to: tuple[str, ...]
    raw: bytes = field(repr=False)
    options: tuple[str, ...] = ()

    @property
    def message_id(self) -> str:
        """Return the Message-ID as written."""
        for line in self.raw.split(b"\r\n"):
            if line.lower().startswith(b"message-id:"):
                return line.partition(b":")[2].strip().decode()
        return ""


@dataclass
class Script:
    """What the server answers, in order; when a list has run out, it is content with everything."""

    ehlo: deque[str] = field(default_factory=deque)
    mail: deque[str] = field(default_factory=deque)
    rcpt: dict[str, deque[str]] = field(default_factory=dict)
    """By recipient."""
    data: deque[str] = field(default_factory=deque)
    """Answers to the command DATA."""
    text: deque[str] = field(default_factory=deque)
    """Answers to the final dot; DROP and SILENCE there come after the mail was taken."""
    noop: deque[str] = field(default_factory=deque)
    login: deque[bool | str] = field(default_factory=deque)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    lines: list[asyncio.BaseTransport] = field(default_factory=list, repr=False)

    # The hooks of aiosmtpd.

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        answer = await self._play(server, self.ehlo)
        return [answer] if answer else responses

    async def handle_NOOP(self, server: SMTP, session: Session, envelope: Envelope, arg: str) -> str:
        self.commands.append("NOOP")
        return await self._play(server, self.noop) or "250 OK"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str | None, options: list[str]
    ) -> str:
        self.commands.append("MAIL")
        answer = await self._play(server, self.mail)
        if answer:
            return answer
        envelope.mail_from = address or ""
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._play(server, self.rcpt.get(address, deque()))
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        planned = self.text[0] if self.text else ""
        if planned in ("", DROP, SILENCE) or planned.startswith(("2", "SLOW")):
            content = envelope.original_content or b""
            self.taken.append(
                Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), content, tuple(envelope.mail_options))
            )
        return await self._play(server, self.text) or "250 2.0.0 queued"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        answer = self.login.popleft() if self.login else True
        if isinstance(answer, str):
            return AuthResult(success=False, handled=False, message=answer)
        return AuthResult(success=answer, handled=False)

    async def _play(self, server: SMTP, answers: deque[str]) -> str:
        answer = answers.popleft() if answers else ""
        if answer == SILENCE:
            await asyncio.Event().wait()
        if answer.startswith("SLOW "):
            await asyncio.sleep(float(answer[5:]))
            return "250 2.0.0 queued at last"
        if answer == DROP:
            _reset(server)
        return "250 never read" if answer == DROP else answer


@dataclass
class TokenScript(Script):
    """A server that takes tokens; the first *refuse* of them it refuses, after a challenge that says why."""

    refuse: int = 0
    offered: list[str] = field(default_factory=list)
    """The first answer to each XOAUTH2, as text."""

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        self.offered.append(base64.b64decode(args[1]).decode())
        if len(self.offered) > self.refuse:
            return AuthResult(success=True)
        answer = await server.challenge_auth(b'{"status":"401","schemes":"bearer"}')
        assert answer == b""
        return AuthResult(success=False, handled=False)


def _reset(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


class _Server(SMTP):
    """aiosmtpd's server, which also plays the answers to DATA itself."""

    def __init__(self, script: Script, **options: Any) -> None:
        super().__init__(script, hostname="smtp.example", **options)
        self._script = script
        script.connections += 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._script.lines.append(transport)

    async def smtp_DATA(self, arg: str) -> None:
        answer = self._script.data.popleft() if self._script.data else ""
        if answer == DROP:
            _reset(self)
        elif answer == SILENCE:
            await asyncio.Event().wait()
        elif answer.startswith("DROP in text"):
            await self.push("354 go on")
            await self._reader.readexactly(1000)
            _reset(self)
        elif answer:
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)


class ScriptedServer:
    """A server in a thread of its own; use it in a ``with``."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        security: str = "none",
        certificate: ssl.SSLContext | None = None,
        logins: bool = False,
        utf8: bool = True,
        port: int = 0,
    ) -> None:
        self.script = script or Script()
        self.port = port
        self._tls = certificate if security == "tls" else None
        starttls = certificate if security == "starttls" else None
        self._options: dict[str, Any] = {"enable_SMTPUTF8": utf8, "tls_context": starttls, "loop": None}
        if logins:
            self._options |= {"authenticator": self.script.authenticate, "auth_require_tls": False}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the scripted server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _listening(self) -> asyncio.Server:
        return await self._loop.create_server(
            lambda: _Server(self.script, **self._options), "127.0.0.1", self.port, ssl=self._tls
        )

    def close_door(self) -> None:
        """Refuse connections and cut those that are open, until the door is opened again at the same port."""

        async def close() -> None:
            self._server.close()
            for line in self.script.lines:
                line.abort()  # type: ignore[attr-defined]  # a socket's transport has it

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)

    def open_door(self) -> None:
        """Listen again."""

        async def listen() -> None:
            self._server = await self._listening()

        asyncio.run_coroutine_threadsafe(listen(), self._loop).result(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda loop, context: None)  # a reset connection is what the script wanted
        self._options["loop"] = self._loop
        self._server = self._loop.run_until_complete(self._listening())
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        self._server.close()
        for line in self.script.lines:
            line.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        with contextlib.suppress(Exception):
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


@dataclass(frozen=True, slots=True)
class Certificates:
    """A certificate authority of the test, and servers' contexts with its certificates."""

    ca_file: Path
    server: ssl.SSLContext
    """For localhost and 127.0.0.1."""
    other_name: ssl.SSLContext
    """For another host."""


def make_certificates(folder: Path) -> Certificates:
    """Make an authority and two certificates with the ``openssl`` command in *folder*."""

    def openssl(*words: str) -> None:
        subprocess.run(("openssl", *words), cwd=folder, check=True, capture_output=True)

    def context(name: str, alternative: str) -> ssl.SSLContext:
        (folder / f"{name}.ext").write_text(f"subjectAltName={alternative}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem")  # fmt: skip
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        return made

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=Test authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", "ca.key", "-out", "ca.pem")  # fmt: skip
    return Certificates(
        folder / "ca.pem",
        context("localhost", "DNS:localhost,IP:127.0.0.1"),
        context("elsewhere", "DNS:smtp.elsewhere.example"),
    )
