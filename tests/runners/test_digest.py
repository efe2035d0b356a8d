"""The weekly digest: its figures against a ledger that was written by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Ledger
from bot.adapters.vault import Vault
from bot.config import Sending
from bot.language import VIETNAM
from bot.model import AuditEntry, Deed, Outcome, Rulebook, Severity
from bot.runners.digest import digest
from tests.adapters.ledger.samples import mail, raws
from tests.flow.office import MINISTRY, SENDER, configure, rulebook, writer
from tests.flow.records import CAMPAIGN, finding, part, record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from bot.config import Config

MONDAY = datetime(2012, 7, 9, 7, 30, tzinfo=VIETNAM)
"""The hour of the digest; it tells of the seven days before."""
WEDNESDAY = datetime(2012, 7, 4, 10, 0, tzinfo=VIETNAM)


_LEASED = "da_cho_thue_vuot_co_the_cho_thue"


class Clerk:
    def __init__(self, folder: Path, rules: Rulebook) -> None:
        self.ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}")
        self.ledger.migrate()
        self.vault = Vault(folder / "vault")
        self.config: Config = configure(folder)
        self.rules = rules

    def digest(self, now: datetime, sign_in_ends: date | None = None) -> int:
        who = writer(self.rules)
        return digest(self.ledger, self.vault, self.rules, who, SENDER, self.config, now, sign_in_ends)

    def keys(self) -> list[str]:
        return [one.key for one in self.ledger.due(datetime(2100, 1, 1, tzinfo=VIETNAM), 10)]

    def lines(self) -> list[str]:
        (due,) = self.ledger.due(datetime(2100, 1, 1, tzinfo=VIETNAM), 10)
        assert due.to == (MINISTRY,)
        text = message_from_bytes(self.vault.get(due.raw), policy=default).get_body(("plain",))
        assert text is not None
        return [line.strip("– .") for line in text.get_content().splitlines()]


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return rulebook()


@pytest.fixture
def clerk(tmp_path: Path, rules: Rulebook) -> Iterator[Clerk]:
    made = Clerk(tmp_path, rules)
    yield made
    made.ledger.close()


def test_one_digest_a_week_however_often_the_clock_asks(clerk: Clerk) -> None:
    assert clerk.digest(MONDAY) == 1
    assert clerk.digest(MONDAY) == 0
    assert clerk.digest(MONDAY + timedelta(days=6)) == 0
    assert clerk.keys() == [f"digest:{CAMPAIGN}/2012-W27"]
    assert clerk.digest(MONDAY + timedelta(days=7)) == 1


@pytest.mark.parametrize(("days", "told"), [(-1, True), (30, True), (31, False), (None, False)])
def test_the_end_of_the_sign_in_is_announced_thirty_days_ahead(days: int | None, told: bool, clerk: Clerk) -> None:
    ends = None if days is None else MONDAY.date() + timedelta(days=days)
    clerk.digest(MONDAY, ends)
    found = [line for line in clerk.lines() if "Quyền đăng nhập hộp thư hết hạn ngày" in line]
    assert len(found) == told
    if told:
        assert ends is not None
        assert f"hết hạn ngày {ends.day}/{ends.month}/2012" in found[0]


def test_after_three_weeks_of_downtime_one_digest_is_sent(clerk: Clerk) -> None:
    clerk.digest(MONDAY)
    assert clerk.digest(MONDAY + timedelta(days=24)) == 1
    assert clerk.keys() == [f"digest:{CAMPAIGN}/2012-W27", f"digest:{CAMPAIGN}/2012-W30"]


def test_nobody_gets_a_digest_that_nobody_wants(clerk: Clerk) -> None:
    clerk.config = configure(clerk.config.store.folder.parent, ministry={"digest_to": []})
    assert clerk.digest(MONDAY) == 0


@pytest.mark.parametrize(("officers", "told"), [([MINISTRY.upper()], True), (["khac@bokehoach.example"], False)])
def test_an_officer_is_told_that_he_may_answer_with_orders(officers: list[str], told: bool, clerk: Clerk) -> None:
    clerk.config = configure(clerk.config.store.folder.parent, ministry={"officers": officers})
    clerk.digest(MONDAY)
    assert any("trả lời thư này bằng lệnh" in line for line in clerk.lines()) is told


def test_the_figures_are_those_of_the_ledger(clerk: Clerk) -> None:
    good, bad = Outcome.ACCEPTED, Outcome.RETURNED
    before = WEDNESDAY - timedelta(days=7)
    record(clerk.ledger, 1, before, part("I.1", good), reporter="40")
    record(clerk.ledger, 2, WEDNESDAY, part("I.1", good), reporter="38")
    forms = [one.form for one in rulebook().owed_by("48")]
    record(clerk.ledger, 3, WEDNESDAY, *(part(form, good) for form in forms if form != "III.4"), reporter="48")
    record(clerk.ledger, 4, WEDNESDAY, part("III.4", good), reporter="48")
    record(clerk.ledger, 5, WEDNESDAY, part("I.1", bad, finding(_LEASED)), reporter="01")
    record(clerk.ledger, 6, WEDNESDAY, part("I.1", bad, finding(_LEASED), finding(_LEASED)), reporter="31")
    record(clerk.ledger, 7, WEDNESDAY, reporter="10")
    record(clerk.ledger, 8, WEDNESDAY, outcome=Outcome.IGNORED)
    record(clerk.ledger, 9, WEDNESDAY, outcome=Outcome.HELD, sender="tuvan@vanphong.example")
    record(clerk.ledger, 10, WEDNESDAY, outcome=Outcome.FAILED, reporter="10")
    clerk.digest(MONDAY)
    lines = clerk.lines()
    for line in (
        (
            "Đến ngày 9/7/2012, 1/63 đơn vị đã hoàn thành nội dung hạn trước ngày 15/7/2012 (còn 6 ngày); "
            "1 đơn vị đã hoàn thành cả đợt; 58 đơn vị chưa gửi nội dung nào"
        ),
        "Có thêm biểu đạt (2 đơn vị): Thanh Hóa, Đà Nẵng",
        "Cần sửa (2 đơn vị): Hà Nội, Hải Phòng",
        (
            "Trong tuần, hệ thống đã nhận và xử lý 9 thư, trong đó 1 thư tự động không trả lời. "
            "Hiện có 0 thư chờ xử lý, 0 thư trả lời chờ gửi"
        ),
    ):
        assert line in lines
    told = "\n".join(lines)
    assert "tuvan@vanphong.example" in told
    assert "12-10-0010" in told
    assert "the child process died" not in told
    milestone = "Biểu I.1–I.4, Báo cáo quy hoạch KCN (trước ngày 15/7/2012, còn 6 ngày): 1/63 đơn vị nộp đủ"
    assert f"{milestone}; đạt 7, cần sửa 2, chưa nhận 306; bản ký 0/63 đơn vị" in lines
    (frequent,) = (line for line in lines if _LEASED in line)
    assert frequent == f"Biểu I.1: {_LEASED} – 3 chỗ, 2 đơn vị"


def test_rules_on_trial_stand_apart_and_notes_are_not_told(clerk: Clerk) -> None:
    findings = (finding("dang_thu", trial=True), finding("ghi_chu", Severity.NOTE), finding("hoi", Severity.QUERY))
    record(clerk.ledger, 1, WEDNESDAY, part("I.1", Outcome.ACCEPTED, *findings), reporter="40")
    clerk.digest(MONDAY)
    wrong, _, trial = "\n".join(clerk.lines()).lower().partition("quy tắc đang dùng thử")
    assert "hoi" in wrong
    assert "dang_thu" not in wrong
    assert "dang_thu" in trial
    assert "ghi_chu" not in wrong + trial


def test_the_ministry_is_told_what_waits_for_it_and_how_much_left_unchanged(clerk: Clerk) -> None:
    kinds = ("reply_returned", "reply_returned", "refuse_empty_file", "refuse_damaged")
    for number, kind in enumerate(kinds):
        one = mail(f"x:{number}", kind)
        clerk.ledger.enqueue([one], raws(one), WEDNESDAY)
    clerk.ledger.route(Sending(mode="approve").mode_of)
    first = clerk.ledger.awaiting()[0].number
    assert clerk.ledger.approve(first, AuditEntry("truc", WEDNESDAY, Deed.APPROVE_MAIL, str(first), ""))
    clerk.ledger.sent("x:0", WEDNESDAY)
    clerk.digest(MONDAY)
    lines = clerk.lines()
    assert "Thư do người duyệt hoặc tự gửi từ mục thư nháp (3 thư chờ duyệt: bot outbox)" in lines
    assert "Thư yêu cầu chỉnh sửa: 1 chờ duyệt; gửi nguyên văn 1/1 (100%)" in lines
    assert "Thư báo không nhận được tệp: 2 chờ duyệt" in lines
