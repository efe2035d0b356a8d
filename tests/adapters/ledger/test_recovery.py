"""A ledger is copied while others write, comes back, and takes in what it finds under the numbers that were told."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Arrival, CopyFailed, Ledger, Mailbox, fill_from_dump
from bot.model import AuditEntry, Deed
from tests.adapters.ledger.samples import INBOX, NOW, arrive, hash_of, mail, minutes, raws, settle_new, settlement

if TYPE_CHECKING:
    from pathlib import Path

DONE = Mailbox(INBOX.account, "Đã xử lý", 7)


def arrival(uid: int, name: str, at: int) -> Arrival:
    return Arrival(uid, hash_of(name), 1000, NOW + minutes(at))


def test_a_copy_holds_what_was_committed_and_can_be_filled_in_again(
    ledger: Ledger, kind: str, empty_url: str, tmp_path: Path
) -> None:
    arrive(ledger, "a", "b")
    copy = tmp_path / f"copy{ledger.copy_suffix}"
    ledger.copy_to(copy)
    arrive(ledger, "c", uid=9)
    assert copy.stat().st_mode & 0o077 == 0
    if kind == "sqlite":
        empty_url = f"sqlite:///{copy}"
    else:
        with closing(Ledger(empty_url)) as empty:
            assert empty.is_empty()
        fill_from_dump(empty_url, copy)
        with pytest.raises(CopyFailed, match="already exists"):
            fill_from_dump(empty_url, copy)
    with closing(Ledger(empty_url)) as again:
        again.migrate()
        assert not again.is_empty()
        assert set(again.kept_files()) == {hash_of("a"), hash_of("b")}


def test_found_mails_take_the_numbers_that_were_told_and_the_others_numbers_above_them(ledger: Ledger) -> None:
    arrive(ledger, "known")
    found = {
        DONE: [arrival(1, "second", 2), arrival(2, "first", 1), arrival(3, "known", 0)],
        INBOX: [arrival(8, "late", 9), arrival(9, "early", 8)],
    }
    assert ledger.recover(found, {hash_of("first"): 5, hash_of("second"): 3, hash_of("known"): 4}, INBOX, NOW) == 4
    assert ledger.recover(found, {}, INBOX, NOW) == 0
    numbers = {one.sha256: one.id for one in ledger.undecided(NOW + minutes(99), 99)}
    assert numbers == {
        hash_of("known"): 1,
        hash_of("second"): 3,
        hash_of("first"): 5,
        hash_of("early"): 6,
        hash_of("late"): 7,
    }
    assert arrive(ledger, "next", uid=20) == [8]
    assert ledger.dated(DONE, [1, 2, 3]).keys() == {1, 2, 3}


def test_what_was_found_sent_is_never_due_even_when_it_is_written_later(ledger: Ledger) -> None:
    before, after, other = mail("reply:1"), mail("reply:2"), mail("reply:3")
    ledger.enqueue([before], raws(before), NOW)
    ledger.note_found_sent({one.message_id: NOW + minutes(3) for one in (before, after)})
    settle_new(ledger, "A", settlement(mails=(after,), receipt="A", at=NOW))
    ledger.enqueue([other], raws(other), NOW)
    assert [one.key for one in ledger.due(NOW + minutes(9), 9)] == ["reply:3"]
    assert ledger.settle_found(NOW + minutes(9)) == 2
    assert ledger.settle_found(NOW + minutes(9)) == 0
    assert ledger.sent_since(NOW + minutes(3)) == 2
    assert ledger.uncopied(9) == ()


def test_a_restored_ledger_knows_since_when_it_knows_nothing(ledger: Ledger) -> None:
    assert ledger.recovery() is None
    for at in (5, 2):  # restored again before it had caught up: the earlier instant counts
        entry = AuditEntry("lan", NOW + minutes(60), Deed.RESTORE, "ledger-1.db", "")
        ledger.note_restored(NOW + minutes(at), entry)
    assert ledger.recovery() == NOW + minutes(2)
    ledger.end_recovery(NOW + minutes(61))
    assert ledger.recovery() is None
    assert [one.deed for one in ledger.audit()] == [Deed.RESTORE] * 2
