"""The gate before the post: an answer is counted before it is handed over, and held back where a cap is reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bot.adapters.delivery import Accepted, Deferred, Unsure
from bot.model import Silence
from bot.schedule.caps import DAY, EPISODE, HOUR, UNASKED, Caps, Withhold, may_go, plain_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.adapters.clock import Clock
    from bot.adapters.delivery import Delivery
    from bot.adapters.ledger import Due, Ledger
    from bot.adapters.vault import Vault
    from bot.config import Smtp
    from bot.model import Mail

    SilenceAlarm = Callable[[Silence], tuple[Mail, ...]]

log = structlog.get_logger(__name__)


@dataclass
class Gate:
    """Lets mails through to the server, or not."""

    ledger: Ledger
    vault: Vault
    settings: Smtp
    clock: Clock
    alarm: SilenceAlarm | None = None
    """Makes the mails to the operator about an address that gets no more answers; they go through the outbox."""
    mode_of: Callable[[str], str] = lambda _: "live"
    """Says of each kind of mail whether it may leave without a person (``live``)."""
    _once: set[str] = field(default_factory=set)
    """Which mails that nobody asked for were noted as handed over."""
    _handed: dict[str, tuple[datetime, tuple[str, ...]]] = field(default_factory=dict)

    def pass_through(self, due: Due) -> tuple[str, ...]:
        """Return to whom the mail may be handed now, and note that it is; nobody where it is held back or dropped."""
        if not due.approved and self.mode_of(due.kind) != "live":
            # Queued since the outbox was last looked through, by whoever works beside us.
            self.ledger.route(self.mode_of)
            return ()
        return self.count(due)

    def count(self, due: Due) -> tuple[str, ...]:
        """Return for whom the mail may leave our hands now, by whatever way, and note that it does."""
        if due.kind in UNASKED:
            return due.to
        now = self.clock.now()
        plain = {plain_address(one) for one in due.to}
        smtp = self.settings
        caps = Caps(smtp.replies_per_hour, smtp.replies_per_day, smtp.replies_in_all)
        verdict = may_go(due.kind, due.to, self.ledger.handed(plain, now - DAY, now - HOUR, now + DAY), caps, now)
        if isinstance(verdict, Withhold):
            self._withhold(due, verdict, now)
            return ()
        addresses = tuple(dict.fromkeys(map(plain_address, verdict.to)))
        self._handed[due.key] = now, addresses
        if self.ledger.hand_over(due.key, due.kind, addresses, now):
            log.warning("possibly sent twice", key=due.key, message_id=due.message_id)
        if len(verdict.to) < len(due.to):
            log.info("copies left out, their addresses are above a cap", key=due.key)
        return verdict.to

    def begin(self, due: Due) -> bool:
        """Note what must be noted at the last moment before the server gets the text; False where it must not get it.

        A mail that nobody asked for is never handed over a second time, unless the first time has certainly failed.
        """
        if due.kind not in UNASKED or due.key in self._once:
            return True
        if not self.ledger.hand_over_once(due.key, self.clock.now()):
            return False
        self._once.add(due.key)
        return True

    def take_back(self, due: Due, delivery: Delivery) -> None:
        """Count no more whom the server has certainly not taken the mail for."""
        if due.key in self._once and isinstance(delivery, Deferred) and not delivery.tried:
            # Whatever counts as a try takes the note back with its own.
            self._once.discard(due.key)
            self.ledger.take_back_once(due.key)
        if due.key not in self._handed or isinstance(delivery, Unsure):
            return
        at, addresses = self._handed.pop(due.key)
        if isinstance(delivery, Accepted):
            addresses = tuple(plain_address(one.address) for one in delivery.refused)
        if addresses:
            self.ledger.take_back(due.key, at, addresses)

    def _withhold(self, due: Due, verdict: Withhold, now: datetime) -> None:
        since = now - EPISODE
        going_on = self.ledger.silence(verdict.address, since)
        mails: tuple[Mail, ...] = ()
        # Who only waits is told of nowhere; the first answer that is lost is what the operator must hear of.
        if verdict.is_silence and (going_on is None or (verdict.address and not going_on.dropped)):
            mails = self._alarms(going_on or Silence(verdict.address, now, now, 0, 0))
        raws = {mail.key: self.vault.put(mail.raw) for mail in mails}
        self.ledger.withhold(due.key, verdict.address, verdict.until, now, since, mails, raws)
        until = verdict.until.isoformat() if verdict.until else "dropped"
        log.warning("above a cap, not answered", key=due.key, kind=due.kind, until=until, all=not verdict.address)

    def _alarms(self, silence: Silence) -> tuple[Mail, ...]:
        if self.alarm is None:
            return ()
        try:
            return self.alarm(silence)
        except Exception:
            # An alarm that cannot be written must not hold up the mails behind this one.
            log.exception("the alarm could not be written", address=silence.address)
            return ()
