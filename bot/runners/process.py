"""Undecided messages → decisions: the children think, the ledger is told in one transaction."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.adapters.clock import retry_after
from bot.decide.verdict import receipt_code
from bot.runners.pipeline import Plight
from bot.runners.pool import Fault, Ticket, place_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.adapters.clock import Clock
    from bot.adapters.ledger import Ledger, Undecided
    from bot.adapters.vault import Vault
    from bot.config import Work
    from bot.model import History, Mail, Outcome, Settlement
    from bot.runners.norms import NormBook
    from bot.runners.pipeline import Opened

log = structlog.get_logger(__name__)

FIRST_RETRY = timedelta(seconds=15)
_BATCH = 64


@dataclass(slots=True)
class Turns:
    """Keeps the messages of one reporter in the order in which they entered, whoever finishes first.

    Their numbers do not say that order: an old mail that somebody moves into the inbox has a high number and an early
    date. Whoever is waited for must have been begun earlier, or all threads could come to wait for one not begun.
    """

    _changed: threading.Condition = field(default_factory=threading.Condition)
    _open: dict[int, str | None] = field(default_factory=dict)
    """Message → its reporter, None until it has been opened; in the order of entering."""

    def enter(self, message: int) -> None:
        """Note that the message is under way."""
        with self._changed:
            self._open[message] = None

    def wait(self, message: int, reporter: str) -> None:
        """Wait until no earlier message may be of the same reporter."""
        with self._changed:
            self._open[message] = reporter
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._is_preceded(message, reporter))

    def leave(self, message: int) -> None:
        """Note that the message is settled, or has failed."""
        with self._changed:
            self._open.pop(message, None)
            self._changed.notify_all()

    def _is_preceded(self, message: int, reporter: str) -> bool:
        for one, of in self._open.items():
            if one == message:
                return False
            if of is None or (reporter and of == reporter):
                return True
        return False


class Workers(Protocol):
    """Who thinks: the pool of child processes."""

    def warm_up(self) -> None:
        """Wait until the rules are loaded; raises Fault."""

    def open(self, ticket: Ticket) -> Opened:
        """Return who wrote the message; raises Fault."""

    def settle(self, ticket: Ticket, history: History, now: datetime) -> Settlement:
        """Return the settlement of the message; raises Fault."""

    def acknowledge(self, ticket: Ticket, now: datetime) -> Mail | None:
        """Return the receipt for a message that must wait, None where there is to be none; raises Fault."""

    def apologise(self, plight: Plight, now: datetime) -> tuple[Mail, ...]:
        """Return the mails of a failure of ours; raises Fault."""

    def close(self) -> None:
        """End; what is under way is given up."""


class _Stopped(Exception):  # noqa: N818  the message waits for the next start
    """The daemon is stopping."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that settling a message needs."""

    ledger: Ledger
    vault: Vault
    pool: Workers
    work: Work
    clock: Clock
    norms: NormBook | None = None
    """What is usual among the reporters; None where nothing is known of it."""


def process_undecided(
    desk: Desk,
    stop: threading.Event,
    *,
    on_settled: Callable[[Outcome | None], None] | None = None,
    whole: bool = True,
) -> int:
    """Settle every message that is due, oldest first, several at a time; return how many were handled.

    A message that can be neither settled nor noted as failed, because disk or ledger are in trouble, is left as it
    is for a later call, and stops no other.

    Args:
        desk: the doors and the children.
        stop: set to leave after the messages in hand.
        on_settled: told the outcome of each message after its commit, None for a fault.
        whole: False to leave after some messages, so that the inbox is looked into between.
    """
    turns = Turns()
    handled, left = 0, set[int]()
    with ThreadPoolExecutor(desk.work.workers, thread_name_prefix="process") as threads:
        while not stop.is_set():
            batch = desk.ledger.undecided(desk.clock.now(), _BATCH, left)
            if not batch:
                break
            for message in batch:
                turns.enter(message.id)
            begun = {threads.submit(_process_one, desk, message, turns, stop): message.id for message in batch}
            for future in as_completed(begun):
                try:
                    outcome = future.result()
                except _Stopped:
                    continue
                except Exception as problem:  # noqa: BLE001  the edge of this runner
                    # The text of a database's error holds what was to be written, so only its kind is told.
                    told = f"{type(problem).__name__}{place_of(problem)}"
                    log.error("message left for later", message=begun[future], problem=told)  # noqa: TRY400
                    left.add(begun[future])
                    continue
                handled += 1
                if on_settled is not None:
                    on_settled(outcome)
            if not whole:
                break
    return handled


