"""The ministry's console is mail: an officer writes, a real Dovecot hands it over, the daemon answers and acts."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import TYPE_CHECKING

import pytest

from bot.adapters.clock import SimulatedClock
from bot.config import Folders
from bot.daemon import Daemon
from bot.demo.arriving import stamp
from bot.demo.servers import DemoSmtp
from bot.model import Deed, Outcome, State
from tests.flow.in_process import InThisProcess
from tests.flow.letters import NGHE_AN
from tests.flow.office import NOON, OURS, TRUST, configure, pipeline, rulebook
from tests.flow.test_cases import CASES
from tests.servers import person_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.runners.pipeline import Pipeline
    from bot.runners.process import Workers
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
        return self.deliver(
            self.mail(words, sender=sender, genuine=genuine, answers=answers, headers=headers, subject=subject)
        )

    def mail(
        self,
        words: str,
        *,
        sender: str = OFFICER,
        genuine: bool = True,
        answers: EmailMessage | None = None,
        headers: dict[str, str] | None = None,
        subject: str = "",
    ) -> bytes:
        """Return the mail as the ministry's server hands it over."""
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
        return stamp(mail.as_bytes().replace(b"\n", b"\r\n"), genuine=genuine)

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


@contextmanager
def opened(folder: Path, door: Door, workers: Workers | None) -> Iterator[Console]:
    """Give the console of a daemon with these workers, or with children of its own."""
    clock = SimulatedClock(NOON)
    with DemoSmtp() as smtp:
        people = {"digest_to": [], "officers": [OFFICER, SECOND]}
        config = configure(folder, smtp={"port": smtp.port}, ministry=people, authentication={"accept_unproved": False})
        config = config.model_copy(update={"mailbox": door.settings})
        with Daemon(config, clock) as daemon:
            daemon._pool = workers
            yield Console(daemon, door, smtp, clock)


@pytest.fixture
def console(tmp_path: Path, either_server: Door, judge: Pipeline) -> Iterator[Console]:
    with opened(tmp_path, either_server, InThisProcess(judge)) as made:
        yield made


def test_orders_pass_through_the_real_children(tmp_path: Path, either_server: Door) -> None:
    with opened(tmp_path, either_server, None) as console:
        asked, said = console.ask(f"DUYỆT NGƯỜI GỬI nam@hop-thu.example 40\n{_EXTEND}\nTRẠNG THÁI\n")
        assert "0/63 đơn vị đã hoàn thành" in said
        (done,) = console.write(f"XÁC NHẬN {code_in(asked)}\n", answers=asked)
        assert done["Subject"].startswith("[Kết quả lệnh] đã thực hiện 2 lệnh")
        (answer,) = console.write("TRẠNG THÁI\n", sender="nam@hop-thu.example", subject="TRẠNG THÁI")
        assert answer["Subject"].startswith("[Trạng thái]")


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


# -- what is confirmed first ---------------------------------------------------------------------------------------

_EXTEND = "GIA HẠN nghe an I.1 20/7 lý do chờ số liệu của KCN mới"


def code_in(mail: EmailMessage) -> str:
    found = re.search(r"Mã xác nhận: ([A-Z0-9]{4}-[A-Z0-9]{4})\.", text_of(mail))
    assert found is not None, text_of(mail)
    return found[1]


def submit(console: Console) -> str:
    """Let a province send a form that is accepted; return its receipt."""
    raw = (CASES / "0001-clean-parks" / "mail.eml").read_bytes()
    (answer,) = console.deliver(stamp(raw))
    found = re.search(r"Mã biên nhận: (\S+)", text_of(answer))
    assert found is not None
    return found[1]


def until(console: Console) -> list[tuple[str, str, date, str]]:
    return [(one.reporter, one.form, one.until, one.reason) for one in console.daemon.ledger.extensions()]


