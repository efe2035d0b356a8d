"""The daemon at work: mail is answered when it comes, a failure never ends it, a stop does."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from pymap.backend.dict.mailbox import MailboxData
from structlog.testing import capture_logs

from bot.adapters.clock import Pause, SimulatedClock
from bot.adapters.imap import LoginRefused, MailboxLost, MailboxRefused
from bot.daemon import Daemon
from bot.demo.servers import DemoImap, DemoSmtp
from bot.model import AuditEntry, Deed
from bot.runners.pool import Fault
from bot.runners.rulebook import RulesBroken
from tests.adapters.ledger.samples import mail
from tests.flow.in_process import InThisProcess
from tests.flow.letters import letter
from tests.flow.office import OPERATOR, configure
from tests.runners.inline import InlinePool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.runners.pipeline import Pipeline

PATIENCE = 20.0
"""Seconds after which something counts as not happening; nothing is asserted about how soon it happens."""


class Smtp(DemoSmtp):
    """An SMTP server at which one can wait for a mail."""

    def __init__(self) -> None:
        super().__init__()
        self._taken = threading.Semaphore(0)

    async def handle_DATA(self, *told) -> str:  # type: ignore[no-untyped-def]  # noqa: N802
        answer = await super().handle_DATA(*told)
        self._taken.release()
        return answer

    def wait(self) -> bool:
        return self._taken.acquire(timeout=PATIENCE)


@pytest.fixture(autouse=True)
def _pymap_tells_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mend pymap's IDLE: what happens while it writes the last news would be told only with the next."""
    deaf = MailboxData.update_selected

    async def update_selected(self: Any, selected: Any, *, wait_on: Any = None) -> Any:
        is_news = selected.mod_sequence is not None and selected.mod_sequence < self._mod_sequences.highest
        return await deaf(self, selected, wait_on=None if is_news else wait_on)

    monkeypatch.setattr(MailboxData, "update_selected", update_selected)


@pytest.fixture
def smtp() -> Iterator[Smtp]:
    with Smtp() as server:
        yield server


@pytest.fixture
def daemon(tmp_path: Path, imap: DemoImap, smtp: Smtp, thinker: Pipeline) -> Iterator[Daemon]:
    (tmp_path / "secret").write_text(imap.password)
    config = configure(
        tmp_path,
        # A sweep comes too late for any of these tests.
        mailbox={"port": imap.port, "user": imap.user, "password_file": "secret", "sweep_minutes": 60},
        smtp={"port": smtp.port},
    )
    with Daemon(config) as made:
        made._pool = InThisProcess(thinker)
        yield made


@contextmanager
def running(daemon: Daemon) -> Iterator[None]:
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        yield
    finally:
        daemon.stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def new_mail(number: int) -> bytes:
    return letter("x", {"a.xlsx": b""}, message_id=f"thu-{number}@nghean.example")


# --------------------------------------------------------------------------------------------------------- running


