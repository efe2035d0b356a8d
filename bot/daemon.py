"""The daemon: doors opened, threads and clock started and stopped. It decides nothing.

Four threads beside the main one: the mailroom (sweep, settle, file), the post (outbox to SMTP), the watcher (IDLE
hints), and APScheduler's. Each survives its own failures; what they share is the ledger and three events.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.adapters.clock import Pause, SystemClock
from bot.adapters.content import read_rules, read_templates
from bot.adapters.imap import Inbox, MailboxLost, MailboxRefused, Watcher
from bot.adapters.ledger import Ledger
from bot.adapters.site import ForeignFolder, write_site
from bot.adapters.smtp import Postman
from bot.adapters.vault import Vault
from bot.language import VIETNAM
from bot.reply.compose import Sender, compose
from bot.reply.notices import AlertFacts
from bot.reply.render import Renderer
from bot.reply.write import Writer
from bot.runners.acknowledge import acknowledge_waiting
from bot.runners.blank import BlankMaker
from bot.runners.check import stock_of
from bot.runners.digest import digest
from bot.runners.editions import keep_edition
from bot.runners.norms import NormBook
from bot.runners.page import Site
from bot.runners.pool import WorkerPool
from bot.runners.process import FIRST_RETRY, Desk, Workers, is_awaited, process_undecided
from bot.runners.receive import file_settled, sweep
from bot.runners.remind import RemindDesk, remind
from bot.runners.rulebook import load_configured
from bot.runners.send import copy_to_sent, deliver_due
from bot.schedule.rush import is_rush

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from apscheduler.triggers.base import BaseTrigger

    from bot.adapters.clock import Clock
    from bot.adapters.ledger import Due
    from bot.config import Config
    from bot.model import Mail, Outcome, Rulebook

log = structlog.get_logger(__name__)

_PAGE_MINUTES = 2
"""How often it is looked whether the status page has to be written anew: many changes in a row are written once."""
_POST_PAUSE = 30.0
"""Seconds after which the post looks into the outbox although nobody called it: a rest it was asked for may be over."""
_LAST_MAIL = 30.0
"""Seconds to finish the mail in hand when the daemon is stopped; the ledger is safe without that."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that the clock starts."""

    name: str
    trigger: BaseTrigger
    run: Callable[[], object]


