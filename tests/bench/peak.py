"""What a child process says of its own memory; it imports little, because the child must."""

from __future__ import annotations

from pathlib import Path


def child_peak() -> int:
    """Return the most resident memory of this process, in KiB.

    From the kernel's VmHWM, because ``ru_maxrss`` also counts what the parent held when it started the child.
    """
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])
