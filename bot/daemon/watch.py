"""The watch: a thread that looks at all others every few seconds, and tells what it sees."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.durable import DiskBroken
from bot.adapters.health_file import health_json, remove_health, write_health
from bot.adapters.loopback_http import LoopbackPages
from bot.adapters.service_manager import ServiceManager
from bot.health_words import say_health
from bot.model.health import Health
from bot.runners.alarm import Alarms
from bot.runners.metrics import KIND, metrics_of
from bot.runners.vitals import bounds_of, gather
from bot.schedule.health import JOBS, SWEEP, is_stale, judge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from bot.daemon.jobs import Job
    from bot.daemon.rounds import Rounds
    from bot.model.health import Work

log = structlog.get_logger(__name__)
LOOK_EVERY = 10.0
"""Seconds."""
_LAST_LOOK = 5.0
_INSTANT = timedelta(microseconds=1)


class Watch:
    """Begun with the block and ended with it; it survives its own failures."""

    def __init__(self, rounds: Rounds) -> None:
        self._rounds = rounds
        self._bounds = bounds_of(rounds.config)
        self._since = rounds.clock.now()
        self._manager = ServiceManager()
        self._alarms = Alarms(
            rounds.ledger, rounds.vault, rounds.writer, rounds.sender, rounds.config, rounds.clock, rounds.sign_in
        )
        self._carrier: threading.Thread | None = None
        self._seen: Health | None = None
        self._pages = ExitStack()
        self._threads: Sequence[threading.Thread] = ()
        self._jobs: Sequence[Job] = ()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._keep_looking, name="watch", daemon=True)

    def __enter__(self) -> Self:
        """Begin to look; from now on the inbox is expected to be read."""
        self._rounds.pulse.expect(SWEEP)
        self._serve()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End; nobody works here any more, and nobody is told so."""
        self._end.set()
        self._pages.close()
        for thread in (self._thread, self._carrier):
            if thread is not None:
                thread.join(_LAST_LOOK)  # a disk or a server that does not answer holds up no end
        try:
            remove_health(self._rounds.config.store.folder)
        except OSError as trouble:
            log.warning("the health file is left behind", problem=str(trouble))

    def ready(self) -> None:
        """Say that the work begins; that the mailbox can be reached is not asked for, for no new start would help."""
        self._manager.tell("READY=1")

    def stopping(self) -> None:
        """Say that the mail in hand is finished, and nothing begun any more."""
        self._manager.tell("STOPPING=1", "STATUS=Đang dừng.")

    def attend(self, threads: Sequence[threading.Thread], jobs: Sequence[Job]) -> None:
        """Expect these threads to live, and these jobs to be done when they are due."""
        self._rounds.pulse.expect(*(one.name for one in threads), *(one.name for one in jobs if one.name in JOBS))
        self._threads, self._jobs = threads, jobs

    def look(self) -> Health:
        """Return how the daemon is, after everybody was told who wants to know. Raises OSError.

        The service manager gets no sign of life where only a new start helps: then it makes one.
        """
        rounds = self._rounds
        now = rounds.clock.now()
        vitals = gather(rounds.ledger, rounds.config, tuple(map(self._timed, rounds.pulse.works())), now, self._ended())
        health = Health(now, self._since, os.getpid(), vitals, judge(vitals, self._bounds))
        status = f"STATUS={say_health(health, now, stale=False)[0]}"
        self._manager.tell(*(["WATCHDOG=1"] if health.alive else []), status)
        self._seen = health
        write_health(rounds.config.store.folder, health)
        self._cry(health)
        return health

    def _serve(self) -> None:
        """Begin to answer whoever asks by HTTP, where that is configured; mail is answered also without it."""
        port = self._rounds.config.watch.http_port
        if port is None:
            return
        try:
            self._pages.enter_context(LoopbackPages(port, {"/healthz": self.healthz, "/metrics": self.metrics}))
        except OSError as problem:
            log.error("nobody can ask by HTTP", port=port, problem=str(problem))  # noqa: TRY400

    def healthz(self) -> tuple[int, str, bytes]:
        """Return how the daemon was when it was looked at last; 503 where only a new start helps."""
        health = self._seen
        if health is None:
            return 503, "text/plain", b"not yet\n"
        living = health.alive and not is_stale(health, self._rounds.clock.now())
        return 200 if living else 503, "application/json", health_json(health)

    def metrics(self) -> tuple[int, str, bytes]:
        """Return the same in figures, with those of the ledger."""
        health = self._seen
        if health is None:
            return 503, "text/plain", b"not yet\n"
        try:
            counts = self._rounds.ledger.counts(self._rounds.clock.now())
        except SQLAlchemyError:
            counts = None  # the look before has told that
        return 200, KIND, metrics_of(health, counts)

    def _cry(self, health: Health) -> None:
        """Tell the operator; what has to be carried to a server goes in a thread of its own, for servers are slow."""
        if self._carrier is not None and self._carrier.is_alive():
            return
        self._alarms.writer = self._rounds.writer  # the templates may have been read anew
        cries = self._alarms.tell(health)
        if cries:
            self._carrier = threading.Thread(target=self._alarms.carry, args=(cries,), name="alarm", daemon=True)
            self._carrier.start()

    def _keep_looking(self) -> None:
        # Three looks within the time that is granted: one may come late.
        pause = min(LOOK_EVERY, self._manager.watchdog / 3 or LOOK_EVERY)
        while True:
            try:
                self.look()
            except DiskBroken:
                return  # the daemon ends, and says so itself
            except Exception:
                log.exception("the watch could not look, and will again")
            if self._end.wait(pause):
                return

    def _ended(self) -> tuple[str, ...]:
        if self._rounds.stop.is_set():
            return ()
        return tuple(one.name for one in self._threads if not one.is_alive())

    def _timed(self, work: Work) -> Work:
        """Return *work* with how long ago the clock should have started it since it was done."""
        trigger = next((one.trigger for one in self._jobs if one.name == work.name), None)
        if trigger is None or work.name not in JOBS:
            return work
        due = trigger.get_next_fire_time(None, self._rounds.pulse.done_at(work.name) + _INSTANT)
        late = (self._rounds.clock.now() - due).total_seconds() if due is not None else 0
        return replace(work, overdue_by=max(0.0, late))
