"""Where daemons are born to die: a warmed process without threads, which forks one for each life.

A start of the program takes seconds, most of them for what is the same in every life (modules, rules, readers). The
nursery has that behind it, and its children begin where the program's own work begins: at its locks.
"""

from __future__ import annotations

import contextlib
import gc
import io
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from bot.adapters.clock import SimulatedClock
from bot.adapters.ledger import Arrival, Mailbox
from bot.cli import app
from bot.commands.doors import helping, working
from bot.config import load_config
from bot.daemon import Daemon, content
from bot.reply.render import Renderer
from bot.runners.rulebook import load_configured
from tests.faults.ground import QUIET, Ahead
from tests.faults.mails import make_post
from tests.faults.points import Trap
from tests.flow.in_process import InThisProcess
from tests.flow.office import configure, pipeline, templates

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from types import TracebackType

    from bot.model import History, Rulebook, Settlement
    from bot.runners.pipeline import Pipeline
    from bot.runners.pool import Ticket

_PATIENCE = 120.0
KILLED = -9


@dataclass(frozen=True, slots=True)
class Order:
    """One life: what is lived, and of what it is to end."""

    config: Path
    ahead: timedelta
    """How far its clock runs ahead of the machine's."""
    log: Path
    note: Path
    """Where deaths at named points are noted."""
    wire: str
    """Where the campaign listens."""
    point: str = ""
    times: int = 0
    export: Path | None = None
    """Not a daemon: the export of form I.1 into this file."""
    helps: bool = False
    """Not the daemon: ``bot work`` beside it."""
    thinks: float = 0.0
    """Seconds that each mail takes longer, so that several have something in hand at once."""


@dataclass(eq=False)
class Life:
    """A daemon that lives."""

    pid: int
    wire: Connection
    nursery: Nursery

    def arm(self, point: str, times: int) -> None:
        """Let it die at *point*."""
        self._say((point, times))

    def look(self) -> None:
        """Let it look into mailbox and outbox now."""
        self._say(None)

    def is_over(self, seconds: float = 0.0) -> bool:
        """Tell whether it has died, waiting for that so long at most."""
        try:
            return self.wire.poll(seconds) and self.wire.recv() is None
        except (EOFError, ConnectionResetError):
            return True

    def kill(self) -> None:
        """Let it die now, wherever it is."""
        os.kill(self.pid, signal.SIGKILL)
        self.end()

    def stop(self) -> int:
        """Ask it to end, and return how it did."""
        self._say(("stop", 0))
        return self.end()

    def _say(self, what: tuple[str, int] | None) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may have died at this moment
            self.wire.send(what)

    def end(self) -> int:
        """Return how it ended: the exit code, or less than nothing for a signal."""
        code = self.nursery.wait(self.pid)
        self.wire.close()
        return code


class Nursery:
    """The process that forks; use it in a ``with``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._listener = Listener(str(folder / "wire"), "AF_UNIX")
        self._wire, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")  # whoever calls us may have threads
        self._process = context.Process(target=_keep, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it; a daemon that still lives stops when its wire is closed."""
        self._wire.close()
        self._listener.close()
        self._process.join(_PATIENCE)

    @property
    def address(self) -> str:
        return str(self._listener.address)

    def start(self, order: Order) -> Life:
        """Begin a life."""
        pid = self._ask(order)
        return Life(pid, self._listener.accept(), self)

    def run(self, order: Order) -> int:
        """Live a life that ends by itself, and return how it did."""
        return self.wait(self._ask(order))

    def wait(self, pid: int) -> int:
        """Return how that child ended."""
        return self._ask(pid)

    def _ask(self, what: Order | int) -> int:
        self._wire.send(what)
        if not self._wire.poll(_PATIENCE):
            raise TimeoutError(f"the nursery gives no answer to {what}")
        return int(self._wire.recv())


class _Warm(InThisProcess):
    """The children's work, warmed up before the fork."""

    thinks = 0.0

    def settle(self, ticket: Ticket, history: History, now: datetime) -> Settlement:
        """Settle, and take as long as a large mail would."""
        time.sleep(self.thinks)
        return super().settle(ticket, history, now)

    def warm_up(self) -> None:
        """It was done."""


# -- in the nursery ----------------------------------------------------------------------------------------------


def _keep(wire: Connection) -> None:
    rules: Rulebook | None = None
    thinker: Pipeline | None = None
    while True:
        try:
            asked = wire.recv()
        except EOFError:
            return
        if not isinstance(asked, Order):
            wire.send(os.waitstatus_to_exitcode(os.waitpid(asked, 0)[1]))
            continue
        if rules is None or thinker is None:
            rules = load_configured(load_config(asked.config))
            thinker = pipeline(rules)
            _practise(thinker, rules)
        pid = os.fork()
        if not pid:
            wire.close()
            _be_born(asked, thinker)
        wire.send(pid)


def _practise(thinker: Pipeline, rules: Rulebook) -> None:
    """Do once what every life does, without its servers, so that none of them has to import or compile anything."""
    renderer = Renderer(templates())
    for name, known in (("Renderer", renderer), ("load_configured", rules)):
        getattr(content, name)  # where it lies elsewhere now, every life would do the work anew, and nobody notice
        setattr(content, name, lambda _, known=known: known)
    thinker.warm_up()
    with TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        config = configure(Path(folder))
        with Daemon(config, SimulatedClock(QUIET)) as daemon:
            daemon._pool = InThisProcess(thinker)
            raws = [make_post(kind, 1, 0).raw for kind in ("form", "bad form", "words", "machine", "stranger")]
            arrivals = [Arrival(uid, daemon.vault.put(raw), len(raw), QUIET) for uid, raw in enumerate(raws, 1)]
            daemon.ledger.receive(Mailbox("hop-thu", "INBOX", 1), arrivals, QUIET)
            daemon.speak()
            daemon.settle()
            daemon.post()
    gc.collect()
    gc.freeze()  # what is never looked at again is shared with every life


def _be_born(order: Order, thinker: Pipeline) -> None:
    """Live, and never return."""
    code = 1
    try:
        log = os.open(order.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        (_live(order, thinker) if order.export is None else _export(order, order.export))
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001  the edge of this process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _live(order: Order, thinker: Pipeline) -> None:
    trap = Trap(order.note)
    trap.hang()
    if order.point:
        trap.arm(order.point, order.times)
    with Client(order.wire, "AF_UNIX") as wire, Daemon(load_config(order.config), Ahead(order.ahead)) as daemon:
        daemon._pool = warm = _Warm(thinker)
        warm.thinks = order.thinks
        threading.Thread(target=_listen, args=(wire, trap, daemon), daemon=True).start()
        if order.helps:
            with helping(daemon):
                daemon.help()
        else:
            with working(daemon):
                daemon.run()


def _listen(wire: Connection, trap: Trap, daemon: Daemon) -> None:
    """Do what the campaign says until it has nothing more to say."""
    while True:
        try:
            told = wire.recv()
        except (EOFError, OSError):
            told = ("stop", 0)
        if told is not None and told[0] == "stop":
            daemon.stop.set()
            return
        if told is not None:
            trap.arm(*told)
        else:
            daemon._mail_hint.set()
            daemon._post_hint.set()


def _export(order: Order, to: Path) -> None:
    app(["--config", str(order.config), "export", "I.1", "--to", str(to), "--force"], standalone_mode=False)
