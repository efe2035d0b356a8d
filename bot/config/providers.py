"""What is known of the mail services that ministries use: servers, ports and what each does by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.config.values import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config.values import Security


@dataclass(frozen=True, slots=True)
class Server:
    """Where a login goes."""

    host: str
    port: int
    security: Security


@dataclass(frozen=True, slots=True)
class Provider:
    """One kind of mail service."""

    name: str
    """As its users call it."""
    imap: Server | None
    """None where every office has its own."""
    smtp: Server | None
    secret: str
    """What to type as the password, and where to get it."""
    sign_in: str = "password"
    """How one signs in where nothing else is said; Microsoft 365 takes no passwords for IMAP any more."""
    settings: Mapping[tuple[str, str], object] = field(default_factory=dict)
    """Settings that differ from the example's, by section and key."""


PROVIDERS: Mapping[str, Provider] = {
    "gmail": Provider(
        "Gmail, Google Workspace",
        Server("imap.gmail.com", 993, "tls"),
        Server("smtp.gmail.com", 465, "tls"),
        "mật khẩu ứng dụng 16 chữ (bật xác minh 2 bước, rồi lấy ở myaccount.google.com/apppasswords)",
        "password",
        {
            ("mailbox", "save_sent"): False,
            ("mailbox.folders", "sent"): "[Gmail]/Sent Mail",
            ("authentication", "servers"): ["mx.google.com"],
        },
    ),
    "microsoft365": Provider(
        "Microsoft 365",
        Server("outlook.office365.com", 993, "tls"),
        Server("smtp.office365.com", 587, "starttls"),
        "khóa bí mật của ứng dụng (quyền IMAP.AccessAsApp, SMTP.SendAsApp); không có thì để trống, chạy bot sign-in",
        "microsoft",
        {("mailbox.folders", "sent"): "Sent Items", ("authentication", "microsoft"): True},
    ),
    "zimbra": Provider("Zimbra", None, None, "mật khẩu hộp thư, hoặc mã ứng dụng nếu bật xác thực hai bước"),
    "dovecot": Provider("Dovecot, Postfix hoặc máy chủ IMAP khác", None, None, "mật khẩu hộp thư"),
}
_PORTS: Mapping[int, Security] = {993: "tls", 465: "tls"}


def read_server(text: str, port: int) -> Server:
    """Return the server that ``host`` or ``host:port`` names; without a port it is *port*.

    A port for TLS is used so, another one with STARTTLS; on this very machine it may be in clear. Raises ValueError
    where what follows the colon is no number.
    """
    host, _, written = text.strip().rpartition(":") if text.count(":") == 1 else (text.strip(), "", "")
    chosen = int(written) if written else port
    return Server(host, chosen, _PORTS.get(chosen, "none" if host in LOOPBACK else "starttls"))


def guess_host(address: str, provider: str, kind: str) -> str:
    """Return the name that the server of an address usually has: *kind* is ``imap`` or ``smtp``."""
    domain = address.rpartition("@")[2]
    return f"mail.{domain}" if provider == "zimbra" else f"{kind}.{domain}"
