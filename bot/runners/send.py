"""Send: outbox → SMTP, one commit for each mail; then a copy into the folder of sent mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.adapters.clock import LOG_IN_AGAIN, retry_after
from bot.adapters.delivery import Accepted, Deferred, Refused, Unsure
from bot.adapters.imap import MailboxRefused
from bot.adapters.vault import VaultDamaged, VaultMissing
from bot.runners.withhold import Gate
from bot.schedule.caps import UNASKED

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from bot.adapters.clock import Clock
    from bot.adapters.delivery import Delivery, RefusedRecipient
    from bot.adapters.imap import Inbox
    from bot.adapters.ledger import Due, Ledger
    from bot.adapters.smtp import Postman
    from bot.adapters.vault import Vault
    from bot.config import Mailbox, Smtp
    from bot.model import Mail
    from bot.runners.withhold import SilenceAlarm

    Alarm = Callable[[Due, str], tuple[Mail, ...]]

log = structlog.get_logger(__name__)

DAY = timedelta(hours=24)
PATIENCE = timedelta(days=4)
"""How long a mail that is put off is tried (RFC 5321 §4.5.4.1)."""
ENOUGH_TRIES = 30
"""No mail is given up before."""
ASK_SOON = timedelta(minutes=4)
"""The longest pause of a mail that was put off lately: greylisting and restarts of servers are over in minutes."""
SOON_TRIES = 90
"""So many tries, six hours, a mail is asked for soon; then once an hour."""
ASK_AGAIN = timedelta(seconds=30)
"""After a server that could not be reached."""
LOOK_AGAIN = timedelta(minutes=10)
"""After the daily limit was reached: by then mails of yesterday have left the 24 hours."""
PARTLY_AFTER = 3
"""Tries after which a recipient that is still put off no longer holds up the others."""
RESERVED = 3
"""Reminders leave a third of the daily limit to replies: those of a whole country must not silence us for a day."""
ALARM_KIND = "alert_operator"
_BATCH = 20
_COPIES = 50
_REFUSED_COPIES = 3
_RANKS = {"held": 1, "remind": 2, "digest": 2}


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one round."""

    sent: int = 0
    deferred: int = 0
    unsure: int = 0
    """Perhaps sent: an answer is deferred, and sent again with the same Message-ID; what nobody asked for is held."""
    given_up: int = 0
    stopped: str = ""
    """Why the round ended although mails are waiting; empty when it did not."""
    resume_at: datetime | None = None
    """When another round has a chance, if it was stopped."""


def deliver_due(
    ledger: Ledger,
    vault: Vault,
    postman: Postman,
    settings: Smtp,
    clock: Clock,
    *,
    alarm: Alarm | None = None,
    silence_alarm: SilenceAlarm | None = None,
    on_sent: Callable[[Due], None] | None = None,
    mode_of: Callable[[str], str] = lambda _: "live",
    stop: threading.Event | None = None,
) -> Sent:
    """Send what is due: replies before reminders and digests, at most the daily limit, one commit for each mail.

    What a cap on answers does not let through is held back or dropped (see ``schedule.caps``).

    Args:
        ledger: holds the outbox.
        vault: holds the bytes.
        postman: the connection, kept among rounds.
        settings: sender and daily limit.
        clock: tells the time.
        alarm: makes the mails to the operator about a mail that could not be delivered; they go through the outbox.
        silence_alarm: makes those about an address that gets no more answers.
        on_sent: is told each mail that the server took, after the commit.
        mode_of: says of each kind of mail whether it may leave without a person (``live``).
        stop: ends the round after the mail in hand.
    """
    now = clock.now()
    # A rest of more than a day was noted by a clock that ran ahead and was set right since.
    if postman.resume_at is not None and now < postman.resume_at <= now + DAY:
        return Sent(stopped="the server asked for a pause", resume_at=postman.resume_at)
    postman.resume_at = None
    gate = Gate(ledger, vault, settings, clock, silence_alarm, mode_of)
    round_ = _Round(ledger, vault, postman, settings, clock, gate, alarm, on_sent)
    # Asked anew every few mails, so that a reply does not wait behind the reminders of a whole country.
    while batch := round_.next_batch():
        for due in batch:
            if stop is not None and stop.is_set():
                return round_.result()
            ledger.assert_held()
            to = round_.pass_gate(due)
            if to:
                round_.settle(due, round_.hand_over(due, to))
            if round_.stopped:
                break
    return round_.result()


def in_order(waiting: Iterable[Due]) -> tuple[Due, ...]:
    """Return the mails as they are to be sent: what a registered person waits for first, otherwise as they came."""
    return tuple(sorted(waiting, key=lambda due: _RANKS.get(due.key.partition(":")[0], 0)))


