"""The inbox at real servers, a real vault and a real ledger: nothing lost, nothing twice, nobody's flags touched."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.adapters.clock import SimulatedClock
from bot.adapters.imap import Inbox, Listed, MailboxLost, MailboxRefused
from bot.adapters.ledger import Ledger
from bot.adapters.ledger import Mailbox as Place
from bot.adapters.vault import Vault
from bot.config import Config, Smtp, Store
from bot.demo.places import province
from bot.model import Decision, Heading, Outcome, Settlement
from bot.runners.place_in_line import names_registered
from bot.runners.receive import Swept, file_settled, sweep
from tests.flow.office import rulebook
from tests.liar import PASSWORD, LiarServer, Talk
from tests.servers import NOON, Door, mailbox_of, person_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot import config as settings

FOLDER_OF = {
    Outcome.ACCEPTED: "Đã xử lý",
    Outcome.RETURNED: "Đã xử lý",
    Outcome.DUPLICATE: "Đã xử lý",
    Outcome.REFUSED: "Đã xử lý",
    Outcome.HELD: "Chờ xem xét",
    Outcome.IGNORED: "Thư tự động",
}


@dataclass
class Office:
    """One ministry: its inbox at a server, its vault and its ledger."""

    door: Door
    config: Config
    inbox: Inbox
    vault: Vault
    ledger: Ledger
    clock: SimulatedClock

    def deliver(self, number: int, size: int = 0) -> int:
        return self.door.server.deliver(mail(number, size), NOON)

    def sweep(self) -> Swept:
        return sweep(self.inbox, self.vault, self.ledger, self.config, self.clock)

    def file(self, **changes: object) -> int:
        mailbox = self.config.mailbox.model_copy(update=changes)
        return file_settled(self.inbox, self.ledger, mailbox, self.clock)

    def settle(self, *outcomes: Outcome) -> None:
        """Give the undecided messages these outcomes, the oldest first."""
        waiting = self.ledger.undecided(self.clock.now(), 1000)
        for number, (message, outcome) in enumerate(zip(waiting, outcomes, strict=True)):
            decision = Decision(outcome, f"12-40-{number:04}-{message.id}", message.received_at, "rules")
            assert self.ledger.settle(message.id, Settlement(decision, Heading("bql@nghean.example")), {}, NOON)

    def kept(self) -> list[bytes]:
        """Return the bytes of every message that waits for its decision."""
        return [self.vault.get(one.sha256) for one in self.ledger.undecided(self.clock.now(), 10_000)]

    def watermark(self) -> int:
        place = Place(self.config.mailbox.account, "INBOX", self.inbox.select().uidvalidity)
        return self.ledger.watermark(place)

    def folders(self) -> dict[str, list[bytes]]:
        """Return the bytes of all mails at the server, by folder."""
        found: dict[str, list[bytes]] = {}
        with person_at(self.config.mailbox) as person:
            for _, _, name in person.list_folders():
                exists = person.select_folder(name, readonly=True)[b"EXISTS"]
                if exists:
                    uids = person.search("ALL")
                    found[name] = [one[b"BODY[]"] for one in person.fetch(uids, ["BODY.PEEK[]"]).values()]
        return found


def mail(number: int, size: int = 0) -> bytes:
    return b"Message-ID: <same@bql.example>\r\nSubject: %d\r\n\r\n" % number + b"x" * size + b"\r\n"


def office_at(door: Door, folder: Path, mailbox: settings.Mailbox | None = None) -> Office:
    config = Config(
        mailbox=mailbox or door.settings,
        smtp=Smtp(host="127.0.0.1", port=25, security="none", sender="baocao@bokehoach.example"),
        store=Store(folder=folder),
    )
    config = config.model_copy(update={"work": config.work.model_copy(update={"message_mib": 1})})
    ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}")
    ledger.migrate()
    return Office(door, config, Inbox(config.mailbox), Vault(folder / "vault"), ledger, SimulatedClock(NOON))


@pytest.fixture
def office(either_server: Door, tmp_path: Path) -> Iterator[Office]:
    opened = office_at(either_server, tmp_path)
    opened.inbox.connect()
    yield opened
    opened.inbox.close()
    opened.ledger.close()


def test_each_mail_is_kept_once_however_often_the_box_is_swept(office: Office) -> None:
    office.deliver(1)
    office.deliver(2)

    assert office.sweep() == Swept(listed=2, stored=2, new=2)
    assert office.sweep() == Swept()

    assert office.kept() == [mail(1), mail(2)]  # the same Message-ID, two messages


def test_who_says_to_be_registered_is_first_in_line_even_with_a_mail_too_large_to_fetch(office: Office) -> None:
    head = "From: %s\r\nMessage-ID: <1@x.example>\r\n\r\n"
    ours = province("Nghệ An").address
    stranger, short, long = ((head % one).encode() for one in ("la@noikhac.example", ours.upper(), f"Ban <{ours}>"))
    for raw in (stranger, short, long + b"x\r\n" * 2**19):
        office.door.server.deliver(raw, NOON)
    known = partial(names_registered, rulebook=rulebook())
    sweep(office.inbox, office.vault, office.ledger, office.config, office.clock, registered=known)
    assert sorted(one.oversize for one in office.ledger.undecided(NOON, 10)) == [False, False, True]
    assert office.kept()[-1] == stranger


def test_the_hour_is_the_servers_and_the_place_is_noted(office: Office) -> None:
    uid = office.deliver(1)
    office.sweep()

    (message,) = office.ledger.undecided(NOON, 10)
    assert (message.received_at, message.size, message.oversize) == (NOON, len(mail(1)), False)
    assert office.watermark() == uid


def test_the_same_bytes_again_are_no_second_message(office: Office) -> None:
    office.deliver(1)
    office.sweep()
    office.deliver(1)

    assert office.sweep() == Swept(listed=1, stored=1, new=0)
    assert office.kept() == [mail(1)]


def test_after_a_change_of_uidvalidity_all_is_looked_at_again_and_nothing_is_new(office: Office) -> None:
    for number in range(3):
        office.deliver(number)
    office.sweep()
    office.inbox.close()
    office.door.server.renumber()
    office.inbox.connect()
    office.deliver(3)

    assert office.sweep() == Swept(listed=4, stored=4, new=1)
    assert office.kept() == [mail(number) for number in range(4)]


def test_copies_found_again_under_new_numbers_are_filed_too(office: Office) -> None:
    office.deliver(1)
    office.sweep()
    office.settle(Outcome.ACCEPTED)
    office.inbox.close()
    office.door.server.renumber()
    office.inbox.connect()
    office.sweep()

    assert office.file() == 1
    assert office.folders() == {"Đã xử lý": [mail(1)]}


def test_threat_41_mail_read_by_a_person_is_received_all_the_same(office: Office) -> None:
    uid = office.deliver(1)
    with person_at(office.config.mailbox) as person:
        person.add_flags([uid], rb"\Seen")

    assert office.sweep().new == 1


def test_threat_41_a_mail_that_vanishes_between_list_and_fetch_stops_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    uids = [office.deliver(number) for number in range(3)]
    listing = Inbox.list

    def list_then_lose(self: Inbox, above: int, upto: int, since: date | None = None) -> tuple[Listed, ...]:
        listed = listing(self, above, upto, since)
        with person_at(office.config.mailbox) as person:
            person.delete_messages([uids[1]])
            person.expunge()
        self.select()  # pymap goes on showing what was there at the last SELECT
        return listed

    monkeypatch.setattr(Inbox, "list", list_then_lose)
    assert office.sweep() == Swept(listed=3, stored=2, new=2)
    assert office.watermark() == uids[0]
    monkeypatch.undo()
    monkeypatch.setenv("BOT_TEST_SECRET", PASSWORD)

    office.sweep()
    assert office.watermark() == uids[2]


def test_threat_35_of_a_mail_above_the_limit_only_the_header_is_kept(office: Office) -> None:
    office.deliver(1, size=1024 * 1024)
    office.deliver(2)

    assert office.sweep() == Swept(listed=2, stored=2, new=2, oversize=1)

    large, small = office.ledger.undecided(NOON, 10)
    assert (large.oversize, small.oversize) == (True, False)
    assert large.size > 1024 * 1024
    assert office.vault.get(large.sha256) == b"Message-ID: <same@bql.example>\r\nSubject: 1\r\n\r\n"


def test_after_the_server_was_away_the_sweep_goes_on_where_it_was(office: Office) -> None:
    office.deliver(1)
    office.sweep()
    office.door.server.stop()
    with pytest.raises(MailboxLost):
        office.sweep()
    office.door.server.start()
    office.deliver(2)

    office.inbox.connect()
    assert office.sweep().new == 1
    assert office.kept() == [mail(1), mail(2)]


def test_a_connection_lost_between_two_batches_keeps_the_first(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adapters.imap._BATCH_COUNT", 2)
    monkeypatch.setattr("bot.adapters.imap.batches.__defaults__", (8 * 1024 * 1024, 2))
    for number in range(5):
        office.deliver(number)

    def stop_once(_new: int) -> None:
        office.door.server.stop()

    with pytest.raises(MailboxLost):
        sweep(office.inbox, office.vault, office.ledger, office.config, office.clock, on_stored=stop_once)
    assert len(office.kept()) == 2

    office.door.server.start()
    office.inbox.connect()
    assert office.sweep() == Swept(listed=5, stored=3, new=3)
    assert sorted(office.kept()) == [mail(number) for number in range(5)]


def test_whoever_waits_is_told_after_each_committed_batch(office: Office) -> None:
    for number in range(60):
        office.deliver(number)
    told: list[int] = []

    def look(new: int) -> None:
        told.append(new)
        assert len(office.kept()) == sum(told)

    sweep(office.inbox, office.vault, office.ledger, office.config, office.clock, on_stored=look)

    assert told == [50, 10]


def test_mail_from_before_the_first_day_is_left_alone(office: Office) -> None:
    office.door.server.deliver(mail(1), NOON - timedelta(days=30))
    office.deliver(2)
    office.config = office.config.model_copy(
        update={"mailbox": office.config.mailbox.model_copy(update={"since": NOON.date()})}
    )

    assert office.sweep() == Swept(listed=1, stored=1, new=1)
    assert office.kept() == [mail(2)]


def test_each_outcome_has_its_folder(office: Office) -> None:
    outcomes = list(FOLDER_OF)
    for number in range(len(outcomes)):
        office.deliver(number)
    office.sweep()
    office.settle(*outcomes)

    assert office.file() == len(outcomes)

    expected: dict[str, list[bytes]] = {}
    for number, outcome in enumerate(outcomes):
        expected.setdefault(FOLDER_OF[outcome], []).append(mail(number))
    assert office.folders() == expected
    assert office.file() == 0
    assert office.sweep() == Swept()


def test_what_we_failed_on_for_good_is_set_aside(office: Office) -> None:
    office.deliver(1)
    office.sweep()
    (message,) = office.ledger.undecided(NOON, 10)
    office.ledger.fault(message.id, "a bug", NOON, None)

    assert office.file() == 1
    assert office.folders() == {"Sự cố": [mail(1)]}


def test_undecided_mail_stays_in_the_inbox(office: Office) -> None:
    office.deliver(1)
    office.sweep()

    assert office.file() == 0
    assert office.folders() == {"INBOX": [mail(1)]}


def test_in_a_shared_inbox_what_is_not_ours_stays_exactly_as_it_was(office: Office) -> None:
    read = office.deliver(0)
    for number in range(1, 3):
        office.deliver(number)
    with person_at(office.config.mailbox) as person:
        person.add_flags([read], (rb"\Seen", rb"\Flagged"))
        before = state_of(office)

        office.sweep()
        office.settle(Outcome.HELD, Outcome.IGNORED, Outcome.ACCEPTED)
        assert office.file(shared_inbox=True) == 3

    assert state_of(office) == {uid: state for uid, state in before.items() if uid < read + 2}
    assert office.folders()["Đã xử lý"] == [mail(2)]
    assert office.file(shared_inbox=True) == 0


def state_of(office: Office) -> dict[int, tuple[object, ...]]:
    with person_at(office.config.mailbox) as person:
        told = person.fetch(person.search("ALL"), ["FLAGS", "INTERNALDATE", "BODY.PEEK[]"])
    return {
        uid: (set(one[b"FLAGS"]) - {rb"\Recent"}, one[b"INTERNALDATE"], one[b"BODY[]"]) for uid, one in told.items()
    }


def test_threat_41_a_mail_that_a_person_moved_or_deleted_meanwhile_counts_as_filed(office: Office) -> None:
    uids = [office.deliver(number) for number in range(3)]
    office.sweep()
    office.settle(Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.ACCEPTED)
    with person_at(office.config.mailbox) as person:
        person.create_folder("Riêng")
        person.move([uids[0]], "Riêng")
        person.delete_messages([uids[1]])
        person.expunge()

    assert office.file() == 3
    assert office.folders() == {"Riêng": [mail(0)], "Đã xử lý": [mail(2)]}


def test_a_folder_that_is_refused_does_not_stop_the_others(office: Office) -> None:
    office.deliver(0)
    office.deliver(1)
    office.sweep()
    office.settle(Outcome.HELD, Outcome.ACCEPTED)
    broken = office.config.mailbox.folders.model_copy(update={"held": "*"})
    refuse = Inbox.file

    def refuse_one(self: Inbox, uids: list[int], folder: str, *, seen: bool = False) -> None:
        if folder == "*":
            raise MailboxRefused("thư mục *")
        refuse(self, uids, folder, seen=seen)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Inbox, "file", refuse_one)
        with pytest.raises(MailboxRefused):
            office.file(folders=broken)

    assert office.folders() == {"INBOX": [mail(0)], "Đã xử lý": [mail(1)]}
    assert office.file() == 1


def test_a_mail_at_which_the_connection_breaks_each_time_does_not_keep_the_others_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TEST_SECRET", PASSWORD)

    def search(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(b"* SEARCH 1 2 3\r\n")
        talk.done(tag)

    def fetch(talk: Talk, tag: bytes, line: bytes) -> None:
        asked = line.split()[2].split(b",")
        if b"SIZE" not in line and b"2" in asked:
            talk.hang_up()
        for uid in asked:
            talk.say(b'* %b FETCH (UID %b RFC822.SIZE 1 INTERNALDATE "10-Jul-2012 12:00:00 +0700"' % (uid, uid))
            talk.say(b" BODY[] {1}\r\n%b)\r\n" % uid)
        talk.done(tag)

    def select(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n")
        talk.done(tag)

    with LiarServer({"UID SEARCH": search, "UID FETCH": fetch, "SELECT": select}) as liar:
        office = office_at(Door(liar, mailbox_of(liar)), tmp_path)  # type: ignore[arg-type]
        office.inbox = Inbox(office.config.mailbox, office.clock)
        outcomes = []
        for _ in range(5):
            office.inbox.connect()
            try:
                outcomes.append(office.sweep().stored)
            except MailboxLost:
                outcomes.append(-1)
        # Broken together; then each alone, where the culprit breaks it again; then it has to wait.
        assert outcomes == [-1, -1, 1, 0, 0]
        assert sorted(office.kept()) == [b"1", b"3"]
        office.clock.move_to(NOON + timedelta(minutes=2))
        office.inbox.connect()
        with pytest.raises(MailboxLost):
            office.sweep()
    office.ledger.close()


@pytest.mark.parametrize("either_server", ["dovecot"], indirect=True)  # pymap would be counted too
def test_a_full_box_is_drained_with_bounded_memory(office: Office) -> None:
    each, count = 200_000, 60
    with person_at(office.config.mailbox) as person:
        for number in range(count):
            person.append("INBOX", mail(number, each), msg_time=NOON)
    tracemalloc.start()
    try:
        swept = office.sweep()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert swept.new == count
    assert peak < 12 * 2**20, f"{peak / 2**20:.1f} MiB for {count * each / 2**20:.1f} MiB of mail"


@pytest.mark.parametrize("either_server", ["dovecot"], indirect=True)
def test_a_thousand_small_mails_are_swept_in_one_go(office: Office) -> None:
    with person_at(office.config.mailbox) as person:
        for start in range(0, 1000, 250):
            person.multiappend("INBOX", [mail(number) for number in range(start, start + 250)])

    assert office.sweep().new == 1000
    assert office.sweep() == Swept()


def test_a_size_that_was_only_estimated_does_not_let_a_large_mail_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TEST_SECRET", PASSWORD)
    body = b"Subject: large\r\n\r\n" + b"x" * 2**20

    def fetch(talk: Talk, tag: bytes, line: bytes) -> None:
        if b"SIZE" in line:
            talk.say(b'* 1 FETCH (UID 1 RFC822.SIZE 40 INTERNALDATE "10-Jul-2012 12:00:00 +0700")\r\n')
        elif b"BODYSTRUCTURE" in line:
            talk.say(b"* 1 FETCH (UID 1 BODYSTRUCTURE " + b"(" * 40 + b"\r\n")
        elif b"HEADER" in line:
            talk.say(b"* 1 FETCH (UID 1 BODY[HEADER]<0> {18}\r\nSubject: large\r\n\r\n)\r\n")
        else:
            talk.say(b"* 1 FETCH (UID 1 BODY[] {%d}\r\n" % len(body) + body + b")\r\n")
        talk.done(tag)

    with LiarServer({"UID FETCH": fetch}) as liar:
        door = Door(liar, mailbox_of(liar))  # type: ignore[arg-type]
        office = office_at(door, tmp_path)
        office.inbox.connect()
        assert office.sweep().oversize == 1
        office.inbox.close()
    assert office.kept() == [b"Subject: large\r\n\r\n"]
    office.ledger.close()
