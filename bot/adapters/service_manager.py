"""What the service manager is told: ready, alive, stopping (sd_notify(3)); without one, nothing is told to anybody."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping

log = structlog.get_logger(__name__)


class ServiceManager:
    """The datagram socket that systemd names in ``NOTIFY_SOCKET``; a path, or ``@name`` for an abstract one."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        known = os.environ if environment is None else environment
        name = known.get("NOTIFY_SOCKET", "")
        self._address = f"\0{name[1:]}" if name.startswith("@") else name
        self._lost = False
        ours = known.get("WATCHDOG_PID", "") in {"", str(os.getpid())}
        microseconds = known.get("WATCHDOG_USEC", "")
        self.watchdog = int(microseconds) / 1e6 if ours and microseconds.isdecimal() else 0.0
        """Seconds within which a sign of life is expected; 0 where none is."""

    def tell(self, *said: str) -> None:
        """Send assignments such as ``READY=1`` together; one that is not taken is logged, and once only."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.sendto("\n".join(said).encode(), self._address)
            self._lost = False
        except OSError as problem:
            if not self._lost:
                log.warning("the service manager could not be told", problem=str(problem))
            self._lost = True
