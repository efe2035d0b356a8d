"""Our side of the door to SMTP, for the tests of sending."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.adapters.smtp import Postman
from bot.config import Smtp
from bot.language import VIETNAM
from bot.model import Mail
from bot.runners.send import Sent, deliver_due

if TYPE_CHECKING:
    from bot.adapters.clock import SimulatedClock
    from bot.adapters.ledger import Due, Ledger
    from bot.adapters.vault import Vault
    from tests.adapters.smtp_scripts import Script, ScriptedServer

START = datetime(2012, 7, 10, 8, 0, tzinfo=VIETNAM)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OPERATOR = "quantri@bo.example"


def mail(key: str, *to: str, kind: str = "reply_accepted") -> Mail:
    message_id = f"<{key.replace(':', '.')}@bo.example>"
    raw = f"Message-ID: {message_id}\r\nSubject: {key}\r\n\r\n{key}\r\n".encode()
    return Mail(key, kind, message_id, to or ("bql@nghean.example",), key, raw)


def alarm_about(due: Due, error: str) -> tuple[Mail, ...]:
    made = mail(f"alert:{due.key}", OPERATOR, kind="alert_operator")
    return (Mail(made.key, made.kind, made.message_id, made.to, error, made.raw),)


@dataclass
class Post:
    """Everything on our side of the door."""

    ledger: Ledger
    vault: Vault
    server: ScriptedServer
    postman: Postman
    clock: SimulatedClock
    limit: int = 450
    heard: list[str] = field(default_factory=list)

    @property
    def script(self) -> Script:
        return self.server.script

    @property
    def settings(self) -> Smtp:
        return smtp(self.server.port, daily_limit=self.limit)

    def queue(self, *mails: Mail) -> None:
        self.ledger.enqueue(mails, {one.key: self.vault.put(one.raw) for one in mails}, self.clock.now())

    def send(self, **more: object) -> Sent:
        return deliver_due(
            self.ledger, self.vault, self.postman, self.settings, self.clock, alarm=alarm_about,
            on_sent=lambda due: self.heard.append(due.key), **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def lose_patience(self) -> None:
        """Exchange the postman for one who does not wait long for an answer."""
        self.postman.close()
        self.postman = Postman(smtp(self.server.port, timeout_seconds=1), final_answer=1)

    def later(self, pause: timedelta) -> None:
        self.clock.move_to(self.clock.now() + pause)

    def arrived(self) -> list[str]:
        return [one.message_id.strip("<>").partition("@")[0] for one in self.script.taken]

    def waiting(self) -> list[tuple[str, int]]:
        """Return key and tries of all that is not settled, whenever it is due."""
        return sorted((one.key, one.tries) for one in self.ledger.due(START + 100 * DAY, 1000))


def smtp(port: int, **more: object) -> Smtp:
    values: dict[str, object] = {
        "host": "127.0.0.1", "port": port, "security": "none", "sender": "tiepnhan@bo.example", "timeout_seconds": 5,
        "replies_per_hour": 100, "replies_per_day": 1000, "replies_in_all": 5000,
    }  # fmt: skip
    return Smtp.model_validate(values | more)
