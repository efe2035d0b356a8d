"""The inbox at real servers: pymap and Dovecot, in clear and over TLS."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from imapclient import IMAPClient

from bot.adapters.imap import Inbox, Listed, MailboxLost, MailboxRefused
from tests.servers import NOON, Door, person_at

if TYPE_CHECKING:
    from collections.abc import Iterator

VIETNAMESE = "Đã xử lý/Quý III – Nghệ An"


def mail(number: int, size: int = 0) -> bytes:
    return b"Message-ID: <%d@bql.example>\r\nSubject: Bieu III.4\r\n\r\n" % number + b"x" * size + b"\r\n"


@pytest.fixture
def inbox(imap_server: Door) -> Iterator[Inbox]:
    opened = Inbox(imap_server.settings)
    opened.connect()
    opened.select()
    yield opened
    opened.close()


def everything(inbox: Inbox) -> tuple[Listed, ...]:
    return inbox.list(0, inbox.select().uidnext - 1)


def by_sequence(door: Door, folder: str) -> list[dict[bytes, object]]:
    """Return flags, date and bytes of all mails of *folder*, oldest first."""
    with person_at(door.settings) as person:
        exists = person.select_folder(folder, readonly=True)[b"EXISTS"]
        person.use_uid = False
        told = person.fetch(range(1, exists + 1), ["FLAGS", "INTERNALDATE", "BODY.PEEK[]"])
        return [{key: one[key] for key in (b"FLAGS", b"INTERNALDATE", b"BODY[]")} for _, one in sorted(told.items())]


def test_a_mail_is_listed_with_its_size_and_the_servers_date_and_fetched_byte_for_byte(
    imap_server: Door, inbox: Inbox
) -> None:
    raw = "Subject: Báo cáo\r\n\r\n8-bit, as it came: Nghệ An\r\n".encode()
    uid = imap_server.server.deliver(raw, NOON)

    listed = everything(inbox)

    assert listed == (Listed(uid, len(raw), NOON),)
    assert list(inbox.fetch(listed)) == [(listed[0], raw)]


def test_the_list_is_ascending_and_keeps_to_its_bounds(imap_server: Door, inbox: Inbox) -> None:
    uids = [imap_server.server.deliver(mail(number), NOON) for number in range(5)]
    uidnext = inbox.select().uidnext

    assert [one.uid for one in inbox.list(0, uidnext - 1)] == uids
    assert [one.uid for one in inbox.list(uids[1], uids[3])] == uids[2:4]


def test_nothing_is_listed_above_the_last_mail_although_a_server_always_has_one_for_a_backward_range(
    imap_server: Door, inbox: Inbox
) -> None:
    uid = imap_server.server.deliver(mail(1), NOON)
    inbox.select()

    assert inbox.list(uid, uid) == ()
    assert inbox.list(uid + 100, uid) == ()
    assert inbox.list(uid, uid + 100) == ()


def test_mail_from_before_the_first_day_is_not_listed(imap_server: Door, inbox: Inbox) -> None:
    midnight = NOON.replace(hour=0)
    imap_server.server.deliver(mail(1), midnight - timedelta(minutes=1))
    wanted = imap_server.server.deliver(mail(2), midnight + timedelta(minutes=1))
    inbox.select()

    assert [one.uid for one in inbox.list(0, 1000, since=date(2012, 7, 10))] == [wanted]


def test_a_mail_that_vanished_after_the_list_is_passed_over(imap_server: Door, inbox: Inbox) -> None:
    uids = [imap_server.server.deliver(mail(number), NOON) for number in range(3)]
    listed = everything(inbox)
    with person_at(imap_server.settings) as person:
        person.delete_messages([uids[1]])
        person.expunge()
    inbox.select()  # pymap goes on showing what was there at the last SELECT

    assert [one.uid for one, _ in inbox.fetch(listed)] == [uids[0], uids[2]]
    assert inbox.fetch_header(uids[1]) is None
    inbox.file([uids[1]], "Đã xử lý")


def test_fetching_sets_no_flag(imap_server: Door, inbox: Inbox) -> None:
    uid = imap_server.server.deliver(mail(1), NOON)
    listed = everything(inbox)
    assert len(list(inbox.fetch(listed))) == 1
    inbox.fetch_header(uid)
    inbox.part_names(uid)

    with person_at(imap_server.settings) as person:
        assert rb"\Seen" not in person.get_flags([uid])[uid]


def test_what_a_person_has_read_is_fetched_all_the_same(imap_server: Door, inbox: Inbox) -> None:
    uid = imap_server.server.deliver(mail(1), NOON)
    with person_at(imap_server.settings) as person:
        person.add_flags([uid], rb"\Seen")

    assert [one.uid for one, _ in inbox.fetch(everything(inbox))] == [uid]


def test_of_a_mail_too_large_to_fetch_the_header_and_the_file_names_can_be_had(imap_server: Door, inbox: Inbox) -> None:
    header = b"Subject: large\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    first = b'--b\r\nContent-Type: application/octet-stream; name="III.4.xlsx"\r\n\r\nPK\r\n'
    second = b'--b\r\nContent-Type: application/pdf; name="cong van (1).pdf"\r\n\r\n%PDF\r\n'
    uid = imap_server.server.deliver(header + first + second + b"--b--\r\n", NOON)
    inbox.select()

    assert inbox.fetch_header(uid) == header
    assert inbox.part_names(uid) == ("III.4.xlsx", "cong van (1).pdf")


@pytest.mark.parametrize("with_move", [True, False], ids=["MOVE", "COPY"])
def test_filing_makes_the_folder_and_keeps_bytes_and_date(
    imap_server: Door, inbox: Inbox, with_move: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not with_move:
        can = IMAPClient.has_capability
        monkeypatch.setattr(IMAPClient, "has_capability", lambda self, name: name != "MOVE" and can(self, name))
    uids = [imap_server.server.deliver(mail(number), NOON) for number in range(3)]
    inbox.select()

    inbox.file(uids[:2], VIETNAMESE, seen=True)

    filed = by_sequence(imap_server, VIETNAMESE)
    assert [one[b"BODY[]"] for one in filed] == [mail(0), mail(1)]
    assert [one[b"INTERNALDATE"] for one in filed] == [NOON, NOON]
    with person_at(imap_server.settings) as person:
        assert VIETNAMESE in [name for _, _, name in person.list_sub_folders()]
        left = person.get_flags(person.search("ALL"))
    if with_move:
        assert list(left) == [uids[2]]
    else:
        assert [uid for uid, flags in left.items() if rb"\Deleted" in flags] == uids[:2]  # marked, never expunged


def test_a_name_in_decomposed_letters_is_the_same_folder(imap_server: Door, inbox: Inbox) -> None:
    first, second = (imap_server.server.deliver(mail(number), NOON) for number in range(2))
    inbox.select()

    inbox.file([first], "Sự cố")
    inbox.file([second], "Sự cố")

    assert len(by_sequence(imap_server, "Sự cố")) == 2


def test_a_copy_of_what_was_sent_is_appended_once_asked_by_its_message_id(imap_server: Door, inbox: Inbox) -> None:
    assert not inbox.has("Thư đã gửi", "<1@bql.example>")

    inbox.append("Thư đã gửi", mail(1), NOON)

    assert inbox.has("Thư đã gửi", "<1@bql.example>")
    assert not inbox.has("Thư đã gửi", "<2@bql.example>")
    assert not inbox.has("Thư đã gửi", '<1@bql.example>" NOT DELETED\r\nx LOGOUT')
    kept = by_sequence(imap_server, "Thư đã gửi")[0]
    assert kept[b"INTERNALDATE"] == NOON
    assert rb"\Seen" in kept[b"FLAGS"]  # type: ignore[operator]
    inbox.select()


def test_after_a_stop_of_the_server_the_connection_is_known_to_be_lost_and_can_be_made_again(
    imap_server: Door, inbox: Inbox
) -> None:
    uid = imap_server.server.deliver(mail(1), NOON)
    before = inbox.select()
    imap_server.server.stop()

    with pytest.raises(MailboxLost):
        inbox.select()
    assert not inbox.connected
    with pytest.raises(MailboxLost):
        inbox.connect()

    imap_server.server.start()
    inbox.connect()
    assert inbox.selected is None
    assert inbox.select().uidvalidity == before.uidvalidity
    assert [one.uid for one in everything(inbox)] == [uid]


def test_a_lost_numbering_shows_in_uidvalidity(imap_server: Door, inbox: Inbox) -> None:
    imap_server.server.deliver(mail(1), NOON)
    before = inbox.select()
    inbox.close()
    imap_server.server.renumber()
    inbox.connect()

    assert inbox.select().uidvalidity != before.uidvalidity


def test_what_the_server_can_do_is_told_to_the_doctor(inbox: Inbox) -> None:
    assert {"IDLE", "MOVE"} <= set(inbox.capabilities())


def test_a_folder_that_cannot_be_made_is_told_to_the_operator(imap_server: Door, inbox: Inbox) -> None:
    uid = imap_server.server.deliver(mail(1), NOON)
    inbox.select()

    with pytest.raises(MailboxRefused, match="thư mục"):
        inbox.file([uid], "")
    assert inbox.connected
