"""Logging in at the server that takes our mail: by password or by token, one try that counts, and no secret told."""

from __future__ import annotations

import base64
import smtplib
from typing import TYPE_CHECKING

from bot.adapters.delivery import Deferred, hide_secret, is_quota, one_reply
from bot.adapters.sign_in import SignInAway, SignInRefused, hide_token, status_of, xoauth2

if TYPE_CHECKING:
    from bot.adapters.sign_in import SignIn
    from bot.config import Smtp

_LOGGED_IN = (235, 503)
"""503: already authenticated, by a client certificate or by address."""


class NoService(Exception):  # noqa: N818  it tells what there is not; what to do stands in what it carries
    """There is no usable connection; carries what is to be told about it."""

    def __init__(self, deferred: Deferred) -> None:
        super().__init__(deferred.reply)
        self.deferred = deferred


def no_service(code: int, sentence: str, *, login: bool = False, until_tomorrow: bool = False) -> NoService:
    """Return the exception for a server that cannot be used, which is no try of any mail."""
    return NoService(Deferred(code, sentence, True, until_tomorrow, tried=False, login=login))


def name_of(settings: Smtp) -> str:
    """Return how a sentence calls the server."""
    return f"máy chủ gửi thư {settings.host}:{settings.port}"


def log_in(client: smtplib.SMTP, settings: Smtp, sign_in: SignIn | None) -> None:
    """Log in as *settings* say; raises NoService, and what smtplib raises when the line breaks.

    *sign_in* gives the token where there is no password; a token that is refused is renewed once.
    """
    if sign_in is None or settings.sign_in == "password":
        code, told = _try_password(client, settings)
    else:
        code, told = _try_token(client, settings, sign_in, renew=False)
        # A 4yz is about the moment and not about the token (RFC 4954 §6).
        if code not in _LOGGED_IN and not 400 <= code < 500:
            code, told = _try_token(client, settings, sign_in, renew=True)
    if code not in _LOGGED_IN:
        sentence = f"{name_of(settings)} từ chối đăng nhập của {settings.user}: {told}"
        raise no_service(code, sentence, login=True, until_tomorrow=is_quota(code, told))


def as_bytes(reply: bytes | str) -> bytes:
    """Return a server's reply as bytes: smtplib gives one or the other."""
    return reply if isinstance(reply, bytes) else reply.encode()


def _try_password(client: smtplib.SMTP, settings: Smtp) -> tuple[int, str]:
    """Return the answer to the password, by AUTH PLAIN where it is offered: one try in UTF-8 (RFC 4616).

    smtplib would try each method in turn, which counts as several wrong passwords, and knows only ASCII secrets.
    """
    user = settings.user
    try:
        secret = settings.password()
    except LookupError as problem:
        raise no_service(0, f"không có mật khẩu cho {user}: {problem.args[0]}", login=True) from None
    offered = client.esmtp_features.get("auth", "").upper().split()
    try:
        if "PLAIN" in offered:
            token = base64.b64encode(f"\0{user}\0{secret}".encode()).decode()
            code, reply = client.docmd("AUTH", f"PLAIN {token}")
        else:
            code, reply = client.login(user, secret)
    except smtplib.SMTPAuthenticationError as problem:
        code, reply = problem.smtp_code, as_bytes(problem.smtp_error)
    except (smtplib.SMTPNotSupportedError, UnicodeEncodeError):
        code, reply = 0, b"AUTH PLAIN is not offered"
    finally:
        client.user = client.password = ""  # smtplib keeps them otherwise
    return code, one_reply(hide_secret(reply, user, secret))


def _try_token(client: smtplib.SMTP, settings: Smtp, sign_in: SignIn, *, renew: bool) -> tuple[int, str]:
    """Return the answer to a token by AUTH XOAUTH2, without the token."""
    user = settings.user
    try:
        token = sign_in.token(user, renew=renew)
    except SignInRefused as problem:
        raise no_service(0, f"không đăng nhập được: {problem}. {problem.cure}", login=True) from None
    except SignInAway as problem:
        raise no_service(0, str(problem)) from None
    code, reply = client.docmd("AUTH", f"XOAUTH2 {base64.b64encode(xoauth2(user, token).encode()).decode()}")
    why = ""
    if code == 334:  # the server says in a challenge why it refuses, and waits for an empty answer
        why = status_of(reply)
        code, reply = client.docmd("")
    told = hide_token(one_reply(reply), user, token)
    return code, f"{told}; {why}" if why else told
