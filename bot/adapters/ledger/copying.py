"""A copy of the whole ledger while others write, and the files of the vault that belong to it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select, union
from sqlalchemy.engine import make_url
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.durable import sync_file
from bot.adapters.ledger.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL


class CopyFailed(Exception):  # noqa: N818  it tells the operator what is the matter
    """The database's own tool is missing or refuses; the text is what it says."""


class Copying(Database):
    """The ledger's verbs about its own keeping."""

    def is_empty(self) -> bool:
        """Return whether no ledger was ever kept in this database."""
        with self._reading() as connection:
            return not inspect(connection).has_table("alembic_version")

    @property
    def copy_suffix(self) -> str:
        """Return how the file of a copy ends: a database of SQLite, or a dump in PostgreSQL's custom format."""
        return ".db" if self._turn is not None else ".pgdump"

    def copy_to(self, path: Path) -> None:
        """Write the ledger as it is at one moment into the new file *path*, and put it on the disk.

        Nobody is kept from writing meanwhile. Raises CopyFailed, OSError.
        """
        path.touch(mode=0o600)
        if self._turn is None:
            _call("pg_dump", "--format=custom", f"--file={path}", f"--dbname={_plain(self._url)}")
        else:
            with closing(sqlite3.connect(str(self._url.database))) as own:
                own.execute("VACUUM INTO ?", (str(path),))
        with path.open("rb+") as file:
            sync_file(file.fileno(), path)

    def kept_files(self) -> Iterator[str]:
        """Yield the SHA-256 of each file that the vault has to hold, each once."""
        message, part, outbox, edition = tables.Message, tables.Part, tables.Outbox, tables.Edition
        named = union(
            select(col(message.sha256)).where(col(message.dropped_at).is_(None)),
            select(col(part.table_sha256)).where(col(part.table_sha256) != ""),
            select(col(outbox.raw)),
            select(col(edition.bundle)),
        )
        with self._reading() as connection:
            yield from connection.execute(named).scalars()


def fill_from_dump(url: str, dump: Path) -> None:
    """Fill the empty PostgreSQL database at *url* with a copy that was made by ``copy_to``; all of it or nothing.

    Raises CopyFailed.
    """
    _call("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={_plain(make_url(url))}", str(dump))


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _call(tool: str, *arguments: str) -> None:
    path = shutil.which(tool)
    if path is None:
        raise CopyFailed(f"không có lệnh {tool}; hãy cài postgresql-client cùng phiên bản với máy chủ")
    # The password comes from PGPASSWORD or ~/.pgpass, as for the ledger itself.
    command = [path, "--no-owner", "--no-password", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  no shell, no foreign word
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error" in line]
        raise CopyFailed(said[0].strip() if said else f"{tool} bị dừng")
