"""The child processes that parse foreign content: limited in time and memory, and shut in.

A child that is killed, runs out of memory or panics costs its own message a try, never the daemon.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from bot.adapters.cage import limit, settle_in, shut_in
from bot.adapters.cell import Cell
from bot.message.drafts import is_unchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from pebble import ProcessFuture

    from bot.config import Work
    from bot.model import Authentication, History, Mail, Message, Part, Remembered, Rulebook, Settlement, TrustedServers
    from bot.reply.compose import Sender
    from bot.runners.pipeline import Opened, Pipeline, Plight

_Result = TypeVar("_Result")

log = structlog.get_logger(__name__)

_LARGE_MAIL = 8 * 2**20
_START_SECONDS = 60.0
_LOOK_SECONDS = 1.0
"""How often a waiting thread looks whether its pool is still whole: Pebble forgets the tasks of a pool that broke."""
_TASKS = 1000
"""A child is replaced after 500 messages of two tasks each, so that no leak in a reader's native code can grow."""


class Fault(Exception):  # noqa: N818  a fault is our failure, by the project's own word
    """A child failed on a message; the text says how, and never quotes the message's content."""


class _Broken(Exception):  # noqa: N818  it is the pool's state, and nobody outside hears of it
    """The pool broke before the task came to an end."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What a child is given once, when it starts."""

    rulebook: Rulebook
    """As the daemon loaded it: both then judge and speak by the same rules, whatever is edited meanwhile."""
    templates: Mapping[str, str]
    sender: Sender
    operator: str
    """The address for alarms; empty where nobody is to be told."""
    shared_inbox: bool
    memory_mib: int
    trust: TrustedServers
    """Whose word about the author of a mail counts."""
    officers: tuple[str, ...] = ()
    """The addresses of those who may give orders by mail."""
    blank_secret: bytes = field(default=b"", repr=False)
    """Makes and knows the tokens of blanks; without one none is made, and none counts."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One message in the vault."""

    path: Path
    number: int
    received_at: datetime
    oversize: bool = False
    sha256: str = ""
    """What the file must hold; empty for a file that is not in the vault."""
    vouched: str = ""
    """The code of the reporter whose mail a person, or an earlier decision, has said it to be."""
    contacts: tuple[Remembered, ...] = ()
    """Addresses that were approved since the rules were loaded."""
    found: Authentication | None = None
    """What its signatures were found to prove; None where nobody has looked."""

    @property
    def is_large(self) -> bool:
        """Return whether the message needs a child of its own; a missing file is nobody's."""
        return self.path.exists() and self.path.stat().st_size > _LARGE_MAIL


