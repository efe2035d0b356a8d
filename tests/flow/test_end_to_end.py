"""The daemon as it is, at real mail servers: what lies in the inbox is answered, filed, and copied to Sent."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.adapters.clock import SimulatedClock
from bot.adapters.imap import MailboxLost
from bot.config import Folders
from bot.daemon import Daemon
from bot.demo.arriving import stamp
from bot.language import VIETNAM
from tests.flow.bombs import far_apart
from tests.flow.in_process import InThisProcess
from tests.flow.letters import NGHE_AN, STRANGER, letter
from tests.flow.office import MINISTRY, NOON, OPERATOR, OURS, TRUST, configure, pipeline, rulebook
from tests.flow.test_cases import CASES
from tests.servers import person_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.demo.servers import DemoSmtp
    from bot.runners.pool import WorkerPool
    from bot.runners.process import Workers
    from tests.servers import Door

FOLDERS = Folders()
ANSWERS = {
    "0001-clean-parks": "[Đã tiếp nhận]",
    "0002-leased-more-than-there-is": "[Cần chỉnh sửa]",
    "0007-two-forms-one-returned": "[Cần chỉnh sửa]",
    "0010-forgot-the-file": "[Chưa tiếp nhận: thiếu tệp]",
    "0011-scan-only": "[Đã nhận bản ký]",
    "0012-zip-archive": "[Đã có bản nộp này]",
    "0013-empty-file": "[Chưa tiếp nhận: tệp rỗng]",
    "0014-password": "[Chưa tiếp nhận: tệp có mật khẩu]",
    "0015-truncated-workbook": "[Chưa tiếp nhận: tệp bị hỏng]",
    "0016-mail-cut-off": "[Chưa tiếp nhận: tệp bị hỏng]",
    "0017-two-cells-in-opposite-corners": "[Chưa tiếp nhận: vượt giới hạn]",
    "0018-workbook-of-something-else": "[Chưa tiếp nhận: chưa nhận ra biểu]",
    "0019-header-without-rows": "[Chưa tiếp nhận: chưa có số liệu]",
    "0020-file-of-another-province": "[Chưa tiếp nhận: tên đơn vị không khớp]",
    "0021-same-file-in-a-new-mail": "[Đã có bản nộp này]",
    "0028-unknown-sender": "[Chưa xử lý]",
}
"""The beginning of the reply's subject to each case: its true cause."""
LATER = datetime(2012, 7, 20, 12, 0, tzinfo=VIETNAM)
"""A day on which nobody is reminded of anything."""
SILENT = ("0032-out-of-office", "0033-bounce")


@contextmanager
def opened(
    folder: Path, door: Door, smtp: DemoSmtp, children: Workers, clock: SimulatedClock, **mailbox: Any
) -> Iterator[Daemon]:
    """Give a daemon with doors to these servers; the children are shared, and outlive it."""
    config = configure(folder, smtp={"port": smtp.port}, ministry={"digest_to": []})
    config = config.model_copy(update={"mailbox": door.settings.model_copy(update=mailbox)})
    with Daemon(config, clock) as daemon:
        daemon._pool = children
        try:
            yield daemon
        finally:
            daemon._pool = None


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(LATER)


@pytest.fixture
def daemon(
    tmp_path: Path, either_server: Door, smtp: DemoSmtp, children: WorkerPool, clock: SimulatedClock
) -> Iterator[Daemon]:
    with opened(tmp_path, either_server, smtp, children, clock) as made:
        yield made


def replies(smtp: DemoSmtp) -> list[EmailMessage]:
    """Return what was sent but the reminders, which are due on that day too."""
    mails = (message_from_bytes(raw, policy=default) for _, _, raw in smtp.received)
    return [one for one in mails if one["Precedence"] != "bulk"]


def answered(smtp: DemoSmtp) -> dict[str, str]:
    return {str(one["In-Reply-To"]): str(one["Subject"]) for one in replies(smtp)}


def lying_in(door: Door, folder: str) -> dict[str, tuple[bytes, ...]]:
    """Return the flags of each mail in *folder*, by its Message-ID."""
    with person_at(door.settings) as person:
        if not person.folder_exists(folder):
            return {}
        person.select_folder(folder, readonly=True)
        mails = person.fetch(person.search(), ["FLAGS", "BODY.PEEK[HEADER]"])
        return {
            str(message_from_bytes(one[b"BODY[HEADER]"])["Message-ID"]).strip(): tuple(one[b"FLAGS"])
            for one in mails.values()
        }


