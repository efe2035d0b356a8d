"""What a child process may not do: no network, no other program, no other process, no file changed or made.

There are three fences, of which each would do for most harm: limits of the system (RLIMIT), a filter of its calls
(seccomp, in the kernel's own BPF), and an empty folder as the place where it works. Whoever takes over a reader by a
crafted file can then read what the bot may read and answer the daemon, and nothing else.
"""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import os
import platform
import resource
import signal
import struct
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.syscalls import MACHINES

if TYPE_CHECKING:
    from bot.adapters.syscalls import Machine

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_M_MMAP_THRESHOLD = -3
_LARGE_BLOCK = 256 * 1024
_FILES = 256
"""Files and pipes that a child may hold open."""

# linux/seccomp.h and linux/filter.h
_SET_FILTER, _ACTION_AVAILABLE, _ALL_THREADS = 1, 2, 1
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16
_OTHER_ABI = 0x40000000
"""Numbers from here on are those of x32, another way to call the same kernel."""
_CLONE_THREAD = 0x00010000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def settle_in() -> None:
    """Die with the daemon, and give large blocks back to the system as soon as they are freed."""
    if sys.platform != "linux":
        return
    libc = _libc()
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    daemon = multiprocessing.parent_process()
    if daemon is not None and os.getppid() != daemon.pid:  # it was gone before it could take us with it
        os._exit(1)
    libc.mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)


def limit(memory_mib: int) -> None:
    """Bound what the child may take for a message: address space, on top of what it has reserved by now.

    Libraries reserve far more address space than they use (DuckDB a whole gigabyte), so the bound is counted from
    the warmed-up child. It may write no file at all, and leaves no core dump.
    """
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    bound = pages * resource.getpagesize() + memory_mib * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    files = min(_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


def shut_in(folder: Path) -> str:
    """Let this process, with all its threads, do nothing but think, in *folder*, and for good.

    What is forbidden fails with EPERM, so that a library tells of an error and no message is lost to it.

    Returns:
        Why the system cannot do it, for the operator's log; empty where it is done.
    """
    os.chdir(folder)
    tempfile.tempdir = str(folder)
    trouble = find_trouble()
    if trouble:
        return trouble
    libc, machine = _libc(), MACHINES[platform.machine()]
    code = _filter(machine, os.getpid())
    program = _Program(len(code) // 8, code)
    # A filter is for those only who cannot gain rights by a program that they start.
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return f"no_new_privs: {os.strerror(ctypes.get_errno())}"
    done = libc.syscall(machine.seccomp, _SET_FILTER, _ALL_THREADS, ctypes.byref(program))
    if done:
        return f"seccomp: {os.strerror(ctypes.get_errno()) if done < 0 else f'thread {done} cannot be shut in'}"
    return ""


def find_trouble() -> str:
    """Return why a child cannot be shut in on this system, for the operator; empty where it can."""
    machine = MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return f"{sys.platform} {platform.machine()}"
    answer = ctypes.c_uint32(_ERRNO)
    if _libc().syscall(machine.seccomp, _ACTION_AVAILABLE, 0, ctypes.byref(answer)) != 0:
        return f"seccomp: {os.strerror(ctypes.get_errno())}"
    return ""


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _filter(machine: Machine, pid: int) -> bytes:
    """Return the filter as BPF, made of blocks that each end in a verdict or go on behind it."""
    refuse, missing = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
    steps = [
        (_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, machine.audit), (_RETURN, 0, 0, refuse),
        (_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _OTHER_ABI), (_RETURN, 0, 0, refuse),
    ]  # fmt: skip
    for numbers, verdict in ((machine.forbidden, refuse), (machine.unknown, missing)):
        for number in sorted(numbers):
            steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, verdict)]
    for number, place in machine.open_flags:
        steps += _where(number, place, (_ANY_BIT, 0, 1, _WRITES), refuse)
    # A thread is started, another process is not: it has the flag, or the call is refused.
    steps += _where(machine.clone, 0, (_ANY_BIT, 1, 0, _CLONE_THREAD), refuse)
    # A process that gives up signals itself, and nobody else.
    steps += _where(machine.tgkill, 0, (_EQUAL, 1, 0, pid), refuse)
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _where(
    number: int, place: int, question: tuple[int, int, int, int], verdict: int
) -> list[tuple[int, int, int, int]]:
    """Return the steps that ask *question* about the argument in that *place* of one call only."""
    return [
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENTS + 8 * place),
        question,
        (_RETURN, 0, 0, verdict),
        (_RETURN, 0, 0, _ALLOW),
    ]
