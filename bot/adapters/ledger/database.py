"""The ledger's engine: how a transaction begins, is kept, and how the tables come to be."""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import and_, create_engine, event, inspect, or_, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from bot.adapters import migrations
from bot.adapters.durable import break_down, refuse_broken_disk
from bot.causes import in_vietnamese

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine
    from sqlmodel import SQLModel

    from bot.adapters import tables

_BUSY_SECONDS = 30
_FRESH_SECONDS = 20.0
"""For so long after a sign of life nobody takes a lease away: others wait longer before they do."""
_FENCES = {
    # The row is locked until the commit, so a new holder waits for it; and who hangs in a transaction is thrown out.
    "postgresql": text(
        "SELECT set_config('idle_in_transaction_session_timeout', '30s', true) FROM lease "
        "WHERE name = :name AND number = :number FOR SHARE"
    ),
    "sqlite": text("SELECT number FROM lease WHERE name = :name AND number = :number"),
}
_PRAGMAS = (
    f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}",  # first, so that the next ones wait for another process too
    "PRAGMA synchronous = FULL",  # in WAL mode NORMAL may forget a commit at a power failure
    "PRAGMA foreign_keys = ON",
)
_LOST = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})
"""SQLite was told by the system that what it wrote may not be on the disk (https://sqlite.org/rescode.html)."""
_STALE = frozenset(getattr(sqlite3, f"SQLITE_{name}") for name in ("READONLY", "IOERR", "CANTOPEN", "CORRUPT", "FULL"))
"""After these no connection is used again. One that was opened on a read-only disk stays read-only for ever, and so
does each that is opened beside it: in one process they share what they know of the log."""
T = TypeVar("T")
_MIGRATING = 0x6261_6F63_616F
"""A number of our own for PostgreSQL's advisory lock: two daemons never migrate at once."""
_CHUNK = 1000
"""Most values in one IN list."""


class LedgerTooNew(Exception):  # noqa: N818  it tells the operator what is the matter, it is no failure of ours
    """The database was made by a later version of the program; nothing in it was touched."""


class OvertakenError(Exception):
    """What was to be changed is not any more as it was when that was decided: the transaction is undone."""


class LeaseLost(Exception):  # noqa: N818  a state to tell the operator, not our failure
    """Another process has become the holder of the lease of that name; nothing was written."""


@dataclass(slots=True)
class Fence:
    """Under which lease, and as which of its holders, this process writes."""

    name: str
    number: int
    known_at: float = -math.inf
    """When the lease was last known to be ours, by the monotonic clock."""

    def is_fresh(self) -> bool:
        """Return whether nobody can have thought us dead since."""
        return time.monotonic() - self.known_at < _FRESH_SECONDS


class Database:
    """One engine, shared by all threads."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engine = _engine_for(url)
        self._writer = self._engine.execution_options(ledger_writes=True)
        # SQLite lets one connection write; threads of this process queue here instead of in its sleeping busy handler.
        self._turn = threading.Lock() if self._engine.dialect.name == "sqlite" else None
        self._fence: Fence | None = None
        self._claimant = ""
        """As whom this process claims messages; empty where it works alone."""

    def close(self) -> None:
        """Close all connections; the ledger may not be used afterwards."""
        self._engine.dispose()

    def migrate(self) -> None:
        """Bring the tables to the state this program knows; quick, and without Alembic, where they are.

        Raises:
            LedgerTooNew: a later program has migrated this database already.
        """
        self._make_private_file()
        with self._reading() as connection:
            if _version(connection) == migrations.HEAD:
                return
        with self._writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:ours)"), {"ours": _MIGRATING})
            version = _version(connection)
            if version is not None and version not in migrations.REVISIONS:
                raise LedgerTooNew(f"the ledger has version {version}, this program knows {migrations.HEAD}")
            if version != migrations.HEAD:
                migrations.upgrade(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database; raises DiskBroken as :meth:`_writing` does."""
        with self._minding_the_disk(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Give a connection whose work is committed as a whole at the end, or not at all.

        Raises LeaseLost where this process works under a lease and another has become its holder, and DiskBroken where
        the disk failed, now or before.
        """
        refuse_broken_disk()
        with self._minding_the_disk(), self._turn or nullcontext(), self._writer.begin() as connection:
            if self._fence is not None:
                _refuse_late_holder(connection, self._fence)
            yield connection

    @contextmanager
    def _minding_the_disk(self) -> Iterator[None]:
        """Tell what a failed fsync means: the system may have thrown away what a commit needs."""
        try:
            yield
        except DBAPIError as problem:
            if _sqlite_code(problem.orig) in _LOST:
                break_down(str(self._url.database), in_vietnamese(str(problem.orig)))
            if _sqlite_code(problem.orig) & 0xFF in _STALE:  # the low byte is the kind of failure
                self._engine.dispose()
            raise

    def _make_private_file(self) -> None:
        """Create SQLite's file before SQLite does, readable to its owner only; its WAL takes the same mode."""
        if self._turn is None or not self._url.database:
            return
        path = Path(self._url.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)


def insert_new(connection: Connection, table: type[SQLModel], rows: Sequence[Mapping[str, Any]], key: str) -> int:
    """Insert those *rows* whose *key* is not there yet, leave the others alone; return how many are new."""
    if not rows:
        return 0
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing(index_elements=key.split())
    return connection.execute(statement, list(rows), execution_options={"preserve_rowcount": True}).rowcount


def came_before(
    table: type[tables.Part | tables.SignedCopy], before: tuple[datetime, int] | None
) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a row came before the message of that arrival and number; none where *before* is."""
    if before is None:
        return ()
    at, number = before
    same_time = and_(col(table.received_at) == at, col(table.message) < number)
    return (or_(col(table.received_at) < at, same_time),)


def in_chunks(values: Collection[T]) -> Iterator[list[T]]:
    """Give *values* in lists that are short enough for one IN."""
    whole = list(values)
    for start in range(0, len(whole), _CHUNK):
        yield whole[start : start + _CHUNK]


def _sqlite_code(problem: BaseException | None) -> int:
    """Return SQLite's extended result code, 0 where it has none."""
    return getattr(problem, "sqlite_errorcode", None) or 0


def _refuse_late_holder(connection: Connection, fence: Fence) -> None:
    mine = {"name": fence.name, "number": fence.number}
    if connection.execute(_FENCES[connection.dialect.name], mine).first() is None:
        raise LeaseLost(fence.name)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if version is None else str(version)


def _engine_for(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin_sqlite does
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    _use_wal(cursor)
    cursor.close()


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Switch to the write-ahead log; two that switch a new database at once are refused whatever the time-out says."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A writer asks for the lock at once: a reader that becomes a writer later fails when another has written between.
    writes = connection.get_execution_options().get("ledger_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
