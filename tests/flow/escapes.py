"""What somebody would try who has taken over a child by a crafted file; each runs in the child."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_CLONE3, _IO_URING, _X32 = 435, 425, 0x40000000
_TGKILL = {"x86_64": 234, "aarch64": 131}


def try_all(folder: Path, host: str, port: int, daemon: int) -> dict[str, str]:
    """Return for each try what came of it: ``refused``, or what was done."""
    victim = folder / "thu.eml"
    tries: dict[str, Callable[[], object]] = {
        "connect": lambda: socket.create_connection((host, port), 1),
        "send a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (host, port)),
        "talk to a service of the machine": lambda: socket.socket(socket.AF_UNIX).connect("/dev/log"),
        "ask a name server": lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
        "run a program": lambda: subprocess.run(["/bin/true"], check=True),
        "become a program": lambda: os.execv("/bin/true", ["true"]),
        "fork": os.fork,
        "write a file": lambda: (folder / "moi").write_bytes(b"x"),
        "write into a file": lambda: os.open(victim, os.O_RDWR),
        "empty a file": lambda: os.truncate(victim, 0),
        "delete a file": victim.unlink,
        "rename a file": lambda: victim.rename(folder / "khac"),
        "link a file": lambda: (folder / "lien-ket").symlink_to(victim),
        "make a folder": (folder / "thu-muc").mkdir,
        "change who may read": lambda: victim.chmod(0o777),
        "make a temporary file": tempfile.TemporaryFile,
        "make a pipe with a name": lambda: os.mkfifo(folder / "ong"),
        "kill the daemon": lambda: os.kill(daemon, signal.SIGTERM),
        "kill the daemon by its thread": lambda: _call(_TGKILL[os.uname().machine], daemon, daemon, 0),
        "another way to fork": lambda: _call(_CLONE3, 0, 0, 0),
        "another way to the network": lambda: _call(_IO_URING, 8, 0, 0),
        "another way to call": lambda: _call(_X32 + 41, 2, 1, 0),
    }
    return {name: _outcome(one) for name, one in tries.items()}


def look_around() -> tuple[str, list[str], str]:
    """Return where the child works, what lies there, and where it would put temporary files."""
    return str(Path.cwd()), [one.name for one in Path.cwd().iterdir()], tempfile.gettempdir()


def run_a_thread() -> int:
    """Return what a thread has thought: those are allowed."""
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(6 * 7))
    thread.start()
    thread.join()
    return found[0]


def _outcome(one: Callable[[], object]) -> str:
    try:
        done = one()
    except OSError:
        return "refused"
    return f"done: {done}"


def _call(number: int, *arguments: int) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(number, *arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), "refused")
    return int(result)