def test_more_time_is_granted_once_it_is_confirmed(console: Console) -> None:
    asked, said = console.ask(f"{_EXTEND}\n")
    assert asked["Subject"] == "[Cần xác nhận] 1 lệnh – mã thư 12-00-0001"
    assert "– Sẽ ghi: Nghệ An, Biểu I.1: trước ngày 15/7/2012 → chậm nhất ngày 20/7/2012." in said
    assert "– Lý do: chờ số liệu của KCN mới." in said
    assert "trước 12:00 ngày 11/7/2012" in said
    assert until(console) == []
    assert console.trail() == []

    (done,) = console.write(f"XÁC NHẬN {code_in(asked)}\n\n> {said}", answers=asked)
    assert done["Subject"] == "[Kết quả lệnh] đã thực hiện 1 lệnh – mã thư 12-00-0002"
    assert done["To"] == OFFICER
    assert "– Đã ghi: Nghệ An, Biểu I.1: trước ngày 15/7/2012 → chậm nhất ngày 20/7/2012." in text_of(done)
    assert until(console) == [("40", "I.1", date(2012, 7, 20), "chờ số liệu của KCN mới")]
    note = "chậm nhất ngày 20/7/2012; chờ số liệu của KCN mới; theo thư 12-00-0002"
    assert console.trail() == [(OFFICER, Deed.EXTEND, "2012-kkt-kcn/I.1/40", note)]
    assert "chậm nhất ngày 20/7/2012 (còn 10 ngày; theo gia hạn" in console.ask("TRẠNG THÁI Nghệ An")[1].lower()


def test_the_ministrys_word_on_a_receipt_counts_once_it_is_confirmed(console: Console) -> None:
    receipt = submit(console)
    asked, said = console.ask(f"TRẢ LẠI {receipt} lý do thiếu số liệu quý II\nCHẤP NHẬN {receipt}\n")
    assert f"(mã biên nhận {receipt}): đạt yêu cầu → cần chỉnh sửa; tình hình nộp: đạt → cần sửa." in said
    assert f"{receipt} đang được tính như vậy" in said
    console.write(f"xac nhan {code_in(asked).lower()}\n", answers=asked)
    standing = [one for one in console.daemon.ledger.standing(console.daemon.rulebook.obligations) if one.receipt]
    assert [one.state for one in standing] == [State.RETURNED]
    returned = console.trail()[-1]
    assert returned[:2] == (OFFICER, Deed.RETURN)
    assert returned[3].startswith("thiếu số liệu quý II; theo thư 12-00-0")

    asked, _ = console.ask(f"CHẤP NHẬN {receipt}\n")
    console.write(f"XÁC NHẬN {code_in(asked)}\n", answers=asked)
    standing = [one for one in console.daemon.ledger.standing(console.daemon.rulebook.obligations) if one.receipt]
    assert [one.state for one in standing] == [State.ACCEPTED]
    assert console.trail()[-1][:2] == (OFFICER, Deed.ACCEPT)


def refusal(console: Console) -> tuple[str, str]:
    who, deed, _, note = console.trail()[-1]
    assert deed is Deed.REFUSE_ORDER
    return who, note.partition(":")[0]


def test_a_code_serves_its_officer_alone_once_and_for_a_day(console: Console) -> None:
    asked, _ = console.ask(f"{_EXTEND}\n")
    code = code_in(asked)
    (told,) = console.write("XÁC NHẬN AAAA-BBBB\n", answers=asked)
    assert "mã xác nhận AAAA-BBBB không đúng" in text_of(told)
    assert refusal(console) == (OFFICER, "wrong_code")
    (told,) = console.write(f"XÁC NHẬN {code}\n", answers=asked, sender=SECOND)
    assert f"mã xác nhận {code} không đúng" in text_of(told)
    assert refusal(console) == (SECOND, "others_code")
    assert console.write(f"XÁC NHẬN {code}\n", answers=asked, genuine=False) == []
    assert refusal(console) == (OFFICER, "chưa chứng thực được người gửi")
    assert console.write(f"XÁC NHẬN {code}\n", sender="ai.do@noi.example")[0]["Subject"].startswith("[Chưa xử lý]")
    (told,) = console.write("XÁC NHẬN\n", answers=asked)
    assert "Lệnh gần nhất: XÁC NHẬN" in text_of(told)
    assert until(console) == []

    console.clock.move_to(NOON + timedelta(hours=24))
    (told,) = console.write(f"XÁC NHẬN {code}\n", answers=asked)
    assert f"mã xác nhận {code} đã quá 24 giờ" in text_of(told)
    assert refusal(console) == (OFFICER, "expired")
    assert until(console) == []


