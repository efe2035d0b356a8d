"""The ministry's console is mail: an officer writes, a real Dovecot hands it over, the daemon answers and acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from bot.adapters.clock import SimulatedClock
from bot.config import Folders
from bot.daemon import Daemon
from bot.demo.arriving import stamp
from bot.demo.servers import DemoSmtp
from bot.model import Deed, Outcome
from tests.flow.in_process import InThisProcess
from tests.flow.letters import NGHE_AN
from tests.flow.office import NOON, OURS, TRUST, configure, pipeline, rulebook
from tests.servers import person_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.runners.pipeline import Pipeline
    from tests.servers import Door

OFFICER, SECOND = "truong.phong@bokehoach.example", "pho.phong@bokehoach.example"
FOLDERS = Folders()

pytestmark = pytest.mark.parametrize("either_server", ["dovecot-tls"], indirect=True)


@dataclass
class Console:
    """The daemon as an officer sees it: he writes, and reads what comes back."""

    daemon: Daemon
    door: Door
    smtp: DemoSmtp
    clock: SimulatedClock
    _read: int = 0
    _written: int = field(default=0)

    def write(
        self,
        words: str,
        *,
        sender: str = OFFICER,
        genuine: bool = True,
        answers: EmailMessage | None = None,
        headers: dict[str, str] | None = None,
        subject: str = "",
    ) -> list[EmailMessage]:
        """Let the mail come in, and return what is sent because of it."""
        self._written += 1
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, OURS
        mail["Subject"] = subject or f"Re: {answers['Subject'] if answers else 'Tình hình'}"
        mail["Message-ID"] = f"<lenh-{self._written}@bokehoach.example>"
        if answers is not None:
            mail["In-Reply-To"] = str(answers["Message-ID"])
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(words)
        return self.deliver(stamp(mail.as_bytes().replace(b"\n", b"\r\n"), genuine=genuine))

    def deliver(self, raw: bytes) -> list[EmailMessage]:
        self.door.server.deliver(raw, self.clock.now())
        self.round()
        return self.read()

    def round(self) -> None:
        """Do the mailroom's and the post's work once, without the reminders of the day."""
        self.daemon.receive()
        self.daemon.settle()
        self.daemon.tidy_mailbox()
        self.daemon.post()

    def read(self) -> list[EmailMessage]:
        """Return what was sent since the last time."""
        new, self._read = self.smtp.received[self._read :], len(self.smtp.received)
        return [message_from_bytes(raw, policy=default) for _, _, raw in new]

    def ask(self, words: str, sender: str = OFFICER) -> tuple[EmailMessage, str]:
        """Write orders, and return the one answer with its text."""
        (answer,) = self.write(words, sender=sender)
        assert answer["To"] == sender
        return answer, text_of(answer)

    def trail(self) -> list[tuple[str, Deed, str, str]]:
        return [(one.who, one.deed, one.subject, one.note) for one in self.daemon.ledger.audit()]

    def filed(self, folder: str) -> int:
        with person_at(self.door.settings) as person:
            if not person.folder_exists(folder):
                return 0
            person.select_folder(folder, readonly=True)
            return len(person.search())


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.fixture(scope="module")
def judge() -> Pipeline:
    """One pipeline for all tests here: it takes a second to begin."""
    return pipeline(rulebook(), trust=TRUST, officers=(OFFICER, SECOND))


@pytest.fixture
def console(tmp_path: Path, either_server: Door, judge: Pipeline) -> Iterator[Console]:
    clock = SimulatedClock(NOON)
    with DemoSmtp() as smtp:
        people = {"digest_to": [], "officers": [OFFICER, SECOND]}
        config = configure(
            tmp_path, smtp={"port": smtp.port}, ministry=people, authentication={"accept_unproved": False}
        )
        config = config.model_copy(update={"mailbox": either_server.settings})
        with Daemon(config, clock) as daemon:
            daemon._pool = InThisProcess(judge)
            yield Console(daemon, either_server, smtp, clock)
            daemon._pool = None


def test_the_whole_situation_and_one_province_are_told_at_once(console: Console) -> None:
    answer, said = console.ask("TRẠNG THÁI\ntrang thai nghe an\n")
    assert answer["Subject"] == "[Kết quả lệnh] đã trả lời – mã thư 12-00-0001"
    assert answer["In-Reply-To"] == "<lenh-1@bokehoach.example>"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert "0/63 đơn vị đã hoàn thành" in said
    assert "Lệnh 2: “trang thai nghe an”\n– Trước ngày 15/7/2012" in said
    assert "Biểu I.1: chưa nhận." in said
    assert console.trail() == []
    assert console.filed(FOLDERS.done) == 1
    shown = console.daemon.ledger.show("12-00-0001")
    assert shown is not None
    assert (shown.outcome, shown.reporter) == (Outcome.ANSWERED, "")
    assert "dmarc=pass" in shown.grounds


def test_the_guide_is_told_and_a_new_mail_may_ask_in_its_subject(console: Console) -> None:
    (answer,) = console.write("", subject="HƯỚNG DẪN")
    assert "– “TRẠNG THÁI”: tình hình chung" in text_of(answer)


def test_lines_that_are_no_command_are_told_with_the_nearest(console: Console) -> None:
    answer, said = console.ask("TRẠNG THÁIS Nghệ An\nTRẠNG THÁI Nghệ Am\nXin cho biết.\n")
    assert answer["Subject"] == "[Kết quả lệnh] chưa có lệnh nào được thực hiện – mã thư 12-00-0001"
    assert "Lệnh gần nhất: TRẠNG THÁI; cách ghi: “TRẠNG THÁI” hoặc “TRẠNG THÁI Nghệ An”." in said
    assert "không có đơn vị báo cáo “Nghệ Am”; có thể là: Nghệ An." in said
    assert "không phải lệnh và được bỏ qua: “Xin cho biết.”" in said
    assert [one[:3] for one in console.trail()] == [(OFFICER, Deed.REFUSE_ORDER, "12-00-0001")]


def test_a_mail_without_any_command_is_answered_with_the_guide(console: Console) -> None:
    _, said = console.ask("Bản tổng hợp tuần này rất rõ.\n")
    assert said.startswith("Trong thư không có dòng nào là lệnh")
    assert "– “HƯỚNG DẪN”: danh sách này." in said


@pytest.mark.parametrize("line", ["TRẠNG THÁI", "HƯỚNG DẪN", "Bản tổng hợp rất rõ."])
def test_who_is_not_proved_is_held_without_a_word(console: Console, line: str) -> None:
    assert console.write(f"{line}\n", genuine=False) == []
    (held,) = console.daemon.ledger.held(10)
    assert (held.sender, held.why) == (OFFICER, "officer not authenticated")
    assert "dmarc=fail" in held.grounds
    assert console.filed(FOLDERS.held) == 1
    told = [one for one in console.trail() if one[1] is Deed.REFUSE_ORDER]
    assert [one[:3] for one in told] == ([(OFFICER, Deed.REFUSE_ORDER, "12-00-0001")] if line.isupper() else [])


def test_whoever_is_no_officer_orders_nothing(console: Console) -> None:
    (answer,) = console.write("GIA HẠN Nghệ An I.1 20/7 lý do x\n", sender="ai.do@noi.example")
    assert answer["Subject"].startswith("[Chưa xử lý]")
    (answer,) = console.write("GIA HẠN Nghệ An I.1 20/7 lý do x\n", sender=NGHE_AN)
    assert "[Kết quả lệnh]" not in answer["Subject"]


def test_a_machine_and_a_quotation_order_nothing(console: Console) -> None:
    assert console.write("TRẠNG THÁI\n", headers={"Auto-Submitted": "auto-replied"}) == []
    (answer,) = console.write("Đã xem.\n\nVào 12:00, Th 6, <a@b.example> đã viết:\n> TRẠNG THÁI\n")
    assert text_of(answer).startswith("Trong thư không có dòng nào là lệnh")