def message_id(raw: bytes) -> str:
    return str(message_from_bytes(raw)["Message-ID"])


def deliver(door: Door, raw: bytes, at: datetime) -> None:
    """Let the mail come in as the ministry's own server hands it over."""
    door.server.deliver(stamp(raw), at)


def deliver_case(door: Door, case: str) -> str:
    raw = (CASES / case / "mail.eml").read_bytes()
    deliver(door, raw, parsedate_to_datetime(str(message_from_bytes(raw)["Date"])))
    return message_id(raw)


def test_every_kind_of_mail_is_answered_with_its_true_cause_and_filed_by_its_outcome(
    daemon: Daemon, either_server: Door, smtp: DemoSmtp
) -> None:
    begun = {deliver_case(either_server, case): subject for case, subject in ANSWERS.items()}
    machines = {deliver_case(either_server, case) for case in SILENT}
    stranger = next(one for one, subject in begun.items() if subject == "[Chưa xử lý]")

    assert daemon.once() == len(ANSWERS) + len(SILENT)

    told = answered(smtp)
    assert {one: subject.partition("]")[0] + "]" for one, subject in told.items()} == begun
    assert len(replies(smtp)) == len(begun)
    assert all(one["Auto-Submitted"] == "auto-replied" for one in replies(smtp))

    assert lying_in(either_server, "INBOX") == {}
    done = lying_in(either_server, FOLDERS.done)
    assert set(done) == set(begun) - {stranger}
    assert all(b"\\Seen" in flags for flags in done.values())
    assert set(lying_in(either_server, FOLDERS.held)) == {stranger}
    assert set(lying_in(either_server, FOLDERS.ignored)) == machines

    assert daemon.once() == 0
    assert len(replies(smtp)) == len(begun)
    sent = lying_in(either_server, FOLDERS.sent)
    assert set(sent) == {message_id(raw) for _, _, raw in smtp.received}
    assert all(b"\\Seen" in flags for flags in sent.values())


def test_an_answer_to_our_reply_explains_what_it_asks(daemon: Daemon, either_server: Door, smtp: DemoSmtp) -> None:
    deliver_case(either_server, "0003-park-founded-in-the-moratorium")
    daemon.once()
    (asked,) = replies(smtp)
    quoted = str(asked.get_body(("plain",))).replace("\n", "\n> ")
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = str(asked["To"]), OURS, "Re: Báo cáo"
    answer["Message-ID"], answer["In-Reply-To"] = "<giai-trinh@ninhthuan.example>", str(asked["Message-ID"])
    answer.set_content(f"Mục 1: theo Quyết định số 421/QĐ-TTg.\n\nVào 12:00, Th 6, <{OURS}> đã viết:\n> {quoted}")
    deliver(either_server, answer.as_bytes(), LATER)
    daemon.once()

    assert answered(smtp)["<giai-trinh@ninhthuan.example>"].startswith("[Đã ghi nhận trả lời] Biểu I.1")
    assert set(lying_in(either_server, FOLDERS.done)) >= {"<giai-trinh@ninhthuan.example>"}
    (query,) = [one for one in daemon.ledger.standing(daemon.rulebook.obligations) if one.receipt]
    assert query.queries == 0