def test_a_confirmation_that_comes_again_does_nothing_again(console: Console) -> None:
    asked, _ = console.ask(f"{_EXTEND}\n")
    confirmation = console.mail(f"XÁC NHẬN {code_in(asked)}\n", answers=asked)
    assert len(console.deliver(confirmation)) == 1
    assert console.deliver(confirmation) == []
    assert len(until(console)) == 1
    (told,) = console.write(f"XÁC NHẬN {code_in(asked)}\n", answers=asked)
    assert "đã được dùng; các lệnh đó không được thực hiện lần nữa" in text_of(told)
    assert len(until(console)) == 1
    assert [one[1] for one in console.trail()] == [Deed.EXTEND, Deed.REFUSE_ORDER]


@pytest.mark.parametrize(
    ("headers", "frame"),
    [
        ({"Auto-Submitted": "auto-replied"}, "XÁC NHẬN {code}\n{said}"),
        ({"X-Autoreply": "yes"}, "Tôi đi công tác.\n\nXÁC NHẬN {code}"),
        ({}, "Tôi đi công tác đến 20/7.\n\n{said}"),
        ({}, "Tôi nghỉ.\n\nVào 12:00, Th 6, <a@b.example> đã viết:\n> XÁC NHẬN {code}"),
        ({}, "Tôi nghỉ.\n\n________________________________\nTừ: Hệ thống\nĐã gửi: Thứ Ba\nXÁC NHẬN {code}"),
    ],
)
def test_a_code_that_is_only_quoted_confirms_nothing(console: Console, headers: dict[str, str], frame: str) -> None:
    asked, said = console.ask(f"{_EXTEND}\n")
    console.write(frame.format(code=code_in(asked), said=said), answers=asked, headers=headers)
    assert until(console) == []


def test_a_sender_is_registered_and_his_proved_mails_count_at_once(console: Console) -> None:
    form = (CASES / "0001-clean-parks" / "mail.eml").read_bytes()
    _, known = parseaddr(str(message_from_bytes(form, policy=default)["From"]))
    sender = "nam@hop-thu-rieng.example"
    mine = form.replace(known.encode(), sender.encode())
    assert console.deliver(stamp(mine))[0]["Subject"].startswith("[Chưa xử lý]")
    assert console.deliver(stamp(mine.replace(b"Message-ID: <", b"Message-ID: <gia-"), genuine=False)) == []

    asked, said = console.ask(f"DUYỆT NGƯỜI GỬI {sender} thanh hóa\n")
    assert f"– Sẽ ghi: Từ nay {sender} được gửi thay Thanh Hóa." in said
    assert "– Thư chờ 12-00-0001, nhận lúc 12:00 ngày 10/7/2012" in said
    assert f"kết quả gửi tới {sender}" in said
    assert console.daemon.ledger.contacts() == ()

    sent = console.write(f"XÁC NHẬN {code_in(asked)}\n", answers=asked)
    assert f"– Đã ghi: Từ nay {sender} được gửi thay Thanh Hóa." in text_of(sent[0])
    assert console.trail()[-1][:3] == (OFFICER, Deed.REGISTER, f"{sender}/38")
    assert "12-00-0001" in console.trail()[-1][3]
    console.round()
    (reply,) = [*sent[1:], *console.read()]
    assert reply["To"] == sender
    assert not reply["Subject"].startswith("[Chưa xử lý]")
    (held,) = console.daemon.ledger.held(10)
    assert held.why == "authentication failed"
    assert sender in console.daemon.remind_desk().rulebook.reporter("38").addresses

    (later,) = console.deliver(stamp(mine.replace(b"Message-ID: <", b"Message-ID: <2-")))
    assert not later["Subject"].startswith("[Chưa xử lý]")
    console.daemon.ledger.forget_contact(sender, "lan", "x", NOON)
    console.clock.move_to(NOON + timedelta(days=8))
    (again,) = console.deliver(stamp(mine.replace(b"Message-ID: <", b"Message-ID: <3-")))
    assert again["Subject"].startswith("[Chưa xử lý]")


