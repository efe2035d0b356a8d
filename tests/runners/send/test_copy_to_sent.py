"""The copy in the folder of sent mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest
from imapclient import IMAPClient

from bot.adapters.imap import Inbox, MailboxLost, MailboxRefused
from bot.config import Mailbox
from bot.demo.servers import DemoImap
from bot.runners.send import Sent, copy_to_sent
from tests.runners.send.outbox import START, Post, mail

if TYPE_CHECKING:
    from datetime import datetime


@dataclass
class SentFolder:
    """The inbox, as far as copies need it."""

    held: list[tuple[str, bytes, bool]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refuses: set[bytes] = field(default_factory=set)

    def has(self, folder: str, message_id: str) -> bool:  # noqa: ARG002
        self.asked.append(message_id)
        return any(message_id.encode() in raw for _, raw, _ in self.held)

    def append(self, folder: str, raw: bytes, when: datetime, *, seen: bool = True) -> None:  # noqa: ARG002
        if raw in self.refuses:
            raise MailboxRefused("too large")
        self.held.append((folder, raw, seen))


def mailbox(**more: object) -> Mailbox:
    return Mailbox.model_validate({"host": "127.0.0.1", "port": 143, "security": "none"} | more)


def copy(post: Post, folder: SentFolder, **more: object) -> int:
    return copy_to_sent(post.ledger, post.vault, cast("Inbox", folder), mailbox(**more), post.clock)


def test_each_sent_mail_gets_one_copy_that_is_seen(post: Post) -> None:
    mails = [mail("reply:1"), mail("reply:2")]
    post.queue(*mails)
    assert copy(post, folder := SentFolder()) == 0, "nothing is sent yet"
    post.send()
    assert (copy(post, folder), copy(post, folder)) == (2, 0)
    assert folder.held == [("Sent", one.raw, True) for one in mails]


def test_a_copy_whose_note_was_lost_gets_no_second_one(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(key: str, now: datetime) -> None:
        raise KeyboardInterrupt

    post.queue(mail("reply:1"), mail("reply:2"))
    post.send()
    folder = SentFolder()
    with monkeypatch.context() as dying:
        dying.setattr(post.ledger, "copied", kill)
        with pytest.raises(KeyboardInterrupt):
            copy(post, folder)
    assert copy(post, folder) == 2
    assert len(folder.held) == 2


def test_only_the_first_copy_of_a_round_costs_a_question(post: Post) -> None:
    post.queue(*(mail(f"reply:{number}") for number in range(9)))
    post.send()
    copy(post, folder := SentFolder())
    assert folder.asked == ["<reply.0@bo.example>"]


def test_a_copy_that_the_mailbox_refuses_stands_in_the_way_of_nothing(post: Post) -> None:
    post.queue(mail("reply:1"), mail("reply:2"))
    post.send()
    folder = SentFolder(refuses={mail("reply:1").raw})
    assert copy(post, folder) == 1
    post.queue(mail("reply:3"))
    assert post.send() == Sent(sent=1)


def test_a_lost_mailbox_is_the_callers_to_open_again_and_sending_goes_on(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(folder: str, message_id: str) -> bool:
        raise MailboxLost("gone")

    post.queue(mail("reply:1"))
    post.send()
    folder = SentFolder()
    with monkeypatch.context() as away:
        away.setattr(folder, "has", lose)
        with pytest.raises(MailboxLost):
            copy(post, folder)
    post.queue(mail("reply:2"))
    assert post.send() == Sent(sent=1)
    assert copy(post, folder) == 2


def test_no_copies_where_the_provider_makes_them(post: Post) -> None:
    post.queue(mail("reply:1"))
    post.send()
    assert copy(post, folder := SentFolder(), save_sent=False) == 0
    assert folder.held == []


def test_a_lost_raw_mail_does_not_stand_in_the_way_of_later_copies(post: Post) -> None:
    post.queue(mail("reply:1"), mail("reply:2"))
    (due, _) = post.ledger.due(START, 2)
    post.send()
    post.vault.path(due.raw).unlink()
    copy(post, folder := SentFolder())
    assert [raw for _, raw, _ in folder.held] == [mail("reply:2").raw]
    assert copy(post, folder) == 0


def test_copies_in_a_real_mailbox(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(key: str, now: datetime) -> None:
        raise KeyboardInterrupt

    post.queue(mail("reply:1"), mail("reply:2"))
    post.send()
    with DemoImap() as server:
        monkeypatch.setenv("IMAP_SECRET", server.password)
        place = mailbox(port=server.port, user=server.user, password_env="IMAP_SECRET")
        inbox = Inbox(place)
        inbox.connect()
        with monkeypatch.context() as dying:
            dying.setattr(post.ledger, "copied", kill)
            with pytest.raises(KeyboardInterrupt):
                copy_to_sent(post.ledger, post.vault, inbox, place, post.clock)
        assert copy_to_sent(post.ledger, post.vault, inbox, place, post.clock) == 2
        inbox.close()
        with IMAPClient(server.host, server.port, ssl=False) as reader:
            reader.login(server.user, server.password)
            reader.select_folder("Sent", readonly=True)
            copies = reader.fetch(reader.search(), ["BODY.PEEK[]", "FLAGS"])
    assert [one[b"BODY[]"] for _, one in sorted(copies.items())] == [mail("reply:1").raw, mail("reply:2").raw]
    assert all(b"\\Seen" in one[b"FLAGS"] for one in copies.values())
