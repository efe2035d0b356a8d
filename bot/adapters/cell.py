"""The empty folder in which children work: gone with its process, or with the next one where that was killed."""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "baocao-"
_TRIES = 100


class Cell:
    """A private empty folder among the system's temporary ones, kept from others of its kind while this lives.

    Making one removes those that processes left which were killed: they are known by the lock, which the system frees.
    """

    def __init__(self) -> None:
        """Raises OSError where no folder can be made."""
        _remove_left_over(Path(tempfile.gettempdir()))
        self.path, self._lock = _make()

    def close(self) -> None:
        """Remove it, and let its name go."""
        with suppress(OSError):  # it was closed before, or the next one will try again
            self.path.rmdir()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _make() -> tuple[Path, int | None]:
    """Return a new folder and the handle that holds it; no handle where the file system knows no locks."""
    for _ in range(_TRIES):
        path = Path(tempfile.mkdtemp(prefix=_PREFIX))  # with mode 0700
        lock = _locked(path)
        if lock is not None or path.exists():
            return path, lock
        # Another one took it for left over, before it was locked.
    raise FileExistsError(f"no folder could be kept below {tempfile.gettempdir()}")


def _locked(path: Path) -> int | None:
    """Return the handle that holds the folder; None where another process has it, or it is gone."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    except OSError:  # it is held, or was removed meanwhile
        pass
    os.close(handle)
    return None


def _remove_left_over(above: Path) -> None:
    for path in above.glob(f"{_PREFIX}*"):
        lock = _locked(path)
        if lock is not None:
            with suppress(OSError):  # somebody else's, or not empty: it is not our business
                path.rmdir()
            os.close(lock)