def test_what_is_nobodys_report_is_dismissed_once_it_is_confirmed(console: Console) -> None:
    form = (CASES / "0001-clean-parks" / "mail.eml").read_bytes()
    _, known = parseaddr(str(message_from_bytes(form, policy=default)["From"]))
    sender = "ban-hang@quang-cao.example"
    mine = form.replace(known.encode(), sender.encode())
    console.deliver(stamp(mine))
    console.deliver(stamp(mine.replace(b"Message-ID: <", b"Message-ID: <2-")))
    first, second = sorted(one.receipt for one in console.daemon.ledger.held(10))

    asked, said = console.ask(f"BỎ QUA {first} lý do thư quảng cáo\nBỎ QUA {sender}\n")
    assert f"– Sẽ bỏ qua thư {first} của {sender}, nhận lúc 12:00 ngày 10/7/2012" in said
    assert "một lệnh ở trên trong cùng thư đã nói về nội dung này" in said
    assert len(console.daemon.ledger.held(10)) == 2
    _, said = console.ask(f"XÁC NHẬN {code_in(asked)}\n")
    assert f"– Đã bỏ qua thư {first}" in said
    assert "Không gửi thư cho ai" in said
    (left,) = console.daemon.ledger.held(10)
    assert left.receipt == second
    assert console.trail()[-1][:3] == (OFFICER, Deed.DISMISS, first)
    assert console.trail()[-1][3].startswith("thư quảng cáo; theo thư ")

    asked, _ = console.ask(f"BỎ QUA {sender}\n")
    console.deliver(stamp(mine.replace(b"Message-ID: <", b"Message-ID: <3-")))
    _, said = console.ask(f"XÁC NHẬN {code_in(asked)}\n")
    assert "tình hình đã thay đổi" in said
    assert "– Bỏ qua 2 thư đang chờ." in said
    assert len(console.daemon.ledger.held(10)) == 2


