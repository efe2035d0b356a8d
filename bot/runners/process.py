"""Undecided messages → decisions: the children think, the ledger is told in one transaction."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.adapters.clock import retry_after
from bot.decide.verdict import receipt_code
from bot.model import Authentication, Effects, History, Proof
from bot.runners.officer import carry_out, refuse_unproved
from bot.runners.pipeline import Plight
from bot.runners.pool import Fault, Ticket, place_of
from bot.runners.prove import prove
from bot.runners.turns import GivenBack, OwnLine, SharedLine, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.adapters.claims import Claims
    from bot.adapters.clock import Clock
    from bot.adapters.ledger import Ledger, Undecided
    from bot.adapters.signing_keys import SigningKeys
    from bot.adapters.vault import Vault
    from bot.config import Work
    from bot.model import Mail, Outcome, Remembered, Settlement
    from bot.runners.norms import NormBook
    from bot.runners.officer import Office
    from bot.runners.pipeline import Opened
    from bot.runners.turns import Line, Stop

log = structlog.get_logger(__name__)

FIRST_RETRY = timedelta(seconds=15)
_BATCH = 64


class Workers(Protocol):
    """Who thinks: the pool of child processes."""

    def warm_up(self) -> None:
        """Wait until the rules are loaded; raises Fault."""

    def open(self, ticket: Ticket) -> Opened:
        """Return who wrote the message; raises Fault."""

    def prove(self, ticket: Ticket, records: Mapping[str, bytes]) -> Authentication:
        """Return whether a signature proves the author, by the keys of these records; raises Fault."""

    def settle(self, ticket: Ticket, history: History, now: datetime) -> Settlement:
        """Return the settlement of the message; raises Fault."""

    def acknowledge(self, ticket: Ticket, now: datetime) -> Mail | None:
        """Return the receipt for a message that must wait, None where there is to be none; raises Fault."""

    def apologise(self, plight: Plight, now: datetime) -> tuple[Mail, ...]:
        """Return the mails of a failure of ours; raises Fault."""

    def is_unchanged(self, draft: bytes, sent: bytes) -> bool:
        """Return whether a person has sent a draft of ours as we wrote it; raises Fault."""

    def close(self) -> None:
        """End; what is under way is given up."""


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
    claims: Claims | None = None
    """By which this process takes messages where others do too; None where it works alone."""
    keys: SigningKeys | None = None
    """By which authors are proved where no server of ours has proved them; None where signatures do not count."""
    office: Office | None = None
    """Where the orders of officers are carried out; None where nobody gives any."""

    def line(self, stop: Stop) -> Line:
        """Return the undecided messages, as they are taken here until *stop* is set."""
        if self.claims is None:
            return OwnLine(self.ledger, self.clock)
        return SharedLine(self.ledger, self.claims, self.clock, stop)


def process_undecided(
    desk: Desk,
    stop: Stop,
    *,
    on_settled: Callable[[Outcome | None], None] | None = None,
    whole: bool = True,
) -> int:
    """Settle every message that is due, the first in line first, several at a time; return how many were handled.

    A message that can be neither settled nor noted as failed, because disk or ledger are in trouble, is left as it
    is for a later call, and stops no other.

    Args:
        desk: the doors and the children.
        stop: set to leave after the messages in hand.
        on_settled: told the outcome of each message after its commit, None for a fault; never by two threads at once.
        whole: False to leave after some messages, so that the inbox is looked into between.
    """
    shift = _Shift(desk, stop, desk.line(stop), on_settled, None if whole else _BATCH)
    with ThreadPoolExecutor(desk.work.workers, thread_name_prefix="process") as threads:
        for thread in [threads.submit(shift.work) for _ in range(desk.work.workers)]:
            thread.result()
    return shift.handled


@dataclass(slots=True)
class _Shift:
    """One call's work, done by several threads."""

    desk: Desk
    stop: Stop
    line: Line
    on_settled: Callable[[Outcome | None], None] | None
    most: int | None
    """After so many messages no other is begun."""
    handled: int = 0
    _begun: int = 0
    _left: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self) -> None:
        """Handle one message after the other, until there is none."""
        while (message := self._next()) is not None:
            try:
                outcome = _process_one(self.desk, message, self.line, self.stop)
            except (Stopped, GivenBack):
                self._begun_in_vain()  # it is another's, or another call's
            except Exception as problem:  # noqa: BLE001  the edge of this runner
                # The text of a database's error holds what was to be written, so only its kind is told.
                told = f"{type(problem).__name__}{place_of(problem)}"
                log.error("message left for later", message=message.id, problem=told)  # noqa: TRY400
                with self._lock:
                    self._left.add(message.id)
            else:
                self._count(outcome)
            finally:
                self.line.leave(message)

    def _next(self) -> Undecided | None:
        with self._lock:
            if self.stop.is_set() or self._begun == self.most:
                return None
            message = self.line.next(self._left)
            self._begun += message is not None
            return message

    def _begun_in_vain(self) -> None:
        with self._lock:
            self._begun -= 1

    def _count(self, outcome: Outcome | None) -> None:
        with self._lock:
            self.handled += 1
            if self.on_settled is not None:
                self.on_settled(outcome)


