"""Kills at random times while mails flow: of lives from the nursery, or of the program as it is started in service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Protocol

from tests.faults.gather import gather
from tests.faults.ground import Ground
from tests.faults.kills import Run, judge
from tests.faults.mails import make_bystander, make_target
from tests.faults.nursery import Order
from tests.faults.proof import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.mails import Post
    from tests.faults.nursery import Life, Nursery

DRAIN_SECONDS = 180.0
_START_SECONDS = 60.0
_AT_START = 0.2
"""Share of the kills while the daemon is still starting."""
_BYSTANDERS = 0.3
_MORE_THAN_KILLS = 1.1
"""Mails for each kill, so that some come after the last one."""
_LOOK = 0.3


class Victim(Protocol):
    """A daemon that lives."""

    def look(self) -> None:
        """Look into mailbox and outbox now, if it is not told otherwise."""

    def kill(self) -> None:
        """Die now."""

    def stop(self) -> object:
        """End in peace."""


class Stable(Protocol):
    """Where victims come from."""

    name: str
    ahead: timedelta | None
    """How far the clock of mails and victims runs ahead; None for the quiet day of the campaigns."""
    longest: float
    """Seconds after the start by which every kill falls."""

    def start(self, ground: Ground) -> Victim: ...

    def is_running(self, ground: Ground) -> bool:
        """Tell whether the last victim has begun its work."""


@dataclass(eq=False)
class Lives:
    """Lives from the nursery: quick, the work of the children done in the daemon itself."""

    nursery: Nursery
    name: str = "random"
    ahead: timedelta | None = None
    longest: float = 1.0

    def start(self, ground: Ground) -> Life:
        note = ground.folder / "deaths.jsonl"
        return self.nursery.start(Order(ground.config, ground.ahead, ground.log, note, self.nursery.address))

    def is_running(self, ground: Ground) -> bool:
        return ground.log.exists()


@dataclass(eq=False)
class _Process:
    """``bot run``, with children of its own."""

    process: subprocess.Popen[bytes]

    def look(self) -> None:
        """It listens by itself."""

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@dataclass(eq=False)
class Processes:
    """``bot run`` as in service: its start, its children, its clock."""

    name: str = "processes"
    ahead: timedelta | None = timedelta(0)
    longest: float = 1.2

    def start(self, ground: Ground) -> _Process:
        command = [sys.executable, "-m", "bot", "--config", str(ground.config), "run"]
        # With compiled modules a start takes a second, as it does in service; without them it takes three.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["TMPDIR"] = str(ground.temporary)
        self._from = ground.log.stat().st_size if ground.log.exists() else 0
        with ground.log.open("ab") as log:
            return _Process(
                subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
            )

    def is_running(self, ground: Ground) -> bool:
        with ground.log.open("rb") as log:
            log.seek(self._from)
            return b"running" in log.read()


def run_anywhere(folder: Path, stable: Stable, *, seed: int, kills: int) -> Run:
    """Kill *kills* daemons while mails flow, let the last one come to the end, and prove what must hold."""
    began = time.monotonic()
    chance = Random(f"{stable.name} {seed}")
    run = Run(stable.name, seed)
    windows: set[str] = set()
    with Ground(folder, idle=stable.ahead is not None) as ground:
        if stable.ahead is not None:
            ground.ahead = stable.ahead
        waiting = list(posts_for(chance, seed, round(kills * _MORE_THAN_KILLS) + 1))
        for number in range(kills):
            victim = stable.start(ground)
            try:
                if chance.random() < _AT_START:
                    time.sleep(chance.uniform(0.0, stable.longest))
                else:
                    _wait_until_running(stable, ground)
                    share = -(-len(waiting) // (kills - number))
                    some = [waiting.pop() for _ in range(min(share, len(waiting)))]
                    feed(ground, victim, some, chance.uniform(0.0, stable.longest), chance)
            finally:
                victim.kill()
            run.kills += 1
            windows.update(window_of_the_kill(ground))
        for post in waiting:
            ground.deliver(post)
        victim = stable.start(ground)
        try:
            if told := drain(ground, victim):
                run.breaches.append(told)
        finally:
            victim.stop()
        evidence = gather(ground, windows=frozenset(windows))
        run.mails, run.replies = len(ground.posts), len(evidence.taken)
    return judge(run, evidence, began)


def posts_for(chance: Random, seed: int, count: int) -> Iterator[Post]:
    """Yield *count* mails that must come to their end, with others between them."""
    for number in range(count):
        yield make_target(number, seed, chance)
        if chance.random() < _BYSTANDERS:
            yield make_bystander(number, seed, chance)


def _wait_until_running(stable: Stable, ground: Ground) -> None:
    until = time.monotonic() + _START_SECONDS
    while not stable.is_running(ground):
        if time.monotonic() > until:
            raise TimeoutError(ground.log.read_text("utf-8", "replace")[-5_000:])
        time.sleep(0.02)


def feed(ground: Ground, victim: Victim, posts: list[Post], seconds: float, chance: Random) -> None:
    """Deliver *posts* at moments within the first half of so many seconds, and wait for the rest of them."""
    began = time.monotonic()
    for moment, post in sorted(((chance.uniform(0, seconds / 2), post) for post in posts), key=lambda one: one[0]):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        ground.deliver(post)
        victim.look()
    time.sleep(max(0.0, began + seconds - time.monotonic()))


def window_of_the_kill(ground: Ground) -> Iterator[str]:
    """Yield the Message-ID of the mail in whose window the kill fell: the server has it, the ledger does not know."""
    until = time.monotonic() + _START_SECONDS
    while ground.smtp._connections and time.monotonic() < until:
        time.sleep(0.005)
    if ground.smtp.received:
        own = Sent((), ground.smtp.received[-1][2]).header("Message-ID")
        if ground.ask(f"SELECT count(*) FROM outbox WHERE message_id = '{own}' AND sent_at IS NULL")[0]:
            yield own


def drain(ground: Ground, victim: Victim) -> str:
    """Wait until nothing waits; return what still does after the longest time that may take, else nothing."""
    until, told = time.monotonic() + DRAIN_SECONDS, "never looked"
    while time.monotonic() < until:
        told = ground.waiting()
        if not told:
            return ""
        victim.look()
        time.sleep(_LOOK)
    return f"not at its end after {DRAIN_SECONDS:.0f} s: {told}"
