"""``python -m tests.faults [--only kills,random] [--minutes N] [--seed S]``: daemons die; exits 1 when a promise broke.

``kills`` are deaths at named points, 50 at each for each seed: the fourteen steps of the test plan, before and after.
``between`` are those at the steps between them, ``random`` those at any time, in lives of the nursery, ``processes``
those of ``bot run`` itself, ``together`` those of one that leads and two that help at one ledger in PostgreSQL. What
was done is kept in ``--state``, and a campaign goes on where it stopped. Without options it is the whole of the test
plan: 4,200 deaths at named points and 1,000 at random times.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tests.faults.players import Job, known_runs, play
from tests.faults.points import WINDOW, points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.kills import Run

_CAMPAIGNS = {"kills": 50, "random": 100, "between": 50, "processes": 20, "together": 50}
"""Kills of one run."""
_RUNS = {"random": 10, "processes": 5, "together": 5}
"""Runs for the seeds; at named points there is one for each point and seed."""
_SUMS = ("kills", "mails", "replies", "copies", "orphans", "left_over")
_STATE = Path(tempfile.gettempdir()) / "faults.jsonl"


def main() -> int:
    """Play what is asked for and was not played before; return the exit code."""
    options = argparse.ArgumentParser(prog="tests.faults")
    options.add_argument("--only", default="kills,random", help=", ".join(_CAMPAIGNS))
    options.add_argument("--minutes", type=float, default=24 * 60, help="no run is begun later")
    options.add_argument("--seed", type=int, default=1, help="the first seed")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--jobs", type=int, default=2, help="runs at the same time")
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
    known = known_runs(given.state)
    todo = [job for job in jobs if not any(map(job.is_done_by, known))]
    if todo:
        play(todo, given.state, at_once=given.jobs, until=time.monotonic() + 60 * given.minutes)
    runs = [
        run for run in known_runs(given.state) if any((run.point, run.seed) == (job.point, job.seed) for job in jobs)
    ]
    _tell(out, runs, len(jobs))
    return 1 if any(run.breaches for run in runs) else 0


def _asked(campaign: str, seeds: range) -> Iterator[tuple[str, int]]:
    if campaign in _RUNS:
        yield from ((campaign, seed) for seed in range(seeds.start, seeds.start + _RUNS[campaign]))
        return
    yield from ((point, seed) for seed in seeds for point in points(promised=campaign == "kills"))


def _tell(out: Console, runs: Sequence[Run], asked: int) -> None:
    table = Table("killed at", "runs", *(name.replace("_", " ") for name in _SUMS), "broken", title="deaths")
    for point in dict.fromkeys(run.point for run in runs):
        of = [run for run in runs if run.point == point]
        sums = Counter[str]()
        for run in of:
            sums.update({name: getattr(run, name) for name in _SUMS})
        figures = [str(sums[name]) for name in _SUMS]
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
