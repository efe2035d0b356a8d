"""One leader for each mailbox, on whatever machine: a lease in the ledger, kept by signs of life.

No two clocks are ever compared. Who finds the lease held by another watches it: a new sign of life says that the other
works; none for long enough, by the watcher's own clock, that it is dead.
"""

from __future__ import annotations

import hashlib
import os
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.durable import DiskBroken
from bot.adapters.ledger import LeaseLost
from bot.adapters.lock import AlreadyRunning
from bot.adapters.own_secret import own_secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from bot.adapters.ledger import LeaseSeen, Ledger

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often signs are given and looked for, in seconds."""

    beat: float = 10.0
    look: float = 1.0
    patience: float = 35.0
    """A holder that gives no sign for so long is taken for dead; longer than one that lives holds itself for sure."""


class MailboxLease:
    """Held while a daemon works; in the data folder that is sat in, the file lock must be held already."""

    def __init__(
        self,
        ledger: Ledger,
        name: str,
        folder: Path,
        on_lost: Callable[[], None],
        pace: Pace | None = None,
        works_by: str = "",
    ) -> None:
        """Prepare to hold the lease *name* from the data folder *folder*.

        *on_lost* is called when another takes it. *works_by* tells those who help how they have to decide.
        """
        self._ledger, self._name, self._on_lost, self._works_by = ledger, name, on_lost, works_by
        self._pace = pace or Pace()
        self._seat = _seat_in(folder)
        self._place = f"máy {socket.gethostname()}, tiến trình {os.getpid()}"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_beating, name="lease", daemon=True)

    def __enter__(self) -> Self:
        """Take the lease; raises AlreadyRunning where another gives signs of life."""
        self._ledger.work_under(self._name, self._take())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Free it for the next one."""
        self._over.set()
        self._thread.join()
        try:
            self._ledger.free_lease()
        except (SQLAlchemyError, DiskBroken) as failure:  # the next one will have to wait, that is all
            log.warning("the lease was not freed", problem=type(failure).__name__)

    def _take(self) -> int:
        while True:
            seen = self._ledger.lease(self._name)
            # The file lock is ours: whoever sat here before us is dead, and need not be waited for.
            if seen.seat not in ("", self._seat):
                self._watch(seen)
            number = self._ledger.take_lease(self._name, self._seat, self._place, seen, self._works_by)
            if number:
                return number

    def _watch(self, seen: LeaseSeen) -> None:
        """Return when the holder is to be taken for dead; raises AlreadyRunning when it gives a sign of life."""
        log.warning("another holds the mailbox, waiting for a sign of life", place=seen.place)
        until = time.monotonic() + self._pace.patience
        while time.monotonic() < until:
            time.sleep(self._pace.look)
            now = self._ledger.lease(self._name)
            if not now.seat:
                return
            if now != seen:
                raise AlreadyRunning(f"{now.place} đang làm việc với hộp thư này")

    def _keep_beating(self) -> None:
        while not self._over.wait(self._pace.beat):
            try:
                self._ledger.renew_lease()
            except LeaseLost:
                log.error("another has taken the mailbox over, stopping")  # noqa: TRY400  nothing of ours failed
                self._on_lost()
                return
            except DiskBroken:
                return  # who is stopping for that needs no sign of life
            except SQLAlchemyError as problem:
                # Nobody else can take the lease either while the database is away; and nothing can be written.
                log.warning("no sign of life could be given", problem=type(problem).__name__)


def _seat_in(folder: Path) -> str:
    """Return what tells this folder on this machine from all others, copies of it included."""
    told = f"{socket.gethostname()}\n{folder.resolve()}\n".encode()
    return hashlib.sha256(told + own_secret(folder, "seat")).hexdigest()[:32]
