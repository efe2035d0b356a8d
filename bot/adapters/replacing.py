"""A file written beside its name and put there when it is whole: who opens it never sees half of it."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replacing(target: Path, mode: int | None = None) -> Iterator[IO[bytes]]:
    """Give a file to write; at the end it takes the place of *target*, and when the block raises nothing is left.

    Where no *mode* is given, it is as open as the process was started to make files.

    Raises OSError where the folder is not there or cannot be written to.
    """
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o666 & ~_MASK if mode is None else mode)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def make_folder(path: Path) -> None:
    """Make *path* and what is missing above it, as open as the process was started to make folders."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    path.chmod(0o777 & ~_MASK)


def _mask() -> int:
    """Return the mode bits that new files of this process do without."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


_MASK = _mask()
"""As the process was started: later the daemon closes what it keeps, and not what it writes for others."""