class Daemon:
    """All doors of one configuration, and the rounds that pass through them."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or SystemClock()
        self.stop = threading.Event()
        self._mail_hint = threading.Event()
        self._post_hint = threading.Event()
        # Held by who sends or withdraws: a reminder is never withdrawn while the server takes it.
        self._outbox = threading.Lock()
        self._pace = timedelta(seconds=1)
        """How long one mail took when some were settled last."""
        self._spoke_in: tuple[date, int] | None = None
        self.rulebook = load_configured(config)
        templates = read_templates(config.content.templates)
        self._blanks = BlankMaker(self.rulebook, templates) if config.schedule.enclose_blanks else None
        self.sender = Sender(config.smtp.sender, config.smtp.sender_name, config.smtp.domain)
        self._renderer = Renderer(templates)
        self.writer = Writer(self._renderer, self.rulebook)
        self._page_of: tuple[object, ...] = ()
        config.store.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.vault = Vault(config.store.folder / "vault")
        self.ledger = Ledger(config.store.ledger_url)
        self.ledger.migrate()
        self.inbox = Inbox(config.mailbox)
        self.postman = Postman(config.smtp)
        self.norms = NormBook(self.ledger, self.vault, self.rulebook)
        self._pool: Workers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every door."""
        if self._pool is not None:
            self._pool.close()
        self.inbox.close()
        self.postman.close()
        self.ledger.close()

    # -- rounds ----------------------------------------------------------------------------------------------

    @property
    def desk(self) -> Desk:
        """Return what settling needs; the child processes start when they are first asked for."""
        if self._pool is None:
            self._pool = WorkerPool(stock_of(self.config, self.rulebook), self.config.work)
            files = read_rules(self.config.content.rules)
            keep_edition(self.ledger, self.vault, files, self.rulebook.hash, self.clock.now())
        return Desk(self.ledger, self.vault, self._pool, self.config.work, self.clock, self.norms)

    def extended_rulebook(self) -> Rulebook:
        """Return the rulebook with what was granted to single reporters until now."""
        return self.rulebook.extended(self.ledger.extensions())

    def write_page(self, folder: Path, campaigns: tuple[str, ...] = ()) -> int:
        """Write the status page of *campaigns* (those under way where none is named); return how many pages changed.

        Raises ForeignFolder, OSError.
        """
        site = Site(self.ledger, self.extended_rulebook(), self._renderer, self.clock.now(), campaigns)
        return write_site(folder, site.pages())

    def renew_page(self) -> None:
        """Write the configured status page anew where something has happened since, or a new day has begun."""
        folder = self.config.store.page
        if folder is None:
            return
        state = (self.clock.now().astimezone(VIETNAM).date(), self.ledger.last_change())
        if state == self._page_of:
            return
        try:
            self.write_page(folder)
        except (OSError, ForeignFolder) as problem:
            log.warning("the status page could not be written", folder=str(folder), problem=str(problem))
            return
        self._page_of = state

    def remind_desk(self) -> RemindDesk:
        """Return what reminding needs."""
        rulebook, at = self.extended_rulebook(), self.config.schedule.remind_at
        return RemindDesk(self.ledger, self.vault, rulebook, self.writer, self.sender, at, self._blanks)

    def receive(self) -> int:
        """Fetch what is new in the inbox; return how many messages are new. Raises MailboxLost, MailboxRefused."""
        if not self.inbox.connected:
            self.inbox.connect()
        return sweep(self.inbox, self.vault, self.ledger, self.config, self.clock).new

    def settle(self, on_settled: Callable[[Outcome | None], None] | None = None, *, whole: bool = True) -> int:
        """Decide what is undecided, or some of it; return how many messages were handled.

        Shortly before a deadline, who must wait for long gets a receipt first.
        """
        if self._is_rush() and acknowledge_waiting(self.desk, self._pace, self.stop):
            self._post_hint.set()
        if not self.norms.ready:
            self.norms.renew(self.clock.now())
        began = self.clock.now()
        handled = process_undecided(self.desk, self.stop, on_settled=on_settled, whole=whole)
        if handled:
            self._pace = max(timedelta(0), self.clock.now() - began) / handled
            self.norms.renew(self.clock.now())
        return handled

    def _is_rush(self) -> bool:
        return is_rush(self.clock.now(), self.extended_rulebook(), self.config.schedule.rush_days)

    def tidy_mailbox(self) -> None:
        """File what is decided and copy what is sent. Raises MailboxLost, MailboxRefused."""
        file_settled(self.inbox, self.ledger, self.config.mailbox, self.clock)
        if self.config.mailbox.save_sent:
            copy_to_sent(self.ledger, self.vault, self.inbox, self.config.mailbox, self.clock, stop=self.stop)

    def post(self) -> None:
        """Send what is due in the outbox."""
        smtp = self.config.smtp
        with self._outbox:
            if self.ledger.has_unsent_reminder():
                # It may have waited for long: what has come since, or was granted, is not asked for again.
                remind(self.remind_desk(), self.clock.now())
            deliver_due(self.ledger, self.vault, self.postman, smtp, self.clock, alarm=self._alarm, stop=self.stop)
        self.postman.close_if_idle()

    def once(self) -> int:
        """Do one whole round, in order; return how many messages were decided. Raises as :meth:`receive` does."""
        self.receive()
        handled = self.settle()
        self.speak()
        self.post()
        self.tidy_mailbox()
        self.renew_page()
        return handled

    def speak(self) -> None:
        """Put into the outbox whatever the calendar asks for now: nothing is skipped after a downtime."""
        now = self.clock.now()
        self._spoke_in = (now.date(), now.hour)
        self.remind()
        self.digest()

    def remind(self) -> None:
        """Queue the reminders that are due."""
        with self._outbox:
            remind(self.remind_desk(), self.clock.now())
        self._post_hint.set()

    def digest(self) -> None:
        """Queue the digests that are due."""
        rulebook = self.extended_rulebook()
        digest(self.ledger, self.vault, rulebook, self.writer, self.sender, self.config, self.clock.now())
        self._post_hint.set()

    def jobs(self) -> tuple[Job, ...]:
        """Return what the clock starts, and when; the demo steps through the same list in simulated time."""
        schedule, every_while = self.config.schedule, IntervalTrigger(minutes=_PAGE_MINUTES)
        return (
            Job("sweep", IntervalTrigger(minutes=self.config.mailbox.sweep_minutes), self._mail_hint.set),
            Job(
                "remind",
                CronTrigger(hour=schedule.remind_at.hour, minute=schedule.remind_at.minute, timezone=VIETNAM),
                self.remind,
            ),
            Job(
                "digest",
                CronTrigger(
                    day_of_week=schedule.digest_day,
                    hour=schedule.digest_at.hour,
                    minute=schedule.digest_at.minute,
                    timezone=VIETNAM,
                ),
                self.digest,
            ),
            *([Job("page", every_while, self.renew_page)] if self.config.store.page else []),
        )

    # -- running ---------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Work until :attr:`stop` is set; the mail in hand is finished first."""
        self.desk.pool.warm_up()
        scheduler = self._scheduler()
        watcher = Watcher(self.config.mailbox, self._mail_hint.set)
        threads = [
            # Daemon threads: the post may sit in the ten minutes that RFC 5321 gives a server for its final answer.
            threading.Thread(target=self._keep_doing, args=(round_, hint), name=name, daemon=True)
            for name, round_, hint in (
                ("mailroom", self._mail_round, self._mail_hint),
                ("post", self._post_round, self._post_hint),
            )
        ]
        self.speak()
        for thread in threads:
            thread.start()
        if self.config.mailbox.idle:
            watcher.start()
        scheduler.start()
        log.info("running", account=self.config.mailbox.account, rules=self.rulebook.hash[:12])
        self.stop.wait()
        log.info("stopping")
        scheduler.shutdown(wait=False)
        watcher.stop()
        self._mail_hint.set()
        self._post_hint.set()
        for thread in threads:
            thread.join(_LAST_MAIL)

    def _scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone=VIETNAM)
        for job in self.jobs():
            # A missed run is made up for once, however late: each job computes what is due from the ledger.
            scheduler.add_job(
                job.run, job.trigger, id=job.name, misfire_grace_time=None, coalesce=True, max_instances=1
            )
        return scheduler

    def _mail_round(self) -> float:
        """Do the mailroom's work; return the seconds until there is more to do, if nobody calls."""
        rush, handled = self._is_rush(), 0
        try:
            self.receive()
        finally:
            # What is in the vault is answered even while the mailbox cannot be reached.
            handled = self.settle(lambda _: self._post_hint.set(), whole=not rush)
        try:
            self.tidy_mailbox()
        except MailboxRefused as problem:
            # One folder that the server refuses keeps no mail from being read and answered.
            log.warning("mail could not be filed", problem=str(problem))
        sweep = timedelta(minutes=self.config.mailbox.sweep_minutes)
        if rush:
            if handled and is_awaited(self.desk, timedelta(0)):
                return 0.0  # what has come meanwhile is received before the rest is settled
            sweep = min(sweep, timedelta(minutes=self.config.schedule.rush_sweep_minutes))
        soon = is_awaited(self.desk, sweep)
        return min(sweep, FIRST_RETRY if soon else sweep).total_seconds()

    def _post_round(self) -> float:
        # The scheduler waits for an instant, and a clock that is set back leaves it waiting; a new hour is soon seen.
        now = self.clock.now()
        if (now.date(), now.hour) != self._spoke_in:
            self.speak()
        self.post()
        return _POST_PAUSE

    def _keep_doing(self, round_: Callable[[], float], hint: threading.Event) -> None:
        # A hint ends a pause too: when the watcher has got through to the server, so will the mailroom.
        pause = Pause(hint)
        while True:
            # In this order: whoever stops us sets the stop first, then the hint, and one of the two is seen.
            hint.clear()
            if self.stop.is_set():
                return
            try:
                rest = round_()
            except (MailboxLost, MailboxRefused) as problem:
                log.warning("mailbox cannot be used, will connect again", problem=str(problem))
                self.inbox.close()
                pause.wait()
            except Exception:
                log.exception("a round failed, will be tried again", round=threading.current_thread().name)
                pause.wait()
            else:
                pause.reset()
                hint.wait(rest)

    def _alarm(self, due: Due, error: str) -> tuple[Mail, ...]:
        to = self.config.ministry.operator
        if not to:
            return ()
        facts = AlertFacts(
            subject=due.raw,
            matter="delivery",
            receipt="",
            occurred_at=self.clock.now(),
            other_side=", ".join(due.to),
            cause=error,
            tries=due.tries + 1,
        )
        return (compose(self.writer.build_alert(facts, (to,)), self.sender, self.clock.now()),)