def is_awaited(desk: Desk, within: timedelta) -> bool:
    """Return whether a message will be due for a try *within* that time from now."""
    return bool(desk.ledger.undecided(desk.clock.now() + within, 1))


def _process_one(desk: Desk, message: Undecided, line: Line, stop: Stop) -> Outcome | None:
    """Settle the message and return its outcome, None for a fault.

    Raises Stopped, GivenBack, and whatever the ledger raises.
    """
    opened: Opened | None = None
    ticket = ticket_of(message, desk.vault.path(message.sha256), desk.ledger.contacts())
    try:
        opened = _open(desk, ticket, stop)
        if opened.keys:
            ticket = replace(ticket, found=prove(desk, message, ticket, opened.keys, stop))
            opened = _open(desk, ticket, stop)
        # Mails of one stranger take turns too: the second must know that the first one was answered.
        line.wait(message, opened.reporter or opened.heading.sender)
        now = desk.clock.now()
        history, effects = _gather(desk, message, opened, now)
        settlement = desk.pool.settle(ticket, history, now)
        for table in settlement.tables.values():
            desk.vault.put(table)
        raws = _keep(desk.vault, settlement.mails)
        if not desk.ledger.settle(message.id, settlement, raws, now, effects):
            raise GivenBack  # noqa: TRY301  another was quicker
        decision = settlement.decision
        log.info("settled", mail=message.sha256[:12], receipt=decision.receipt, outcome=decision.outcome.value)
    except (Stopped, GivenBack, OSError):
        raise  # a full disk says nothing about the message
    except Exception as problem:
        if stop.is_set():
            raise Stopped from problem  # its child may have been ended with the daemon
        fault = str(problem) if isinstance(problem, Fault) else f"{type(problem).__name__}{place_of(problem)}"
        _note_fault(desk, message, opened, fault)
        return None
    else:
        return settlement.decision.outcome


def _gather(desk: Desk, message: Undecided, opened: Opened, now: datetime) -> tuple[History, Effects | None]:
    """Return what the child must know of the sender, and what the message changes beside its decision."""
    if opened.ordering is not None and desk.office is not None:
        carried_out = carry_out(desk.office, opened.ordering, message, now)
        return History(transcript=carried_out.transcript), carried_out.effects
    known = desk.ledger.history(opened.reporter, opened.heading.sender, opened.contents, pointers=opened.pointers)
    history = with_files(known, desk.vault)
    if desk.norms is not None:
        history = replace(history, norms=desk.norms.held())
    if opened.unproved is None:
        return history, None
    entries = refuse_unproved(opened.unproved, opened.heading.sender, message, now)
    return history, Effects(entries=entries)


def ticket_of(message: Undecided, path: Path, contacts: Sequence[Remembered]) -> Ticket:
    """Return what a child is given of a message whose bytes lie at *path*; *contacts* were approved since the start."""
    found = Authentication(Proof.SIGNED, message.proved) if message.proved else None
    facts = (message.id, message.received_at, message.oversize, message.sha256, message.vouched)
    return Ticket(path, *facts, contacts=tuple(contacts), found=found)


def with_files(history: History, vault: Vault) -> History:
    """Return the history with the files that the child may look at, as far as they are still kept.

    These are the tables of earlier forms, for the rules, and the mail of ours that is answered with what it answered.
    """
    wanted = [one.table for one in history.settled]
    if history.answered is not None:
        wanted += [history.answered.raw, history.answered.sha256]
    return replace(history, kept={one: vault.path(one) for one in wanted if one and one in vault})


def _open(desk: Desk, ticket: Ticket, stop: Stop) -> Opened:
    if stop.is_set():
        raise Stopped
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