def test_what_has_changed_since_is_told_and_not_done(console: Console) -> None:
    asked, _ = console.ask(f"{_EXTEND}\nGIA HẠN Thanh Hóa I.1, I.2 20/7/2012 lý do bão\n")
    other, _ = console.ask("GIA HẠN Nghệ An I.1 18/7 lý do lũ\n", sender=SECOND)
    console.write(f"XÁC NHẬN {code_in(other)}\n", answers=other, sender=SECOND)
    (told,) = console.write(f"XÁC NHẬN {code_in(asked)}\n", answers=asked)
    said = text_of(told)
    assert told["Subject"] == "[Kết quả lệnh] đã thực hiện 1 lệnh, 1 lệnh chưa thực hiện – mã thư 12-00-0004"
    assert "tình hình đã thay đổi" in said
    assert "– Nghệ An, Biểu I.1: chậm nhất ngày 18/7/2012 → chậm nhất ngày 20/7/2012." in said
    assert [one[:3] for one in until(console)] == [
        ("40", "I.1", date(2012, 7, 18)),
        ("38", "I.1", date(2012, 7, 20)),
        ("38", "I.2", date(2012, 7, 20)),
    ]
    assert refusal(console) == (OFFICER, "changed")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("GIA HẠN Nghệ Am I.1 20/7 lý do x", "không có đơn vị báo cáo"),
        ("GIA HẠN Nghệ An 20/7 lý do x", "cần ghi biểu được gia hạn; Nghệ An đang phải gửi: 2012-kkt-kcn/I.1"),
        ("GIA HẠN Nghệ An I.9 20/7 lý do x", "Nghệ An không phải gửi I.9 theo thời hạn nào"),
        ("GIA HẠN Nghệ An I.1 31/6 lý do x", "ngày 31/6 không có"),
        ("GIA HẠN Nghệ An I.1 5/7 lý do x", "ngày 5/7 không có, hoặc đợt báo cáo không còn ngày này"),
        ("GIA HẠN Nghệ An I.1 12/7 lý do x", "ngày gia hạn phải sau ngày đó"),
        ("GIA HẠN Nghệ An I.1 20/7/2013 lý do x", "chỉ được theo dõi đến ngày 4/1/2013"),
        (f"DUYỆT NGƯỜI GỬI {NGHE_AN} Thanh Hóa", f"{NGHE_AN} đã là địa chỉ của Nghệ An"),
        (f"DUYỆT NGƯỜI GỬI {SECOND} Thanh Hóa", "là địa chỉ của cán bộ ở Bộ hoặc của hệ thống"),
        ("DUYỆT NGƯỜI GỬI *@tinh.example Thanh Hóa", "không phải một địa chỉ thư"),
        ("BỎ QUA 12-00-9999", "không có mã biên nhận 12-00-9999"),
        ("BỎ QUA ai@la.example", "không có thư nào của ai@la.example đang chờ xác nhận"),
        ("CHẤP NHẬN 12-40-9999", "không có mã biên nhận 12-40-9999"),
        (f"{_EXTEND}\n{_EXTEND}!", "một lệnh ở trên trong cùng thư đã nói về nội dung này"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_cause(console: Console, line: str, said: str) -> None:
    assert said in console.ask(f"{line}\n")[1]
    assert [one[:2] for one in console.trail()] == [(OFFICER, Deed.REFUSE_ORDER)]
    assert until(console) == []


def test_who_dies_before_the_commit_leaves_nothing_and_does_it_once(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, _ = console.ask(f"{_EXTEND}\n")

    def die(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr("bot.adapters.ledger.orders.write_entry", die)
        broken.setattr("bot.adapters.ledger.extensions.write_entry", die)
        assert console.write(f"XÁC NHẬN {code_in(asked)}\n", answers=asked) == []
    assert until(console) == []
    console.clock.move_to(NOON + timedelta(hours=1))
    console.round()
    (done,) = console.read()
    assert done["Subject"].startswith("[Kết quả lệnh] đã thực hiện 1 lệnh")
    assert len(until(console)) == 1
    assert [one[1] for one in console.trail()] == [Deed.EXTEND]


def test_whoever_is_no_officer_orders_nothing(console: Console) -> None:
    (answer,) = console.write("GIA HẠN Nghệ An I.1 20/7 lý do x\n", sender="ai.do@noi.example")
    assert answer["Subject"].startswith("[Chưa xử lý]")
    (answer,) = console.write("GIA HẠN Nghệ An I.1 20/7 lý do x\n", sender=NGHE_AN)
    assert "[Kết quả lệnh]" not in answer["Subject"]


def test_a_machine_and_a_quotation_order_nothing(console: Console) -> None:
    assert console.write("TRẠNG THÁI\n", headers={"Auto-Submitted": "auto-replied"}) == []
    (answer,) = console.write("Đã xem.\n\nVào 12:00, Th 6, <a@b.example> đã viết:\n> TRẠNG THÁI\n")
    assert text_of(answer).startswith("Trong thư không có dòng nào là lệnh")
