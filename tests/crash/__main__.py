"""The long campaign: ``uv run python -m tests.crash --kills 200 --mails 200``; exits 1 when a promise breaks."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.crash.campaign import run_campaign


def main() -> int:
    """Run one campaign and print its figures."""
    options = argparse.ArgumentParser(prog="tests.crash")
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--mails", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        findings = run_campaign(Path(folder), mails=given.mails, kills=given.kills, seed=given.seed, progress=print)
        if not findings.hold:
            print((Path(folder) / "daemon.log").read_text("utf-8", "replace")[-20_000:])
    for name, value in asdict(findings).items():
        print(f"{name:16} {value}")
    print(f"{'seconds':16} {time.monotonic() - began:.0f}")
    return 0 if findings.hold else 1


if __name__ == "__main__":
    sys.exit(main())
