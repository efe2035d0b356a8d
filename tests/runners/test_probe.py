"""A mail on probation: sent by `bot doctor --probe` through a real SMTP server into a real Dovecot, and followed."""

from __future__ import annotations

import threading
from datetime import timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from imapclient import IMAPClient
from typer.testing import CliRunner

from bot.adapters.clock import SystemClock
from bot.adapters.health_file import write_health
from bot.adapters.imap_survey import Survey
from bot.cli import app
from bot.daemon import Daemon, doors
from bot.demo.arriving import MX
from bot.demo.servers import DemoSmtp
from bot.model.health import Health, Vitals, Work
from bot.runners import probe as probing
from bot.runners.doctor import Examined, point
from bot.runners.probe import ARRIVED, PROVED, SENT, TAKEN, patience_of, probe
from bot.usage import WRONG_USE
from tests.runners.inline import InlinePool
from tests.runners.well import SECRET, USER, SetUp, load_once  # noqa: F401  a fixture
from tests.servers import DovecotServer, DovecotUser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.usefixtures("load_once"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]


class Delivering(DemoSmtp):
    """An SMTP server that puts what it takes into a folder at Dovecot, as a mail system does."""

    user: DovecotUser
    folder = "INBOX"
    stamp = b""
    forgets = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if answer.startswith("250") and not self.forgets:
            with IMAPClient(self.user.host, self.user.port, ssl=False) as person:
                person.login(self.user.user, self.user.password)
                if self.folder != "INBOX":
                    person.create_folder(self.folder)
                person.append(self.folder, self.stamp + (envelope.original_content or b""))
        return answer


