"""Send: a key is one mail, and what is sent stays sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Due
from tests.adapters.ledger.samples import NOW, mail, minutes, raws

if TYPE_CHECKING:
    from bot.adapters.ledger import Ledger

FIRST, SECOND = mail("remind:1", "reminder"), mail("remind:2", "reminder")


@pytest.fixture
def outbox(ledger: Ledger) -> Ledger:
    """Return a ledger with two mails to send."""
    ledger.enqueue([FIRST, SECOND], raws(FIRST, SECOND), NOW)
    return ledger


def _due(ledger: Ledger, after: int = 0) -> list[str]:
    return [one.key for one in ledger.due(NOW + minutes(after), 10)]


def test_a_mail_is_due_at_once_with_all_that_sending_needs(outbox: Ledger) -> None:
    assert outbox.due(NOW, 1) == (
        Due(
            key="remind:1",
            kind="reminder",
            message_id=FIRST.message_id,
            to=("bql@nghean.example", "vp@nghean.example"),
            subject="Đã nhận báo cáo",
            raw=raws(FIRST)["remind:1"],
            tries=0,
            queued_at=NOW,
        ),
    )


def test_a_key_that_is_there_is_left_alone(outbox: Ledger) -> None:
    third, changed = mail("remind:3"), mail("remind:1", "other")

    assert outbox.enqueue([changed, third], raws(changed, third), NOW) == 1
    assert {one.kind for one in outbox.due(NOW, 10) if one.key == "remind:1"} == {"reminder"}
    assert outbox.enqueue([], {}, NOW) == 0


def test_reminders_are_given_last(outbox: Ledger) -> None:
    reply = mail("reply:9")
    outbox.enqueue([reply], raws(reply), NOW + minutes(1))
    assert [one.key for one in outbox.due(NOW + minutes(1), 1)] == ["reply:9"]


def test_a_key_is_known_also_after_it_was_sent(outbox: Ledger) -> None:
    outbox.sent("remind:1", NOW)

    assert outbox.has_mail(["remind:1", "remind:2", "remind:9"]) == {"remind:1", "remind:2"}
    assert outbox.enqueue([FIRST], raws(FIRST), NOW) == 0
    assert _due(outbox) == ["remind:2"]


def test_a_deferred_mail_waits(outbox: Ledger) -> None:
    outbox.defer("remind:1", "450 greylisted", NOW + minutes(5))

    assert _due(outbox) == ["remind:2"]
    assert _due(outbox, after=5) == ["remind:2", "remind:1"]
    assert outbox.due(NOW + minutes(5), 10)[1].tries == 1


def test_a_mail_given_up_is_never_tried_again(outbox: Ledger) -> None:
    outbox.give_up("remind:1", "550 no such user", NOW)

    assert _due(outbox, after=9999) == ["remind:2"]
    assert outbox.counts(NOW).outbox_dead == 1


def test_what_is_sent_stays_sent(outbox: Ledger) -> None:
    outbox.sent("remind:1", NOW)
    outbox.defer("remind:1", "late", NOW)
    outbox.give_up("remind:1", "late", NOW)
    outbox.sent("remind:1", NOW + minutes(9))

    assert _due(outbox) == ["remind:2"]
    assert (outbox.counts(NOW).outbox_sent, outbox.counts(NOW).outbox_dead) == (1, 0)
    assert outbox.sent_since(NOW + minutes(1)) == 0


def test_sent_mail_is_counted_since_a_moment(outbox: Ledger) -> None:
    outbox.sent("remind:1", NOW)
    outbox.sent("remind:2", NOW + minutes(2))

    assert [outbox.sent_since(NOW + minutes(after)) for after in (0, 1, 3)] == [2, 1, 0]


def test_the_next_try_is_known(outbox: Ledger) -> None:
    assert outbox.next_due_at() == NOW
    outbox.defer("remind:1", "450", NOW + minutes(3))
    outbox.defer("remind:2", "450", NOW + minutes(2))
    assert outbox.next_due_at() == NOW + minutes(2)
    outbox.sent("remind:1", NOW)
    outbox.give_up("remind:2", "550", NOW)
    assert outbox.next_due_at() is None


def test_a_sent_mail_is_copied_once(outbox: Ledger) -> None:
    assert outbox.uncopied(10) == ()
    outbox.sent("remind:2", NOW)
    outbox.sent("remind:1", NOW + minutes(1))
    assert [one.key for one in outbox.uncopied(10)] == ["remind:2", "remind:1"]
    outbox.copied("remind:2", NOW)
    assert [one.key for one in outbox.uncopied(10)] == ["remind:1"]
