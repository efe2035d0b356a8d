"""What the tests of sending share: settings, one mail, and results without their words."""

from __future__ import annotations

from bot.adapters.delivery import Deferred, Delivery, Refused
from bot.config import Smtp

SENDER = "tiepnhan@bo.example"
TO = "bql@nghean.example"
OTHER = "skhdt@nghean.example"
RAW = b"From: tiepnhan@bo.example\r\nMessage-ID: <1@bo.example>\r\nSubject: thu\r\n\r\nDong 1\r\n.Dong 2\r\n"

ONLY_THIS = Deferred(0, "", whole_server=False)
ALL = Deferred(0, "", whole_server=True)
QUOTA = Deferred(0, "", whole_server=True, until_tomorrow=True)
THIS_TOMORROW = Deferred(0, "", whole_server=False, until_tomorrow=True)
UNTRIED = Deferred(0, "", whole_server=True, tried=False)
FINAL = Refused(0, "")


def kind_of(result: Delivery) -> Delivery:
    """Return *result* without its code and words."""
    if isinstance(result, Deferred):
        return Deferred(0, "", result.whole_server, result.until_tomorrow, result.tried, result.login)
    return Refused(0, "") if isinstance(result, Refused) else result


def settings(port: int, security: str = "none", **more: object) -> Smtp:
    values: dict[str, object] = {
        "host": "127.0.0.1", "port": port, "security": security, "sender": SENDER, "timeout_seconds": 5,
    }  # fmt: skip
    return Smtp.model_validate(values | more)
