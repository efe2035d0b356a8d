"""The whole year: ``uv run python -m tests.oracle [--seeds 1 2 3]``; exits 1 where anything is not as it should be."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import structlog

from tests.oracle.play import play


def main() -> int:
    """Play each seed's year and print its figures."""
    options = argparse.ArgumentParser(prog="tests.oracle")
    options.add_argument("--seeds", type=int, nargs="+", default=[1])
    options.add_argument("--days", type=int, default=365)
    options.add_argument("--provinces", type=int, default=63)
    given = options.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    hold = True
    for seed in given.seeds:
        began, used = time.monotonic(), time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            figures = play(Path(folder), seed, days=given.days, provinces=given.provinces)
        told = " ".join(f"{name}={value}" for name, value in asdict(figures).items() if value != "")
        print(f"seed={seed} {told} seconds={time.monotonic() - began:.0f} cpu={time.process_time() - used:.0f}")
        hold = hold and figures.hold
    return 0 if hold else 1


if __name__ == "__main__":
    sys.exit(main())
