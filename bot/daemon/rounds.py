"""The rounds: receive, settle, speak, post, tidy. Each passes through the doors once, and leaves by itself."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.adapters.delivery import Accepted
from bot.adapters.site import ForeignFolder, write_site
from bot.adapters.smtp import Postman
from bot.causes import in_vietnamese, sentence_of
from bot.daemon.content import try_content
from bot.daemon.doors import Doors
from bot.daemon.pulse import Pulse
from bot.language import VIETNAM
from bot.reply.compose import Sender, compose
from bot.reply.notices import AlertFacts
from bot.runners.acknowledge import acknowledge_waiting
from bot.runners.digest import digest
from bot.runners.drafts import DraftDesk, follow_drafts, place_drafts
from bot.runners.page import Site
from bot.runners.place_in_line import names_registered
from bot.runners.process import process_undecided
from bot.runners.receive import file_settled, sweep
from bot.runners.recover import recover
from bot.runners.remind import remind
from bot.runners.retention import drop_old
from bot.runners.send import copy_to_sent, deliver_due
from bot.runners.withhold import Gate
from bot.schedule.health import MAILROOM, POST, SEND, SWEEP
from bot.schedule.rush import is_rush

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from bot.adapters.clock import Clock
    from bot.adapters.ledger import Due
    from bot.config import Config, Smtp
    from bot.model import Mail, Outcome, Silence

log = structlog.get_logger(__name__)


class _Any:
    """Set when one of its events is."""

    def __init__(self, *events: threading.Event) -> None:
        self._events = events

    def is_set(self) -> bool:
        return any(one.is_set() for one in self._events)

    def wait(self, timeout: float) -> bool:
        # The first is listened to, the others are looked at: who waits here looks again within a second.
        return self._events[0].wait(timeout) or self.is_set()


class Rounds(Doors):
    """The daemon's work, one round at a time; which of them run together is decided above."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        super().__init__(config, clock)
        self.pulse = Pulse(self.clock)
        self._mail_hint = threading.Event()
        self._news = threading.Event()
        self._post_hint = threading.Event()
        # Held by who sends or withdraws: a reminder is never withdrawn while the server takes it.
        self._outbox = threading.Lock()
        self._pace = timedelta(seconds=1)
        """How long one mail took when some were settled last."""
        self._spoke_in: tuple[date, int] | None = None
        self._page_of: tuple[object, ...] = ()
        self._asked_about: datetime | None = None
        self._drafts = DraftDesk(
            self.inbox, self.ledger, self.vault, config.mailbox, self.clock, self.sender.secret, self._is_unchanged,
            self._alarm,
        )  # fmt: skip

    def once(self) -> int:
        """Do one whole round, in order; return how many messages were decided. Raises as :meth:`receive` does."""
        self.catch_up()
        self.receive()
        handled = self.settle()
        self.speak()
        self.post()
        self.tidy_mailbox()
        self.renew_page()
        return handled

    def catch_up(self) -> None:
        """Find out, after a restore, what happened since the backup. Raises MailboxLost, MailboxRefused."""
        backup_at = self.ledger.recovery()
        if backup_at is not None:
            recover(self.inbox, self.vault, self.ledger, self.config, self.clock, backup_at)

    def receive(self) -> int:
        """Fetch what is new in the inbox; return how many messages are new. Raises MailboxLost, MailboxRefused."""
        with self.pulse.working(SWEEP):
            if not self.inbox.connected:
                self.inbox.connect()
            moved = partial(self.pulse.moved, SWEEP, MAILROOM)
            rulebook = self.rulebook.with_contacts(self.ledger.contacts())
            known = partial(names_registered, rulebook=rulebook, officers=self.config.ministry.officers)
            doors = (self.inbox, self.vault, self.ledger, self.config, self.clock)
            return sweep(*doors, registered=known, on_stored=lambda _: moved()).new

    def settle(self, on_settled: Callable[[Outcome | None], None] | None = None, *, whole: bool = True) -> int:
        """Decide what is undecided, or some of it; return how many messages were handled.

        Shortly before a deadline, who must wait for long gets a receipt first.
        """
        if self._is_rush() and acknowledge_waiting(self.desk, self._pace, self.stop):
            self._post_hint.set()
        return self.decide(on_settled, whole=whole)

    def decide(self, on_settled: Callable[[Outcome | None], None] | None = None, *, whole: bool = True) -> int:
        """Decide what is undecided, or some of it, and nothing else; return how many messages were handled."""
        if not self.norms.ready:
            self.norms.renew(self.clock.now())
        began = self.clock.now()

        def note(outcome: Outcome | None) -> None:
            self.pulse.moved(MAILROOM)
            if on_settled is not None:
                on_settled(outcome)

        handled = process_undecided(self.desk, _Any(self.stop, self._news), on_settled=note, whole=whole)
        if handled:
            self._pace = max(timedelta(0), self.clock.now() - began) / handled
            self.norms.renew(self.clock.now())
        return handled

    def ask_to_reload(self) -> None:
        """Have rules, contacts and templates read anew after the message in hand; may be called from anywhere."""
        self._news.set()
        self._mail_hint.set()

    def reload_if_asked(self) -> None:
        """Read rules, contacts and templates anew if that was asked for; those in force stay where they are broken.

        Processes that share a ledger decide alike, so they are started anew instead, all of them.
        """
        if not self._news.is_set():
            return
        self._news.clear()
        if self.ledger.is_shared:
            log.error("others share this ledger: new rules begin with a restart of all of them, the old ones stay")
            return
        content = try_content(self.config)
        if isinstance(content, tuple):
            log.error("new rules or templates cannot be used, the old ones stay", mistakes=content)
            return
        self.take_up(content)
        self.desk.pool.warm_up()
        self._page_of = ()
        log.info("reloaded", rules=content.rulebook.hash[:12])

    def _is_rush(self) -> bool:
        return is_rush(self.clock.now(), self.extended_rulebook(), self.config.schedule.rush_days)

    def tidy_mailbox(self) -> None:
        """File what is decided and copy what is sent. Raises MailboxLost, MailboxRefused."""
        file_settled(self.inbox, self.ledger, self.config.mailbox, self.clock)
        if self.config.mailbox.save_sent:
            copy_to_sent(self.ledger, self.vault, self.inbox, self.config.mailbox, self.clock, stop=self.stop)
        self.tend_drafts()

    def tend_drafts(self) -> None:
        """Write what is to be a draft, and note what became of the others. Raises MailboxLost, MailboxRefused."""
        self.ledger.route(self.config.sending.mode_of)
        gate = Gate(self.ledger, self.vault, self.config.smtp, self.clock, self._silence_alarm)
        try:
            place_drafts(self._drafts, gate, self.stop)
            follow_drafts(self._drafts)
        finally:
            self.inbox.leave()

    def _is_unchanged(self, draft: bytes, sent: bytes) -> bool:
        return self.desk.pool.is_unchanged(draft, sent)  # the children start when they are first needed

    def post(self) -> None:
        """Send what is due in the outbox."""
        smtp = self.config.smtp
        with self._outbox, self.pulse.working(SEND) as effort:
            rested_until = self.postman.resume_at
            self.ledger.settle_found(self.clock.now())
            self.ledger.route(self.config.sending.mode_of)
            if self.ledger.has_unsent_reminder():
                # It may have waited for long: what has come since, or was granted, is not asked for again.
                remind(self.remind_desk(), self.clock.now())
            self._ask_about_possibly_sent()
            result = deliver_due(
                self.ledger, self.vault, self.postman, smtp, self.clock,
                alarm=self._alarm, silence_alarm=self._silence_alarm, stop=self.stop,
                on_sent=lambda _: self.pulse.moved(SEND, POST), mode_of=self.config.sending.mode_of,
            )  # fmt: skip
            if self.postman.resume_at is not None:  # the server is left alone, so it took nothing
                effort.fail("" if self.postman.resume_at == rested_until else in_vietnamese(result.stopped))
        self.postman.close_if_idle()

    def _ask_about_possibly_sent(self) -> None:
        """Ask the operator what is to become of mails that may have been sent, once for each day that brought some."""
        held = self.ledger.possibly_sent()
        if not held or held[-1].handed_at == self._asked_about:
            return
        last = held[-1]
        subject = f"unsure:{last.handed_at.astimezone(VIETNAM).date()}"
        if not self.ledger.has_mail([f"alert:{subject}"]):
            facts = AlertFacts(subject, "unsure", "", last.handed_at, ", ".join(last.to), last.error, tries=len(held))
            mails = self._tell_operator(facts)
            self.ledger.enqueue(mails, {one.key: self.vault.put(one.raw) for one in mails}, self.clock.now())
        self._asked_about = last.handed_at

    def _alarm(self, due: Due, error: str) -> tuple[Mail, ...]:
        now, other_side = self.clock.now(), ", ".join(due.to)
        return self._tell_operator(AlertFacts(due.raw, "delivery", "", now, other_side, error, due.tries + 1))

    def _silence_alarm(self, silence: Silence) -> tuple[Mail, ...]:
        # Of each stretch of silence one key, so that a crash makes no second alarm.
        subject = f"silence:{silence.address}/{silence.since.astimezone(VIETNAM):%Y-%m-%dT%H:%M:%S.%f}"
        smtp = self.config.smtp
        caps = smtp.replies_per_hour, smtp.replies_per_day, smtp.replies_in_all
        return self._tell_operator(AlertFacts(subject, "silence", "", self.clock.now(), silence.address, "", caps=caps))

    def cry_for_help(self, broken: str) -> None:
        """Send the operator a mail about the broken disk at once: nothing can be kept, so it goes past the outbox.

        *broken* says what could not be written, and why. Where our server does not take the mail, the one for alarms is
        asked; a mail that neither takes is told in the log.
        """
        now, alarm = self.clock.now(), self.config.alarm
        log.critical("the disk is broken, nothing more is written", problem=broken)
        facts = AlertFacts(f"disk:{now:%Y-%m-%dT%H:%M:%S.%f}", "disk", "", now, "", broken)
        if not self._tell_at_once(self._tell_operator(facts), self.config.smtp) and alarm.smtp is not None:
            smtp = alarm.smtp
            sender = Sender(smtp.sender, smtp.sender_name, smtp.domain, self.sender.secret)
            self._tell_at_once(self._tell_operator(facts, sender, alarm.to), smtp)

    def _tell_at_once(self, mails: tuple[Mail, ...], smtp: Smtp) -> bool:
        """Hand *mails* to that server past the outbox; return whether it took any."""
        taken = False
        for mail in mails:
            # A connection of its own: the other one may be waiting for an answer.
            with Postman(smtp, self.sign_in, final_answer=smtp.timeout_seconds) as postman:
                delivery = postman.deliver(smtp.sender, mail.to, mail.raw)
            taken = taken or isinstance(delivery, Accepted)
            if not isinstance(delivery, Accepted):
                log.error("the operator could not be told", server=smtp.host, answer=str(delivery))
        return taken

    def _tell_operator(self, facts: AlertFacts, sender: Sender | None = None, to: str = "") -> tuple[Mail, ...]:
        to = to or self.config.ministry.operator
        if not to:
            return ()
        return (compose(self.writer.build_alert(facts, (to,)), sender or self.sender, self.clock.now()),)

    def speak(self) -> None:
        """Put into the outbox whatever the calendar asks for now: nothing is skipped after a downtime."""
        now = self.clock.now()
        self._spoke_in = (now.date(), now.hour)
        self.remind()
        self.digest()

    def remind(self) -> None:
        """Queue the reminders that are due."""
        with self.pulse.working("remind"), self._outbox:
            remind(self.remind_desk(), self.clock.now())
        self._post_hint.set()

    def digest(self) -> None:
        """Queue the digests that are due."""
        with self.pulse.working("digest"):
            rulebook, ends = self.extended_rulebook(), self.sign_in.ends() if self.sign_in else None
            digest(self.ledger, self.vault, rulebook, self.writer, self.sender, self.config, self.clock.now(), ends)
        self._post_hint.set()

    def drop_old(self) -> None:
        """Take old mail that need not be kept out of the vault, as the configuration says."""
        months = self.config.store.keep_raw_months
        if months is not None:
            with self.pulse.working("drop"):
                drop_old(self.ledger, self.vault, months, self.clock.now())

    def write_page(self, folder: Path, campaigns: tuple[str, ...] = ()) -> int:
        """Write the status page of *campaigns* (those under way where none is named); return how many pages changed.

        Raises ForeignFolder, OSError.
        """
        site = Site(self.ledger, self.extended_rulebook(), self.renderer, self.clock.now(), campaigns)
        return write_site(folder, site.pages())

    def renew_page(self) -> None:
        """Write the configured status page anew where something has happened since, or a new day has begun."""
        folder = self.config.store.page
        if folder is None:
            return
        with self.pulse.working("page") as effort:
            state = (self.clock.now().astimezone(VIETNAM).date(), self.ledger.last_change())
            if state == self._page_of:
                return
            try:
                self.write_page(folder)
            except (OSError, ForeignFolder) as problem:
                log.warning("the status page could not be written", folder=str(folder), problem=str(problem))
                effort.fail(sentence_of(problem) if isinstance(problem, OSError) else str(problem))
                return
            self._page_of = state
