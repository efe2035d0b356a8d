"""Whether a machine is talking: bounces, out-of-office notes, lists, our own mail (RFC 3834, RFC 3464, RFC 5230).

No single header marks machine mail, so there are several marks, each told by name. ``X-Auto-Response-Suppress`` is
deliberately not one: Exchange puts it on ordinary mail.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.language import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DAEMON = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|listserv|majordomo|owner-.*|.*-(?:request|owner|bounces))@",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"^(?:tra loi tu dong|thu tra loi tu dong|automatic repli|auto repli|auto response|out of office|vang mat|"
    r"undeliver|delivery status notification|delivery failure|mail delivery failed|returned mail|failure notice)"
)
"""On folded subjects, where y is read as i."""


def machine_mark(headers: Mapping[str, str], content_type: str, sender: str, own: str) -> str:
    """Return the mark by which the mail shows that a machine wrote it, or an empty string for a person.

    Args:
        headers: lower-case name → first value, decoded.
        content_type: the lower-case type of the whole mail.
        sender: the address in From, lower case.
        own: our own address, lower case.
    """
    marks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("our own mail", lambda: bool(own) and sender == own),
        ("auto-submitted", lambda: headers.get("auto-submitted", "no").split(";")[0].strip().lower() not in {"no", ""}),
        ("null return path", lambda: headers.get("return-path", "").strip() == "<>"),
        ("delivery notice", lambda: content_type in {"multipart/report", "message/delivery-status"}),
        ("failed recipients", lambda: "x-failed-recipients" in headers),
        ("daemon address", lambda: bool(_DAEMON.match(sender))),
        ("precedence", lambda: headers.get("precedence", "").lower() in {"bulk", "junk", "list", "auto_reply"}),
        ("mailing list", lambda: "list-id" in headers or "list-unsubscribe" in headers),
        ("autoreply header", lambda: any(name in headers for name in ("x-autoreply", "x-autorespond", "x-auto-reply"))),
        ("automatic subject", lambda: bool(_AWAY.match(fold(headers.get("subject", ""))))),
    )
    return next((name for name, holds in marks if holds()), "")
