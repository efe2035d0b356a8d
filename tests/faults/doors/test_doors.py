"""Some faults of disk, database and clock, once each; all of them are ``python -m tests.faults.doors``."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.adapters.clock import SimulatedClock
from bot.adapters.content import read_rules
from bot.check.load import load_rulebook
from bot.daemon import Daemon
from bot.demo.letters import contacts_csv
from bot.language import VIETNAM
from bot.model import Rulebook
from bot.schedule.digest import digests_due
from tests.faults.doors.disk import environment, find_compiler
from tests.faults.doors.scenarios import scenarios
from tests.flow.office import MINISTRY, configure
from tests.lines.play import play

if TYPE_CHECKING:
    from pathlib import Path

_DISK = ("read-only from the tenth time", "fsync number 2 of SQLite")
_OTHERS = ("database: an old page at the end of the log", "clock: a day behind")


@pytest.mark.skipif(find_compiler() is None, reason="needs a C compiler on Linux, to let system calls fail")
def test_a_disk_that_is_full_or_read_only_is_waited_for_and_a_broken_one_ends_the_daemon() -> None:
    names = ",".join(_DISK)
    command = [sys.executable, "-m", "tests.faults.doors", "--seeds", "1", "--mails", "3", "--fault", names]
    played = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert f"{len(_DISK)} runs, 0 broken" in played.stdout, played.stdout + played.stderr
    assert played.returncode == 0


@pytest.mark.parametrize("name", _OTHERS)
def test_nothing_is_lost_or_told_twice_and_the_daemon_is_back_within_five_minutes(name: str, tmp_path: Path) -> None:
    (scenario,) = (one for door in scenarios().values() for one in door if one.name == name)
    assert play(scenario, tmp_path, mails=3, seed=1).breaches == []


# -- the calendar ------------------------------------------------------------------------------------------------


def speak(daemon: Daemon, day: int, hour: int = 9) -> list[str]:
    """Say what is to be said then; return the kinds of what is new in the outbox."""
    assert isinstance(daemon.clock, SimulatedClock)
    daemon.clock._now = datetime(2012, 7, day, hour, tzinfo=VIETNAM)
    daemon.speak()
    waiting = daemon.ledger.due(datetime(2040, 1, 1, tzinfo=VIETNAM), 99)
    for one in waiting:
        daemon.ledger.sent(one.key, daemon.clock.now())
    return sorted(one.kind for one in waiting)


@pytest.fixture
def daemon(tmp_path: Path) -> Daemon:
    config = configure(tmp_path, ministry={"digest_to": MINISTRY})
    (tmp_path / "danh-ba.csv").write_bytes(b"\n".join(contacts_csv().splitlines()[:2]) + b"\n")
    return Daemon(config, SimulatedClock(datetime(2012, 7, 1, tzinfo=VIETNAM)))


def test_after_three_days_off_each_is_reminded_at_most_once_and_one_digest_is_sent(daemon: Daemon) -> None:
    # Off from the 9th, a Monday, to the 11th, when the stage three working days before the 15th has begun.
    with daemon:
        assert speak(daemon, 8) == ["digest", "reminder"]
        assert speak(daemon, 12) == ["digest", "reminder"]
        assert speak(daemon, 12, 20) == []


def test_weeks_have_one_digest_each_through_week_53_and_the_29th_of_february() -> None:
    rules = load_rulebook(read_rules(None), contacts_csv())
    assert isinstance(rules, Rulebook)
    for first, days, weeks in (
        (datetime(2026, 12, 14, 9, tzinfo=VIETNAM), 35, ["2026-W50", "2026-W51", "2026-W52", "2026-W53", "2027-W01"]),
        (datetime(2028, 2, 21, 9, tzinfo=VIETNAM), 21, ["2028-W07", "2028-W08", "2028-W09"]),
    ):
        found = [digests_due(first + timedelta(days=day), rules, "mon", time(7, 30)) for day in range(days)]
        keys = dict.fromkeys(one.key.rpartition("/")[2] for due in found for one in due)
        assert list(keys) == weeks
