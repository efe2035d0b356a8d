"""The letters of the walk through the real intake: vault, ledger, and the daemon's own children."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

import structlog

from bot.adapters.clock import SimulatedClock
from bot.adapters.ledger import Arrival, Ledger, Mailbox
from bot.adapters.vault import Vault
from bot.config import load_config
from bot.demo.letters import contacts_csv
from bot.language import VIETNAM
from bot.model import Outcome
from bot.runners.check import stock_of
from bot.runners.pool import Fault, WorkerPool
from bot.runners.process import Desk, process_undecided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.config import Config
    from bot.model import Authentication, History, Mail, Settlement
    from bot.runners.pipeline import Opened, Plight
    from bot.runners.pool import Ticket
    from tests.corpora.letters import Letter

_ARRIVED = datetime(2012, 7, 10, 9, 0, tzinfo=VIETNAM)
_BOX = Mailbox("corpora", "INBOX", 1)
_REPORTERS = ("01", "25", "31", "36", "37", "40", "48", "56", "74", "75", "77", "79", "92")
SENDERS = tuple(f"bql{code}@walk.example" for code in _REPORTERS)


@dataclass(slots=True)
class Fate:
    """What became of one letter."""

    letter: Letter
    settlements: list[Settlement] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """``exception``, ``hang`` or ``death``, and what it was."""
    seconds: float = 0.0
    peak: int = 0
    """The most that its child held, in bytes."""
    kept: str = ""
    """The outcome that the ledger has."""

    @property
    def outcome(self) -> str:
        """Return how the letter ended."""
        return self.settlements[-1].decision.outcome.value if self.settlements else Outcome.FAILED.value

    @property
    def causes(self) -> tuple[str, ...]:
        """Return why it, or each file of it that was refused, was not taken: reason and detail, or mark."""
        if not self.settlements:
            return tuple(self.faults)
        decision = self.settlements[-1].decision
        refused = [part for part in decision.parts if part.verdict is Outcome.REFUSED]
        told = [f"{part.reason.value if part.reason else '?'}: {part.detail}".rstrip(": ") for part in refused]
        if not told and decision.reason is not None:
            told = [decision.reason.value]
        return tuple(told) or ((decision.why,) if decision.why else ())

    @property
    def mails(self) -> int:
        """Return how many mails it led to."""
        return sum(len(one.mails) for one in self.settlements)

    def breaches(self, seconds: float, memory: int) -> Iterator[str]:
        """Yield each promise that broke on this letter."""
        yield from self.faults
        if self.seconds > seconds:
            yield f"hang: {self.seconds:.1f} s"
        if self.peak > memory:
            yield f"memory: {self.peak / 2**20:.0f} MiB"
        if not self.faults and (len(self.settlements) != 1 or self.kept != self.outcome):
            yield f"outcomes: {len(self.settlements)}, in the ledger {self.kept or 'none'}"
        if self.outcome == Outcome.REFUSED.value and not self.causes:
            yield "refused without a cause"
        if self.outcome in {Outcome.HELD.value, Outcome.IGNORED.value} and not self.causes:
            yield f"{self.outcome} without a cause"
        if self.letter.by_machine and self.mails:
            yield "a machine is answered"


class Watched:
    """The daemon's pool of children, looked at from outside: who took how long, how much and with what end."""

    def __init__(self, pool: WorkerPool, fates: dict[Path, Fate]) -> None:
        self._pool = pool
        self._fates = fates

    def warm_up(self) -> None:
        """See WorkerPool."""
        self._pool.warm_up()

    def open(self, ticket: Ticket) -> Opened:
        """See WorkerPool."""
        with self._watching(ticket) as fate:
            opened, fate.peak = self._pool._run(_open_measured, ticket, large=ticket.is_large)
        return opened

    def prove(self, ticket: Ticket, records: Mapping[str, bytes]) -> Authentication:
        """See WorkerPool."""
        return self._pool.prove(ticket, records)

    def settle(self, ticket: Ticket, history: History, now: datetime) -> Settlement:
        """See WorkerPool."""
        with self._watching(ticket) as fate:
            settlement, peak = self._pool._run(_settle_measured, ticket, history, now, large=ticket.is_large)
            fate.peak = max(fate.peak, peak)
            fate.settlements.append(settlement)
        return settlement

    def acknowledge(self, ticket: Ticket, now: datetime) -> Mail | None:
        """See WorkerPool."""
        return self._pool.acknowledge(ticket, now)

    def apologise(self, plight: Plight, now: datetime) -> tuple[Mail, ...]:
        """See WorkerPool."""
        return self._pool.apologise(plight, now)

    def is_unchanged(self, draft: bytes, sent: bytes) -> bool:
        """See WorkerPool."""
        return self._pool.is_unchanged(draft, sent)

    def close(self) -> None:
        """See WorkerPool."""
        self._pool.close()

    @contextmanager
    def _watching(self, ticket: Ticket) -> Iterator[Fate]:
        fate, began = self._fates[ticket.path], time.perf_counter()
        try:
            yield fate
        except Fault as fault:
            cause = fault.__cause__
            kind = "hang" if isinstance(cause, TimeoutError) else "death" if cause is not None else "exception"
            fate.faults.append(f"{kind}: {fault}")
            raise
        finally:
            fate.seconds = max(fate.seconds, time.perf_counter() - began)


