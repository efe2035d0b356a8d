"""What waits for a person is not sent by anybody, whoever queues it and whatever is configured later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.config import Modes, Sending
from bot.model import AuditEntry, Deed, Fate
from tests.runners.send.outbox import DAY, OPERATOR, START, mail

if TYPE_CHECKING:
    from tests.runners.send.outbox import Post

APPROVE = Sending(mode="approve")


def say(number: int) -> AuditEntry:
    return AuditEntry("truc", START, Deed.APPROVE_MAIL, str(number), "")


def test_a_mail_waits_until_it_is_approved_and_is_sent_once(post: Post) -> None:
    post.queue(mail("reply:1"))
    assert post.send(mode_of=APPROVE.mode_of).sent == 0
    post.later(DAY)
    assert post.send(mode_of=APPROVE.mode_of).sent == 0
    (waits,) = post.ledger.awaiting()
    assert post.ledger.approve(waits.number, say(waits.number))
    assert not post.ledger.approve(waits.number, say(waits.number)), "two people do not approve it twice"
    assert post.send(mode_of=APPROVE.mode_of).sent == 1
    assert post.send(mode_of=APPROVE.mode_of).sent == 0
    assert post.arrived() == ["reply.1"]


def test_alarms_and_digests_leave_at_once(post: Post) -> None:
    post.queue(
        mail("alert:1", OPERATOR, kind="alert_operator"),
        mail("digest:1", kind="digest"),
        mail("remind:1", kind="reminder"),
    )
    post.send(mode_of=APPROVE.mode_of)
    assert sorted(post.arrived()) == ["alert.1", "digest.1"]


def test_groups_differ(post: Post) -> None:
    sending = Sending(mode="approve", modes=Modes(acknowledgements="live", digests="approve"))
    kinds = ("reply_accepted", "reply_duplicate", "receipt", "reply_returned", "refuse_password", "reminder", "digest")
    post.queue(*(mail(f"x:{kind}", f"{kind}@nghean.example", kind=kind) for kind in kinds))
    post.send(mode_of=sending.mode_of)
    assert sorted(post.arrived()) == ["x.receipt", "x.reply_accepted", "x.reply_duplicate"]
    waiting = {one.kind: one.waiting for one in post.ledger.reviewed()}
    assert waiting == {"digest": 1, "refuse_password": 1, "reminder": 1, "reply_returned": 1}


def test_stricter_holds_for_what_was_queued_before_and_looser_for_nothing_that_waits(post: Post) -> None:
    post.queue(mail("reply:1"))
    assert post.ledger.route(APPROVE.mode_of) == 1
    post.queue(mail("reply:2"))
    post.send()
    assert post.arrived() == ["reply.2"]
    assert [one.subject for one in post.ledger.awaiting()] == ["reply:1"]


def test_caps_hold_for_what_is_approved(post: Post) -> None:
    post.queue(*(mail(f"reply:{number}", kind="reply_returned") for number in range(5)))
    post.ledger.route(APPROVE.mode_of)
    for one in post.ledger.awaiting():
        assert post.ledger.approve(one.number, say(one.number))
    settings = post.settings.model_copy(update={"replies_per_hour": 3})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(post), "settings", settings)
        assert post.send(mode_of=APPROVE.mode_of).sent == 3
    assert post.ledger.reviewed()[0].fates == {Fate.APPROVED: 5}
