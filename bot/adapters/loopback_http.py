"""A few pages for whatever watches over this machine: read-only, on the loopback address, and nowhere else."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Self

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    Page = tuple[int, str, bytes]
    """Status, content type, body."""

log = structlog.get_logger(__name__)
_HOST = "127.0.0.1"
_PATIENCE = 10.0
"""Seconds for a request: who says nothing holds no thread for ever."""


class _Server(ThreadingTCPServer):
    """Not the library's HTTP server, which asks the DNS for the name of this machine when it begins."""

    allow_reuse_address = True
    daemon_threads = True


class LoopbackPages:
    """Serves *pages* by their paths, each made anew for each request, until it is closed."""

    def __init__(self, port: int, pages: Mapping[str, Callable[[], Page]]) -> None:
        """Listen on *port*, 0 for any that is free. Raises OSError where it is taken."""

        class Handler(BaseHTTPRequestHandler):
            timeout = _PATIENCE

            def do_GET(self) -> None:
                make = pages.get(self.path.partition("?")[0])
                try:
                    status, kind, body = make() if make else (404, "text/plain", b"not found\n")
                except Exception:
                    log.exception("a page could not be made", path=self.path)
                    status, kind, body = 500, "text/plain", b"broken\n"
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
                """Say nothing: somebody asks every few seconds."""

        self._server = _Server((_HOST, port), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="pages", daemon=True)

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