def is_awaited(desk: Desk, within: timedelta) -> bool:
    """Return whether a message will be due for a try *within* that time from now."""
    return bool(desk.ledger.undecided(desk.clock.now() + within, 1))


def _process_one(desk: Desk, message: Undecided, turns: Turns, stop: threading.Event) -> Outcome | None:
    """Settle the message and return its outcome, None for a fault; raises _Stopped, and whatever the ledger raises."""
    opened: Opened | None = None
    path = desk.vault.path(message.sha256)
    ticket = Ticket(path, message.id, message.received_at, message.oversize, message.sha256)
    try:
        opened = _open(desk, ticket, stop)
        # Mails of one stranger take turns too: the second must know that the first one was answered.
        turns.wait(message.id, opened.reporter or opened.heading.sender)
        known = desk.ledger.history(opened.reporter, opened.heading.sender, opened.contents, pointers=opened.pointers)
        history = with_files(known, desk.vault)
        if desk.norms is not None:
            history = replace(history, norms=desk.norms.held())
        now = desk.clock.now()
        settlement = desk.pool.settle(ticket, history, now)
        for table in settlement.tables.values():
            desk.vault.put(table)
        raws = _keep(desk.vault, settlement.mails)
        desk.ledger.settle(message.id, settlement, raws, now)
        decision = settlement.decision
        log.info("settled", mail=message.sha256[:12], receipt=decision.receipt, outcome=decision.outcome.value)
    except (_Stopped, OSError):
        raise  # a full disk says nothing about the message
    except Exception as problem:
        if stop.is_set():
            raise _Stopped from problem  # its child may have been ended with the daemon
        fault = str(problem) if isinstance(problem, Fault) else f"{type(problem).__name__}{place_of(problem)}"
        _note_fault(desk, message, opened, fault)
        return None
    else:
        return settlement.decision.outcome
    finally:
        turns.leave(message.id)


def with_files(history: History, vault: Vault) -> History:
    """Return the history with the files that the child may look at, as far as they are still kept.

    These are the tables of earlier forms, for the rules, and the mail of ours that is answered with what it answered.
    """
    wanted = [one.table for one in history.settled]
    if history.answered is not None:
        wanted += [history.answered.raw, history.answered.sha256]
    return replace(history, kept={one: vault.path(one) for one in wanted if one and one in vault})


def _open(desk: Desk, ticket: Ticket, stop: threading.Event) -> Opened:
    if stop.is_set():
        raise _Stopped
    return desk.pool.open(ticket)


def _keep(vault: Vault, mails: tuple[Mail, ...]) -> dict[str, str]:
    return {mail.key: vault.put(mail.raw) for mail in mails}


def _note_fault(desk: Desk, message: Undecided, opened: Opened | None, error: str) -> None:
    """Try again later, or set the message aside: then its sender and the operator are told."""
    now, tries = desk.clock.now(), message.tries + 1
    mails: tuple[Mail, ...] | None = None
    plight = _plight(message, opened, error, tries)
    if tries >= desk.work.tries:
        mails = _apologise(desk, plight, now)
    if mails is None:
        log.warning("fault, will be tried again", message=message.id, tries=tries, error=error)
        desk.ledger.fault(message.id, error, now, now + retry_after(tries, first=FIRST_RETRY))
        return
    log.error("fault, set aside", message=message.id, tries=tries, error=error)
    desk.ledger.fault(message.id, error, now, None, mails, _keep(desk.vault, mails), plight.receipt)


def _plight(message: Undecided, opened: Opened | None, error: str, tries: int) -> Plight:
    reporter = opened.reporter if opened else ""
    return Plight(
        sha256=message.sha256,
        received_at=message.received_at,
        receipt=receipt_code(message.id, message.received_at, reporter),
        error=error,
        tries=tries,
        heading=opened.heading if opened else None,
        reporter=reporter,
    )


def _apologise(desk: Desk, plight: Plight, now: datetime) -> tuple[Mail, ...] | None:
    """Return the mails of the failure; None when no child can write them: nothing is set aside without a word."""
    try:
        return desk.pool.apologise(plight, now)
    except Fault as fault:
        log.warning("nobody could be told of a fault", receipt=plight.receipt, error=str(fault))
        return None
