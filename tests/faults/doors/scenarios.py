"""Every fault of disk, database and clock that is promised to be survived; those of the lines are ``tests.lines``."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.adapters.ledger import database
from bot.language import VIETNAM
from tests.faults.doors import disk
from tests.lines.play import Scenario
from tests.lines.stage import SILENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.lines.stage import Stage

_FULL, _QUOTA, _READ_ONLY, _BROKEN = errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO
_PLACES = (
    ("making a folder of the vault", "vault/", disk.CREATE),
    ("making a file of the vault", "vault/tmp/", disk.CREATE),
    ("writing a file of the vault", "vault/tmp/", disk.WRITE),
    ("fsync of a file of the vault", "vault/tmp/", disk.SYNC),
    ("renaming in the vault", "vault/", disk.RENAME),
    ("writing the log of SQLite", "ledger.db", disk.WRITE),
)
"""The six writes: each name, where below the data folder, and which kind of call."""


def scenarios() -> dict[str, tuple[Scenario, ...]]:
    """Return the faults of each door."""
    doors = {"disk": _disk(), "database": _database(), "clock": _clock()}
    return {door: tuple(replace(one, sound=True) for one in some) for door, some in doors.items()}


# -- the disk ----------------------------------------------------------------------------------------------------


def _disk() -> Iterator[Scenario]:
    for place, below, kinds in _PLACES:
        yield _fails(f"disk full at {place}", below, kinds, _FULL)
        yield _fails(f"disk full at {place} from the second time", below, kinds, _FULL, after=1)
    yield _fails("disk full for everything", "", disk.WRITE | disk.CREATE | disk.GROW, _FULL)
    yield _fails("quota used up", "", disk.WRITE | disk.CREATE | disk.GROW, _QUOTA)
    yield _fails("disk read-only", "", disk.ALL_BUT_READ, _READ_ONLY)
    yield _fails("disk read-only from the tenth time", "", disk.ALL_BUT_READ, _READ_ONLY, after=9)
    yield _fails("I/O error at writing a file of the vault", "vault/tmp/", disk.WRITE, _BROKEN)
    yield _fails("I/O error at writing the log of SQLite", "ledger.db", disk.WRITE, _BROKEN)
    for after in (0, 1, 4):
        yield _stops(f"I/O error at fsync number {after + 1} of a file of the vault", "vault/tmp/", after)
        yield _stops(f"I/O error at fsync number {after + 1} of all", "", after)
        yield _stops(f"I/O error at fsync number {after + 1} of SQLite", "ledger.db", after)


def _fails(name: str, below: str, kinds: int, error: int, *, after: int = 0) -> Scenario:
    def begin(stage: Stage) -> None:
        disk.begin(stage.folder.resolve() / "du-lieu" / below, kinds, error, after)

    return Scenario(f"disk: {name}", begin, lambda _: disk.end(), felt=disk.was_felt, window=True)


def _stops(name: str, below: str, after: int) -> Scenario:
    def begin(stage: Stage) -> None:
        # Once only: the kernel tells of a loss once, and the next fsync says that all is well.
        disk.begin(stage.folder.resolve() / "du-lieu" / below, disk.SYNC, _BROKEN, after, times=1)

    return Scenario(f"disk: {name}", begin, lambda _: disk.end(), felt=disk.was_felt, window=True, stops=True)


# -- the database ------------------------------------------------------------------------------------------------


def _database() -> Iterator[Scenario]:
    yield replace(_locked("locked by another process"), minutes=(2, 9))
    yield _torn("half a page at the end of the log", lambda log: log[32 : 32 + 2000])
    yield _torn("an old page at the end of the log", lambda log: log[32 : 32 + 4096 + 24])
    yield _torn("noise at the end of the log", lambda log: bytes(reversed(log[-9000:])))


def _locked(name: str) -> Scenario:
    """The daemon waits a fraction of a second for the lock here, and half a minute in service."""
    held: list[sqlite3.Connection] = []
    usual = database._PRAGMAS

    def begin(stage: Stage) -> None:
        database._PRAGMAS = (f"PRAGMA busy_timeout = {SILENCE * 1000:.0f}", *usual[1:])
        stage.restart()
        held.append(sqlite3.connect(stage.folder / "du-lieu" / "ledger.db", isolation_level=None))
        held[-1].execute("BEGIN IMMEDIATE")

    def end(_: Stage) -> None:
        database._PRAGMAS = usual
        held.pop().close()

    return Scenario(f"database: {name}", begin, end, window=True)


def _torn(name: str, tail: Callable[[bytes], bytes]) -> Scenario:
    """The machine loses its power while SQLite writes what was not committed yet."""

    def begin(stage: Stage) -> None:
        folder = stage.folder / "du-lieu"
        kept = {one: one.read_bytes() for one in folder.glob("ledger.db*")}
        log = folder / "ledger.db-wal"
        assert len(kept[log]) > 9000, "the log is empty"
        kept[log] += tail(kept[log])

        def lose_power() -> None:
            for path, data in kept.items():
                path.write_bytes(data)
            (folder / "ledger.db-shm").unlink()

        stage.restart(lose_power)

    return Scenario(f"database: {name}", begin, lambda _: None, watched=True)


# -- the clock ---------------------------------------------------------------------------------------------------


def _clock() -> Iterator[Scenario]:
    for hours, name in ((1, "an hour"), (24, "a day"), (87_660, "ten years")):
        yield _ahead(f"{name} ahead", timedelta(hours=hours))
        if hours < 1000:
            yield _ahead(f"{name} behind", timedelta(hours=-hours))
    yield _in_zone("UTC")
    yield _in_zone("Asia/Ho_Chi_Minh")
    yield _in_zone("America/New_York")
    yield _from("two seconds before midnight", datetime(2012, 5, 2, 23, 59, 58, tzinfo=VIETNAM))
    yield _from("two seconds before the 29th of February", datetime(2016, 2, 28, 23, 59, 58, tzinfo=VIETNAM))
    yield _from("two seconds before week 53", datetime(2015, 12, 27, 23, 59, 58, tzinfo=VIETNAM))
    yield _from("two seconds before a year of week 53 ends", datetime(2015, 12, 31, 23, 59, 58, tzinfo=VIETNAM))


def _ahead(name: str, shift: timedelta) -> Scenario:
    return Scenario(
        f"clock: {name}",
        lambda stage: stage.set_clock(shift),
        lambda stage: stage.set_clock(timedelta(0)),
        watched=True,
    )


def _in_zone(zone: str) -> Scenario:
    before: list[str | None] = []

    def begin(_: Stage) -> None:
        before.append(os.environ.get("TZ"))
        os.environ["TZ"] = zone
        time.tzset()

    def end(_: Stage) -> None:
        usual = before.pop()
        if usual is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = usual
        time.tzset()

    return Scenario(f"clock: machine in zone {zone}", begin, end, (2, 9), watched=True)


def _from(name: str, instant: datetime) -> Scenario:
    return Scenario(
        f"clock: from {name}", lambda stage: stage.clock.move_to(instant), lambda _: None, (2, 9), watched=True
    )
