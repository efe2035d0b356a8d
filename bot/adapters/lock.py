"""One daemon for each data folder: a lock that the system frees when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class AlreadyRunning(Exception):  # noqa: N818  a state to tell the operator, not our failure
    """Another process holds the lock; the text names it."""


class FolderLock:
    """Held while the daemon runs."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "bot.lock"
        self._file: int | None = None

    def __enter__(self) -> Self:
        """Take the lock; raises AlreadyRunning."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 20).decode("ascii", "replace").strip()
            os.close(handle)
            raise AlreadyRunning(f"tiến trình {holder or 'khác'} đang dùng thư mục {self._path.parent}") from None
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._file = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Free the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
