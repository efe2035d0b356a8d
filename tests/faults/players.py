"""Many runs, some at the same time, each in a process with a nursery of its own; what was done is kept."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from tests.faults.anywhere import Lives, Processes, run_anywhere
from tests.faults.kills import Run, run_points
from tests.faults.nursery import Nursery
from tests.faults.together import fresh_databases, run_together

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Job:
    """One run that is to be made."""

    campaign: str
    point: str
    seed: int
    kills: int

    def is_done_by(self, run: Run) -> bool:
        return (run.point, run.seed) == (self.point, self.seed) and run.kills >= self.kills and not run.breaches

    def play(self, folder: Path, nursery: Nursery) -> Run:
        """Make the run in *folder*."""
        if self.campaign == "random":
            return run_anywhere(folder, Lives(nursery), seed=self.seed, kills=self.kills)
        if self.campaign == "processes":
            return run_anywhere(folder, Processes(), seed=self.seed, kills=self.kills)
        if self.campaign == "together":
            with fresh_databases() as databases:
                return run_together(folder, nursery, next(databases), seed=self.seed, kills=self.kills)
        return run_points(folder, nursery, self.point, [self.point] * self.kills, seed=self.seed)[0]


def known_runs(state: Path) -> list[Run]:
    """Return the last run of each name."""
    if not state.exists():
        return []
    lines = (json.loads(line) for line in state.read_text("utf-8").splitlines())
    return list({(run.point, run.seed): run for run in (Run(**line) for line in lines)}.values())


def play(jobs: Sequence[Job], state: Path, *, at_once: int, until: float) -> None:
    """Make the runs, so many at once; each is kept as soon as it is over, and none is begun after *until*."""
    with (
        Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True)) as bar,
        tempfile.TemporaryDirectory(prefix="faults-") as cradle,
        ProcessPoolExecutor(at_once, get_context("spawn"), _settle_in, (Path(cradle),)) as players,
    ):
        task = bar.add_task("runs", total=len(jobs))
        todo, under_way = list(jobs), set[Future[Run]]()
        while under_way or (todo and time.monotonic() < until):
            while todo and len(under_way) < at_once and time.monotonic() < until:
                under_way.add(players.submit(_play_one, todo.pop(0), state.with_suffix(".broken")))
            over, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for run in (one.result() for one in over):
                with state.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(run.as_line(), ensure_ascii=False) + "\n")
                if run.breaches:
                    bar.console.print(f"BROKEN {run.name}: {run.breaches[0]}", markup=False)
                bar.advance(task)


_cradle: Path | None = None
"""Of this process, which makes one run after the other."""


def _settle_in(cradle: Path) -> None:
    global _cradle  # noqa: PLW0603  a process has one
    _cradle = cradle
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # cut lines are what is wanted here


@cache
def _nursery() -> Nursery:
    """Return the nursery of this process; it ends with it."""
    return Nursery(_folder())


def _folder() -> Path:
    return Path(tempfile.mkdtemp(dir=_cradle))


def _play_one(job: Job, keep: Path) -> Run:
    """Make one run; what it leaves is kept in *keep* where a promise broke."""
    folder = _folder()
    run = job.play(folder, _nursery())
    if run.breaches:
        shutil.copytree(folder, keep / run.name.replace(" ", "-"), dirs_exist_ok=True)
    shutil.rmtree(folder)
    return run