class WorkerPool:
    """A few warmed-up children for ordinary messages, and one that is renewed after each large one.

    The readers' native code leaves a heap in pieces behind a large workbook, and the next one would need more memory
    than the first; so a large message always meets a fresh child.
    """

    def __init__(self, stock: Stock, work: Work) -> None:
        self._stock = stock
        self._work = work
        # Linux ends a child with the thread that started it, so children start in a thread that lives as long as we do.
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="pool-keeper")
        self._pools: dict[bool, ProcessPool] = {}
        self._closed = False
        # Where the children work: nothing is there, and they can put nothing there.
        self._folder = Cell()
        # Another task may go before it, and a child may have to start for each.
        self._patience = 2 * (_START_SECONDS + work.seconds)
        self._whole_pool(large=False)

    def warm_up(self) -> None:
        """Wait until a child is ready; raises Fault when it cannot."""
        trouble = self._run(_ready, seconds=_START_SECONDS)
        if trouble:
            log.warning("this system does not cut off the children from network and programs", trouble=trouble)

    def open(self, ticket: Ticket) -> Opened:
        """Return who wrote the message; raises Fault."""
        return self._run(_open, ticket, large=ticket.is_large)

    def prove(self, ticket: Ticket, records: Mapping[str, bytes]) -> Authentication:
        """Return whether a signature proves the message's author, by the keys of these records; raises Fault."""
        return self._run(_prove, ticket, records, large=ticket.is_large)

    def settle(self, ticket: Ticket, history: History, now: datetime) -> Settlement:
        """Return the settlement of the message; raises Fault."""
        return self._run(_settle, ticket, history, now, large=ticket.is_large)

    def acknowledge(self, ticket: Ticket, now: datetime) -> Mail | None:
        """Return the receipt for a message that must wait, None where there is to be none; raises Fault."""
        return self._run(_acknowledge, ticket, now, large=ticket.is_large)

    def check(self, path: Path, name: str, now: datetime) -> tuple[tuple[Part, ...], bytes | None]:
        """Return the parts of a workbook that nobody has sent yet, and its marked copy; raises Fault."""
        return self._run(_check, path, name, now)

    def apologise(self, plight: Plight, now: datetime) -> tuple[Mail, ...]:
        """Return the mails of a failure of ours; raises Fault."""
        return self._run(_apologise, plight, now)

    def is_unchanged(self, draft: bytes, sent: bytes) -> bool:
        """Return whether a person has sent a draft of ours as we wrote it; raises Fault."""
        return self._run(is_unchanged, draft, sent)

    def close(self) -> None:
        """End the children; tasks under way are given up and will be tried again from the ledger."""
        self._closed = True
        for pool in self._pools.values():
            _end(pool)
        self._keeper.shutdown()
        self._folder.close()

    def _run(
        self, task: Callable[..., _Result], *arguments: object, seconds: float = 0.0, large: bool = False
    ) -> _Result:
        allowed = seconds or self._work.seconds
        try:
            return self._try(task, arguments, allowed, large=large)
        except _Broken:
            # An idle child was killed from outside. Nothing is wrong with the task, and a new pool is there for it.
            try:
                return self._try(task, arguments, allowed, large=large)
            except _Broken as again:
                raise Fault(f"no child process is to be had ({again})") from again

    def _try(
        self, task: Callable[..., _Result], arguments: tuple[object, ...], allowed: float, *, large: bool
    ) -> _Result:
        if self._closed:
            raise Fault("the child processes were ended")
        try:
            pool = self._whole_pool(large=large)
            result: _Result = self._result_of(pool, pool.schedule(_guard, args=[task, *arguments], timeout=allowed))
        except (Fault, _Broken):
            raise
        except TimeoutError as problem:
            raise Fault(f"no result within {allowed:g} s") from problem
        except ProcessExpired as problem:
            raise Fault(f"the child process died {_cause_of_death(problem.exitcode)}") from problem
        except Exception as problem:
            # What Pebble itself raises, of one kind or another, when a pool breaks under a task.
            raise _Broken(type(problem).__name__) from problem
        return result

    def _result_of(self, pool: ProcessPool, future: ProcessFuture[_Result]) -> _Result:
        """Wait for a result, but not for that of a pool which will never give one; raises _Broken."""
        looks = 0
        while True:
            try:
                return future.result(timeout=_LOOK_SECONDS)
            except TimeoutError:
                if future.done():
                    raise
            # Pebble bounds the time of a task that a child has taken. A child that never gets so far is bounded here.
            looks += not future.running()
            if looks * _LOOK_SECONDS > self._patience:
                self._keeper.submit(_end, pool).result()
            if not pool.active:
                raise _Broken("pool broken") from None

    def _whole_pool(self, *, large: bool) -> ProcessPool:
        """Return the pool, built anew when an idle child was killed from outside, which Pebble takes for the end."""
        return self._keeper.submit(self._mend, large).result()

    def _mend(self, large: bool) -> ProcessPool:
        known = self._pools.get(large)
        if known is not None and known.active:
            return known
        if known is not None:
            _end(known)
        self._pools[large] = self._build(workers=1 if large else self._work.workers, tasks=2 if large else _TASKS)
        return self._pools[large]

    def _first_task(self) -> Callable[[Stock, Path], None]:
        """Return what a child does before it takes any other task."""
        return _start_child

    def _build(self, *, workers: int, tasks: int) -> ProcessPool:
        pool = ProcessPool(
            max_workers=workers,
            max_tasks=tasks,
            initializer=self._first_task(),
            initargs=(self._stock, self._folder.path),
            context=multiprocessing.get_context("spawn"),
        )
        if not pool.active:
            raise RuntimeError("no child process could be started")
        return pool


