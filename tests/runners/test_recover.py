"""A backup while mails flow, the ledger lost, a restore: nothing lost, nothing answered twice, one number each."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from bot.adapters.clock import SimulatedClock
from bot.daemon import Daemon
from bot.model import Deed
from bot.runners.backup import back_up
from bot.runners.restore import restore
from bot.runners.verify import verify
from tests.faults.mails import make_mails
from tests.flow.in_process import InThisProcess
from tests.flow.office import NOON, configure
from tests.servers import Door, certificate, dovecot, either_server

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.servers import DemoSmtp
    from bot.runners.pipeline import Pipeline

__all__ = ["certificate", "dovecot", "either_server"]

MAILS = make_mails(9, 3)


class Ministry:
    """The world around a daemon that comes and goes."""

    def __init__(self, folder: Path, door: Door, smtp: DemoSmtp, thinker: Pipeline) -> None:
        self.imap, self.smtp, self.thinker = door.server, smtp, thinker
        self.clock = SimulatedClock(NOON)
        self.config = configure(folder, smtp={"port": smtp.port}).model_copy(update={"mailbox": door.settings})

    def daemon(self) -> Daemon:
        daemon = Daemon(self.config, self.clock)
        daemon._pool = InThisProcess(self.thinker)
        return daemon

    def deliver(self, *numbers: int) -> None:
        for number in numbers:
            self.clock.move_to(self.clock.now() + timedelta(minutes=7))
            # Servers hand mail out in the order in which it came to them, whatever time they say: 5 says a later one.
            self.imap.deliver(MAILS[number], self.clock.now() + timedelta(minutes=10 * (number == 5)))

    def replies(self) -> list[tuple[int, str, str]]:
        """Return of each mail that was sent: the number of what it answers, its Message-ID, its receipt."""
        told = []
        for _, _, raw in self.smtp.received:
            mail = message_from_bytes(raw, policy=policy.default)
            answered = re.search(r"crash-3-(\d+)@", str(mail["In-Reply-To"]))
            receipt = re.search(r"\d\d-\w+-\d{4}", str(mail["Subject"]))
            assert answered is not None
            assert receipt is not None
            told.append((int(answered[1]), str(mail["Message-ID"]), receipt[0]))
        return told


def work(daemon: Daemon) -> None:
    """Do a round without what the calendar says."""
    daemon.catch_up()
    daemon.receive()
    daemon.settle()
    daemon.post()
    daemon.tidy_mailbox()


def test_after_a_restore_every_mail_is_answered_exactly_once(
    tmp_path: Path, either_server: Door, smtp: DemoSmtp, thinker: Pipeline
) -> None:
    ministry = Ministry(tmp_path, either_server, smtp, thinker)
    data, to = ministry.config.store.folder, tmp_path / "sao-luu"
    with ministry.daemon() as first:
        ministry.deliver(0, 1)
        work(first)
        ministry.deliver(2)
        first.receive()
        first.settle()
        ministry.deliver(3)
        first.receive()  # in the vault, and undecided
        back_up(first.ledger, first.vault, data, to, ministry.clock.now(), lambda *_: None)
        work(first)  # 2 and 3 are answered and filed: the backup does not know it
        ministry.deliver(5, 4)  # nor these at all; 5 was taken in before 4
        work(first)
        ministry.deliver(6)
        first.receive()
        first.settle()
        first.post()
        first.tidy_mailbox()
        ministry.deliver(7)
        first.receive()
        first.settle()  # decided, under a number that nobody was told
    shutil.rmtree(data)
    ministry.deliver(8)

    ministry.clock.move_to(ministry.clock.now() + timedelta(hours=1))
    restore(to, ministry.config.store, "lan", ministry.clock.now(), lambda *_: None)
    with ministry.daemon() as second:
        for _ in range(2):
            work(second)
        replies = ministry.replies()
        assert Counter(number for number, _, _ in replies) == dict.fromkeys(range(9), 1)
        assert len({receipt for _, _, receipt in replies}) == 9
        # The ledger knows each mail under the number that its reporter was told.
        for number, _, receipt in replies:
            shown = second.ledger.show(receipt)
            assert shown is not None
            assert f"crash-3-{number}@" in shown.message_id
        counts = second.ledger.counts(ministry.clock.now())
        assert (counts.received_total, counts.undecided, counts.outbox_pending, counts.unfiled) == (9, 0, 0, 0)
        assert [one.deed for one in second.ledger.audit()] == [Deed.RESTORE]
        assert second.ledger.recovery() is None
        assert [one for one in verify(second.ledger, second.vault, 1, lambda *_: None) if not one.well] == []


def test_what_was_sent_without_a_copy_is_sent_again_under_the_same_id(
    tmp_path: Path, either_server: Door, smtp: DemoSmtp, thinker: Pipeline
) -> None:
    ministry = Ministry(tmp_path, either_server, smtp, thinker)
    data, to = ministry.config.store.folder, tmp_path / "sao-luu"
    with ministry.daemon() as first:
        back_up(first.ledger, first.vault, data, to, ministry.clock.now(), lambda *_: None)
        ministry.deliver(0)
        first.receive()
        first.settle()
        first.post()
    shutil.rmtree(data)
    restore(to, ministry.config.store, "lan", ministry.clock.now(), lambda *_: None)
    with ministry.daemon() as second:
        work(second)
    assert len(ministry.replies()) == 2
    assert len(set(ministry.replies())) == 1


def test_a_sent_mail_that_a_person_wrote_in_a_strange_charset_hinders_nothing(
    tmp_path: Path, either_server: Door, smtp: DemoSmtp, thinker: Pipeline
) -> None:
    ministry = Ministry(tmp_path, either_server, smtp, thinker)
    data, to = ministry.config.store.folder, tmp_path / "sao-luu"
    with ministry.daemon() as first:
        back_up(first.ledger, first.vault, data, to, ministry.clock.now(), lambda *_: None)
        first.inbox.connect()
        strange = b"Message-ID: <nguoi@bo.example>\r\nSubject: =?x-tcvn3?Q?B=B8o_c=B8o?= \xe1\r\n\r\nKinh gui\r\n"
        first.inbox.append(ministry.config.mailbox.folders.sent, strange, ministry.clock.now())
    shutil.rmtree(data)
    restore(to, ministry.config.store, "lan", ministry.clock.now(), lambda *_: None)
    with ministry.daemon() as second:
        second.catch_up()
        assert second.ledger.recovery() is None
