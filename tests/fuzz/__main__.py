"""``python -m tests.fuzz --minutes 30 --seed 1``: mutants until the time is over; exits 1 when a promise broke.

Each finding is kept as a mail (``SEED-NUMBER.eml``) and a text; ``--replay FILE`` settles it again. Mails that killed a
child, which breaks no promise, are kept beside them. A campaign goes on where the last one of that seed stopped;
``--from N`` begins elsewhere.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from tests.fuzz.campaign import Tally, replay, run_campaign


def main() -> int:
    """Run or replay; return the exit code."""
    options = argparse.ArgumentParser(prog="tests.fuzz")
    options.add_argument("--minutes", type=float, default=5)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--from", dest="first", type=int, help="the number of the first mutant")
    options.add_argument("--keep", type=Path, default=Path("/tmp/fuzz-findings"), help="where findings are kept")
    options.add_argument("--replay", type=Path, help="settle one kept mail again")
    given = options.parse_args()
    out = Console(width=150)
    if given.replay is not None:
        told = replay(given.replay)
        for one in told or ("nothing breaks",):
            out.print(one, markup=False)
        return 1 if told else 0
    began, seconds = time.monotonic(), given.minutes * 60
    with Progress(*Progress.get_default_columns(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("mutants", total=seconds)

        def show(tally: Tally) -> None:
            told = f"{tally.tried} mutants, {len(tally.found)} findings"
            bar.update(task, completed=time.monotonic() - began, description=told)

        tally = run_campaign(given.seed, given.keep, seconds=seconds, progress=show, first=given.first)
    for found in tally.found:
        out.print(f"BROKEN {found}", markup=False)
    out.print(", ".join(f"{outcome} {count}" for outcome, count in tally.outcomes.most_common()))
    for cause, count in tally.deaths.most_common():
        out.print(f"{count} × {cause}", markup=False)
    died = f"{tally.deaths.total()} children died (SEED-NUMBER.died.eml)"
    out.print(f"{tally.tried} mutants in {time.monotonic() - began:.0f} s, {died}")
    out.print(f"{len(tally.found)} findings in {given.keep}; the next mutant of seed {given.seed} is {tally.number}")
    return 1 if tally.found else 0


if __name__ == "__main__":
    sys.exit(main())
