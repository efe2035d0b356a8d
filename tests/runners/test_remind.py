"""Reminders: one mail for each reporter and stage, to those who owe something, however often the clock asks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Arrival, Ledger
from bot.adapters.vault import Vault
from bot.language import VIETNAM
from bot.model import Bounce, Decision, Extension, Heading, Mail, Outcome, Rulebook, Settlement, Severity, Stage
from bot.runners.blank import BlankMaker
from bot.runners.remind import RemindDesk, find_due, remind, write_reminder
from tests.flow.office import SENDER, rulebook, templates, writer
from tests.flow.records import BOX, CAMPAIGN, finding, part, record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.adapters.ledger import Due
    from bot.reply.write import Writer

AT = time(8, 0)
FIRST = datetime(2012, 6, 26, 8, 0, tzinfo=VIETNAM)
"""Fourteen working days before 15/7/2012, at the hour of reminders."""
SECOND = datetime(2012, 7, 5, 8, 0, tzinfo=VIETNAM)
"""Seven before."""
NGHE_AN = ("bql.kcn@nghean.example", "skhdt@nghean.example")


@dataclass
class Clerk:
    ledger: Ledger
    vault: Vault
    rulebook: Rulebook
    writer: Writer

    def desk(self) -> RemindDesk:
        rulebook = self.rulebook.extended(self.ledger.extensions())
        return RemindDesk(self.ledger, self.vault, rulebook, self.writer, SENDER, AT)

    def remind(self, now: datetime) -> int:
        return remind(self.desk(), now)

    def post(self, now: datetime) -> None:
        for key in self.outbox():
            self.ledger.sent(key, now)

    def outbox(self) -> dict[str, Due]:
        return {one.key: one for one in self.ledger.due(datetime(2100, 1, 1, tzinfo=VIETNAM), 1000)}

    def text_to(self, code: str, now: datetime) -> str:
        (due,) = (one for one in find_due(self.desk(), now) if one.reporter.code == code)
        mail = write_reminder(self.desk(), due, now)
        assert mail is not None
        return mail.text


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return rulebook()


@pytest.fixture
def clerk(tmp_path: Path, rules: Rulebook) -> Iterator[Clerk]:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.migrate()
    yield Clerk(ledger, Vault(tmp_path / "vault"), rules, writer(rules))
    ledger.close()


def test_everybody_who_owes_is_reminded_once_at_a_stage(clerk: Clerk) -> None:
    assert clerk.remind(FIRST - timedelta(minutes=1)) == 0
    assert clerk.remind(FIRST) == 63
    assert clerk.remind(FIRST) == 0
    due = clerk.outbox()[f"remind:{CAMPAIGN}/40/14/2012-07-15"]
    assert (due.kind, due.to) == ("reminder", NGHE_AN)
    assert clerk.vault.get(due.raw)
    clerk.post(FIRST)
    assert clerk.remind(FIRST + timedelta(days=3)) == 0


def test_each_stage_is_another_mail(clerk: Clerk) -> None:
    clerk.remind(FIRST)
    clerk.post(FIRST)
    assert clerk.remind(SECOND) == 63
    assert f"remind:{CAMPAIGN}/40/7/2012-07-15" in clerk.outbox()


def test_after_a_downtime_only_the_latest_stage_is_sent(clerk: Clerk) -> None:
    assert clerk.remind(datetime(2012, 7, 13, 20, 0, tzinfo=VIETNAM)) == 63
    assert {key.split("/")[2] for key in clerk.outbox()} == {"1"}


def test_who_has_sent_all_is_not_reminded_and_who_must_correct_is(clerk: Clerk) -> None:
    owed = [one for one in clerk.rulebook.owed_by("40") if one.deadline and one.deadline.day == date(2012, 7, 15)]
    sent = [part(one.form, Outcome.ACCEPTED) for one in owed]
    copies = [one.signed for one in owed]
    record(clerk.ledger, 1, FIRST - timedelta(days=2), *sent, reporter="40", signed=copies)
    record(clerk.ledger, 2, FIRST - timedelta(days=1), part("I.1", Outcome.RETURNED), reporter="38")
    assert clerk.remind(FIRST) == 62
    reminded = {key.split("/")[1] for key in clerk.outbox()}
    assert "40" not in reminded
    assert "38" in reminded


def test_the_half_that_is_missing_is_named(clerk: Clerk) -> None:
    july = [one for one in clerk.rulebook.owed_by("40") if one.deadline and one.deadline.day == date(2012, 7, 15)]
    sent = [part(one.form, Outcome.ACCEPTED) for one in july]
    record(clerk.ledger, 1, FIRST - timedelta(days=2), *sent, reporter="40", signed=["BC-II-VB", "BC-II-CK"])
    record(clerk.ledger, 2, FIRST - timedelta(days=2), reporter="38", outcome=Outcome.SIGNED, signed=["BC-I"])
    text = clerk.text_to("40", FIRST)
    assert "gửi bản ký (bản quét PDF có chữ ký, đóng dấu)" in text
    assert "Báo cáo quy hoạch KCN đã nhận tệp, còn thiếu bản ký" in text
    assert "BC-II" not in text
    other = clerk.text_to("38", FIRST)
    assert "Biểu I.1–I.4 đã nhận bản ký, còn thiếu tệp số liệu Excel" in other


def test_a_reminder_names_what_is_missing_what_was_returned_and_what_is_done(clerk: Clerk) -> None:
    autumn = datetime(2012, 11, 27, 8, 0, tzinfo=VIETNAM)
    record(clerk.ledger, 1, FIRST, part("I.1", Outcome.ACCEPTED), reporter="40")
    record(clerk.ledger, 2, FIRST, part("III.4", Outcome.RETURNED), reporter="40")
    text = clerk.text_to("40", autumn)
    assert "Biểu III.4" in text
    assert "trước ngày 30/11/2012 (còn 3 ngày)" in text
    assert "12-40-0002" in text
    assert "Biểu I.1" in text


def test_an_answer_that_is_still_to_come_is_asked_for(clerk: Clerk) -> None:
    owed = [replace(one, signed="") for one in clerk.rulebook.owed_by("40")]
    clerk.rulebook = replace(clerk.rulebook, obligations=tuple(owed))
    asked = part("I.4", Outcome.ACCEPTED, finding("hoi", Severity.QUERY), finding("hoi", Severity.QUERY))
    others = [part(one.form, Outcome.ACCEPTED) for one in owed if one.form != "I.4"]
    record(clerk.ledger, 1, FIRST, *others, asked, reporter="40")
    text = clerk.text_to("40", FIRST)
    assert text.startswith("Đến ngày 26/6/2012, Bộ chưa nhận được giải trình của Quý cơ quan về 2 nội dung.")
    assert "– Biểu I.4: 2 nội dung, nêu trong thư trả lời có mã biên nhận 12-40-0001." in text


def test_what_would_be_sent_can_be_seen_without_sending(clerk: Clerk) -> None:
    assert len(find_due(clerk.desk(), FIRST)) == 63
    assert clerk.outbox() == {}


def test_nobody_is_reminded_while_the_last_day_lasts(clerk: Clerk) -> None:
    assert clerk.remind(datetime(2012, 7, 16, 23, 59, tzinfo=VIETNAM)) == 0
    assert clerk.remind(datetime(2012, 7, 17, 8, 0, tzinfo=VIETNAM)) == 63


def test_a_reminder_that_waits_is_withdrawn_when_what_it_asks_for_has_come(clerk: Clerk) -> None:
    clerk.remind(FIRST)
    owed = clerk.rulebook.owed_by("40")
    sent, copies = [part(one.form, Outcome.ACCEPTED) for one in owed], [one.signed for one in owed if one.signed]
    record(clerk.ledger, 1, FIRST, *sent, reporter="40", signed=copies)
    assert clerk.remind(FIRST) == 0
    assert len(clerk.outbox()) == 62
    assert not any("/40/" in key for key in clerk.outbox())


def test_a_reminder_that_waits_is_written_anew_when_less_is_missing(clerk: Clerk) -> None:
    clerk.remind(FIRST)
    record(clerk.ledger, 1, FIRST, part("I.1", Outcome.ACCEPTED), reporter="40")
    assert clerk.remind(FIRST) == 1
    due = clerk.outbox()[f"remind:{CAMPAIGN}/40/14/2012-07-15"]
    text = message_from_bytes(clerk.vault.get(due.raw), policy=default).get_body(("plain",))
    assert text is not None
    assert "Đã hoàn thành: Biểu I.1." in text.get_content()


def test_more_time_granted_withdraws_a_reminder_that_waits_and_none_that_was_sent(clerk: Clerk) -> None:
    clerk.remind(FIRST)
    clerk.post(FIRST)
    clerk.remind(SECOND)
    forms = [one.form for one in clerk.rulebook.owed_by("40") if one.deadline and one.deadline.day == date(2012, 7, 15)]
    until = date(2012, 7, 31)
    more = [Extension(CAMPAIGN, one, "40", until, "chậm nhất ngày 31/7/2012", "Chờ", "x", SECOND) for one in forms]
    clerk.ledger.extend(more)
    assert clerk.remind(SECOND) == 0
    assert len(clerk.outbox()) == 62
    later = datetime(2012, 7, 18, 8, 0, tzinfo=VIETNAM)
    clerk.post(SECOND)
    clerk.remind(later)
    assert f"remind:{CAMPAIGN}/40/7/2012-07-31" not in clerk.outbox()
    assert "chậm nhất ngày 31/7/2012 (còn 13 ngày; theo gia hạn: Chờ)" in clerk.text_to("40", later)


def test_no_stage_is_told_twice_when_the_clock_runs_back(clerk: Clerk) -> None:
    clerk.remind(SECOND)
    clerk.post(SECOND)
    assert clerk.remind(FIRST) == 0
    assert clerk.remind(SECOND + timedelta(days=1)) == 0


def test_of_two_workers_one_tells_a_stage(clerk: Clerk) -> None:
    mail = Mail("remind:c/40/3/2012-07-15", "reminder", "<a@b>", ("a@b.example",), "", b"")
    stage = Stage("c", "40", date(2012, 7, 15), 3)
    assert clerk.ledger.enqueue_reminder(mail, "0" * 64, [stage], "says", FIRST)
    bundle = replace(mail, key="remind:c/40/1/2012-08-15+c/40/3/2012-07-15")
    assert not clerk.ledger.enqueue_reminder(bundle, "0" * 64, [replace(stage, number=1), stage], "says", FIRST)
    assert [one.stage for one in clerk.ledger.told(["c"])] == [stage]
    assert list(clerk.outbox()) == [mail.key]


def test_the_head_of_the_office_gets_a_copy_of_what_is_long_overdue(clerk: Clerk) -> None:
    head = "lanhdao@nghean.example"
    reporters = tuple(
        replace(one, addresses=(head, *one.addresses), heads=(head,)) if one.code == "40" else one
        for one in clerk.rulebook.reporters
    )
    clerk.rulebook = replace(clerk.rulebook, reporters=reporters)
    for day, cc in ((17, ()), (24, (head,))):
        now = datetime(2012, 7, day, 8, 0, tzinfo=VIETNAM)
        (due,) = (one for one in find_due(clerk.desk(), now) if one.reporter.code == "40")
        assert (due.to, due.cc) == (NGHE_AN, cc)
        assert ("đồng kính gửi Lãnh đạo" in clerk.text_to("40", now)) is bool(cc)


def come_back(
    clerk: Clerk, number: int, address: str, at: datetime, of: str = "", sender: str = "", *, sealed: bool = True
) -> None:
    """Let a delivery notice about *address* be settled; with *sender* a mail of a person instead."""
    name = hashlib.sha256(b"bounce %d" % number).hexdigest()
    clerk.ledger.receive(BOX, [Arrival(1000 + number, name, 1000, at)], at)
    message = next(one.id for one in clerk.ledger.undecided(at, 1000) if one.sha256 == name)
    outcome = Outcome.RETURNED if sender else Outcome.IGNORED
    bounces = () if sender else (Bounce(address, "", "5.1.1", of, sealed),)
    decision = Decision(outcome, f"12-00-{number}", at, "f00")
    clerk.ledger.settle(message, Settlement(decision, Heading(sender), bounces=bounces), {}, at)


def test_nothing_is_sent_where_a_mail_came_back_until_one_comes_from_there(clerk: Clerk) -> None:
    clerk.remind(FIRST)
    sent = clerk.outbox()[f"remind:{CAMPAIGN}/40/14/2012-07-15"]
    clerk.post(FIRST)
    gone, other = NGHE_AN
    come_back(clerk, 1, gone, FIRST, of=sent.message_id)
    come_back(clerk, 2, "la@noikhac.example", FIRST, of="<x@noikhac.example>")  # we never wrote there
    come_back(clerk, 5, other, FIRST)  # it quotes no mail of ours
    come_back(clerk, 6, other, FIRST, of=sent.message_id, sealed=False)  # which anybody could compute
    assert [(one.address, one.status, one.mail) for one in clerk.ledger.unreachable()] == [(gone, "5.1.1", sent.key)]

    clerk.remind(SECOND)
    again = clerk.outbox()[f"remind:{CAMPAIGN}/40/7/2012-07-15"]
    assert again.to == (other,)
    come_back(clerk, 3, other, SECOND, of=again.message_id)
    assert clerk.remind(SECOND) == 0
    assert f"remind:{CAMPAIGN}/40/7/2012-07-15" not in clerk.outbox()

    come_back(clerk, 4, "", SECOND, sender=gone)
    assert clerk.remind(SECOND) == 1
    assert clerk.outbox()[f"remind:{CAMPAIGN}/40/7/2012-07-15"].to == (gone,)


def test_the_first_reminder_of_a_deadline_brings_the_blanks(clerk: Clerk) -> None:
    desk = replace(clerk.desk(), blanks=BlankMaker(clerk.rulebook, templates()))
    # Drawn for one reporter only: a whole country's blanks take half a minute.
    others = [part(one.form, Outcome.ACCEPTED) for one in clerk.rulebook.owed_by("40")]
    codes = sorted({one.reporter for one in clerk.rulebook.obligations} - {"40"})
    for number, code in enumerate(codes, 1):
        record(clerk.ledger, number, FIRST, *others, reporter=code)
    files = []
    for now in (FIRST, SECOND):
        remind(desk, now)
        due = next(one for key, one in clerk.outbox().items() if "/40/" in key)
        parts = message_from_bytes(clerk.vault.get(due.raw), policy=default).iter_attachments()
        files.append([one.get_filename() for one in parts])
        clerk.post(now)
    assert files[0][0] == "Bieu-I.1-Nghe-An.xlsx"
    assert len(files[0]) == 10
    assert files[1] == []
