"""What nobody asked for is sent at most once: noted before DATA, held where it may have been sent, asked about."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import pytest

from bot.model import AuditEntry, Deed
from bot.runners.send import Sent
from tests.adapters.smtp_scripts import DROP, SILENCE
from tests.runners.send.outbox import DAY, HOUR, MINUTE, START, mail

if TYPE_CHECKING:
    from bot.model import Mail
    from tests.runners.send.outbox import Post


def unasked(number: int) -> Mail:
    return mail(f"remind:c/{number}/1", kind="reminder")


@pytest.fixture(params=["reminder", "digest"])
def one(request: pytest.FixtureRequest) -> Mail:
    kind = str(request.param)
    return mail("digest:c/2012-W28" if kind == "digest" else "remind:c/40/1", kind=kind)


@pytest.mark.parametrize("verb", ["sent", "hand_over_once"])
def test_after_a_kill_around_the_final_dot_it_is_held_and_never_sent_by_itself(
    post: Post, one: Mail, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = getattr(post.ledger, verb)

    def kill(*told: object) -> None:
        if verb == "hand_over_once":
            note(*told)
        raise KeyboardInterrupt

    post.queue(one)
    with monkeypatch.context() as dying:
        dying.setattr(post.ledger, verb, kill)
        with pytest.raises(KeyboardInterrupt):
            post.send()
    arrived = post.arrived()
    assert len(arrived) == (verb == "sent")
    post.lose_patience()
    for pause in (MINUTE, HOUR, 9 * DAY):
        post.later(pause)
        assert post.send() == Sent()
    assert post.arrived() == arrived
    (held,) = post.ledger.possibly_sent()
    assert (held.kind, held.to, held.subject, held.handed_at) == (one.kind, one.to, one.subject, START)


def test_it_is_noted_before_the_server_hears_of_its_text_and_not_sooner(
    post: Post, one: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    note = post.ledger.hand_over_once

    def hand_over_once(*told: object) -> bool:
        seen.append(len(post.script.taken))
        return note(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(post.ledger, "hand_over_once", hand_over_once)
    post.script.rcpt = {one.to[0]: deque(["450 4.7.1 greylisted"])}
    post.queue(one)
    assert post.send() == Sent(deferred=1)
    assert seen == []
    post.later(5 * MINUTE)
    assert post.send() == Sent(sent=1)
    assert seen == [0]
    assert post.ledger.possibly_sent() == ()


@pytest.mark.parametrize("answer", [DROP, SILENCE])
def test_it_is_held_where_the_line_breaks_after_the_final_dot(post: Post, one: Mail, answer: str) -> None:
    post.lose_patience()
    post.script.text = deque([answer])
    post.queue(one, mail("reply:1"))
    post.script.text.appendleft("250 2.0.0 taken")
    assert post.send() == Sent(sent=1, unsure=1)
    post.later(9 * DAY)
    assert post.send() == Sent()
    assert "không rõ thư đã được nhận hay chưa" in post.ledger.possibly_sent()[0].error


@pytest.mark.parametrize(
    ("place", "answer"),
    [
        ("data", "451 4.3.0 later"), ("data", DROP), ("text", "451 4.3.0 later"), ("mail", "421 4.3.2 down"),
        ("rcpt", "450 4.7.1 greylisted"), ("data", "421 4.3.2 shutting down"),
    ],
)  # fmt: skip
def test_what_the_server_has_certainly_not_got_is_sent_later(post: Post, one: Mail, place: str, answer: str) -> None:
    if place == "rcpt":
        post.script.rcpt = {one.to[0]: deque([answer])}
    else:
        getattr(post.script, place).append(answer)
    post.queue(one)
    assert post.send().sent == 0
    assert post.ledger.possibly_sent() == ()
    post.later(5 * MINUTE)
    assert post.send() == Sent(sent=1)
    assert len(post.arrived()) == 1


def test_a_connection_that_dies_twice_at_data_leaves_it_due(post: Post) -> None:
    post.queue(mail("reply:1"))
    assert post.send() == Sent(sent=1)
    # The kept connection is worn: it is tried again on a fresh one, which is refused.
    post.queue(unasked(1))
    post.script.data.append("421 4.3.2 shutting down")
    post.script.mail.extend(["250 2.1.0 fine", "530 5.7.0 authentication required"])
    assert post.send().sent == 0
    assert post.ledger.possibly_sent() == ()
    post.later(5 * MINUTE)
    assert post.send() == Sent(sent=1)


def test_others_are_sent_meanwhile(post: Post) -> None:
    post.lose_patience()
    post.script.text = deque([DROP])
    post.queue(*(unasked(number) for number in range(3)))
    assert post.send() == Sent(sent=2, unsure=1)


def test_a_person_has_it_sent_again_or_lets_it_go(post: Post) -> None:
    post.lose_patience()
    post.script.text = deque([DROP, DROP])
    post.queue(unasked(1), unasked(2))
    post.send()
    first, second = post.ledger.possibly_sent()
    again = AuditEntry("lan", post.clock.now(), Deed.RESEND, str(first.number), "")
    gone = AuditEntry("lan", post.clock.now(), Deed.DROP_MAIL, str(second.number), "")
    assert post.ledger.send_again(first.number, again)
    assert post.ledger.let_go(second.number, gone)
    assert not post.ledger.send_again(second.number, again)
    assert not post.ledger.let_go(first.number, gone)
    assert post.send() == Sent(sent=1)
    assert [one for one in post.arrived() if one == "remind.c/1/1"] == ["remind.c/1/1"] * 2
    assert post.ledger.possibly_sent() == ()
    assert tuple(post.ledger.audit()) == (again, gone)
    figures = post.ledger.counts(post.clock.now())
    assert (figures.outbox_pending, figures.outbox_sent, figures.outbox_dead) == (0, 1, 0)
