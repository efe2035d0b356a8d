"""A worker among several at one ledger: its name, and the signs of life that keep what it has claimed."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.durable import DiskBroken

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from bot.adapters.ledger import Ledger, Undecided

log = structlog.get_logger(__name__)

_BEATS = 4
"""Signs of life within the time after which a silent worker is taken for dead."""


class Claims:
    """What one process has claimed, and keeps as long as it lives; the threads of the process share it."""

    def __init__(self, ledger: Ledger, hold: timedelta) -> None:
        """Begin to claim from *ledger*; whoever gives no sign of life for *hold* loses what it has."""
        self._ledger, self._hold = ledger, hold
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_beating, name="claims", daemon=True)
        ledger.work_as(f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(8)}")
        self._thread.start()

    def next(self, now: datetime, without: Collection[int]) -> Undecided | None:
        """Claim the first in line that is due at *now* and free; None where there is none."""
        return self._ledger.claim(now, self._hold, without)

    def leave(self, message: int | None = None) -> None:
        """Let others take *message* at once, if it is not decided; all that is claimed where none is named."""
        try:
            self._ledger.give_back(message)
        except (SQLAlchemyError, DiskBroken) as problem:  # others will have to wait, that is all
            log.warning("a claim was not given back", problem=type(problem).__name__)

    def close(self) -> None:
        """Let others take at once what is left."""
        self._over.set()
        self._thread.join()
        self.leave()

    def _keep_beating(self) -> None:
        while not self._over.wait(self._hold.total_seconds() / _BEATS):
            try:
                self._ledger.keep_claims(self._hold)
            except DiskBroken:
                return  # who is stopping for that needs no sign of life
            except SQLAlchemyError as problem:
                # If it lasts, others take over, and what is decided here meanwhile is refused by the ledger.
                log.warning("no sign of life could be given", problem=type(problem).__name__)
