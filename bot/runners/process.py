"""Undecided messages → decisions: the children think, the ledger is told in one transaction."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.adapters.clock import retry_after
from bot.adapters.vault import VaultDamaged, VaultMissing
from bot.decide import receipt_code
from bot.runners.pipeline import Plight
from bot.runners.pool import Fault, Ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.adapters.clock import Clock
    from bot.adapters.ledger import Ledger, Undecided
    from bot.adapters.vault import Vault
    from bot.config import Work
    from bot.model import Mail, Outcome
    from bot.runners.pipeline import Opened
    from bot.runners.pool import WorkerPool

log = structlog.get_logger(__name__)

FIRST_RETRY = timedelta(seconds=15)
_BATCH = 64


@dataclass(slots=True)
class Turns:
    """Keeps the messages of one reporter in the order in which they arrived, whoever finishes first."""

    _changed: threading.Condition = field(default_factory=threading.Condition)
    _open: dict[int, str | None] = field(default_factory=dict)
    """Message → its reporter; None until it has been opened."""

    def enter(self, message: int) -> None:
        """Note that the message is under way."""
        with self._changed:
            self._open[message] = None

    def wait(self, message: int, reporter: str) -> None:
        """Wait until no earlier message may be of the same reporter."""
        with self._changed:
            self._open[message] = reporter
            self._changed.notify_all()
            self._changed.wait_for(lambda: not any(self._precedes(one, message, reporter) for one in self._open))

    def leave(self, message: int) -> None:
        """Note that the message is settled, or has failed."""
        with self._changed:
            self._open.pop(message, None)
            self._changed.notify_all()

    def _precedes(self, one: int, message: int, reporter: str) -> bool:
        return one < message and (self._open[one] is None or (bool(reporter) and self._open[one] == reporter))


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that settling a message needs."""

    ledger: Ledger
    vault: Vault
    pool: WorkerPool
    work: Work
    clock: Clock


def process_undecided(
    desk: Desk, stop: threading.Event, *, on_settled: Callable[[Outcome | None], None] | None = None
) -> int:
    """Settle every message that is due, oldest first, several at a time; return how many were handled.

    Args:
        desk: the doors and the children.
        stop: set to leave after the messages in hand.
        on_settled: told the outcome of each message after its commit, None for a fault.
    """
    turns = Turns()
    handled = 0
    with ThreadPoolExecutor(desk.work.workers, thread_name_prefix="process") as threads:
        while not stop.is_set():
            batch = desk.ledger.undecided(desk.clock.now(), _BATCH)
            if not batch:
                break
            for message in batch:
                turns.enter(message.id)
            for outcome in threads.map(lambda message: _process_one(desk, message, turns, stop), batch):
                handled += 1
                if on_settled is not None:
                    on_settled(outcome)
    return handled


def _process_one(desk: Desk, message: Undecided, turns: Turns, stop: threading.Event) -> Outcome | None:
    opened: Opened | None = None
    ticket = Ticket(desk.vault.path(message.sha256), message.id, message.received_at, message.oversize)
    try:
        if stop.is_set():
            return None
        opened = desk.pool.open(ticket)
        turns.wait(message.id, opened.reporter)
        history = desk.ledger.history(opened.reporter, opened.heading.sender, opened.contents)
        now = desk.clock.now()
        settlement = desk.pool.settle(ticket, history, now)
        for table in settlement.tables.values():
            desk.vault.put(table)
        raws = _keep(desk.vault, settlement.mails)
        desk.ledger.settle(message.id, settlement, raws, now)
        log.info("settled", receipt=settlement.decision.receipt, outcome=settlement.decision.outcome.value)
    except (Fault, VaultMissing, VaultDamaged) as fault:
        _note_fault(desk, message, opened, str(fault))
        return None
    else:
        return settlement.decision.outcome
    finally:
        turns.leave(message.id)


def _keep(vault: Vault, mails: tuple[Mail, ...]) -> dict[str, str]:
    return {mail.key: vault.put(mail.raw) for mail in mails}


def _note_fault(desk: Desk, message: Undecided, opened: Opened | None, error: str) -> None:
    """Try again later, or set the message aside: then its sender and the operator are told."""
    now, tries = desk.clock.now(), message.tries + 1
    if tries < desk.work.tries:
        log.warning("fault, will be tried again", message=message.id, tries=tries, error=error)
        desk.ledger.fault(message.id, error, now, now + retry_after(tries, first=FIRST_RETRY))
        return
    log.error("fault, set aside", message=message.id, tries=tries, error=error)
    reporter = opened.reporter if opened else ""
    plight = Plight(
        sha256=message.sha256,
        received_at=message.received_at,
        receipt=receipt_code(message.id, message.received_at, reporter),
        error=error,
        tries=tries,
        heading=opened.heading if opened else None,
        reporter=reporter,
    )
    mails = desk.pool.apologise(plight, now)
    desk.ledger.fault(message.id, error, now, None, mails, _keep(desk.vault, mails), plight.receipt)
