"""Who else may look into the data folder: nobody. What is ours is mended, and the operator is told."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.adapters.own_secret import FOLDER as SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OTHERS = 0o077
_PASS_THROUGH = 0o011
"""What others need to reach the status page where it lies inside the data folder: to pass, not to list."""


def find_open(folder: Path, page: Path | None = None) -> tuple[Path, ...]:
    """Return what others may look into: the data folder, and in it secrets, vault, ledger and lock.

    What lies deeper is closed with the folder above it. A *page* inside the data folder is meant to be read.
    """
    return tuple(path for path, _ in _opened(folder, page))


@contextmanager
def keeping_private() -> Iterator[None]:
    """Make no file for others inside the block, but where a mode is asked for."""
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def close_to_others(folder: Path, page: Path | None = None) -> tuple[Path, ...]:
    """Take from others what :func:`find_open` finds; return what was open.

    Raises OSError where it belongs to somebody else.
    """
    opened = tuple(_opened(folder, page))
    for path, mode in opened:
        path.chmod(mode)
    return tuple(path for path, _ in opened)


def _opened(folder: Path, page: Path | None) -> Iterator[tuple[Path, int]]:
    """Yield what is open, and the mode it should have."""
    has_page = page is not None and page.is_relative_to(folder)
    own = (
        folder / "vault",
        folder / SECRETS,
        folder / "bot.lock",
        *folder.glob("ledger.db*"),
        *(folder / SECRETS).glob("*"),
    )
    for path in (folder, *own):
        if not path.exists():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        allowed = _PASS_THROUGH if path == folder and has_page else 0
        if mode & _OTHERS & ~allowed:
            yield path, mode & ~_OTHERS | mode & allowed
