"""Drafts at real servers: written once whatever dies, never sent by us, and followed until a person has decided."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest

from bot.adapters.imap import Inbox, MailboxRefused
from bot.config import Sending
from bot.message.drafts import is_unchanged
from bot.model import Enclosure, Fate, Mail, Outgoing
from bot.reply.compose import Sender, compose
from bot.runners.drafts import GONE_FOR, DraftDesk, follow_drafts, place_drafts
from bot.runners.withhold import Gate
from tests.runners.send.outbox import DAY, HOUR, MINUTE, OPERATOR, alarm_about, mail
from tests.servers import person_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from imapclient import IMAPClient

    from tests.runners.send.outbox import Post
    from tests.servers import Door

SECRET = b"seal"
SENDER = Sender("bot@bo.example", "Hệ thống tiếp nhận báo cáo", "bo.example", SECRET)
DRAFTS = Sending(mode="drafts")
TO = "bql@nghean.example"


def letter(
    post: Post, key: str, kind: str = "reply_returned", *, thread: str = "<goc@nghean.example>", subject: str = ""
) -> Mail:
    text = f"Báo cáo cần sửa 2 nội dung.\nĐề nghị sửa theo bản đánh dấu ({key}).\n"
    html = f"<p>Báo cáo cần sửa <b>2 nội dung</b>.</p><p>Đề nghị sửa theo bản đánh dấu ({key}).</p>"
    files = (Enclosure("ban-danh-dau.xlsx", b"PK bytes", "application/octet-stream"),)
    outgoing = Outgoing(
        key, kind, (TO,), subject or f"[Cần chỉnh sửa] {key}", text, html, in_reply_to=thread, enclosures=files
    )
    return compose(outgoing, SENDER, post.clock.now())


@dataclass
class Office:
    """The bot's side and the person's side of one mailbox."""

    post: Post
    desk: DraftDesk
    door: Door
    person: IMAPClient
    sending: Sending = DRAFTS

    def queue(self, *mails: Mail) -> None:
        self.post.queue(*mails)

    def tend(self, replies_per_hour: int = 100) -> None:
        """Do what the daemon does in each round, in its order."""
        ledger, clock = self.post.ledger, self.post.clock
        self.post.send(mode_of=self.sending.mode_of)
        ledger.route(self.sending.mode_of)
        settings = self.post.settings.model_copy(update={"replies_per_hour": replies_per_hour})
        place_drafts(self.desk, Gate(ledger, self.post.vault, settings, clock))
        follow_drafts(self.desk)

    def lying(self, folder: str = "Drafts") -> dict[int, bytes]:
        if not self.person.folder_exists(folder):
            return {}
        self.person.select_folder(folder)
        uids = self.person.search(["UNDELETED"])
        return {uid: told[b"BODY[]"] for uid, told in self.person.fetch(uids, ["BODY.PEEK[]"]).items()} if uids else {}

    def throw_away(self, folder: str = "Drafts") -> None:
        uids = list(self.lying(folder))
        self.person.delete_messages(uids)
        self.person.expunge()

    def send_it(self, raw: bytes, at: datetime | None = None) -> None:
        """Do as a mail program: put what was sent into Sent, take the draft away."""
        self.throw_away()
        if not self.person.folder_exists("Sent"):
            self.person.create_folder("Sent")
        self.person.append("Sent", raw, (), at or self.post.clock.now())

    def fates(self) -> dict[Fate, int]:
        return {fate: count for one in self.post.ledger.reviewed() for fate, count in one.fates.items()}

    def waiting(self) -> int:
        return sum(one.waiting for one in self.post.ledger.reviewed())


@pytest.fixture
def office(post: Post, either_server: Door) -> Iterator[Office]:
    inbox = Inbox(either_server.settings)
    inbox.connect()
    desk = DraftDesk(
        inbox, post.ledger, post.vault, either_server.settings, post.clock, SECRET, is_unchanged, alarm_about
    )
    with person_at(either_server.settings) as person:
        yield Office(post, desk, either_server, person)
    inbox.close()
    assert not [one for one in post.script.taken if b"X-Submission-Bot" in one.raw], "a draft was sent by us"


def rewritten(raw: bytes, *, extra: str = "", subject: str = "") -> bytes:
    """Return the mail as a web mailer sends it: written anew, without our headers, under an id of its own."""
    ours = message_from_bytes(raw, policy=policy.SMTP)
    made = type(ours)(policy=policy.SMTP)
    for name in ("To", "In-Reply-To", "References"):
        if ours[name]:
            made[name] = str(ours[name])
    made["From"] = "Bo phan tiep nhan <bot@bo.example>"
    made["Subject"] = subject or str(ours["Subject"])
    made["Message-ID"] = "<CA-own-id@webmail.example>"
    html = ours.get_body(("html",))
    assert html is not None
    body = html.get_content().replace("<p>", "<div style='margin:0'>\r\n  <span>").replace("</p>", "</span></div>")
    made.set_content("=== wrapped\nby the mail program ===")
    made.add_alternative(f"<html><head><style>p {{}}</style></head><body>{body}{extra}</body></html>", subtype="html")
    for part in ours.iter_attachments():
        made.add_attachment(part.get_content(), "application", "vnd.ms-excel", filename=part.get_filename())
    return made.as_bytes()


def test_a_mail_becomes_one_draft_and_stays_one(office: Office) -> None:
    reply = letter(office.post, "reply:1")
    office.queue(reply)
    for _ in range(3):
        office.tend()
        office.post.later(HOUR)
    assert list(office.lying().values()) == [reply.raw]
    (uid,) = office.lying()
    assert rb"\Draft" in office.person.get_flags([uid])[uid]
    assert (office.waiting(), office.fates()) == (1, {})


def test_the_folder_that_the_server_names_is_the_one(office: Office) -> None:
    if office.door.settings.security != "tls":
        pytest.skip("only Dovecot tells what a folder is for")
    office.person.create_folder("Thư nháp")
    office.queue(letter(office.post, "reply:1"))
    office.tend()
    assert len(office.lying("Thư nháp")) == 1
    assert not office.person.folder_exists("Drafts")


def test_an_alarm_is_never_a_draft(office: Office) -> None:
    office.queue(mail("alert:1", OPERATOR, kind="alert_operator"))
    office.tend()
    assert office.lying() == {}
    assert len(office.post.script.taken) == 1


def test_sent_as_it_was_by_a_program_that_keeps_it(office: Office) -> None:
    reply = letter(office.post, "reply:1")
    office.queue(reply)
    office.tend()
    office.post.later(HOUR)
    office.send_it(reply.raw)
    office.tend()
    assert (office.fates(), office.waiting()) == ({Fate.UNCHANGED: 1}, 0)
    assert office.post.ledger.sent_since(office.post.clock.now() - MINUTE) == 1
    office.tend()
    assert office.lying() == {}, "what was sent is not written anew"


@pytest.mark.parametrize(
    ("extra", "fate"), [("", Fate.UNCHANGED), ("<p>Xin gọi anh Nam.</p>", Fate.CHANGED)], ids=["as it was", "changed"]
)
@pytest.mark.parametrize("thread", ["<goc@nghean.example>", ""], ids=["an answer", "a reminder"])
def test_sent_by_a_program_that_writes_it_anew(office: Office, thread: str, extra: str, fate: Fate) -> None:
    reply = letter(office.post, "remind:1", thread=thread)
    office.queue(reply)
    office.tend()
    office.post.later(HOUR)
    office.send_it(rewritten(reply.raw, extra=extra))
    office.tend()
    assert office.fates() == {fate: 1}
    assert office.post.ledger.has_mail(["remind:1"])


def test_a_changed_subject_or_file_is_a_change(office: Office) -> None:
    first, second = (letter(office.post, f"reply:{number}", thread=f"<{number}@nghean.example>") for number in (1, 2))
    office.queue(first, second)
    office.tend()
    office.post.later(HOUR)
    office.send_it(rewritten(first.raw, subject="Về báo cáo của Quý cơ quan"))
    office.send_it(rewritten(second.raw).replace(b"UEsg", b"UEsh"))
    office.tend()
    assert office.fates() == {Fate.CHANGED: 2}


def test_a_draft_that_somebody_is_writing_on_waits(office: Office) -> None:
    reply = letter(office.post, "reply:1")
    office.queue(reply)
    office.tend()
    office.throw_away()
    office.person.append("Drafts", rewritten(reply.raw, extra="<p>Thêm</p>"), (rb"\Draft",), office.post.clock.now())
    office.post.later(GONE_FOR + DAY)
    office.tend()
    assert (office.waiting(), office.fates()) == (1, {})


def test_a_deleted_draft_is_noted_after_a_while_and_not_written_again(office: Office) -> None:
    office.queue(letter(office.post, "reply:1"))
    office.tend()
    office.throw_away()
    office.tend()
    assert office.fates() == {}, "a mail program may hold it back for a while"
    office.post.later(GONE_FOR)
    office.tend()
    assert office.fates() == {Fate.DELETED: 1}
    office.tend()
    assert office.lying() == {}


def test_what_was_thought_deleted_and_is_sent_later_counts_as_sent(office: Office) -> None:
    reply = letter(office.post, "reply:1")
    office.queue(reply)
    office.tend()
    office.throw_away()
    office.tend()
    office.post.later(GONE_FOR)
    office.tend()
    office.post.later(DAY)
    office.send_it(reply.raw)
    office.tend()
    assert office.fates() == {Fate.UNCHANGED: 1}


def test_two_answers_to_one_mail_are_told_apart(office: Office) -> None:
    receipt, reply = letter(office.post, "receipt:1", "receipt"), letter(office.post, "reply:1")
    office.queue(receipt, reply)
    office.tend()
    office.post.later(HOUR)
    office.send_it(rewritten(reply.raw))
    office.tend()
    by_kind = {one.kind: one.fates for one in office.post.ledger.reviewed()}
    assert by_kind == {"receipt": {}, "reply_returned": {Fate.UNCHANGED: 1}}


def test_a_letter_that_a_person_wrote_himself_is_not_a_draft_that_still_lies_there(office: Office) -> None:
    reply = letter(office.post, "reply:1")
    office.queue(reply)
    office.tend()
    office.post.later(HOUR)
    office.person.create_folder("Sent")
    office.person.append("Sent", rewritten(reply.raw, extra="<p>thư riêng</p>"), (), office.post.clock.now())
    office.tend()
    assert (office.waiting(), office.fates()) == (1, {})


class Death(BaseException):
    """The process ends here."""


def dying(*_: object, **__: object) -> None:
    raise Death


def test_who_dies_between_the_folder_and_the_note_leaves_one_draft(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.queue(letter(office.post, "reply:1"))
    with monkeypatch.context() as patch:
        patch.setattr(office.post.ledger, "drafted", dying)
        with pytest.raises(Death):
            office.tend()
    assert len(office.lying()) == 1
    office.tend()
    assert len(office.lying()) == 1
    assert office.waiting() == 1


def test_who_dies_before_the_folder_has_it_writes_it_then(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.queue(letter(office.post, "reply:1"))
    with monkeypatch.context() as patch:
        patch.setattr(office.desk.inbox, "append", dying)
        with pytest.raises(Death):
            office.tend()
    assert office.lying() == {}
    office.tend()
    assert len(office.lying()) == 1


@pytest.mark.parametrize("sent", [True, False], ids=["sent meanwhile", "deleted meanwhile"])
def test_what_a_person_did_while_we_were_dead_is_not_undone(
    office: Office, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    reply = letter(office.post, "reply:1")
    office.queue(reply)
    with monkeypatch.context() as patch:
        patch.setattr(office.post.ledger, "drafted", dying)
        with pytest.raises(Death):
            office.tend()
    office.post.later(HOUR)
    if sent:
        office.send_it(reply.raw)
    else:
        office.throw_away()
    office.tend()
    assert office.lying() == {}
    assert office.fates() == ({Fate.UNCHANGED: 1} if sent else {})
    # Whether it was ever there nobody can know then: a person is asked, as for a mail that may have been sent.
    assert [one.kind for one in office.post.ledger.possibly_sent()] == ([] if sent else ["reply_returned"])


def test_a_draft_that_the_server_refuses_holds_up_no_other_and_the_operator_hears_of_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = letter(office.post, "reply:1"), letter(office.post, "reply:2")
    office.queue(first, second)
    append = office.desk.inbox.append

    def over_quota(folder: str, raw: bytes, when: datetime, *, draft: bool = False) -> None:
        if raw == first.raw:
            raise MailboxRefused("[OVERQUOTA]")
        append(folder, raw, when, draft=draft)

    with monkeypatch.context() as patch:
        patch.setattr(office.desk.inbox, "append", over_quota)
        for _ in range(4):
            office.tend()
            office.post.later(DAY)
    assert list(office.lying().values()) == [second.raw]
    assert office.post.ledger.has_mail(["alert:reply:1"])
    office.tend()
    assert len(office.lying()) == 2


def test_the_caps_hold_for_drafts(office: Office) -> None:
    office.queue(*(letter(office.post, f"reply:{number}") for number in range(5)))
    office.tend(replies_per_hour=2)
    assert len(office.lying()) == 2
    office.post.later(HOUR + MINUTE)
    office.tend(replies_per_hour=2)
    assert len(office.lying()) == 4


def test_a_kind_that_becomes_live_again_leaves_its_drafts_to_the_person(office: Office) -> None:
    office.queue(letter(office.post, "reply:1"))
    office.post.ledger.route(DRAFTS.mode_of)
    office.sending = Sending()
    office.tend()
    assert len(office.lying()) == 1
