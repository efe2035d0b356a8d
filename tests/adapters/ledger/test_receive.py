"""Receive and file: the same bytes are one message, wherever and however often they come."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.adapters.ledger import Arrival, Undecided, Unfiled
from bot.model import Outcome
from tests.adapters.ledger.samples import INBOX, NOW, arrive, hash_of, minutes, part, settle_new, settlement

if TYPE_CHECKING:
    from bot.adapters.ledger import Ledger


def test_a_new_message_waits_for_its_decision(ledger: Ledger) -> None:
    arrival = Arrival(7, hash_of("a"), 123_456, NOW, oversize=True)

    assert ledger.receive(INBOX, [arrival], NOW) == 1
    (waiting,) = ledger.undecided(NOW, 10)
    assert waiting == Undecided(waiting.id, hash_of("a"), 123_456, NOW, 0, oversize=True)


def test_receiving_the_same_again_changes_nothing(ledger: Ledger) -> None:
    arrivals = [Arrival(uid, hash_of(str(uid)), 10, NOW) for uid in (1, 2, 3)]

    assert ledger.receive(INBOX, arrivals, NOW) == 3
    assert ledger.receive(INBOX, arrivals, NOW) == 0
    assert len(ledger.undecided(NOW, 10)) == 3


def test_the_same_bytes_at_other_uids_are_one_message_with_more_locations(ledger: Ledger) -> None:
    assert ledger.receive(INBOX, [Arrival(1, hash_of("a"), 10, NOW), Arrival(2, hash_of("a"), 10, NOW)], NOW) == 1
    assert ledger.receive(replace(INBOX, folder="Junk"), [Arrival(1, hash_of("a"), 10, NOW)], NOW) == 0
    assert len(ledger.undecided(NOW, 10)) == 1
    assert ledger.dated(INBOX, [1, 2, 3]).keys() == {1, 2}


def test_a_batch_is_noted_as_a_whole(ledger: Ledger) -> None:
    arrivals = [Arrival(uid, hash_of(str(uid % 2000)), 10, NOW) for uid in range(1, 2501)]

    assert ledger.receive(INBOX, arrivals, NOW) == 2000
    assert len(ledger.dated(INBOX, range(1, 3000))) == 2500


def test_nothing_arrives(ledger: Ledger) -> None:
    assert ledger.receive(INBOX, [], NOW) == 0


def test_uids_are_known_within_one_uidvalidity_only(ledger: Ledger) -> None:
    arrive(ledger, "a", uid=5)

    assert ledger.dated(INBOX, [5]).keys() == {5}
    assert ledger.dated(replace(INBOX, uidvalidity=1), [5]) == {}


def test_the_watermark_only_rises(ledger: Ledger) -> None:
    assert ledger.watermark(INBOX) == 0
    ledger.advance(INBOX, 4_294_967_295)
    ledger.advance(INBOX, 17)

    assert ledger.watermark(INBOX) == 4_294_967_295
    assert ledger.watermark(replace(INBOX, uidvalidity=1)) == 0


def test_a_copy_is_filed_after_its_message_is_settled(ledger: Ledger) -> None:
    settle_new(ledger, "A", settlement(part(Outcome.RETURNED), outcome=Outcome.RETURNED, receipt="A"), uid=3)
    arrive(ledger, "not yet decided", uid=4)
    (copy,) = ledger.unfiled(INBOX, 10)

    assert copy == Unfiled(copy.location, 3, Outcome.RETURNED)
    ledger.filed([copy.location], NOW)
    assert ledger.unfiled(INBOX, 10) == ()


def test_a_later_copy_of_a_settled_message_is_filed_too(ledger: Ledger) -> None:
    settle_new(ledger, "A", settlement(receipt="A"), uid=1)
    ledger.filed([one.location for one in ledger.unfiled(INBOX, 10)], NOW)
    ledger.receive(INBOX, [Arrival(9, hash_of("A"), 10, NOW)], NOW)

    assert [(one.uid, one.outcome) for one in ledger.unfiled(INBOX, 10)] == [(9, Outcome.ACCEPTED)]
    assert ledger.undecided(NOW, 10) == ()


def test_a_message_that_is_set_aside_is_filed_as_failed(ledger: Ledger) -> None:
    (number,) = arrive(ledger, "a")
    ledger.fault(number, "child killed", NOW, None)

    assert [one.outcome for one in ledger.unfiled(INBOX, 10)] == [Outcome.FAILED]


def test_filing_is_asked_by_mailbox_and_bounded(ledger: Ledger) -> None:
    for uid in (1, 2, 3):
        settle_new(ledger, f"R{uid}", settlement(receipt=f"R{uid}", at=NOW + minutes(uid)), uid=uid)

    assert [one.uid for one in ledger.unfiled(INBOX, 2)] == [1, 2]
    assert ledger.unfiled(replace(INBOX, uidvalidity=1), 2) == ()
