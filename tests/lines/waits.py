"""How long a thread has waited for the other side of a line, apart from what it and a busy machine took themselves."""

from __future__ import annotations

import contextlib
import threading
import time
from socket import SocketIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def waits() -> Iterator[list[float]]:
    """Give the list of the seconds that each read of this thread from a socket has lasted, in order, as it grows."""
    of, found, read = threading.get_ident(), list[float](), SocketIO.readinto

    def readinto(line: SocketIO, buffer: Any) -> int | None:
        began = time.perf_counter()
        try:
            return read(line, buffer)
        finally:
            if threading.get_ident() == of:
                found.append(time.perf_counter() - began)

    SocketIO.readinto = readinto  # type: ignore[assignment, method-assign]
    try:
        yield found
    finally:
        SocketIO.readinto = read  # type: ignore[method-assign]