def _cause_of_death(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0 and -exitcode in set(signal.Signals):
        return f"of {signal.Signals(-exitcode).name}"
    return f"with code {exitcode}"


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # Pebble leaves this one method without annotations
    pool.join()


# -- in the child --------------------------------------------------------------------------------------------

_pipeline: Pipeline | None = None
_open_doors = ""
"""Why this child is not shut in; empty where it is."""
_last: tuple[Ticket, Message] | None = None


def _start_child(stock: Stock, folder: Path) -> None:
    settle_in()
    import pyarrow as pa

    from bot.runners.pipeline import Pipeline

    # What pypdf warns of may quote the file.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    # Arrow's own allocators keep what they freed; at 100,000 rows that is a quarter of what a child may hold.
    pa.set_memory_pool(pa.system_memory_pool())
    global _pipeline, _open_doors  # noqa: PLW0603  a child process has exactly one pipeline
    _pipeline = Pipeline(
        stock.rulebook,
        stock.templates,
        stock.sender,
        trust=stock.trust,
        officers=stock.officers,
        blank_secret=stock.blank_secret,
        operator=stock.operator,
        shared_inbox=stock.shared_inbox,
    )
    _pipeline.warm_up()
    limit(stock.memory_mib)
    _open_doors = shut_in(folder)


def _guard(task: Callable[..., _Result], *arguments: object) -> _Result:
    """Do the task; whatever it raises becomes a Fault here, where it is known.

    A panic in native code is a ``BaseException`` of a class that cannot be imported, and some exceptions cannot be
    rebuilt from what was pickled: either would break the pool on its way to the daemon. What they say may quote the
    message, so only their kind and place are told.
    """
    try:
        return task(*arguments)
    except Fault:
        raise
    except BaseException as problem:  # noqa: BLE001  this is the edge of the child
        told = f"{type(problem).__name__} in the child process{place_of(problem)}"
    raise Fault(told)


def place_of(problem: BaseException) -> str:
    """Return the last line of ours on the way to *problem*, in brackets; empty where there is none but this module."""
    trace, place = problem.__traceback__, ""
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__"))
        if module.startswith("bot.") and module != __name__:
            place = f" ({module}:{trace.tb_lineno})"
        trace = trace.tb_next
    return place


def _ready() -> str:
    """Return why this child is not shut in; empty where it is."""
    return _open_doors


def _child() -> Pipeline:
    if _pipeline is None:
        raise RuntimeError("the child was given a message before its rules")
    return _pipeline


def _message(ticket: Ticket) -> Message:
    """Return the parsed mail; the last one is kept, because it is opened first and settled a moment later."""
    global _last  # noqa: PLW0603  a child process works on one message
    if _last is None or _last[0] != ticket:
        try:
            _child().know(ticket.contacts)
            raw = ticket.path.read_bytes()
        except FileNotFoundError:
            raise Fault("the mail is not in the vault any more") from None
        message = _child().parse(raw, ticket.received_at, oversize=ticket.oversize, found=ticket.found)
        if ticket.sha256 and message.sha256 != ticket.sha256:
            raise Fault("the mail's file in the vault is damaged")
        _last = (ticket, message)
    return _last[1]


def _open(ticket: Ticket) -> Opened:
    return _child().open(_message(ticket), ticket.vouched)


def _prove(ticket: Ticket, records: Mapping[str, bytes]) -> Authentication:
    return _child().prove(_message(ticket), ticket.path.read_bytes(), records)


def _settle(ticket: Ticket, history: History, now: datetime) -> Settlement:
    global _last
    message, _last = _message(ticket), None
    return _child().settle(message, ticket.number, history, now, ticket.vouched)


def _acknowledge(ticket: Ticket, now: datetime) -> Mail | None:
    return _child().acknowledge(_message(ticket), ticket.number, now, ticket.vouched)


def _apologise(plight: Plight, now: datetime) -> tuple[Mail, ...]:
    return _child().apologise(plight, now)


def _check(path: Path, name: str, now: datetime) -> tuple[tuple[Part, ...], bytes | None]:
    return _child().check(name, path.read_bytes(), now)
