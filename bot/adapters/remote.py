"""A store of whole files that several machines reach, S3 or what speaks like it, by fsspec.

A file appears there as a whole or not at all, and whoever asks after that sees it: Amazon's S3 promises so since 2020
(S3 User Guide, "data consistency model"), and MinIO and Ceph do the same.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Checksums in trailers are understood by Amazon only; the vault compares every file with its own hash anyway.
_PLAIN = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}


class Remote:
    """Files by name under one address. Every failure is an OSError: the line, or the store, is in trouble."""

    def __init__(self, system: Any, root: str) -> None:
        """Take the files below *root* of the file system *system* of fsspec."""
        self._system, self._root = system, root.rstrip("/")

    @classmethod
    def at(cls, url: str, endpoint: str | None = None) -> Remote:
        """Return the store at an URL such as ``s3://bucket/prefix``; *endpoint* names a server other than Amazon's.

        Credentials come from where Amazon's tools look for them. Nothing is asked of the server yet. Raises ImportError
        where the extra ``s3`` is not installed.
        """
        from s3fs import S3FileSystem

        client = {"endpoint_url": endpoint} if endpoint else {}
        # Other machines write too: what was listed a moment ago says nothing.
        system = S3FileSystem(client_kwargs=client, config_kwargs=_PLAIN, use_listings_cache=False)
        return cls(system, url.partition("://")[2])

    def put(self, name: str, data: bytes) -> None:
        """Keep *data*; when this returns, the store has it."""
        with self._telling(name):
            self._system.pipe_file(f"{self._root}/{name}", data)

    def get(self, name: str) -> bytes:
        """Return the bytes kept as *name*; raises FileNotFoundError where there are none."""
        with self._telling(name):
            return bytes(self._system.cat_file(f"{self._root}/{name}"))

    def size(self, name: str) -> int | None:
        """Return how many bytes are kept as *name*; None where nothing is."""
        try:
            with self._telling(name):
                return int(self._system.info(f"{self._root}/{name}")["size"])
        except FileNotFoundError:
            return None

    def drop(self, name: str) -> bool:
        """Take *name* away; return whether it was there."""
        if self.size(name) is None:
            return False
        with self._telling(name):
            self._system.rm_file(f"{self._root}/{name}")
        return True

    def names(self) -> list[str]:
        """Return the names of all files."""
        with self._telling(""):
            return [path[len(self._root) + 1 :] for path in sorted(self._system.find(self._root))]

    @contextmanager
    def _telling(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except Exception as problem:  # the libraries below have exceptions of their own for a line that is down
            number = (problem.errno if isinstance(problem, OSError) else None) or errno.EIO
            raise OSError(
                number, f"{os.strerror(number)} ({type(problem).__name__})", f"{self._root}/{name}"
            ) from problem
