"""Mails as receiving servers hand them over: trace headers on top, results among them."""

from __future__ import annotations

from bot.message import parse_message
from bot.model import Authentication, TrustedServers
from tests.message.letters import NOON

MX = "mx.bokehoach.example"
TRUST = TrustedServers((MX,))
AUTHOR = "bql@kcn.nghean.gov.vn"
OWN_HOP = ("Received", f"from mail.gui.example (mail.gui.example [192.0.2.1]) by {MX} (Postfix) with ESMTPS; x")
INNER_HOP = ("Received", f"from {MX} by kho.bokehoach.example with LMTP id 1; x")
FOREIGN_HOP = ("Received", "from may-tram (unknown [10.0.0.9]) by mail.gui.example with ESMTPSA id 2; x")


def result(value: str) -> tuple[str, str]:
    return ("Authentication-Results", value)


def raw_of(headers: list[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode() + b"\r\nKinh gui Bo.\r\n"


def verdict(headers: list[tuple[str, str]], trust: TrustedServers = TRUST) -> Authentication:
    """Return what is known of the author of a mail with these headers, from the top."""
    return parse_message(raw_of(headers), NOON, trust=trust).authentication


def arrived(*above: tuple[str, str], froms: tuple[str, ...] = (f"Ban QL <{AUTHOR}>",)) -> list[tuple[str, str]]:
    """Return a mail with these trace headers above what its sender wrote."""
    return [*above, *(("From", one) for one in froms), ("To", "baocao@bokehoach.example"), ("Subject", "Bieu I.1")]
