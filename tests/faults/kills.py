"""Kills at named points: one run is one point, one seed, and so many mails, at each of which the daemon dies once."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

from tests.faults.gather import gather
from tests.faults.ground import TO_MONDAY, Ground
from tests.faults.mails import make_bystander, make_target
from tests.faults.nursery import KILLED, Life, Nursery, Order
from tests.faults.points import step_of
from tests.faults.proof import prove

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.faults.proof import Evidence

PATIENCE = 90.0
"""Seconds until all that has come must be settled, answered and filed, on a busy machine."""
_LOOK = 0.02
_ASK_AGAIN = 0.3
_COLD = 0.2
"""Share of the mails that come while no daemon lives."""
_BYSTANDERS = 0.35
_MISSES = 3


@dataclass(slots=True)
class Run:
    """What came of one run."""

    point: str
    seed: int
    kills: int = 0
    mails: int = 0
    replies: int = 0
    copies: int = 0
    """Second copies, all of them in the window."""
    orphans: int = 0
    """Deaths with a message in hand that others had to take over."""
    left_over: int = 0
    """Files of ours in the vault that nothing names: of work that was done again."""
    seconds: float = 0.0
    breaches: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.point}, seed {self.seed}"

    def as_line(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


def run_points(folder: Path, nursery: Nursery, name: str, at: Sequence[str], *, seed: int) -> tuple[Run, Evidence]:
    """Let a daemon die at each of *at* in turn, with a mail in hand; prove what must hold afterwards.

    Returns the run under that *name*, and what was looked at.
    """
    began = time.monotonic()
    run = Run(name, seed)
    with Ground(folder) as ground:
        victim = _Victim(ground, nursery, Random(f"{name} {seed}"), seed)
        try:
            while victim.kills < len(at) and not run.breaches:
                run.breaches += victim.die_once(at[victim.kills])
            run.breaches += victim.recover()
            run.breaches += victim.live_on_monday()
            export = folder / "export.csv"
            if not run.breaches and nursery.run(victim.order(export=export)):
                run.breaches.append("the export failed")
            evidence = gather(ground, export)
        finally:
            victim.end()
        run.kills, run.mails, run.replies = victim.kills, len(ground.posts), len(evidence.taken)
    return judge(run, evidence, began), evidence


def judge(run: Run, evidence: Evidence, began: float) -> Run:
    """Note what the checker finds, and how long all took since *began*; return the run."""
    proof = prove(evidence)
    run.breaches += proof.breaches
    run.copies, run.left_over = proof.copies, proof.left_over
    run.seconds = time.monotonic() - began
    return run


@dataclass(eq=False)
class _Urge:
    """Lets a life look again whenever something has moved, and when nothing has for a while."""

    life: Life
    about: str = ""
    at: float = 0.0

    def renew(self, waiting: str) -> None:
        """Let it look if what waits is something else than the last time."""
        now = time.monotonic()
        if waiting != self.about or now > self.at + _ASK_AGAIN:
            self.about, self.at = waiting, now
            self.life.look()


@dataclass(eq=False)
class _Victim:
    """The daemon of a run, life after life."""

    ground: Ground
    nursery: Nursery
    chance: Random
    seed: int
    kills: int = 0
    number: int = 0
    misses: int = 0
    life: Life | None = None

    def order(self, point: str = "", times: int = 0, *, export: Path | None = None) -> Order:
        """Return the order for a life; with *times* one that dies at *point*."""
        ground = self.ground
        return Order(
            *(ground.config, ground.ahead, ground.log, ground.folder / "deaths.jsonl", self.nursery.address),
            *(point, times, export),
        )

    def die_once(self, point: str) -> list[str]:
        """Bring a mail or two, die of them, and come to the end of them in another life; return what broke."""
        mails, step = 1, step_of(point)
        cold = step.starts or self.life is None or self.chance.random() < _COLD
        if cold:
            self.end()
        elif told := self.recover():
            return told
        self.number += 1
        self.ground.deliver(make_target(self.number, self.seed, self.chance))
        if self.chance.random() < _BYSTANDERS:
            mails += 1
            self.ground.deliver(make_bystander(self.number, self.seed, self.chance))
        times = self.chance.randint(1, mails) if step.each_mail else 1
        if self.life is None:
            self.life = self.nursery.start(self.order(point, times))
        else:
            self.life.arm(point, times)
        return self._wait_for_death(self.life) or self.recover()

    def recover(self) -> list[str]:
        """Live until nothing waits; return what does, when that takes too long."""
        if self.life is None:
            self.life = self.nursery.start(self.order())
        until, urge = time.monotonic() + PATIENCE, _Urge(self.life)
        while waiting := self.ground.waiting():
            if self.life.is_over(_LOOK):
                return [f"it ended by itself, with {self._end()}"]
            if time.monotonic() > until:
                return [f"not at its end after {PATIENCE:.0f} s: {waiting}"]
            urge.renew(waiting)
        return []

    def live_on_monday(self) -> list[str]:
        """Live until the digest of the week is sent; return what broke."""
        self.end()
        ground = self.ground
        order = replace(self.order(), config=ground.config_with_digest, ahead=ground.ahead + TO_MONDAY)
        self.life = self.nursery.start(order)
        until = time.monotonic() + PATIENCE
        while not ground.has_digest():
            if self.life.is_over(_LOOK) or time.monotonic() > until:
                return ["no digest came on Monday"]
        told = self.recover()
        self.end()
        return told

    def end(self) -> int:
        """Let no daemon live; return how the last one ended."""
        life, self.life = self.life, None
        return 0 if life is None else life.stop()

    def _wait_for_death(self, life: Life) -> list[str]:
        until, urge = time.monotonic() + PATIENCE, _Urge(life)
        while not life.is_over(_LOOK):
            waiting = self.ground.waiting()
            if not waiting:
                return self._miss()
            if time.monotonic() > until:
                return [f"neither dead nor at its end after {PATIENCE:.0f} s: {waiting}"]
            urge.renew(waiting)
        return self._count(self._end())

    def _count(self, code: int) -> list[str]:
        if code != KILLED:
            return [f"it ended with {code} instead of being killed"]
        self.kills += 1
        return []

    def _miss(self) -> list[str]:
        """Note that all is done and nobody died: the mails were too few for the times."""
        code = self.end()
        if code:  # it has died just now
            return self._count(code)
        self.misses += 1
        return [f"the point was missed {self.misses} times"] if self.misses > _MISSES + self.kills else []

    def _end(self) -> int:
        life, self.life = self.life, None
        return 0 if life is None else life.end()
