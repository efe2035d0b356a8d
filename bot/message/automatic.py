"""Whether a machine is talking: bounces, out-of-office notes, lists, our own mail (RFC 3834, RFC 3464, RFC 5230).

No single header marks machine mail, so there are several marks, each told by name. ``X-Auto-Response-Suppress`` is
deliberately not one: Exchange puts it on ordinary mail.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.language import fold
from bot.own_mark import HEADER, is_own_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DAEMON = re.compile(
    r"^(?:mailer-daemon|post[-_]?master|no-?reply|do-?not-?reply|listserv|majordomo|owner-.*|.*-(?:request|owner|bounces))@",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"^(?:tra loi tu dong|thu tra loi tu dong|tu dong tra loi|automatic repli|auto repli|auto response|autorepli|"
    r"out of (?:the )?office|vang mat|undeliver|non deliverable|"
    r"(?:deliveri|mail|message|e mail|your message) "
    r"(?:status notification|deliveri (?:fail|status|problem|report|error)|failure|could not be delivered|"
    r"not delivered)|"
    r"returned mail|failure notice|mail sistem error|"
    r"thu (?:khong|chua) gui duoc|khong (?:the )?(?:gui|phat) (?:duoc|thu)|complaint about message from)"
)
"""On folded subjects, where y is read as i."""
_LISTS = ("list-id", "list-unsubscribe", "list-subscribe", "list-post", "mailing-list", "x-mlserver", "x-ml-name")
_FAILURE = re.compile(
    r"(?im)^[ \t>*]*(?:[\w ]{0,30}<<< ?)?(?:550|551|552|553|554|5\.\d\.\d{1,3}|#5\.\d\.\d{1,3})[ :#-]"
)
_RECIPIENT = re.compile(r"(?i)\bRCPT TO:")
_STATUS_RECIPIENT = re.compile(r"(?im)^[ \t>]*Final-Recipient:[ \t]*rfc822;")
_STATUS_FAILED = re.compile(r"(?im)^[ \t>]*Action:[ \t]*failed\b")


MERE_SUBJECT = "automatic subject"
"""The weakest mark: a person may write such words above a form ("Thư không gửi được hôm qua, xin gửi lại")."""
MOST_HOPS = 30
"""Received headers of a mail that still has come straight to us (RFC 5321, 6.3, lets servers give up at 100)."""


def machine_mark(
    headers: Mapping[str, str], content_type: str, sender: str, own: str, *, secret: bytes = b"", hops: int = 0
) -> str:
    """Return the mark by which the mail shows that a machine wrote it, or an empty string for a person.

    Args:
        headers: lower-case name → first value, decoded.
        content_type: the lower-case type of the whole mail.
        sender: the address in From, lower case.
        own: our own address, lower case.
        secret: seals the mark of our own mail.
        hops: how many servers have handed it on.
    """
    marks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("our own mail", lambda: bool(own) and sender == own),
        ("our own mark", lambda: is_own_mark(headers.get(HEADER.lower(), ""), secret)),
        ("too many hops", lambda: hops > MOST_HOPS),
        ("auto-submitted", lambda: headers.get("auto-submitted", "no").split(";")[0].strip().lower() not in {"no", ""}),
        ("null return path", lambda: headers.get("return-path", "").strip() == "<>"),
        ("daemon return path", lambda: headers.get("return-path", "").strip(" <").lower().startswith("mailer-daemon")),
        ("delivery notice", lambda: content_type in {"multipart/report", "message/delivery-status"}),
        ("failed recipients", lambda: "x-failed-recipients" in headers),
        ("daemon address", lambda: bool(_DAEMON.match(sender))),
        ("precedence", lambda: headers.get("precedence", "").lower() in {"bulk", "junk", "list", "auto_reply"}),
        ("mailing list", lambda: any(name in headers for name in _LISTS)),
        ("autoreply header", lambda: any(name in headers for name in ("x-autoreply", "x-autorespond", "x-auto-reply"))),
        (MERE_SUBJECT, lambda: bool(_AWAY.match(fold(headers.get("subject", ""))))),
    )
    return next((name for name, holds in marks if holds()), "")


def bounce_words(text: str) -> bool:
    """Return whether a text is the transcript of a failed delivery: a permanent refusal (RFC 5321, 4.2) and for whom.

    Only for mails without a file and without any other mark; a person who quotes both has nothing to hand in either.
    """
    head = text[:5_000]
    return bool(_RECIPIENT.search(head) and _FAILURE.search(head))


def is_bare_notice(text: str, own: str) -> bool:
    """Return whether a text holds the fields of a delivery notice (RFC 3464, 2.3) and no word of its sender's *own*.

    Only for mails without a file: whoever passes on a notice without a word asks for nothing.
    """
    head = text[:5_000]
    return not own.strip() and bool(_STATUS_RECIPIENT.search(head) and _STATUS_FAILED.search(head))