def test_in_a_shared_inbox_foreign_mail_stays_exactly_as_it_was(
    tmp_path: Path, either_server: Door, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    foreign = letter("Về cuộc họp", sender=STRANGER, message_id="hop@vanphong.example")
    machine = letter("Nghỉ phép", headers={"Auto-Submitted": "auto-replied"}, message_id="nghi@nghean.example")
    ours = letter("Biểu I.1", {"a.xlsx": b""})
    for raw in (foreign, machine, ours):
        deliver(either_server, raw, NOON)
    with person_at(either_server.settings) as person:
        person.add_flags(person.search(), [rb"\Flagged"])
    before = lying_in(either_server, "INBOX")
    shared = InThisProcess(pipeline(rulebook(), trust=TRUST, shared_inbox=True))
    with opened(tmp_path, either_server, smtp, shared, clock, shared_inbox=True) as daemon:
        daemon.once()
    assert set(answered(smtp)) == {message_id(ours)}
    del before[message_id(ours)]
    assert lying_in(either_server, "INBOX") == before
    assert set(lying_in(either_server, FOLDERS.done)) == {message_id(ours)}


def test_while_smtp_is_down_replies_wait_and_then_go_out_once(
    daemon: Daemon, either_server: Door, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    smtp.stop()
    deliver(either_server, letter("x", {"a.xlsx": b""}), NOON)
    assert daemon.once() == 1
    assert lying_in(either_server, "INBOX") == {}
    waiting = daemon.ledger.due(LATER + timedelta(days=1), 1000)
    assert [one.kind for one in waiting if one.kind != "reminder"] == ["refuse_empty_file"]

    smtp.start()
    for minute in (1, 2):
        clock.move_to(LATER + timedelta(minutes=minute))
        daemon.once()
        assert [str(one["In-Reply-To"]) for one in replies(smtp)] == ["<thu-1@nghean.example>"]


def test_after_imap_was_away_the_next_round_works(daemon: Daemon, either_server: Door, smtp: DemoSmtp) -> None:
    daemon.once()
    either_server.server.stop()
    for _ in range(2):
        with pytest.raises(MailboxLost):
            daemon.once()
    either_server.server.start()
    deliver(either_server, letter("x", {"a.xlsx": b""}), NOON)
    assert daemon.once() == 1
    assert "<thu-1@nghean.example>" in answered(smtp)
    assert lying_in(either_server, "INBOX") == {}


@pytest.mark.parametrize("either_server", ["pymap"], indirect=True)
def test_a_mail_that_kills_every_child_is_set_aside_and_the_next_mail_is_answered(
    daemon: Daemon, either_server: Door, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    bomb = letter("Biểu I.1", {"bieu.xlsx": far_apart(hidden=True)}, message_id="bom@nghean.example")
    deliver(either_server, bomb, NOON)
    deliver(either_server, letter("x", {"a.xlsx": b""}, sender="bql.kcn@danang.example"), NOON)
    for minute in range(3):
        clock.move_to(LATER + timedelta(minutes=minute))
        daemon.once()
    told = {str(one["To"]): one for one in replies(smtp)}
    assert told["bql.kcn@danang.example"]["In-Reply-To"] == "<thu-1@nghean.example>"
    apology = told[NGHE_AN]
    assert apology["In-Reply-To"] == "<bom@nghean.example>"
    assert "12-40-0001" in str(apology["Subject"])
    assert set(told) == {"bql.kcn@danang.example", NGHE_AN, OPERATOR}
    assert set(lying_in(either_server, FOLDERS.aside)) == {"<bom@nghean.example>"}

    counts = daemon.ledger.counts(clock.now())
    assert (counts.set_aside, counts.by_outcome) == (1, {"failed": 1, "refused": 1})
    shown = daemon.ledger.show("12-40-0001")
    assert shown is not None
    assert (shown.state, shown.error) == ("aside", "the child process died of SIGABRT")


def test_after_a_downtime_what_is_due_is_sent_once(tmp_path: Path, smtp: DemoSmtp) -> None:
    config = configure(tmp_path, smtp={"port": smtp.port})
    first, back = datetime(2012, 6, 26, 8, 0, tzinfo=VIETNAM), datetime(2012, 7, 13, 9, 0, tzinfo=VIETNAM)

    def speak_at(now: datetime) -> dict[str, int]:
        del smtp.received[:]
        with Daemon(config, SimulatedClock(now)) as daemon:
            for _ in range(2):
                daemon.speak()
                daemon.post()
        to_ministry = sum(MINISTRY in to for _, to, _ in smtp.received)
        return {"reminders": len(smtp.received) - to_ministry, "digests": to_ministry}

    digests = len(rulebook().under_way(first.date()))  # one for each campaign
    assert digests == len(rulebook().under_way(back.date()))
    assert speak_at(first) == {"reminders": 63, "digests": digests}
    assert speak_at(first + timedelta(hours=3)) == {"reminders": 0, "digests": 0}
    assert speak_at(back) == {"reminders": 63, "digests": digests}  # not those of two stages and two weeks
    assert speak_at(back + timedelta(hours=3)) == {"reminders": 0, "digests": 0}