def _reminds(due: Due) -> bool:
    return due.key.startswith("remind:")


def copy_to_sent(
    ledger: Ledger,
    vault: Vault,
    inbox: Inbox,
    mailbox: Mailbox,
    clock: Clock,
    *,
    stop: threading.Event | None = None,
) -> int:
    """Append the sent mails that have no copy yet to the folder of sent mail, as seen; return how many were noted.

    Copies are made one by one, the oldest first, each noted before the next. So only the first can be one whose note
    was lost with the process or the link; for it the folder is asked, and no second copy appears.

    Raises:
        MailboxLost: the mails wait for the next round; sending does not.
    """
    noted = refused = 0
    folder = mailbox.folders.sent
    for due in ledger.uncopied(_COPIES) if mailbox.save_sent else ():
        if refused >= _REFUSED_COPIES or (stop is not None and stop.is_set()):
            break
        try:
            if noted or not inbox.has(folder, due.message_id):
                inbox.append(folder, vault.get(due.raw), clock.now(), seen=True)
        except MailboxRefused as problem:  # too large, over quota: others may pass, and it is only a copy
            log.warning("no copy of a sent mail", key=due.key, problem=str(problem))
            refused += 1
            continue
        except (VaultMissing, VaultDamaged):
            # Noted all the same: it would stand in the way of all later copies.
            log.exception("sent mail is not in the vault, no copy made", key=due.key)
        ledger.copied(due.key, clock.now())
        noted += 1
    return noted


# ------------------------------------------------------------------------------------------------------------
# One round
# ------------------------------------------------------------------------------------------------------------


