"""How the daemon is, for the service manager, by HTTP and at the command line."""

from __future__ import annotations

import json
import socket
import tempfile
import threading
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest
import structlog
from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot.adapters.clock import SimulatedClock, SystemClock
from bot.adapters.health_file import write_health
from bot.adapters.loopback_http import LoopbackPages
from bot.adapters.service_manager import ServiceManager
from bot.cli import app
from bot.daemon.watch import Watch
from bot.model.health import Health, Ill, Trouble, Vitals, Work
from tests.fixtures.office import write_config
from tests.flow.letters import letter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.daemon import Daemon
    from bot.demo.servers import DemoImap, DemoSmtp


from tests.watch.seen import MINUTE, PATIENCE, later, look, try_once

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
        look(watch)
        assert hear(manager)[0] == "WATCHDOG=1"
        later(clock, 31)
        look(watch)
        assert hear(manager) == ["STATUS=Bot đang chạy, nhưng có sự cố (xem lúc 12:31 ngày 3/5/2011):"]
    look(watch)
    assert hear(manager)[0] == "WATCHDOG=1"


def test_the_watchdog_of_another_process_is_not_ours() -> None:
    assert ServiceManager({"WATCHDOG_USEC": "30000000"}).watchdog == 30
    assert ServiceManager({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}).watchdog == 0
    assert ServiceManager({}).watchdog == 0


def test_a_service_manager_that_is_gone_ends_no_watch(daemon: Daemon, manager: socket.socket) -> None:
    manager.close()
    assert look(Watch(daemon)).troubles == ()


# ------------------------------------------------------------------------------------------------------- by HTTP


def ask(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_whoever_watches_over_the_machine_can_ask_by_http(
    daemon: Daemon, imap: DemoImap, clock: SimulatedClock
) -> None:
    watch = Watch(daemon)
    imap.deliver(letter("x"), clock.now())
    try_once(daemon, daemon._mail_round, "mailroom")
    with LoopbackPages(0, {"/healthz": watch.healthz, "/metrics": watch.metrics}) as pages:
        assert ask(pages.port, "/healthz")[0] == ask(pages.port, "/metrics")[0] == 503  # nobody has looked
        look(watch)
        status, told = ask(pages.port, "/healthz")
        assert (status, json.loads(told)["troubles"]) == (200, [])
        figures = ask(pages.port, "/metrics")[1].splitlines()
        assert {"bot_well 1.0", "bot_alive 1.0", 'bot_outbox{state="pending"} 1.0'} <= set(figures)
        assert 'bot_messages{outcome="refused"} 1.0' in figures or 'bot_messages{outcome="held"} 1.0' in figures
        assert ask(pages.port, "/")[0] == 404

        with daemon.pulse.working("post"):
            later(clock, 31)
            look(watch)
            assert ask(pages.port, "/healthz")[0] == 503
            assert 'bot_trouble_seconds{ill="stuck",subject="post"} 1860.0' in ask(pages.port, "/metrics")[1]
        look(watch)
        assert ask(pages.port, "/healthz")[0] == 200
        later(clock, 2)  # the watch itself has stopped
        assert ask(pages.port, "/healthz")[0] == 503


def test_a_port_that_is_taken_keeps_no_mail_from_being_answered(daemon: Daemon, smtp: DemoSmtp) -> None:
    watching = daemon.config.watch.model_copy(update={"http_port": smtp.port})
    daemon.config = daemon.config.model_copy(update={"watch": watching})
    with capture_logs() as logs, Watch(daemon):
        pass
    assert [one["port"] for one in logs if one["event"] == "nobody can ask by HTTP"] == [smtp.port]


def test_the_pages_are_served_as_long_as_the_watch_goes_on(daemon: Daemon) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    watching = daemon.config.watch.model_copy(update={"http_port": port})
    daemon.config = daemon.config.model_copy(update={"watch": watching})
    with Watch(daemon):
        assert ask(port, "/healthz")[0] in {200, 503}
    with pytest.raises(ConnectionRefusedError):
        ask(port, "/healthz")


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
