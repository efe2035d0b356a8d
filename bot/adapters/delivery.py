"""What may become of a mail that is handed to a server, and what the server's answers mean (RFC 5321, RFC 3463)."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.language import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")
_LIMIT_WORDS = re.compile(r"\b(quota|rate|limit|limits|exceed\w*|too (?:many|quickly|fast|much))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RefusedRecipient:
    """One address that the server did not take, while it took others of the same mail."""

    address: str
    code: int
    """0 where the server was not asked, because the address cannot be written on this connection."""
    reply: str

    def __str__(self) -> str:
        return f"{self.address}: {_with_code(self.code, self.reply)}"

    @property
    def gone(self) -> str:
        """Return the status (RFC 3463) by which the address is out of reach for good; empty where it need not be.

        What is wrong with the mail (its size, its text) or with us (a blocked sender, a limit) says nothing about it.
        """
        status = _status(self.reply)
        if not 500 <= self.code < 600 or is_quota(self.code, self.reply):
            return ""
        if not status:
            return "5.0.0" if self.code in {550, 551, 553} else ""
        return status if status.startswith(("5.1.", "5.2.")) and status not in {"5.1.8", "5.2.3"} else ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server has the mail now."""

    reply: str
    refused: tuple[RefusedRecipient, ...] = ()
    """The addresses that will not get it."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Nobody has the mail; it may be tried again later."""

    code: int
    """0 where there was no answer."""
    reply: str
    whole_server: bool = False
    """Every other mail would fail in the same way now."""
    until_tomorrow: bool = False
    """A quota is used up; asking again within the day only makes it worse."""
    tried: bool = True
    """False: it failed before the server heard of this mail, so that it does not count as a try of this mail."""
    login: bool = False
    """The login failed: repeating it quickly may lock the account."""

    def __str__(self) -> str:
        return _with_code(self.code, self.reply)


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody has the mail, and the same mail will never be taken."""

    code: int
    reply: str
    recipients: tuple[RefusedRecipient, ...] = field(default=(), compare=False)
    """Where it was for its recipients that it was refused."""

    def __str__(self) -> str:
        return _with_code(self.code, self.reply)


@dataclass(frozen=True, slots=True)
class Unsure:
    """The link broke after the final dot and before the answer: both sides may own the mail (RFC 1047)."""

    reply: str

    def __str__(self) -> str:
        return self.reply


Delivery = Accepted | Deferred | Refused | Unsure


def judge(code: int, reply: str) -> Deferred | Refused:
    """Return what an answer other than success means for the mail."""
    if is_quota(code, reply):
        recipient_only = _status(reply) == "4.2.1" and "user" in reply.lower()
        return Deferred(code, reply, whole_server=not recipient_only, until_tomorrow=True)
    if 500 <= code < 600:
        return Refused(code, reply)
    whole_server = code == 421 or not 400 <= code < 500
    return Deferred(code, reply, whole_server)


def judge_sender(code: int, reply: str) -> Deferred | Refused:
    """Return what a refused MAIL means: but for size and quota it is about our account, never about this mail."""
    judged = judge(code, reply)
    if isinstance(judged, Refused) and code != 552 and _status(reply) not in {"5.2.3", "5.3.4"}:
        return Deferred(code, reply, whole_server=True, tried=False)
    return judged


def is_quota(code: int, reply: str) -> bool:
    """Tell whether a sending limit is used up: Gmail's 5.4.5 and 4.2.1, and those 4.7.x that speak of a limit.

    Greylisting also answers 4.7.1 and is over in minutes, hence the words.
    """
    status = _status(reply)
    if status == "5.4.5":
        return True
    return 400 <= code < 500 and (status == "4.2.1" or status.startswith("4.7.")) and bool(_LIMIT_WORDS.search(reply))


def judge_refused(refused: Sequence[RefusedRecipient]) -> Deferred | Refused:
    """Return the result for a mail that nobody is to get now: any recipient that is put off puts off the mail."""
    told = "; ".join(str(one) for one in refused) if len(refused) > 1 else ""
    judged = [(one, judge(one.code, one.reply) if one.code else Refused(0, one.reply)) for one in refused]
    for one, result in judged:
        if isinstance(result, Deferred):
            return Deferred(one.code, told or one.reply, result.whole_server, result.until_tomorrow)
    return Refused(refused[0].code, told or refused[0].reply, tuple(refused))


def _status(reply: str) -> str:
    """Return the enhanced status code at the head of *reply* (RFC 2034), or an empty text."""
    found = _STATUS.match(reply)
    return found[1] if found else ""


def _with_code(code: int, reply: str) -> str:
    return f"{code} {reply}" if code > 0 else reply


def one_reply(reply: bytes) -> str:
    """Return the server's words as one line; foreign text, never trusted."""
    return one_line(reply.decode("utf-8", "replace"), 300)


def hide_secret(reply: bytes, user: str, secret: str) -> bytes:
    """Return *reply* without the secret in any of the shapes in which a server could echo it."""
    whole, bare = f"\0{user}\0{secret}".encode(), secret.encode()
    for shape in (base64.b64encode(whole), base64.b64encode(bare), bare):
        if shape:
            reply = reply.replace(shape, b"***")
    return reply
