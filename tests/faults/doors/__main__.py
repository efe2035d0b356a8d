"""``python -m tests.faults.doors --only disk,database,clock --seeds 20``: exits 1 when a promise breaks."""

from __future__ import annotations

import os
import sys

from tests.faults.doors.disk import environment, preloaded
from tests.faults.doors.scenarios import scenarios
from tests.lines.__main__ import main

if __name__ == "__main__":
    if not preloaded():
        os.execve(sys.executable, [sys.executable, "-m", "tests.faults.doors", *sys.argv[1:]], environment())
    sys.exit(main("tests.faults.doors", scenarios()))
