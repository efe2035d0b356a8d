"""One IMAP connection, opened as the config demands: encrypted, checked, with time-outs; it fails in two ways only."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    ProtocolError,
)

from bot.adapters.imap_pace import keep_pace
from bot.adapters.sign_in import SignInAway, SignInRefused, hide_token, status_of, xoauth2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.adapters.sign_in import SignIn
    from bot.config import Mailbox

_KEEP_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3))
_NO = re.compile(r"^\w+ failed: ")
"""How IMAPClient begins the message of a command that was answered with NO."""
_PASSING = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\b", re.IGNORECASE)
"""Response codes (RFC 5530) of a trouble that ends without us."""
_PLAIN_USER = re.compile(r"[!#-'+-\[\]-z|~]+")
_PLAIN_SECRET = re.compile(r"[ -~]*")
_FAREWELL_SECONDS = 3.0


class MailboxLost(OSError):  # noqa: N818  it tells what happened to the mailbox; the cure is to connect again
    """The connection is gone, silent or talking nonsense: close it, wait, connect again."""


class MailboxRefused(Exception):  # noqa: N818  a sentence for the operator, who alone can cure it
    """The server said no to the login, to TLS or to a folder; the sentence is Vietnamese and holds no secret."""


class LoginRefused(MailboxRefused):
    """The server does not accept user and secret. Tried again quickly, it would lock the account."""


@contextmanager
def talking(about: str) -> Iterator[None]:
    """Turn whatever the library raises inside the block into one of two exceptions.

    Raises:
        MailboxRefused: the server answered NO, for a reason that does not pass by itself.
        MailboxLost: everything else. An answer that the library's parser chokes on (it raises ValueError, TypeError,
            IndexError … then) leaves the line in an unknown state, so it counts as lost too.
    """
    try:
        yield
    except (MailboxLost, MailboxRefused):
        raise
    except IMAPClientReadOnlyError as problem:
        raise MailboxRefused(f"{about}: hộp thư chỉ cho đọc, không chuyển thư được") from problem
    except (IMAPClientAbortError, ProtocolError) as problem:
        raise MailboxLost(f"{about}: {problem}") from problem
    except IMAPClientError as problem:
        words = str(problem)
        if _NO.match(words) and not _PASSING.search(words):
            raise MailboxRefused(f"{about}: máy chủ thư trả lời {_NO.sub('', words)}") from problem
        raise MailboxLost(f"{about}: {words}") from problem
    except OSError as problem:
        raise MailboxLost(f"{about}: {problem or type(problem).__name__}") from problem
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as problem:
        raise MailboxLost(f"{about}: unreadable answer ({type(problem).__name__})") from problem


def open_connection(settings: Mailbox, sign_in: SignIn | None = None) -> IMAPClient:
    """Connect, encrypt as configured and log in; every wait is bounded by ``settings.timeout_seconds``.

    *sign_in* gives the tokens where the mailbox is not opened by a password; one that is refused is renewed once.

    Raises:
        MailboxLost: the server cannot be reached, hangs up or does not answer in time.
        MailboxRefused: encryption or certificate do not work; nothing is ever sent in clear instead.
        LoginRefused: of these, the login.
    """
    if settings.sign_in == "password":
        return _open(settings, partial(_login, settings=settings, secret=_secret(settings)))
    if sign_in is None:
        raise ValueError(f"nobody gives tokens for {settings.sign_in}")
    with _asking_for_a_token():
        first = sign_in.token(settings.user)
    try:
        return _open(settings, partial(_login_by_token, settings=settings, token=first))
    except LoginRefused:
        with _asking_for_a_token():
            second = sign_in.token(settings.user, renew=True)
    return _open(settings, partial(_login_by_token, settings=settings, token=second))


def _open(settings: Mailbox, log_in: Callable[[IMAPClient], None]) -> IMAPClient:
    context = None if settings.security == "none" else _tls_context(settings)
    client = _connect(settings, context)
    try:
        _keep_alive(client.socket())
        if settings.security == "starttls":
            _start_tls(client, settings, context)
        keep_pace(client, settings.timeout_seconds)
        log_in(client)
    except BaseException:
        hang_up(client)
        raise
    return client


def hang_up(client: IMAPClient) -> None:
    """Close the socket without a word: for a connection that is not trusted any more."""
    with suppress(OSError, IMAPClientError):  # a socket that is already dead is what is wanted
        client.shutdown()


def say_goodbye(client: IMAPClient) -> None:
    """Log out and close; a server that does not answer is not waited for."""
    with suppress(OSError, IMAPClientError, ValueError, AttributeError):  # LOGOUT is a courtesy
        client.socket().settimeout(_FAREWELL_SECONDS)
        client.logout()
        return
    hang_up(client)


def _secret(settings: Mailbox) -> str:
    try:
        return settings.password()
    except LookupError as problem:
        raise MailboxRefused(f"mật khẩu hộp thư: {problem.args[0]}") from problem


def _tls_context(settings: Mailbox) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(settings.ca_file)
        except OSError as problem:
            raise MailboxRefused(f"không dùng được tệp chứng thư {settings.ca_file}: {problem.strerror}") from problem
    return context


def _connect(settings: Mailbox, context: ssl.SSLContext | None) -> IMAPClient:
    encrypted = settings.security == "tls"
    patience = SocketTimeout(settings.timeout_seconds, settings.timeout_seconds)
    with _encrypting(settings), talking(_name(settings)):
        client = IMAPClient(
            settings.host, settings.port, ssl=encrypted, ssl_context=context if encrypted else None, timeout=patience
        )
    # At its own level 5 imaplib formats every byte for a logger: a third of the speed, and the login in a log.
    client._imap.debug = 0
    client.normalise_times = False
    return client


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # imaplib sends a literal and its end in two pieces; the second would wait for the acknowledgement of the first.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for option, seconds in _KEEP_ALIVE:
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)


def _start_tls(client: IMAPClient, settings: Mailbox, context: ssl.SSLContext | None) -> None:
    try:
        with _encrypting(settings), talking(_name(settings)):
            client.starttls(context)
    except MailboxLost as problem:
        # Also a server that claims to be logged in already, which would keep us from encrypting (RFC 9051, 11.1).
        if isinstance(problem.__cause__, CapabilityError) or "illegal in state" in str(problem):
            raise MailboxRefused(
                f"máy chủ {_name(settings)} không hỗ trợ STARTTLS; không gửi mật khẩu khi chưa mã hóa"
            ) from problem
        raise


@contextmanager
def _encrypting(settings: Mailbox) -> Iterator[None]:
    """Tell a certificate or protocol that will not do from a line that broke during the handshake."""
    try:
        yield
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError) as problem:
        raise MailboxLost(f"{_name(settings)}: {problem}") from problem
    except MailboxLost as problem:
        cause = problem.__cause__
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise MailboxRefused(
                f"chứng thư của máy chủ {_name(settings)} không được chấp nhận: {cause.verify_message}"
            ) from problem
        broken = isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError))
        if isinstance(cause, ssl.SSLError) and not broken:
            raise MailboxRefused(
                f"máy chủ {_name(settings)} không mã hóa được theo cấu hình ({cause.reason}); xem lại security và port"
            ) from problem
        raise


def _login(client: IMAPClient, settings: Mailbox, secret: str) -> None:
    plain = _PLAIN_USER.fullmatch(settings.user) and _PLAIN_SECRET.fullmatch(secret)
    try:
        # imaplib sends LOGIN as ASCII and does not quote the user; SASL PLAIN carries any text (RFC 4616).
        if plain and not client.has_capability("LOGINDISABLED"):
            client.login(settings.user, secret)
        else:
            client.plain_login(settings.user, secret)
    except IMAPClientError as problem:
        # IMAPClient raises the same LoginError when the line breaks; what it was stands in the context.
        words = str(problem).replace(secret, "…") if secret else str(problem)
        if isinstance(problem.__context__, IMAPClientAbortError) or _PASSING.search(words):
            raise MailboxLost(f"{_name(settings)}: {words}") from None
        raise LoginRefused(f"máy chủ {_name(settings)} không nhận đăng nhập của {settings.user}: {words}") from None
    except OSError as problem:
        raise MailboxLost(f"{_name(settings)}: {problem}") from None


@contextmanager
def _asking_for_a_token() -> Iterator[None]:
    try:
        yield
    except SignInRefused as problem:
        raise LoginRefused(f"không đăng nhập được: {problem}. {problem.cure}") from problem
    except SignInAway as problem:
        raise MailboxLost(str(problem)) from problem


def _login_by_token(client: IMAPClient, settings: Mailbox, token: str) -> None:
    """Log in by XOAUTH2; a server that refuses the token says why in a challenge, which wants an empty answer."""
    why: list[bytes] = []

    def answer(challenge: bytes) -> bytes:
        if challenge:
            why.append(challenge)
            return b""
        return xoauth2(settings.user, token).encode()

    try:
        client._command_and_check("authenticate", "XOAUTH2", answer)
    except (IMAPClientError, imaplib.IMAP4.error) as problem:
        words = hide_token(str(problem), settings.user, token)
        if isinstance(problem, imaplib.IMAP4.abort) or _PASSING.search(words):
            raise MailboxLost(f"{_name(settings)}: {words}") from None
        told = "; ".join(filter(None, (words, *map(status_of, why))))
        raise LoginRefused(f"máy chủ {_name(settings)} không nhận token của {settings.user}: {told}") from None
    except OSError as problem:
        raise MailboxLost(f"{_name(settings)}: {problem}") from None


def _name(settings: Mailbox) -> str:
    return f"{settings.host}:{settings.port}"
