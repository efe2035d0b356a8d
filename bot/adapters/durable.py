"""What the system has to be told so that bytes and names survive a power failure, and what is done where it refuses.

A failed fsync is final: the kernel may have thrown away what it could not write, and says so only once, so that the
next fsync of the same file says nothing of the loss. Who goes on would build on what is not there. So the whole
process writes nothing more that has to last, and ends.
"""

from __future__ import annotations

import errno
import os
import threading
from typing import TYPE_CHECKING, NoReturn

from bot.causes import cause_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PASSES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""What may be over soon. A file under a name of its own is taken away then, and written again from its beginning."""


class DiskBroken(BaseException):
    """The disk could not keep what was written; the text is the sentence for the operator.

    Not an Exception, so that nobody who survives his own failures survives this one.
    """


class _Breakage:
    """Whether the disk broke under this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: list[Callable[[], None]] = []
        self.sentence = ""

    def note(self, sentence: str) -> None:
        with self._lock:
            self.sentence = self.sentence or sentence
            told = tuple(self._told)
        for one in told:
            one()

    def tell(self, whom: Callable[[], None]) -> None:
        with self._lock:
            self._told.append(whom)


_BREAKAGE = _Breakage()


def on_breakage(told: Callable[[], None]) -> None:
    """Have *told* called, in the thread that meets it, when the disk breaks under this process."""
    _BREAKAGE.tell(told)


def refuse_broken_disk() -> None:
    """Raise DiskBroken where the disk broke under this process, whoever noticed it: nobody goes on."""
    if _BREAKAGE.sentence:
        raise DiskBroken(_BREAKAGE.sentence)


def break_down(what: str, cause: str) -> NoReturn:
    """Note that the disk broke: *what* could not be kept, for that *cause*. Raises DiskBroken."""
    _BREAKAGE.note(f"{what}: {cause}")
    refuse_broken_disk()
    raise AssertionError("the disk was just noted as broken")


def sync_file(file: int, path: Path) -> None:
    """Put the bytes of the open *file*, which is or will be *path*, on the disk.

    Raises:
        OSError: there is no room, or the disk is read-only. The bytes are not there: the file must be written anew.
        DiskBroken: the disk failed.
    """
    refuse_broken_disk()
    try:
        os.fsync(file)
    except OSError as problem:
        if problem.errno in _PASSES:
            raise
        break_down(str(path), cause_of(problem))


def sync_folder(folder: Path) -> None:
    """Put the names in *folder* on the disk: a file that is synced is lost all the same without its name.

    Raises DiskBroken. A name that was given is not given anew at the next try, so no cause passes here.
    """
    refuse_broken_disk()
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:
        break_down(str(folder), cause_of(problem))
    finally:
        os.close(handle)
