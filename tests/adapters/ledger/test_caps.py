"""What the caps count, and what they hold back: kept, so that a crash or a restart changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.model import Handed, Silence
from tests.adapters.ledger.samples import NOW, mail, minutes, raws

if TYPE_CHECKING:
    from datetime import datetime

    from bot.adapters.ledger import Ledger

A, B = "bql@nghean.example", "vp@nghean.example"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def handed(ledger: Ledger, *addresses: str, now: datetime = NOW) -> Handed:
    return ledger.handed(addresses, now - DAY, now - HOUR, now + DAY)


def test_what_is_handed_over_counts_for_each_address_and_once_for_all(ledger: Ledger) -> None:
    assert not ledger.hand_over("reply:1", "reply_accepted", [A, B], NOW)
    assert not ledger.hand_over("reply:2", "reply_returned", [B], NOW + minutes(1))
    at = NOW, NOW + minutes(1)
    assert handed(ledger, A, B, now=at[1]) == Handed(
        {A: [at[0]], B: [*at]}, [(at[0], "reply_accepted"), (at[1], "reply_returned")]
    )
    assert handed(ledger, A, now=NOW + minutes(60)) == Handed({A: [NOW]}, [(at[1], "reply_returned")])
    assert handed(ledger, A, now=NOW + DAY) == Handed({A: []}, [])


def test_handing_over_once_more_is_told_and_counts_once_more(ledger: Ledger) -> None:
    ledger.hand_over("reply:1", "reply_accepted", [A], NOW)
    assert ledger.hand_over("reply:1", "reply_accepted", [A], NOW + minutes(1))
    assert handed(ledger, A).to == {A: [NOW, NOW + minutes(1)]}


def test_who_has_not_got_it_does_not_count(ledger: Ledger) -> None:
    ledger.hand_over("reply:1", "reply_accepted", [A, B], NOW)
    ledger.hand_over("reply:1", "reply_accepted", [A, B], NOW + minutes(1))
    ledger.take_back("reply:1", NOW + minutes(1), [B])
    assert handed(ledger, A, B).to == {A: [NOW, NOW + minutes(1)], B: [NOW]}


def test_what_a_clock_noted_that_ran_ahead_by_years_does_not_count(ledger: Ledger) -> None:
    ledger.hand_over("reply:1", "reply_accepted", [A], NOW + 400 * DAY)
    assert handed(ledger, A) == Handed({A: []}, [])


def test_a_mail_that_is_held_back_is_due_later_and_one_that_is_dropped_never(ledger: Ledger) -> None:
    first, second, alarm = mail("reply:1"), mail("reply:2"), mail("alert:silence")
    ledger.enqueue([first, second], raws(first, second), NOW)
    ledger.withhold("reply:1", A, NOW + minutes(30), NOW, NOW - DAY)
    ledger.withhold("reply:2", A, None, NOW + minutes(1), NOW - DAY, [alarm], raws(alarm))

    assert [one.key for one in ledger.due(NOW + minutes(29), 10)] == ["alert:silence"]
    assert {one.key for one in ledger.due(NOW + minutes(30), 10)} == {"reply:1", "alert:silence"}
    assert ledger.silence(A, NOW) == Silence(A, NOW, NOW + minutes(1), 1, 1)
    counts = ledger.counts(NOW)
    assert (counts.outbox_pending, counts.outbox_dead) == (2, 0), "what is dropped was not refused by a server"


def test_what_waits_again_and_again_is_one_mail(ledger: Ledger) -> None:
    first = mail("reply:1")
    ledger.enqueue([first], raws(first), NOW)
    ledger.withhold("reply:1", A, NOW + minutes(30), NOW, NOW - DAY)
    ledger.withhold("reply:1", A, NOW + minutes(60), NOW + minutes(30), NOW - DAY)
    assert ledger.silence(A, NOW) == Silence(A, NOW, NOW + minutes(30), 1, 0)
    ledger.sent("reply:1", NOW)
    ledger.withhold("reply:1", A, None, NOW + minutes(60), NOW)
    assert ledger.silence(A, NOW) == Silence(A, NOW, NOW + minutes(30), 1, 0), "what is sent is sent"


def test_silences_are_told_those_of_all_first_and_end_with_time(ledger: Ledger) -> None:
    mails = [mail(f"reply:{number}") for number in range(4)]
    ledger.enqueue(mails, raws(*mails), NOW)
    ledger.withhold("reply:0", A, None, NOW, NOW - DAY)
    ledger.withhold("reply:1", "", NOW + HOUR, NOW, NOW - DAY)
    ledger.withhold("reply:2", B, NOW + HOUR, NOW, NOW - DAY)
    ledger.withhold("reply:3", A, None, NOW + 3 * DAY, NOW + 2 * DAY)

    assert [one.address for one in ledger.silences(NOW - DAY)] == ["", A, A, B]
    assert ledger.silences(NOW + 2 * DAY) == (Silence(A, NOW + 3 * DAY, NOW + 3 * DAY, 0, 1),)
    assert ledger.silence(B, NOW + DAY) is None
