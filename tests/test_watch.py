"""The watch over a daemon between real servers: what it sees is told at the command line and survives nobody."""

from __future__ import annotations

import json
import socket
import sqlite3
import stat
import tempfile
import threading
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest
import structlog
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from bot.adapters.clock import Pause, SimulatedClock, SystemClock
from bot.adapters.health_file import read_health, write_health
from bot.adapters.service_manager import ServiceManager
from bot.cli import app
from bot.daemon import Daemon
from bot.daemon.pulse import Pulse
from bot.daemon.watch import Watch
from bot.demo.servers import DemoImap, DemoSmtp
from bot.language import VIETNAM
from bot.model.health import Health, Ill, Trouble, Vitals, Work
from tests.fixtures.office import write_config
from tests.flow.in_process import InThisProcess
from tests.flow.letters import letter
from tests.flow.office import OPERATOR, configure, pipeline, rulebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.runners.pipeline import Pipeline

QUIET = datetime(2011, 5, 3, 12, 0, tzinfo=VIETNAM)
"""A noon before any campaign: no reminder and no digest is due."""
MINUTE = timedelta(minutes=1)
PATIENCE = 20.0


@pytest.fixture(scope="module")
def thinker() -> Pipeline:
    return pipeline(rulebook())


@pytest.fixture
def imap() -> Iterator[DemoImap]:
    with DemoImap() as server:
        yield server


@pytest.fixture
def smtp() -> Iterator[DemoSmtp]:
    with DemoSmtp() as server:
        yield server


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(QUIET)


@pytest.fixture
def daemon(
    tmp_path: Path, imap: DemoImap, smtp: DemoSmtp, clock: SimulatedClock, thinker: Pipeline
) -> Iterator[Daemon]:
    (tmp_path / "secret").write_text(imap.password)
    config = configure(
        tmp_path,
        mailbox={"port": imap.port, "user": imap.user, "password_file": "secret"},
        smtp={"port": smtp.port},
    )
    with Daemon(config, clock) as made:
        made._pool = InThisProcess(thinker)
        yield made


def later(clock: SimulatedClock, minutes: float) -> None:
    clock.move_to(clock.now() + minutes * MINUTE)


def try_once(daemon: Daemon, round_: Callable[[], float], name: str) -> None:
    """Do a round in a thread of that name, as the daemon does."""
    thread = threading.Thread(target=daemon.try_round, args=(round_, Pause(daemon.stop)), name=name)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def ills(watch: Watch) -> list[tuple[Ill, str]]:
    return [(one.ill, one.cause) for one in watch.look().troubles]


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
    assert [one.subject for one in watch.look().troubles if one.ill is Ill.JOB] == ["remind"]
    daemon.remind()
    assert Ill.JOB not in {ill for ill, _ in ills(watch)}


def test_a_thread_that_ends_by_itself_is_told(daemon: Daemon) -> None:
    watch, gone = Watch(daemon), threading.Thread(target=int, name="post")
    gone.start()
    gone.join()
    watch.attend((gone,), ())
    assert [(one.ill, one.subject) for one in watch.look().troubles] == [(Ill.STUCK, "post")]
    daemon.stop.set()
    assert ills(watch) == []


# -------------------------------------------------------------------------------------------------------- alarms


def subjects(smtp: DemoSmtp) -> list[str]:
    return [str(message_from_bytes(raw, policy=default)["Subject"]) for _, _, raw in smtp.received]


def look_and_post(daemon: Daemon, watch: Watch, clock: SimulatedClock, minutes: float = 0) -> None:
    """Look as often as the watch does in that time; then send what is due."""
    for _ in range(3):
        later(clock, minutes / 3)
        watch.look()
        if watch._carrier is not None:
            watch._carrier.join(PATIENCE)
    try_once(daemon, daemon._post_round, "post")


BEGUN, OVER = "[Cần xử lý] Không đọc được hộp thư", "[Đã khắc phục] Không đọc được hộp thư"