def walk_letters(
    letters: Sequence[Letter], folder: Path, progress: Callable[[int], None], workers: int = 2
) -> tuple[tuple[Fate, ...], tuple[float, int]]:
    """Settle each of *letters* in an office whose data lie in *folder*.

    Returns the fates in the order of the letters (letters of the same bytes share one), and the limits that held:
    seconds for one task and bytes for one child.
    """
    done = Counter[str]()

    def on_settled(outcome: Outcome | None) -> None:
        done[str(outcome)] += 1
        progress(done.total())

    with Intake(folder, workers) as intake:
        return intake.settle(letters, on_settled), intake.limits


class Intake:
    """An office without servers: vault, ledger and children whose work is watched; use it in a ``with``."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        config = _config(folder, workers)
        config.store.folder.mkdir()
        # Each settled message is a line of the log.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        self.limits = (config.work.seconds, config.work.memory_mib * 2**20)
        self.data = config.store.folder
        self._work = config.work
        self._vault, self._ledger = Vault(config.store.folder / "vault"), Ledger(config.store.ledger_url)
        self._ledger.migrate()
        self._fates: dict[Path, Fate] = {}
        self._pool = WorkerPool(stock_of(config), config.work)
        self._received = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()
        self._ledger.close()

    def settle(self, letters: Sequence[Letter], on_settled: Callable[[Outcome | None], None]) -> tuple[Fate, ...]:
        """Receive *letters* and settle them; return the fates of those whose bytes never came before."""
        new: dict[Path, Fate] = {}
        arrivals = []
        for letter in letters:
            self._received += 1
            sha256 = self._vault.put(letter.raw)
            if self._vault.path(sha256) not in self._fates:
                new[self._vault.path(sha256)] = self._fates[self._vault.path(sha256)] = Fate(letter)
                when = _ARRIVED + timedelta(minutes=self._received)
                arrivals.append(Arrival(self._received, sha256, len(letter.raw), when))
        now = _ARRIVED + timedelta(days=1, minutes=self._received)
        self._ledger.receive(_BOX, arrivals, now)
        desk = Desk(self._ledger, self._vault, Watched(self._pool, self._fates), self._work, SimulatedClock(now))
        process_undecided(desk, threading.Event(), on_settled=on_settled)
        for fate in new.values():
            shown = self._ledger.show(fate.settlements[-1].decision.receipt) if fate.settlements else None
            fate.kept = shown.outcome if shown else ""
        return tuple(new.values())


def contacts_of_senders() -> bytes:
    """Return the lines of the register of contacts for :data:`SENDERS`."""
    return "".join(f"{code},{sender},\n" for code, sender in zip(_REPORTERS, SENDERS, strict=True)).encode()


def _config(folder: Path, workers: int) -> Config:
    (folder / "danh-ba.csv").write_bytes(contacts_csv() + contacts_of_senders())
    server = '\nhost = "localhost"\nport = 1\nsecurity = "none"\n'
    path = folder / "config.toml"
    path.write_text(
        f'[mailbox]{server}[smtp]{server}sender = "baocao@bokehoach.example"\n[store]\nfolder = "data"\n'
        # What these mails may prove is tested elsewhere; here their files must be read.
        "[authentication]\naccept_unproved = true\n"
        f'[content]\ncontacts = "danh-ba.csv"\n[work]\nworkers = {workers}\ntries = 1\n',
        "utf-8",
    )
    return load_config(path)


# -- in the child --------------------------------------------------------------------------------------------


def _open_measured(ticket: Ticket) -> tuple[Opened, int]:
    from bot.runners.pool import _open

    before = _resident("VmHWM")
    return _open(ticket), _peak_since(before)


def _settle_measured(ticket: Ticket, history: History, now: datetime) -> tuple[Settlement, int]:
    from bot.runners.pool import _settle

    before = _resident("VmHWM")
    return _settle(ticket, history, now), _peak_since(before)


def _peak_since(before: int) -> int:
    """Return the highest resident memory since it was *before* at most, in bytes.

    The kernel could be told to count anew, but the child is shut in and may write nowhere. Where the highest has not
    grown, what is taken now is told instead: no more than *before* was needed, which the mail of that time was told of.
    """
    highest = _resident("VmHWM")
    return highest if highest > before else _resident("VmRSS")


def _resident(which: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{which}:"))
