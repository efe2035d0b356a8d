"""The watch over a daemon between real servers: what it sees, and that nothing ends it."""

from __future__ import annotations

import stat
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.adapters.health_file import read_health
from bot.daemon.watch import Watch
from bot.model import AuditEntry, Deed
from bot.model.health import Health, Ill
from tests.flow.letters import STRANGER, letter
from tests.watch.seen import PATIENCE, ills, later, look, try_once

if TYPE_CHECKING:
    from bot.adapters.clock import SimulatedClock
    from bot.daemon import Daemon
    from bot.demo.servers import DemoImap, DemoSmtp


def test_an_inbox_that_is_away_is_told_after_its_time_and_no_more_when_it_is_back(
    daemon: Daemon, imap: DemoImap, clock: SimulatedClock
) -> None:
    watch = Watch(daemon)
    try_once(daemon, daemon._mail_round, "mailroom")
    imap.stop()
    try_once(daemon, daemon._mail_round, "mailroom")
    later(clock, 15)
    try_once(daemon, daemon._mail_round, "mailroom")
    assert ills(watch) == []
    later(clock, 1)
    try_once(daemon, daemon._mail_round, "mailroom")
    assert ills(watch) == [
        (Ill.SWEEP, f"127.0.0.1:{imap.port}: máy chủ từ chối kết nối; có thể sai port hoặc dịch vụ chưa chạy")
    ]
    imap.start()
    try_once(daemon, daemon._mail_round, "mailroom")
    assert ills(watch) == []


def test_a_server_that_takes_no_mail_is_told_while_mail_waits(
    daemon: Daemon, imap: DemoImap, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    watch = Watch(daemon)
    imap.deliver(letter("x"), clock.now())
    try_once(daemon, daemon._mail_round, "mailroom")
    smtp.stop()
    for _ in range(3):
        try_once(daemon, daemon._post_round, "post")
        later(clock, 12)
    daemon.receive()
    assert [ill for ill, _ in ills(watch)] == [Ill.SEND]
    smtp.start()
    try_once(daemon, daemon._post_round, "post")
    assert len(smtp.received) == 2  # the answer, and the news that it had to wait
    assert ills(watch) == []


def test_a_message_that_nobody_decides_is_told_from_when_it_was_found(
    daemon: Daemon, imap: DemoImap, clock: SimulatedClock
) -> None:
    watch = Watch(daemon)
    imap.deliver(letter("x"), clock.now() - timedelta(days=300))
    daemon.receive()
    later(clock, 14)
    assert ills(watch) == []
    daemon.receive()
    later(clock, 47)
    daemon.receive()
    assert ills(watch) == [(Ill.UNDECIDED, "")]
    daemon.settle()
    assert ills(watch) == []


def test_a_held_message_that_is_vouched_for_waits_from_then_on(
    daemon: Daemon, imap: DemoImap, clock: SimulatedClock
) -> None:
    watch = Watch(daemon)
    imap.deliver(letter("x", sender=STRANGER), clock.now())
    try_once(daemon, daemon._mail_round, "mailroom")
    (held,) = daemon.ledger.held(9)
    later(clock, 3 * 24 * 60)
    daemon.receive()
    assert daemon.ledger.vouch(held.id, "40", AuditEntry("lan", clock.now(), Deed.REPROCESS, held.receipt, ""))
    assert Ill.UNDECIDED not in {ill for ill, _ in ills(watch)}
    later(clock, 61)
    assert Ill.UNDECIDED in {ill for ill, _ in ills(watch)}


def test_a_ledger_that_breaks_ends_no_watch(daemon: Daemon) -> None:
    daemon.ledger.close()
    (daemon.config.store.folder / "ledger.db").write_bytes(b"no database" * 1000)
    assert ills(Watch(daemon)) == [(Ill.LEDGER, "tệp này không phải cơ sở dữ liệu")]


def test_a_running_daemon_tells_how_it_is_to_its_owner_and_nothing_when_it_has_ended(daemon: Daemon) -> None:
    folder = daemon.config.store.folder
    seen = threading.Event()
    look = Watch.look

    def noticed(watch: Watch) -> Health:
        health = look(watch)
        seen.set()
        return health

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Watch, "look", noticed)
        thread = threading.Thread(target=daemon.run)
        thread.start()
        try:
            assert seen.wait(PATIENCE)
            health = read_health(folder)
            mode = stat.S_IMODE((folder / "health.json").stat().st_mode)
        finally:
            daemon.stop.set()
            thread.join(PATIENCE)
    assert health is not None
    assert (health.troubles, mode) == ((), 0o600)
    assert read_health(folder) is None


def test_a_job_that_the_clock_forgot_is_told_until_it_is_done(daemon: Daemon, clock: SimulatedClock) -> None:
    watch = Watch(daemon)
    watch.attend((), daemon.jobs())
    later(clock, 21.4 * 60)  # the reminders of the next morning were due 84 minutes ago
    assert Ill.JOB not in {ill for ill, _ in ills(watch)}
    later(clock, 7)
    assert [one.subject for one in look(watch).troubles if one.ill is Ill.JOB] == ["remind"]
    daemon.remind()
    assert Ill.JOB not in {ill for ill, _ in ills(watch)}


def test_a_thread_that_ends_by_itself_is_told(daemon: Daemon) -> None:
    watch, gone = Watch(daemon), threading.Thread(target=int, name="post")
    gone.start()
    gone.join()
    watch.attend((gone,), ())
    assert [(one.ill, one.subject) for one in look(watch).troubles] == [(Ill.STUCK, "post")]
    daemon.stop.set()
    assert ills(watch) == []
