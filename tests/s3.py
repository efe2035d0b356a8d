"""As much of S3 as the vault asks for, on a port of this machine: files of one bucket, in memory.

After the API reference of Amazon's S3: PutObject, GetObject, HeadObject, DeleteObject, ListObjectsV2.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from types import TracebackType

_LISTED = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{bucket}</Name><Prefix>{prefix}</Prefix>
<KeyCount>{count}</KeyCount><MaxKeys>100000</MaxKeys><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"""
_LISTED_ONE = (
    "<Contents><Key>{key}</Key><LastModified>2026-11-29T00:00:00.000Z</LastModified>"
    '<ETag>"0"</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>'
)


class S3Server:
    """A server with one bucket; use it in a ``with``."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        """By ``bucket/key``."""
        self.asked: list[tuple[str, str]] = []
        self.is_broken = False
        """It answers nothing but errors."""
        self._server = _Http(("127.0.0.1", 0), _Handler)
        self._server.store = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def list_below(self, bucket: str, prefix: str) -> bytes:
        """Return the answer that lists what begins with *prefix*."""
        keys = sorted(name.partition("/")[2] for name in self.files if name.startswith(f"{bucket}/{prefix}"))
        contents = [_LISTED_ONE.format(key=escape(key), size=len(self.files[f"{bucket}/{key}"])) for key in keys]
        told = _LISTED.format(bucket=bucket, prefix=escape(prefix), count=len(keys), contents="".join(contents))
        return told.encode()


class _Http(ThreadingHTTPServer):
    store: S3Server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._is_refused():
            return
        self._store.files[self._name] = body
        self._answer(200, ETag='"0"')

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = parse_qs(parts.query)
        if self._is_refused():
            return
        if "list-type" in asked:
            self._answer(200, self._store.list_below(self._name.rstrip("/"), asked.get("prefix", [""])[0]))
        elif self._name in self._store.files:
            self._answer(200, self._store.files[self._name], ETag='"0"')
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>")

    def do_HEAD(self) -> None:
        if self._is_refused():
            return
        kept = self._store.files.get(self._name)
        headers = {"ETag": '"0"', "Last-Modified": "Sun, 29 Nov 2026 00:00:00 GMT"}
        self.send_response(404 if kept is None else 200)
        self.send_header("Content-Length", str(len(kept or b"")))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def do_DELETE(self) -> None:
        if not self._is_refused():
            self._store.files.pop(self._name, None)
            self._answer(204)

    @property
    def _store(self) -> S3Server:
        return self.server.store

    @property
    def _name(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/")

    def _is_refused(self) -> bool:
        self._store.asked.append((self.command, self._name))
        if self._store.is_broken:
            self._answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        return self._store.is_broken

    def _answer(self, code: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        """Say nothing."""
