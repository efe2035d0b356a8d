"""The most memory that any child of this process ever held, sampled while a measurement runs."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVERY = 0.02


class Peak:
    """What the kernel says of the children (VmHWM, in MiB); ``ru_maxrss`` would count what the parent held, too."""

    mib = 0.0


@contextmanager
def children_peak() -> Iterator[Peak]:
    """Watch the children of this process."""
    peak, stop = Peak(), threading.Event()

    def watch() -> None:
        while not stop.wait(_EVERY):
            peak.mib = max(peak.mib, *(_high_water(pid) for pid in _children()), 0.0)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def _children() -> list[int]:
    me = os.getpid()
    tasks = Path(f"/proc/{me}/task")
    lists = (_text(task / "children") for task in tasks.iterdir())
    return [int(pid) for pids in lists for pid in pids.split()]


def _high_water(pid: int) -> float:
    """Return what the child has held; nothing of one that has not begun its own program yet, and is still our copy."""
    found = _text(Path(f"/proc/{pid}/status")).partition("VmHWM:")[2].split()
    is_copy = _text(Path(f"/proc/{pid}/cmdline")) == _text(Path("/proc/self/cmdline"))
    return int(found[0]) / 1024 if found and not is_copy else 0.0


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except OSError:
        return ""  # it has just ended