@dataclass
class _Round:
    """The doors of one round, and what came of it so far."""

    ledger: Ledger
    vault: Vault
    postman: Postman
    settings: Smtp
    clock: Clock
    gate: Gate
    alarm: Alarm | None
    on_sent: Callable[[Due], None] | None
    sent: int = 0
    deferred: int = 0
    unsure: int = 0
    given_up: int = 0
    stopped: str = ""
    resume_at: datetime | None = None
    handled: set[str] = field(default_factory=set)
    alarmed: set[str] = field(default_factory=set)

    def next_batch(self) -> tuple[Due, ...]:
        """Return the next few mails, each once in a round; none when the round is over."""
        if self.stopped:
            return ()
        now, limit = self.clock.now(), self.settings.daily_limit
        waiting = [one for one in self.ledger.due(now, limit) if one.key not in self.handled]
        sent = self.ledger.sent_since(now - DAY)
        if waiting and sent >= limit:
            self.stop(f"daily limit of {limit} mails reached", now + LOOK_AGAIN)
            return ()
        batch = in_order(waiting)[: min(limit - sent, _BATCH)]
        left_to_remind = limit - limit // RESERVED - sent
        allowed = tuple(due for place, due in enumerate(batch) if not _reminds(due) or place < left_to_remind)
        if batch and not allowed:
            self.stop("what is left of the daily limit is kept for replies", now + LOOK_AGAIN)
        return allowed

    def pass_gate(self, due: Due) -> tuple[str, ...]:
        """Return to whom the mail may go now; nobody where a cap is reached."""
        self.handled.add(due.key)
        return self.gate.pass_through(due)

    def hand_over(self, due: Due, to: tuple[str, ...]) -> Delivery:
        """Give one mail to the server; a failure of ours is a result too, so that the next mail is sent."""
        try:
            raw = self.vault.get(due.raw)
        except (VaultMissing, VaultDamaged, OSError) as problem:
            log.exception("mail cannot be read from the vault", key=due.key)
            error = f"không đọc được tệp thư trong kho lưu ({type(problem).__name__}, {due.raw})"
            self.raise_alarm(due, error)
            return Deferred(0, error)
        try:
            return self.postman.deliver(
                self.settings.sender, to, raw, partly=due.tries >= PARTLY_AFTER, begin=lambda: self.gate.begin(due)
            )
        except Exception as problem:
            log.exception("a mail could not be handed over", key=due.key)
            self.postman.close()
            return Deferred(0, f"sự cố của hệ thống: {type(problem).__name__}")

    def settle(self, due: Due, delivery: Delivery) -> None:
        """Commit what became of the mail."""
        told = log.bind(key=due.key, message_id=due.message_id, tries=due.tries + 1)
        match delivery:
            case Accepted():
                self._accepted(due, delivery)
            case Refused():
                told.error("mail refused for good", answer=str(delivery))
                self._mark_gone(due, delivery.recipients)
                self._give_up(due, str(delivery))
            case Unsure() if due.kind in UNASKED:
                told.warning("possibly sent, will not be sent again unasked", answer=str(delivery))
                self.unsure += 1
                self.ledger.hold_once(due.key, str(delivery))
            case Unsure():
                told.warning("possibly sent twice", answer=str(delivery))
                self.unsure += 1
                # Each try may make a copy, so they grow rare: it is the one mail that gains nothing by hurry.
                self._put_off(due, str(delivery), retry_after)
            case Deferred(tried=False):
                (told.error if delivery.login else told.warning)("server cannot be used", answer=str(delivery))
                self.stop(str(delivery), self.clock.now() + _rest_after(delivery), rest=True)
            case Deferred():
                told.warning("mail put off", answer=str(delivery))
                self._put_off(due, str(delivery), _tomorrow if delivery.until_tomorrow else _soon)
                if delivery.whole_server:
                    self.stop(str(delivery), self.clock.now() + _rest_after(delivery), rest=True)
        self.gate.take_back(due, delivery)

    def stop(self, why: str, resume_at: datetime, *, rest: bool = False) -> None:
        """End the round; with *rest*, later rounds leave the server alone until *resume_at*."""
        log.warning("sending stopped", why=why, resume_at=resume_at.isoformat())
        self.stopped, self.resume_at = why, resume_at
        if rest:
            self.postman.resume_at = resume_at

    def result(self) -> Sent:
        """Return the round as a value."""
        return Sent(self.sent, self.deferred, self.unsure, self.given_up, self.stopped, self.resume_at)

    def _accepted(self, due: Due, delivery: Accepted) -> None:
        # Nothing may stand between the server's answer and this commit: a crash here sends a second copy.
        self.ledger.sent(due.key, self.clock.now())
        self.sent += 1
        log.info("mail sent", key=due.key, message_id=due.message_id, recipients=len(due.to))
        if delivery.refused:
            left_out = "; ".join(str(one) for one in delivery.refused)
            log.error("recipients left out", key=due.key, answer=left_out)
            self._mark_gone(due, delivery.refused)
            self.raise_alarm(due, f"thư đã gửi, trừ các địa chỉ sau: {left_out}")
        if self.on_sent is not None:
            self.on_sent(due)

    def _mark_gone(self, due: Due, refused: Sequence[RefusedRecipient]) -> None:
        """Note the addresses that do not exist any more, as a notice of failure about them would."""
        self.ledger.mark_unreachable(due.key, {one.address: one.gone for one in refused if one.gone}, self.clock.now())

    def _put_off(self, due: Due, error: str, pause_after: Callable[[int], timedelta]) -> None:
        tries = due.tries + 1
        # Of the age alone, a mail could be given up that waited four days for a server and was then asked for twice.
        if tries >= ENOUGH_TRIES and self.clock.now() - due.queued_at >= PATIENCE:
            self._give_up(due, f"đã thử {tries} lần trong {PATIENCE.days} ngày; lần cuối: {error}")
            return
        self.ledger.defer(due.key, error, self.clock.now() + pause_after(tries))
        self.deferred += 1

    def _give_up(self, due: Due, error: str) -> None:
        # The alarm goes first: after a crash between the two it is made again, under the same key.
        self.raise_alarm(due, error)
        self.ledger.give_up(due.key, error, self.clock.now())
        self.given_up += 1

    def raise_alarm(self, due: Due, error: str) -> None:
        """Queue the mails about an undelivered mail; never about an alarm."""
        if self.alarm is None or due.kind == ALARM_KIND or due.key in self.alarmed:
            return
        self.alarmed.add(due.key)
        try:
            mails = self.alarm(due, error)
        except Exception:
            # An alarm that cannot be written must not hold up the mails behind this one.
            log.exception("the alarm could not be written", key=due.key)
            return
        self._enqueue(mails)

    def _enqueue(self, mails: Sequence[Mail]) -> None:
        if mails:
            self.ledger.enqueue(mails, {mail.key: self.vault.put(mail.raw) for mail in mails}, self.clock.now())


def _soon(tries: int) -> timedelta:
    """Return how long a mail waits that was put off for the time number *tries*."""
    return retry_after(tries, longest=ASK_SOON) if tries <= SOON_TRIES else timedelta(hours=1)


def _tomorrow(_: int) -> timedelta:
    return DAY


def _rest_after(delivery: Deferred) -> timedelta:
    """Return how long the server is left alone after a failure that is not of one mail."""
    if delivery.until_tomorrow:
        return DAY
    return LOG_IN_AGAIN if delivery.login else ASK_AGAIN
