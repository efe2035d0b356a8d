"""What really answers at the port of a mail server, asked when the usual way in has failed.

Nothing is sent but EHLO and STARTTLS: no name of a user, no secret.
"""

from __future__ import annotations

import re
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config import Mailbox, Smtp

Protocol: TypeAlias = Literal["IMAP", "SMTP", "POP3", "SSH", "HTTP", ""]
_GREETINGS: tuple[tuple[bytes, Protocol], ...] = (
    (b"* ", "IMAP"),
    (b"220", "SMTP"),
    (b"421", "SMTP"),
    (b"554", "SMTP"),
    (b"+OK", "POP3"),
    (b"SSH-", "SSH"),
    (b"HTTP/", "HTTP"),
)
_LISTENING = 3.0
"""Seconds within which an honest server begins to speak."""
_LINE = 4096
_SMTP_END = re.compile(rb"^([2-5])\d\d(?: .*)?\r?\n", re.MULTILINE)
_IMAP_END = re.compile(rb"^a (OK|NO|BAD)\b.*\r?\n", re.MULTILINE)
_DATE = re.compile(rb"(?:\w{3}, )?\d{1,2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")


@dataclass(frozen=True, slots=True)
class PortLook:
    """What was found at a port."""

    protocol: Protocol = ""
    """Empty where nobody who is known spoke."""
    encrypted: bool = False
    """It is TLS from the first byte."""
    certificate: str = ""
    """Why its certificate is refused, in OpenSSL's words; empty where it is accepted or none was shown."""
    names: tuple[str, ...] = ()
    """For whom the certificate was issued, where it is its name that does not fit."""


def look_at_port(account: Mailbox | Smtp) -> PortLook:
    """Return what speaks at the port of *account*; raises OSError where nobody can be reached."""
    patience = min(account.timeout_seconds, _LISTENING)
    with socket.create_connection((account.host, account.port), timeout=patience) as line:
        greeting = _read(line)
        if greeting:
            protocol = _protocol_of(greeting)
            if account.security != "starttls" or not _begin_tls(line, protocol):
                return PortLook(protocol)
            return PortLook(protocol, False, *_try_certificate(line, account))
    return _look_inside(account, patience)


def _look_inside(account: Mailbox | Smtp, patience: float) -> PortLook:
    """Look whether who does not speak first speaks TLS."""
    with socket.create_connection((account.host, account.port), timeout=patience) as line:
        try:
            # Only to hear who it is; whether the certificate is good is looked at on a line of its own.
            with _trusting().wrap_socket(line, server_hostname=account.host) as inside:
                protocol = _protocol_of(_read(inside))
        except OSError:
            return PortLook()
    with socket.create_connection((account.host, account.port), timeout=patience) as line:
        return PortLook(protocol, True, *_try_certificate(line, account))


def _try_certificate(line: socket.socket, account: Mailbox | Smtp) -> tuple[str, tuple[str, ...]]:
    """Shake hands over *line* as the bot would; return why the certificate is refused, and its names."""
    context = ssl.create_default_context()
    try:
        if account.ca_file is not None:
            context.load_verify_locations(account.ca_file)
        with context.wrap_socket(line, server_hostname=account.host):
            return "", ()
    except ssl.SSLCertVerificationError as problem:
        mismatch = "mismatch" in problem.verify_message
        return problem.verify_message, _names_at(account, context) if mismatch else ()
    except OSError:
        return "", ()


def _names_at(account: Mailbox | Smtp, context: ssl.SSLContext) -> tuple[str, ...]:
    """Return the names in the certificate, which is good but for its name."""
    context.check_hostname = False
    with suppress(OSError), socket.create_connection((account.host, account.port), timeout=_LISTENING) as line:
        if account.security == "starttls" and not _begin_tls(line, _protocol_of(_read(line))):
            return ()
        with context.wrap_socket(line) as inside:
            told = (inside.getpeercert() or {}).get("subjectAltName", ())
            return tuple(str(one[1]) for one in told if isinstance(one, tuple) and len(one) == 2)
    return ()


def _begin_tls(line: socket.socket, protocol: Protocol) -> bool:
    """Ask for STARTTLS; return whether the server agrees."""
    try:
        if protocol == "SMTP":
            return _ask(line, b"EHLO localhost", _SMTP_END) and _ask(line, b"STARTTLS", _SMTP_END)
        if protocol == "IMAP":
            return _ask(line, b"a STARTTLS", _IMAP_END)
    except OSError:
        return False
    return False


def _ask(line: socket.socket, command: bytes, end: re.Pattern[bytes]) -> bool:
    """Say *command* and hear the answer up to its *end*; return whether it was yes."""
    line.sendall(command + b"\r\n")
    told = b""
    while (found := end.search(told)) is None:
        more = _read(line)
        if not more or len(told) > _LINE:
            return False
        told += more
    return found[1] in (b"2", b"OK")


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _protocol_of(greeting: bytes) -> Protocol:
    return next((protocol for begin, protocol in _GREETINGS if greeting.startswith(begin)), "")


def _read(line: socket.socket) -> bytes:
    """Return what the other side says now; empty where it is silent or gone."""
    with suppress(OSError):
        return line.recv(_LINE)
    return b""


def told_time(account: Mailbox | Smtp) -> datetime | None:
    """Return the time that the server tells in its greeting, as Exchange and Sendmail do; None where it tells none.

    Over TLS it is not asked: those who greet so do it in clear, before STARTTLS.
    """
    if account.security == "tls":
        return None
    try:
        with socket.create_connection((account.host, account.port), timeout=min(account.timeout_seconds, 1)) as line:
            found = _DATE.search(_read(line))
    except (OSError, UnicodeError):
        return None
    if found is None:
        return None
    try:
        return parsedate_to_datetime(found[0].decode("ascii"))
    except ValueError:
        return None