class Meanwhile(threading.Event):
    """Lets something happen while the probe waits, and no time pass."""

    def __init__(self, deed: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._deed = deed

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002  nobody waits here
        self._deed()
        return self.is_set()


class Road(SetUp):
    """A well set-up whose post comes to its own inbox."""

    def __init__(self, folder: Path, user: DovecotUser, smtp: Delivering) -> None:
        super().__init__(folder, user, smtp)
        self.user, self.smtp = user, smtp
        (folder / "mat-khau-hop-thu").write_text(user.password)
        (folder / "mat-khau-hop-thu").chmod(0o600)
        self.values["mailbox"] |= {"user": user.user, "password_file": "mat-khau-hop-thu"}

    def probed(self, seconds: float = 0, meanwhile: Callable[[], object] = lambda: None) -> dict[str, Examined]:
        return {one.point: one for one in probe(self.config(), seconds, stop=Meanwhile(meanwhile))}

    def a_daemon_seems_to_run(self, **sweep: Any) -> None:
        now = SystemClock().now()
        work = Work("sweep", done_ago=90, moved_ago=1, ever=True, **sweep)
        self.config().store.folder.mkdir(exist_ok=True, mode=0o700)
        write_health(self.config().store.folder, Health(now, now, 4711, Vitals((work,)), ()))

    def round(self) -> None:
        """Do what the daemon does in a round."""
        with Daemon(self.config(), SystemClock()) as daemon:
            daemon.once()

    def in_folder(self, name: str) -> int:
        with IMAPClient(self.user.host, self.user.port, ssl=False) as person:
            person.login(self.user.user, self.user.password)
            if not person.folder_exists(name):
                return 0
            return int(person.select_folder(name, readonly=True)[b"EXISTS"])


@pytest.fixture
def road(tmp_path: Path, dovecot: DovecotServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    monkeypatch.setattr(point, "PATIENCE_SECONDS", 5)
    monkeypatch.setattr(doors, "WorkerPool", InlinePool)
    with Delivering(login=(USER, SECRET)) as smtp:
        smtp.user = DovecotUser(dovecot, tls=False)
        smtp.user.start()
        yield Road(tmp_path, smtp.user, smtp)


def test_the_daemon_takes_the_mail_for_its_own_answers_nobody_and_files_it_with_machines(road: Road) -> None:
    road.a_daemon_seems_to_run()
    legs = road.probed(60, road.round)
    assert [(one.point, one.well) for one in legs.values()] == [(one, True) for one in (SENT, ARRIVED, TAKEN, PROVED)]
    assert "nhận ra thư của chính hệ thống" in legs[TAKEN].said
    assert "giây" in legs[SENT].said
    assert "giây" in legs[ARRIVED].said
    assert (road.in_folder("INBOX"), road.in_folder("Thư tự động")) == (0, 1)
    assert len(road.smtp.received) == 1


def test_the_mark_is_known_under_any_name_and_only_ours_counts(road: Road) -> None:
    """The From of the probe is written over on its way, as some gateways do; a copied mark of others proves nothing."""
    road.a_daemon_seems_to_run()
    _, (raw,) = road.probed(0), [one[2] for one in road.smtp.received]
    road.smtp.received.clear()
    mail = message_from_bytes(raw, policy=policy.SMTP)
    mail.replace_header("From", "bql@nghean.example")
    del mail["Auto-Submitted"]
    road.user.deliver(mail.as_bytes(), SystemClock().now())
    mail.replace_header("Message-ID", "<gia@nghean.example>")
    mail.replace_header("X-Submission-Bot", f"gia@nghean.example; {'0' * 64}")
    road.user.deliver(mail.as_bytes(), SystemClock().now())
    road.round()
    assert (road.in_folder("Thư tự động"), road.in_folder("Chờ xem xét")) == (2, 1)


def test_without_a_daemon_the_mail_is_seen_in_the_inbox_and_it_is_said_that_nobody_takes_it(road: Road) -> None:
    legs = road.probed(60)
    assert legs[ARRIVED].said.startswith("tới INBOX sau ")
    assert (legs[TAKEN].well, "không có bot run nào đang chạy" in legs[TAKEN].said) == (True, True)
    assert road.in_folder("INBOX") == 1


def test_a_daemon_that_does_not_take_it_is_told_with_its_last_sweep(road: Road) -> None:
    road.a_daemon_seems_to_run(cause="máy chủ không trả lời")
    taken = road.probed(0)[TAKEN]
    assert not taken.well
    assert "(tiến trình 4711) chưa nhận thư thử, đọc xong hộp thư lần cuối cách đây 90 giây" in taken.said
    assert "máy chủ không trả lời" in taken.said


def test_what_the_server_does_not_take_went_nowhere(road: Road) -> None:
    road.smtp.script.append("554 5.7.1 blocked")
    legs = road.probed(60)
    assert list(legs) == [SENT]
    assert "554 5.7.1 blocked" in legs[SENT].said
    assert "[smtp]" in legs[SENT].cure


def test_what_was_taken_and_does_not_arrive_is_told_with_its_message_id(road: Road) -> None:
    road.smtp.forgets = True
    legs = road.probed(0)
    assert list(legs) == [SENT, ARRIVED]
    assert not legs[ARRIVED].well
    assert "chưa có thư ở thư mục nào" in legs[ARRIVED].said
    sent = message_from_bytes(road.smtp.received[0][2])["Message-ID"]
    assert sent in legs[ARRIVED].cure


def test_what_a_filter_put_elsewhere_is_found_there(road: Road) -> None:
    road.smtp.folder = "Junk"
    arrived = road.probed(0)[ARRIVED]
    assert (arrived.well, arrived.said) == (False, "thư nằm ở thư mục Junk, không phải INBOX: bot không thấy")


def test_an_inbox_that_cannot_be_opened_is_told(road: Road) -> None:
    road.values["mailbox"]["port"] = 1
    arrived = road.probed(0)[ARRIVED]
    assert "từ chối kết nối" in arrived.said
    assert "[mailbox]" in arrived.cure


def test_the_name_that_our_server_stamps_is_told_where_it_is_not_configured(road: Road) -> None:
    road.smtp.stamp = f"Authentication-Results: {MX}; spf=pass smtp.mailfrom={USER}\r\n".encode()
    del road.values["authentication"]
    proved = road.probed(0)[PROVED]
    assert f'servers = ["{MX}"]' in proved.cure


@pytest.mark.parametrize(("hours", "what"), [(-3, "chậm"), (3, "nhanh")])
def test_a_clock_that_differs_from_the_servers_is_told(
    hours: int, what: str, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = SystemClock.now
    monkeypatch.setattr(SystemClock, "now", lambda clock: right(clock) + timedelta(hours=hours))
    clock = road.probed(0)["Đồng hồ"]
    assert (clock.well, f"máy này {what} so với máy chủ thư" in clock.said) == (False, True)


def test_it_waits_longer_than_one_sweep(road: Road) -> None:
    assert patience_of(road.config()) > road.config().mailbox.sweep_minutes * 60


def asked(road: Road, *words: str) -> tuple[int, str]:
    path = road.folder / "config.toml"
    account = 'host = "127.0.0.1"\nsecurity = "none"\n'
    path.write_text(
        f'[mailbox]\n{account}port = {road.user.port}\nuser = "{road.user.user}"\npassword_file = "mat-khau-hop-thu"\n'
        f'[smtp]\n{account}port = {road.smtp.port}\nuser = "{USER}"\npassword_file = "mat-khau"\nsender = "{USER}"\n'
        f'[authentication]\nservers = "{MX}"\n[content]\ncontacts = "danh-ba.csv"\n[store]\nfolder = "du-lieu"\n'
        '[ministry]\ndigest_to = "vu@bokehoach.example"\noperator = "quantri@bokehoach.example"\n'
    )
    result = CliRunner().invoke(app, ["--config", str(path), "doctor", *words], prog_name="bot")
    return result.exit_code, result.output


def test_the_command_line_adds_the_legs_to_what_it_examines(road: Road) -> None:
    code, told = asked(road, "--probe", "--seconds", "30")
    assert code == 0, told
    assert [line for line in told.splitlines() if line.startswith((f"✓ {SENT}", f"✓ {ARRIVED}", f"✓ {TAKEN}"))]
    assert "không có bot run nào đang chạy" in told
    road.smtp.script.append("554 5.7.1 blocked")
    code, told = asked(road, "--probe")
    assert (code, f"✗ {SENT}" in told) == (1, True)


def test_waiting_can_be_broken_off_and_seconds_alone_are_a_mistake(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Survey, "find", broken)
    code, told = asked(road, "--probe")
    assert (code, "Đã thôi chờ" in told, "Traceback" in told) == (1, True, False)
    assert asked(road, "--seconds", "5")[0] == WRONG_USE
    assert probing.SENT in told
