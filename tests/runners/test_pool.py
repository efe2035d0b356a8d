"""A child that fails, in whatever way, costs its own task a fault; the next task works."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.model import History, Outcome, RefusalReason
from bot.runners.check import stock_of
from bot.runners.pool import Fault, Ticket, WorkerPool
from tests.flow import bad_tasks, escapes
from tests.flow.bombs import far_apart
from tests.flow.letters import letter
from tests.flow.office import NOON, configure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.config import Config
    from bot.runners.pool import Stock

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return configure(tmp_path_factory.mktemp("pool"), work={"workers": 1, "memory_mib": 256})


@pytest.fixture(scope="module")
def pool(config: Config) -> Iterator[WorkerPool]:
    made = WorkerPool(stock_of(config), config.work)
    made.warm_up()
    yield made
    made.close()


def fault_of(pool: WorkerPool, task: Callable[..., object], *arguments: object, seconds: float = 10.0) -> str:
    with pytest.raises(Fault) as caught:
        pool._run(task, *arguments, seconds=seconds)
    return str(caught.value)


def kept(folder: Path, raw: bytes) -> Ticket:
    path = folder / "mail.eml"
    path.write_bytes(raw)
    return Ticket(path, 1, NOON)


@pytest.mark.parametrize(
    ("task", "arguments", "told"),
    [
        (bad_tasks.leave, (3,), "the child process died with code 3"),
        (bad_tasks.leave_politely, (), "SystemExit in the child process"),
        (bad_tasks.panic, (), "PanicException in the child process"),
        (bad_tasks.quote, (), "ValueError in the child process"),
        (bad_tasks.take, (600,), "MemoryError in the child process"),
        (bad_tasks.sleep, (60,), "no result within 0.3 s"),
        (bad_tasks.give_what_cannot_be_sent, (), "the child process died with code 1"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_fault_is_told_without_quoting_the_message_and_the_next_task_works(
    pool: WorkerPool, task: Callable[..., object], arguments: tuple[object, ...], told: str
) -> None:
    assert fault_of(pool, task, *arguments, seconds=0.3 if task is bad_tasks.sleep else 10) == told
    pool.warm_up()


def test_a_fault_in_our_code_names_its_place(pool: WorkerPool, tmp_path: Path) -> None:
    ticket = kept(tmp_path, letter("", files=()))
    nonsense: Any = "not a history"
    assert pool.open(ticket).reporter == "40"
    with pytest.raises(Fault, match=r"^AttributeError in the child process \(bot\.\S+:\d+\)$"):
        pool.settle(ticket, History(), nonsense)


def test_a_busy_child_that_is_killed_costs_its_task(pool: WorkerPool, tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    os.mkfifo(meeting)
    pid = pool._run(bad_tasks.pid)

    def kill() -> None:
        meeting.write_bytes(b"")
        os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    assert fault_of(pool, bad_tasks.meet_then_sleep, meeting, 60) == "the child process died of SIGKILL"
    killer.join()
    pool.warm_up()


def test_an_idle_child_that_is_killed_costs_nothing(pool: WorkerPool) -> None:
    before = pool._run(bad_tasks.pid)
    os.kill(before, signal.SIGKILL)
    # Whether the pool has noticed by now or not, the next task gets a child.
    assert pool._run(bad_tasks.pid) != before
    again = pool._run(bad_tasks.pid)
    os.kill(again, signal.SIGKILL)
    while pool._pools[False].active:
        threading.Event().wait(0.02)
    assert pool._run(bad_tasks.pid) != again


def test_a_child_may_write_no_file(pool: WorkerPool, tmp_path: Path) -> None:
    assert fault_of(pool, bad_tasks.write, tmp_path / "x") == "PermissionError in the child process"
    assert not (tmp_path / "x").exists()


def test_a_child_reaches_no_network_starts_nothing_and_changes_no_file(pool: WorkerPool, tmp_path: Path) -> None:
    (tmp_path / "thu.eml").write_bytes(b"thu")
    with socket.create_server(("127.0.0.1", 0)) as server:
        came_of_it = pool._run(escapes.try_all, tmp_path, *server.getsockname(), os.getpid())
    assert set(came_of_it.values()) == {"refused"}, came_of_it
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("thu.eml", b"thu")]


def test_a_child_works_in_an_empty_folder_of_its_own_that_goes_with_the_pool(config: Config) -> None:
    own = WorkerPool(stock_of(config), config.work)
    here, files, temporary = own._run(escapes.look_around)
    assert (files, temporary) == ([], here)
    assert own._run(escapes.run_a_thread) == 42
    own.close()
    assert not Path(here).exists()


def test_where_the_system_cannot_shut_a_child_in_it_is_said(
    config: Config, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    own = WorkerPool(stock_of(config), config.work)
    monkeypatch.setattr(own, "_run", lambda *_, **__: "seccomp: Function not implemented")
    own.warm_up()
    own.close()
    assert "does not cut off the children" in capfd.readouterr().out


def test_a_mail_that_kills_its_reader_is_a_fault_and_the_next_mail_is_read(pool: WorkerPool, tmp_path: Path) -> None:
    bomb = kept(tmp_path, letter("Biểu I.1", {"bieu.xlsx": far_apart(hidden=True)}))
    assert pool.open(bomb).reporter == "40"
    with pytest.raises(Fault, match="the child process died of SIGABRT"):
        pool.settle(bomb, History(), NOON)

    plain = kept(tmp_path, letter("Biểu I.1", {"bieu.xlsx": far_apart()}))
    settlement = pool.settle(plain, History(), NOON)
    assert (settlement.decision.outcome, settlement.decision.reason) == (Outcome.REFUSED, RefusalReason.TOO_LARGE)


def test_a_mail_that_is_not_what_was_kept_is_a_fault(pool: WorkerPool, tmp_path: Path) -> None:
    good = kept(tmp_path, letter("x"))
    with pytest.raises(Fault, match="damaged"):
        pool.open(Ticket(good.path, 1, NOON, sha256="0" * 64))
    with pytest.raises(Fault, match="not in the vault"):
        pool.open(Ticket(tmp_path / "gone", 1, NOON))


def test_a_large_mail_gets_a_child_of_its_own_and_a_fresh_one_each(
    pool: WorkerPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.runners.pool._LARGE_MAIL", 10)
    large = kept(tmp_path, letter("x"))
    assert large.is_large
    ordinary = pool._run(bad_tasks.pid)
    pids = []
    for _ in range(2):
        pids.append(pool._run(bad_tasks.pid, large=large.is_large))
        assert pool.open(large).reporter == "40"
    assert len({ordinary, *pids}) == 3


def test_a_task_under_way_when_the_pool_is_closed_is_given_up(config: Config, tmp_path: Path) -> None:
    own = WorkerPool(stock_of(config), config.work)
    meeting = tmp_path / "meeting"
    os.mkfifo(meeting)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(own._run, bad_tasks.meet_then_sleep, meeting, 60)
        meeting.write_bytes(b"")
        own.close()
        assert isinstance(waiting.exception(timeout=20), Fault)
    with pytest.raises(Fault, match="were ended"):
        own.warm_up()


class _HangsAtFirst(WorkerPool):
    """A pool whose children never get ready, until *hangs* is taken back."""

    hangs = True

    def _first_task(self) -> Callable[[Stock, Path], None]:
        return bad_tasks.start_and_hang if self.hangs else super()._first_task()


def test_a_child_that_never_gets_ready_is_a_fault_and_not_waited_for_for_ever(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.runners.pool._LOOK_SECONDS", 0.05)
    own = _HangsAtFirst(stock_of(config), config.work)
    own._patience = 0.2
    with pytest.raises(Fault, match="no child process is to be had"):
        own.warm_up()
    own.hangs = False
    own._patience = 60
    own.warm_up()
    own.close()


_DAEMON = """
import sys, time
from pathlib import Path
from bot.runners.check import stock_of
from bot.runners.pool import WorkerPool
from tests.flow import bad_tasks, escapes
from tests.flow.office import configure

if __name__ == "__main__":
    config = configure(Path(sys.argv[1]))
    pool = WorkerPool(stock_of(config), config.work)
    print(pool._run(bad_tasks.pid), flush=True)
    time.sleep(60)
"""


def test_children_die_with_a_daemon_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "daemon.py"
    script.write_text(_DAEMON)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    daemon = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        stdout=subprocess.PIPE, text=True, env={**environment, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    with daemon:
        assert daemon.stdout is not None
        child = int(daemon.stdout.readline())
        daemon.kill()
    for _ in range(500):
        if not _is_alive(child):
            return
        threading.Event().wait(0.01)
    pytest.fail("the child outlived its daemon")


def _is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_child_compares_a_draft_with_what_was_sent(pool: WorkerPool) -> None:
    draft = b"Subject: Bieu I.1\r\n\r\nDe nghi sua 2 o.\r\n"
    assert pool.is_unchanged(draft, draft.replace(b"\r\n\r\n", b"\r\nX-Mailer: x\r\n\r\n"))
    assert not pool.is_unchanged(draft, draft.replace(b"2 o", b"3 o"))
