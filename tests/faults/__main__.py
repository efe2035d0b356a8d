"""``python -m tests.faults [--only kills,random] [--minutes N] [--seed S]``: daemons die; exits 1 when a promise broke.

``kills`` are deaths at named points, 50 at each for each seed: the fourteen steps of the test plan, before and after.
``between`` are those at the steps between them, ``random`` those at any time, in lives of the nursery, ``processes``
those of ``bot run`` itself. What was done is kept in ``--state``, and a campaign goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.faults.anywhere import Lives, Processes, run_anywhere
from tests.faults.kills import Run, run_points
from tests.faults.nursery import Nursery
from tests.faults.points import WINDOW, points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CAMPAIGNS = {"kills": 50, "random": 100, "between": 50, "processes": 20}
"""Kills of one run."""
_RUNS = {"random": 10, "processes": 5}
"""Runs for the seeds; at named points there is one for each point and seed."""
_STATE = Path(tempfile.gettempdir()) / "faults.jsonl"


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
        return run_points(folder, nursery, self.point, [self.point] * self.kills, seed=self.seed)[0]


def main() -> int:
    """Play what is asked for and was not played before; return the exit code."""
    options = argparse.ArgumentParser(prog="tests.faults")
    options.add_argument("--only", default="kills,random", help=", ".join(_CAMPAIGNS))
    options.add_argument("--minutes", type=float, default=24 * 60, help="no run is begun later")
    options.add_argument("--seed", type=int, default=1, help="the first seed")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--kills", type=int, help="in each run, instead of 50 at a point and 100 at random times")
    options.add_argument("--point", default="", help="only points whose name holds this")
    options.add_argument("--state", type=Path, default=_STATE, help="where it is kept what was done")
    options.add_argument("--anew", action="store_true", help="forget what was done")
    given = options.parse_args()
    if given.anew:
        given.state.unlink(missing_ok=True)
    jobs = [
        Job(campaign, point, seed, given.kills or _CAMPAIGNS[campaign])
        for campaign in given.only.split(",")
        for point, seed in _asked(campaign, range(given.seed, given.seed + given.seeds))
        if given.point in point
    ]
    out = Console(width=150)
    known = _known(given.state)
    todo = [job for job in jobs if not any(map(job.is_done_by, known))]
    _play(todo, given.state, until=time.monotonic() + 60 * given.minutes)
    runs = [run for run in _known(given.state) if any((run.point, run.seed) == (job.point, job.seed) for job in jobs)]
    _tell(out, runs, len(jobs))
    return 1 if any(run.breaches for run in runs) else 0


def _asked(campaign: str, seeds: range) -> Iterator[tuple[str, int]]:
    if campaign in _RUNS:
        yield from ((campaign, seed) for seed in range(seeds.start, seeds.start + _RUNS[campaign]))
        return
    yield from ((point, seed) for seed in seeds for point in points(promised=campaign == "kills"))


def _play(jobs: Sequence[Job], state: Path, *, until: float) -> None:
    keep = state.with_suffix(".broken")
    with (
        Progress(*Progress.get_default_columns(), console=Console(stderr=True), transient=True) as bar,
        tempfile.TemporaryDirectory(prefix="faults-") as cradle,
        Nursery(Path(cradle)) as nursery,
    ):
        for job in bar.track(jobs, description="runs"):
            if time.monotonic() > until:
                return
            folder = Path(tempfile.mkdtemp(dir=cradle))
            run = job.play(folder, nursery)
            with state.open("a", encoding="utf-8") as file:
                file.write(json.dumps(run.as_line(), ensure_ascii=False) + "\n")
            if run.breaches:
                shutil.copytree(folder, keep / run.name.replace(" ", "-"), dirs_exist_ok=True)
                bar.console.print(f"BROKEN {run.name}: {run.breaches[0]}", markup=False)
            shutil.rmtree(folder)


def _known(state: Path) -> list[Run]:
    """Return the last run of each name."""
    if not state.exists():
        return []
    lines = (json.loads(line) for line in state.read_text("utf-8").splitlines())
    return list({(run.point, run.seed): run for run in (Run(**line) for line in lines)}.values())


def _tell(out: Console, runs: Sequence[Run], asked: int) -> None:
    table = Table("killed at", "runs", "kills", "mails", "replies", "copies", "left over", "broken", title="deaths")
    for point in dict.fromkeys(run.point for run in runs):
        of = [run for run in runs if run.point == point]
        sums = Counter[str]()
        for run in of:
            sums.update({name: getattr(run, name) for name in ("kills", "mails", "replies", "copies", "left_over")})
        figures = [str(sums[name]) for name in ("kills", "mails", "replies", "copies", "left_over")]
        named = f"{point} (the window)" if point in WINDOW else point
        table.add_row(named, str(len(of)), *figures, str(sum(bool(run.breaches) for run in of)))
    out.print(table)
    for run in runs:
        for breach in run.breaches:
            out.print(f"BROKEN {run.name}: {breach}", markup=False)
    broken, seconds = sum(bool(run.breaches) for run in runs), sum(run.seconds for run in runs)
    out.print(
        f"{len(runs)} of {asked} runs, {sum(run.kills for run in runs)} kills in {seconds:.0f} s, {broken} broken"
    )


if __name__ == "__main__":
    sys.exit(main())
