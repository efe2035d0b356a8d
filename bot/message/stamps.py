"""Which headers of a mail our own receiving server has written: those above what came from outside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.message.alignment import domain_of, is_aligned
from bot.message.results import read_stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.message.results import Stamp
    from bot.model import TrustedServers

_BY = re.compile(r"\bby\s+\[?([^\s;()\[\]]{1,255})", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,1000}\)")
_ADDRESS = re.compile(r"[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)
_MICROSOFT = ("outlook.com", "office365.com", "exchangelabs.com")
_AUTHORS_OWN = re.compile(
    r"from|sender|reply-to|to|b?cc|subject|date|message-id|in-reply-to|references|mime-version|content-.*|user-agent|"
    r"x-mailer|dkim-signature|domainkey-signature|list-.*|resent-.*"
)
"""Headers that came with the mail: whatever stands below the first of them did too."""
_BETWEEN = frozenset({"received-spf", "dkim-filter", "dmarc-filter", "x-dkim", "x-dmarc"})
"""Headers that filters put among the results of one server."""


def own_stamps(headers: Sequence[tuple[str, str]], trust: TrustedServers) -> tuple[Stamp, ...]:
    """Return what our own server found about a mail, the topmost first.

    Only the topmost contiguous results under one of our names count, above the first Received of a foreign host and
    above all that came with the mail (RFC 8601, sections 5 and 7.1). Whatever else calls itself a result, with our
    name pasted in or not, is foreign text.

    Args:
        headers: names and raw values from the top of the mail.
        trust: our servers.
    """
    return tuple(_stamps(headers, trust))


def stamping_servers(headers: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the authserv-ids that stand above all that came with the mail, whosever they are; empty for Microsoft's.

    For an operator who asks under which name the server writes.
    """
    found: list[str] = []
    for name, value in headers:
        if _AUTHORS_OWN.fullmatch(name.lower()):
            break
        stamp = read_stamp(value) if name.lower() == "authentication-results" else None
        if stamp is not None:
            found.append(stamp.server)
    return tuple(dict.fromkeys(found))


def _stamps(headers: Sequence[tuple[str, str]], trust: TrustedServers) -> Iterator[Stamp]:
    begun = False
    for name, value in headers:
        key = name.lower()
        if _AUTHORS_OWN.fullmatch(key):
            return
        if key == "received":
            if begun or not _is_ours(value, trust):
                return
        elif key == "authentication-results":
            stamp = read_stamp(value)
            if stamp is not None and _is_named(stamp, trust):
                begun = True
                yield stamp
            elif begun:
                return
        elif begun and key not in _BETWEEN and not key.startswith(("x-", "arc-")):
            return


def _is_named(stamp: Stamp, trust: TrustedServers) -> bool:
    return stamp.server in trust.names if stamp.server else trust.unnamed


def _is_ours(received: str, trust: TrustedServers) -> bool:
    """Tell whether a hop ended at a server of ours, or inside of one (an address without a name, ``localhost``)."""
    found = _BY.search(_COMMENT.sub(" ", received))
    host = found[1].lower().rstrip(".") if found else ""
    if "." not in host or _ADDRESS.fullmatch(host):
        return True
    if trust.unnamed and host.endswith(tuple(f".{one}" for one in _MICROSOFT)):
        return True
    return any(is_aligned(domain_of(host), domain_of(one)) for one in (*trust.names, *trust.hops))