def test_a_trouble_is_told_once_however_often_the_daemon_starts_and_once_when_it_is_over(
    daemon: Daemon, imap: DemoImap, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    watch = Watch(daemon)
    imap.stop()
    for _ in range(3):
        try_once(daemon, daemon._mail_round, "mailroom")
        look_and_post(daemon, watch, clock, 9)
    assert subjects(smtp) == [BEGUN]
    assert smtp.received[0][1] == [OPERATOR]

    # Started anew, it has not yet had the time to see the trouble again: that is no reason to say it is over.
    daemon.pulse = Pulse(clock)
    watch = Watch(daemon)
    look_and_post(daemon, watch, clock, 12)
    try_once(daemon, daemon._mail_round, "mailroom")
    look_and_post(daemon, watch, clock, 18)
    assert subjects(smtp) == [BEGUN]

    imap.start()
    try_once(daemon, daemon._mail_round, "mailroom")
    look_and_post(daemon, watch, clock, 4)
    assert subjects(smtp) == [BEGUN]  # it may break again at once
    look_and_post(daemon, watch, clock, 4)
    look_and_post(daemon, watch, clock, 4)
    assert subjects(smtp) == [BEGUN, OVER]

    later(clock, 10)
    look_and_post(daemon, watch, clock)
    assert subjects(smtp) == [BEGUN, OVER, BEGUN]


def test_when_our_server_takes_nothing_another_one_carries_the_news(
    daemon: Daemon, imap: DemoImap, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    away = "nguoi-truc@noi-khac.example"
    with DemoSmtp() as other:
        account = daemon.config.smtp.model_copy(update={"port": other.port, "sender": "bot@noi-khac.example"})
        alarm = daemon.config.alarm.model_copy(update={"smtp": account, "to": away})
        daemon.config = daemon.config.model_copy(update={"alarm": alarm})
        watch = Watch(daemon)
        imap.deliver(letter("x"), clock.now())
        try_once(daemon, daemon._mail_round, "mailroom")
        smtp.stop()
        for _ in range(4):
            try_once(daemon, daemon._mail_round, "mailroom")
            look_and_post(daemon, watch, clock, 12)
        assert [(sender, to) for sender, to, _ in other.received] == [("bot@noi-khac.example", [away])]
        assert subjects(other) == ["[Cần xử lý] Máy chủ gửi không nhận thư"]

        smtp.start()
        for _ in range(3):
            try_once(daemon, daemon._mail_round, "mailroom")
            look_and_post(daemon, watch, clock, 4)
        assert len(other.received) == 1
        assert subjects(smtp)[1:] == ["[Đã khắc phục] Máy chủ gửi không nhận thư"]


def test_a_ledger_that_takes_nothing_is_told_past_it_and_once(
    daemon: Daemon, smtp: DemoSmtp, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(daemon)
    with monkeypatch.context() as broken:
        broken.setattr(daemon.ledger, "undecided_since", refuse)
        broken.setattr(daemon.ledger, "open_alarms", refuse)
        for _ in range(3):
            watch.look()
            if watch._carrier is not None:
                watch._carrier.join(PATIENCE)
            later(clock, 2)
        assert subjects(smtp) == ["[Cần xử lý] Không đọc được sổ ghi"]
    daemon.receive()
    look_and_post(daemon, watch, clock)
    assert subjects(smtp)[1:] == ["[Đã khắc phục] Không đọc được sổ ghi"]


def refuse(*_: object) -> None:
    raise OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error"))


def test_where_nobody_is_to_hear_of_it_nothing_is_written(
    daemon: Daemon, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    nobody = daemon.config.ministry.model_copy(update={"operator": ""})
    daemon.config = daemon.config.model_copy(update={"ministry": nobody})
    watch = Watch(daemon)
    daemon.pulse.expect("sweep")
    look_and_post(daemon, watch, clock, 30)
    assert watch.look().troubles != ()
    assert subjects(smtp) == []


# --------------------------------------------------------------------------------------------- the service manager


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(f"{short}/notify")
        heard.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", f"{short}/notify")
        yield heard


def hear(manager: socket.socket) -> list[str]:
    return manager.recv(4096).decode().split("\n")


def test_the_service_manager_hears_of_the_beginning_of_life_and_of_the_end(
    daemon: Daemon, manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "300000")
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        said: list[str] = []
        while said.count("WATCHDOG=1") < 3 or "READY=1" not in said:
            said += hear(manager)
    finally:
        daemon.stop.set()
        thread.join(PATIENCE)
    while "STOPPING=1" not in said:
        said += hear(manager)


def test_who_is_stuck_gives_no_sign_of_life(daemon: Daemon, clock: SimulatedClock, manager: socket.socket) -> None:
    watch = Watch(daemon)
    with daemon.pulse.working("mailroom"):
        watch.look()
        assert hear(manager)[0] == "WATCHDOG=1"
        later(clock, 31)
        watch.look()
        assert hear(manager) == ["STATUS=Bot đang chạy, nhưng có sự cố (xem lúc 12:31 ngày 3/5/2011):"]
    watch.look()
    assert hear(manager)[0] == "WATCHDOG=1"


def test_the_watchdog_of_another_process_is_not_ours() -> None:
    assert ServiceManager({"WATCHDOG_USEC": "30000000"}).watchdog == 30
    assert ServiceManager({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}).watchdog == 0
    assert ServiceManager({}).watchdog == 0


def test_a_service_manager_that_is_gone_ends_no_watch(daemon: Daemon, manager: socket.socket) -> None:
    manager.close()
    assert Watch(daemon).look().troubles == ()


# ------------------------------------------------------------------------------------------------ the command line


def run(config: Path, *arguments: str) -> tuple[int, str]:
    try:
        result = CliRunner().invoke(app, ["--config", str(config), *arguments])
    finally:
        structlog.reset_defaults()
    return result.exit_code, result.output


def test_how_the_daemon_is_can_be_asked(tmp_path: Path) -> None:
    config, folder = write_config(tmp_path), tmp_path / "data"
    folder.mkdir()
    assert run(config, "health") == (1, "Bot không chạy trong thư mục dữ liệu này.\n")
    assert run(config, "status")[1].startswith("Bot không chạy trong thư mục dữ liệu này.\n")

    now = SystemClock().now()
    vitals = Vitals((Work("sweep", 12, 12), Work("send", 40, 40)), disk_free=5)
    write_health(folder, Health(now, now, 7, vitals, ()))
    code, said = run(config, "health")
    assert code == 0
    assert said.startswith("Bot đang chạy tốt từ ")
    assert run(config, "health", "--alive")[0] == 0

    away = Trouble(Ill.SWEEP, lasts=1500, cause="máy chủ không trả lời")
    write_health(folder, Health(now, now, 7, vitals, (away,)))
    code, said = run(config, "health")
    assert (code, run(config, "health", "--alive")[0]) == (1, 0)
    assert "  – Không đọc được hộp thư, đã 25 phút (máy chủ không trả lời). Chạy bot doctor" in said
    assert json.loads(run(config, "health", "--json")[1])["health"]["troubles"][0]["ill"] == "sweep"

    stuck = Trouble(Ill.STUCK, "post", 1900)
    write_health(folder, Health(now, now, 7, vitals, (stuck,)))
    assert run(config, "health", "--alive")[0] == 1
    assert "Một luồng việc đứng yên: gửi thư, đã 31 phút. Khởi động lại bot run" in run(config, "health")[1]

    write_health(folder, Health(now - 2 * MINUTE, now, 7, vitals, ()))
    code, said = run(config, "health", "--alive")
    assert (code, said.startswith("Bot không có dấu hiệu sống từ ")) == (1, True)

    (folder / "health.json").write_text("{")
    assert run(config, "health")[0] == 1
