"""The daemon at work: threads and clock started and stopped. It decides nothing.

Five threads beside the main one: the mailroom (sweep, settle, file), the post (outbox to SMTP), the watcher (IDLE
hints), APScheduler's, and the watch, which looks at the others. Each survives its own failures; what they share is
the ledger and three events.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.adapters.clock import LOG_IN_AGAIN, Pause
from bot.adapters.durable import DiskBroken, on_breakage, refuse_broken_disk
from bot.adapters.imap import LoginRefused, MailboxLost, MailboxRefused, Watcher
from bot.adapters.ledger import LeaseLost
from bot.daemon.jobs import Job
from bot.daemon.rounds import Rounds
from bot.daemon.watch import Watch
from bot.language import VIETNAM
from bot.runners.process import FIRST_RETRY, is_awaited
from bot.schedule.health import MAILROOM, POST, SEND, START

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = structlog.get_logger(__name__)

_PAGE_MINUTES = 2
"""How often it is looked whether the status page has to be written anew: many changes in a row are written once."""
_POST_PAUSE = 30.0
"""Seconds after which the post looks into the outbox although nobody called it: a rest it was asked for may be over."""
_HELP_PAUSE = 1.0
"""Seconds after which one that helps looks again whether there is something to decide."""
_LAST_MAIL = 30.0
"""Seconds to finish the mail in hand when the daemon is stopped; the ledger is safe without that."""


class DecidesOtherwise(Exception):  # noqa: N818  a state to tell the operator, not our failure
    """Who leads at this mailbox works by other rules, words or settings; the text says where it sits."""


@dataclass(frozen=True, slots=True)
class Rest:
    """How long a round is not done again."""

    seconds: float
    ends_with_a_hint: bool = True
    """False: only a stop ends it sooner."""


class Daemon(Rounds):
    """All doors of one configuration, and the rounds that pass through them by themselves."""

    _other_way = ""
    """Where the holder of the mailbox sits that decides otherwise than we do."""

    def run(self) -> None:
        """Work until :attr:`stop` is set; the mail in hand is finished first.

        Raises DiskBroken where the disk failed, in whatever thread: nothing is written after that.
        """
        on_breakage(self.stop.set)
        with Watch(self) as watch:
            self._work(watch)

    def _work(self, watch: Watch) -> None:
        self.desk.pool.warm_up()
        watch.ready()
        jobs = self.jobs()
        scheduler = self._scheduler(jobs)
        watcher = Watcher(self.config.mailbox, self._mail_hint.set, self.sign_in)
        threads = [
            # Daemon threads: the post may sit in the ten minutes that RFC 5321 gives a server for its final answer.
            threading.Thread(target=self._keep_doing, args=(round_, hint), name=name, daemon=True)
            for name, round_, hint in (
                (MAILROOM, self._mail_round, self._mail_hint),
                (POST, self._post_round, self._post_hint),
            )
        ]
        if not self._caught_up():
            return
        self.speak()
        for thread in threads:
            thread.start()
        if self.config.mailbox.idle:
            watcher.start()
        scheduler.start()
        self.pulse.expect(SEND)
        watch.attend(threads, jobs)
        log.info("running", server=self.config.mailbox.host, rules=self.rulebook.hash[:12])
        self.stop.wait()
        log.info("stopping")
        watch.stopping()
        scheduler.shutdown(wait=False)
        watcher.stop()
        self._mail_hint.set()
        self._post_hint.set()
        for thread in threads:
            thread.join(_LAST_MAIL)
        refuse_broken_disk()

    def help(self) -> None:
        """Decide what another receives, until :attr:`stop` is set; who holds the mailbox does all the rest.

        Raises DecidesOtherwise where that one works by other rules, words or settings, or is another program.
        """
        self.desk.pool.warm_up()
        pause = Pause(self.stop)
        log.info("helping", rules=self.rulebook.hash[:12])
        while not self.stop.wait(self.try_round(self._help_round, pause).seconds):
            pass
        if self._other_way:
            raise DecidesOtherwise(self._other_way)
        log.info("stopping")

    def _help_round(self) -> float:
        leader = self.ledger.lease(self.lease_name)
        if leader.seat and leader.works_by != self.way:
            self._other_way = leader.place
            self.stop.set()
            return 0.0
        return 0.0 if self.decide(whole=False) else _HELP_PAUSE

    def _caught_up(self) -> bool:
        """Try until it is known what happened since a backup; False when the daemon is stopped before."""
        pause = Pause(self.stop)
        while self.ledger.recovery() is not None:
            if self.stop.wait(self.try_round(self._catch_up_round, pause).seconds):
                return False
        return True

    def _catch_up_round(self) -> float:
        self.catch_up()
        return 0.0

    def jobs(self) -> tuple[Job, ...]:
        """Return what the clock starts, and when; the demo steps through the same list in simulated time."""
        keeps_some = self.config.store.keep_raw_months is not None
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
            *([Job("drop", CronTrigger(hour=3, timezone=VIETNAM), self.drop_old)] if keeps_some else []),
        )

    def _scheduler(self, jobs: Sequence[Job]) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone=VIETNAM)
        for job in jobs:
            # A missed run is made up for once, however late: each job computes what is due from the ledger.
            scheduler.add_job(
                job.run, job.trigger, id=job.name, misfire_grace_time=None, coalesce=True, max_instances=1
            )
        return scheduler

    def _mail_round(self) -> float:
        """Do the mailroom's work; return the seconds until there is more to do, if nobody calls."""
        self.reload_if_asked()
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
        pause = Pause(hint)
        while True:
            # In this order: whoever stops us sets the stop first, then the hint, and one of the two is seen.
            hint.clear()
            if self.stop.is_set():
                return
            rest = self.try_round(round_, pause)
            # A hint ends a pause too: when the watcher has got through to the server, so will the mailroom.
            (hint if rest.ends_with_a_hint else self.stop).wait(rest.seconds)

    def try_round(self, round_: Callable[[], float], pause: Pause) -> Rest:
        """Do one round and say how long to rest after it; whatever it raises only makes the rest longer."""
        name = threading.current_thread().name
        try:
            # What is not one of the two rounds is done before they begin.
            with self.pulse.working(name if name in {MAILROOM, POST} else START):
                seconds = round_()
        except LeaseLost:
            self.stop.set()  # whoever holds the lease now does what is left
            return Rest(0)
        except DiskBroken:
            self.stop.set()  # told at the end, once, whichever thread met it
            return Rest(0)
        except LoginRefused as problem:
            log.error("login refused, will be tried again gently", problem=str(problem))  # noqa: TRY400
            self.inbox.close()
            return Rest(LOG_IN_AGAIN.total_seconds(), ends_with_a_hint=False)
        except (MailboxLost, MailboxRefused) as problem:
            log.warning("mailbox cannot be used, will connect again", problem=str(problem))
            self.inbox.close()
            return Rest(pause.next())
        except Exception:
            log.exception("a round failed, will be tried again", round=name)
            return Rest(pause.next())
        pause.reset()
        return Rest(seconds)
