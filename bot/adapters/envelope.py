"""How addresses and the text of a mail are written on the line to a server (RFC 5321, RFC 6531)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.adapters.delivery import RefusedRecipient
from bot.addresses import with_ascii_domain

if TYPE_CHECKING:
    from collections.abc import Sequence

_ADDRESS = re.compile(r"""[^\s@<>()\[\],;:"\\\x00-\x20\x7f]+@[^\s@<>()\[\],;:"\\\x00-\x20\x7f]+""")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


def routes_to(to: Sequence[str], *, utf8: bool) -> tuple[dict[str, str], list[RefusedRecipient]]:
    """Return address → what RCPT says, and the addresses that cannot be written on this connection."""
    routes: dict[str, str] = {}
    refused: list[RefusedRecipient] = []
    for address in to:
        route = on_the_wire(address)
        if not _ADDRESS.fullmatch(route):
            refused.append(RefusedRecipient(address, 0, "địa chỉ không hợp lệ"))
        elif not route.isascii() and not utf8:
            refused.append(RefusedRecipient(address, 0, "địa chỉ có chữ ngoài ASCII, máy chủ không hỗ trợ SMTPUTF8"))
        else:
            routes[address] = route
    return routes, refused


def on_the_wire(address: str) -> str:
    """Return *address* with its domain in ASCII (IDNA) where its local part is ASCII; else as it is."""
    return with_ascii_domain(address) if address.rpartition("@")[0].isascii() else address


def dotted(raw: bytes) -> bytes:
    """Return *raw* as DATA wants it: CR LF only, leading dots doubled, the final dot behind (RFC 5321 §4.5.2)."""
    ends = raw.count(b"\r\n")
    if not ends == raw.count(b"\n") == raw.count(b"\r"):
        raw = _LINE_END.sub(b"\r\n", raw)
    if not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    return _LEADING_DOT.sub(b"..", raw) + b".\r\n"
