"""The disk below the daemon: calls of the system that fail on demand, SQLite's own among them.

A shared object stands between this process and the system's library (``LD_PRELOAD``), because what SQLite does after a
failure can be seen only where it really fails. A process cannot take it in after it has begun: :func:`preloaded` says
whether this one has it, :func:`environment` is what to begin one with.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

WRITE, SYNC, RENAME, CREATE, OPEN_TO_WRITE, GROW, REMOVE = (1 << bit for bit in range(7))
"""Kinds of calls, as the shared object knows them."""
ALL_BUT_READ = WRITE | RENAME | CREATE | OPEN_TO_WRITE | GROW | REMOVE
"""What a disk refuses that is mounted read-only."""
_SOURCE = Path(__file__).with_name("shim.c")


def find_compiler() -> str | None:
    """Return the C compiler of this machine; None where there is none, or the system is not Linux."""
    return shutil.which("cc") if Path("/proc/self/fd").is_dir() else None


def environment() -> dict[str, str]:
    """Return the environment in which a process has the failing disk; needs a compiler."""
    compiler = find_compiler()
    assert compiler, "a C compiler on Linux is needed"
    built = Path(tempfile.gettempdir()) / f"failing-disk-{sha256(_SOURCE.read_bytes()).hexdigest()[:16]}.so"
    if not built.exists():
        beside = built.with_suffix(f".{os.getpid()}")
        options = ("-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", beside, _SOURCE, "-ldl", "-lpthread")
        subprocess.run([compiler, *options], check=True)
        beside.replace(built)
    return {**os.environ, "LD_PRELOAD": str(built)}


@cache
def _shim() -> ctypes.CDLL:
    shim = ctypes.CDLL(None)
    shim.fault_begin.argtypes = (ctypes.c_char_p, ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long)
    shim.fault_begin.restype = shim.fault_end.restype = None
    shim.fault_hits.restype = ctypes.c_long
    return shim


def preloaded() -> bool:
    """Return whether this process has the failing disk."""
    return hasattr(ctypes.CDLL(None), "fault_begin")


def begin(below: Path, kinds: int, error: int, after: int = 0, times: int = -1) -> None:
    """Let calls of *kinds* at every path that begins with *below* fail with the errno *error*.

    *after* so many that succeed, and so many *times*; less than 0: until :func:`end`.
    """
    _shim().fault_begin(os.fsencode(below), kinds, error, after, times)


def end() -> None:
    """Let nothing fail any more."""
    _shim().fault_end()


def was_felt() -> bool:
    """Return whether any call has failed since the last :func:`begin`."""
    return bool(_shim().fault_hits())
