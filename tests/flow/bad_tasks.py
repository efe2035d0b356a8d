"""What a child process may be given to do at its worst; each runs in the child."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "Nhà máy dệt may Hòa Phú"
"""Stands for what a mail holds: no text of a fault may quote it."""


class PanicException(BaseException):
    """As native code raises it: no Exception, and of a class that cannot be rebuilt from what was pickled."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)
        self.second = second


def leave(code: int) -> None:
    os._exit(code)


def leave_politely() -> None:
    sys.exit(SECRET)


def panic() -> None:
    raise PanicException(SECRET, "")


def quote() -> None:
    raise ValueError(SECRET)


def give_what_cannot_be_sent() -> object:
    return lambda: None


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def meet_then_sleep(pipe: Path, seconds: float) -> None:
    os.close(os.open(pipe, os.O_RDONLY))  # waits for the test, which opens the other end
    time.sleep(seconds)


def take(mebibytes: int) -> int:
    return len(bytearray(mebibytes * 2**20))


def start_and_hang(*_: object) -> None:
    time.sleep(60)


def write(path: Path) -> None:
    path.write_bytes(b"x" * 10)


def pid() -> int:
    return os.getpid()