def test_what_is_read_anew_counts_from_the_next_mail_unless_it_is_broken(
    tmp_path: Path, imap: DemoImap, smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.daemon.doors.WorkerPool", InlinePool)
    (tmp_path / "secret").write_text(imap.password)
    login = {"port": imap.port, "user": imap.user, "password_file": "secret", "sweep_minutes": 60}
    subject = tmp_path / "mau" / "vi" / "refuse_empty_file" / "subject.txt"
    subject.parent.mkdir(parents=True)
    config = configure(tmp_path, mailbox=login, smtp={"port": smtp.port}, content={"templates": "mau"})

    def answered(daemon: Daemon, number: int) -> str:
        daemon.ask_to_reload()
        imap.deliver(new_mail(number), datetime.now(UTC))
        assert smtp.wait()
        return str(message_from_bytes(smtp.received[-1][2], policy=policy.default)["Subject"])

    with Daemon(config) as daemon, capture_logs() as logs, running(daemon):
        assert answered(daemon, 1).startswith("[Chưa tiếp nhận: tệp rỗng]")
        subject.write_text("Lời mới của Bộ")
        assert answered(daemon, 2) == "Lời mới của Bộ"
        subject.write_text("Lời {{ không ai biết")
        assert answered(daemon, 3) == "Lời mới của Bộ"
        subject.write_text("Lời sửa xong")
        contacts = (tmp_path / "danh-ba.csv").read_bytes()
        (tmp_path / "danh-ba.csv").write_bytes(contacts + b"99,nguoi@la.example,x\n")
        assert answered(daemon, 4) == "Lời mới của Bộ"
        (tmp_path / "danh-ba.csv").write_bytes(contacts)
        assert answered(daemon, 5) == "Lời sửa xong"
    refused = [one["mistakes"] for one in logs if one["event"].startswith("new rules or templates cannot be used")]
    assert [len(one) for one in refused] == [1, 1]
    assert "subject.txt" in refused[0][0]
    assert "contacts" in refused[1][0]


def test_a_stop_finishes_the_mail_in_hand_and_begins_no_other(daemon: Daemon, imap: DemoImap) -> None:
    assert isinstance(daemon._pool, InThisProcess)
    begun = threading.Event()

    def begin() -> None:
        begun.set()
        daemon.stop.wait(PATIENCE)

    daemon._pool.settling = dict.fromkeys((1, 2, 3), begin)
    for number in range(1, 6):
        imap.deliver(new_mail(number), datetime.now(UTC))
    with running(daemon):
        assert begun.wait(PATIENCE)
    left = daemon.ledger.undecided(daemon.clock.now(), 10)
    assert set(daemon._pool.tried) == {1, 2}  # two are read at a time
    assert [one.id for one in left] == [3, 4, 5]


def test_each_mail_is_answered_when_it_comes_and_listening_never_breaks(
    daemon: Daemon, imap: DemoImap, smtp: Smtp
) -> None:
    imap.deliver(new_mail(0), datetime.now(UTC))
    with capture_logs() as logs, running(daemon):
        assert smtp.wait()  # what lay there before
        for number in range(1, 9):
            imap.deliver(new_mail(number), datetime.now(UTC))
            assert smtp.wait()
    assert len(smtp.received) == 9
    # pymap writes one line in several pieces: that must not look like a broken connection.
    assert [one for one in logs if one["event"] in {"watch_interrupted", "watch_failed"}] == []


def test_after_a_fault_the_mailroom_comes_back_for_the_next_try(
    daemon: Daemon, imap: DemoImap, smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = timedelta(seconds=0.2)
    monkeypatch.setattr("bot.daemon.run.FIRST_RETRY", pause)
    monkeypatch.setattr("bot.runners.process.FIRST_RETRY", pause)
    assert isinstance(daemon._pool, InThisProcess)
    tried = threading.Semaphore(0)

    def die_once() -> None:
        assert isinstance(daemon._pool, InThisProcess)
        daemon._pool.settling.clear()
        tried.release()
        raise Fault("the child process died of SIGKILL")

    daemon._pool.settling[1] = die_once
    with running(daemon):
        imap.deliver(new_mail(1), datetime.now(UTC))
        assert tried.acquire(timeout=PATIENCE)
        assert smtp.wait()


def test_what_is_due_at_the_start_is_said_at_once(daemon: Daemon, smtp: Smtp) -> None:
    daemon.clock = SimulatedClock(datetime(2012, 6, 26, 3, 0, tzinfo=UTC))
    with running(daemon):
        assert all(smtp.wait() for _ in range(64))


def test_the_clock_starts_each_job_once_however_late_it_is(daemon: Daemon) -> None:
    scheduler = daemon._scheduler(daemon.jobs())
    scheduler.start(paused=True)
    jobs = {job.id: job for job in scheduler.get_jobs()}
    scheduler.shutdown(wait=False)
    assert set(jobs) == {"sweep", "remind", "digest"}
    assert all((job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1) for job in jobs.values())
    assert "hour='8', minute='0'" in str(jobs["remind"].trigger)
    assert "day_of_week='mon', hour='7', minute='30'" in str(jobs["digest"].trigger)


# --------------------------------------------------------------------------------------------------------- failures


def keep_doing(daemon: Daemon, round_: Callable[[], float], hint: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=daemon._keep_doing, args=(round_, hint))
    thread.start()
    return thread


@pytest.mark.parametrize(
    "problem",
    [MailboxLost("gone"), MailboxRefused("không nhận đăng nhập"), OSError(28, "no space"), ValueError("a bug")],
    ids=lambda value: type(value).__name__,
)
def test_a_round_that_fails_is_tried_again_and_sooner_when_somebody_calls(daemon: Daemon, problem: Exception) -> None:
    rounds = threading.Semaphore(0)
    hint = threading.Event()

    def fail() -> float:
        rounds.release()
        raise problem

    thread = keep_doing(daemon, fail, hint)
    for _ in range(8):  # without the hints, after more than two minutes of growing pauses
        assert rounds.acquire(timeout=PATIENCE)
        hint.set()
    daemon.stop.set()
    hint.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_refused_login_is_asked_for_again_gently_whoever_calls(daemon: Daemon) -> None:
    def refused() -> float:
        raise LoginRefused("không nhận đăng nhập")

    rest = daemon.try_round(refused, Pause(threading.Event()))
    assert (rest.seconds, rest.ends_with_a_hint) == (240, False)


def test_a_restored_daemon_asks_as_gently_before_it_begins(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    daemon.ledger.note_restored(daemon.clock.now(), AuditEntry("lan", daemon.clock.now(), Deed.RESTORE, "so", ""))

    def refused() -> None:
        raise LoginRefused("không nhận đăng nhập")

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) == 2

    monkeypatch.setattr(daemon, "catch_up", refused)
    monkeypatch.setattr(daemon.stop, "wait", wait)
    daemon.run()
    assert pauses == [240, 240]


def test_whatever_is_broken_is_asked_for_again_within_two_minutes(daemon: Daemon) -> None:
    def lost() -> float:
        raise MailboxLost("gone")

    pause = Pause(threading.Event())
    assert [daemon.try_round(lost, pause).seconds for _ in range(9)] == [1, 2, 4, 8, 16, 32, 64, 120, 120]


def test_a_stop_during_a_round_is_not_slept_over(daemon: Daemon) -> None:
    hint = threading.Event()

    def stopped_meanwhile() -> float:
        daemon.stop.set()
        hint.set()
        return 3600

    thread = keep_doing(daemon, stopped_meanwhile, hint)
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_what_is_in_the_vault_is_answered_while_the_mailbox_is_away(daemon: Daemon, imap: DemoImap, smtp: Smtp) -> None:
    imap.deliver(new_mail(1), datetime.now(UTC))
    daemon.receive()
    imap.stop()
    with pytest.raises(MailboxLost):
        daemon._mail_round()
    daemon.post()
    assert len(smtp.received) == 1


def test_a_folder_that_is_refused_keeps_no_mail_from_being_answered(
    daemon: Daemon, imap: DemoImap, smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        raise MailboxRefused("thư mục Đã xử lý: máy chủ thư trả lời quota")

    monkeypatch.setattr(daemon, "tidy_mailbox", refused)
    imap.deliver(new_mail(1), datetime.now(UTC))
    assert daemon._mail_round() == 3600
    daemon.post()
    assert len(smtp.received) == 1


def test_a_mail_that_nobody_takes_alarms_the_operator(daemon: Daemon, imap: DemoImap, smtp: Smtp) -> None:
    imap.deliver(new_mail(1), datetime.now(UTC))
    daemon.receive()
    daemon.settle()
    smtp.script.append("RCPT 550 5.1.1 unknown")
    daemon.post()
    daemon.post()
    assert [to for _, to, _ in smtp.received] == [[OPERATOR]]


def test_the_operator_is_asked_once_about_mails_that_may_have_been_sent(daemon: Daemon, smtp: Smtp) -> None:
    now = daemon.clock.now()
    for one in (mail(f"remind:{number}", "reminder") for number in range(2)):
        daemon.ledger.enqueue([one], {one.key: daemon.vault.put(one.raw)}, now)
        assert daemon.ledger.hand_over_once(one.key, now)
        daemon.post()
        daemon._asked_about = None  # as after a restart
        daemon.post()
    assert [to for _, to, _ in smtp.received] == [[OPERATOR]]
    asked = message_from_bytes(smtp.received[0][2], policy=policy.default).get_body(("plain",))
    assert asked is not None
    assert "bot outbox resend" in asked.get_content()
    assert len(daemon.ledger.possibly_sent()) == 2


def test_without_an_operator_there_is_nobody_to_alarm(daemon: Daemon, imap: DemoImap, smtp: Smtp) -> None:
    nobody = daemon.config.ministry.model_copy(update={"operator": ""})
    daemon.config = daemon.config.model_copy(update={"ministry": nobody})
    imap.deliver(new_mail(1), datetime.now(UTC))
    daemon.receive()
    daemon.settle()
    smtp.script.append("RCPT 550 5.1.1 unknown")
    daemon.post()
    assert smtp.received == []
    assert daemon.ledger.counts(datetime.now(UTC)).outbox_dead == 1


def test_rules_that_cannot_be_used_are_told_with_each_mistake(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "chung.toml").write_text("đây không phải TOML")
    config = configure(tmp_path, content={"rules": "rules"})
    with pytest.raises(RulesBroken) as broken:
        Daemon(config)
    assert broken.value.mistakes
    assert {one.file for one in broken.value.mistakes} >= {"chung.toml"}
