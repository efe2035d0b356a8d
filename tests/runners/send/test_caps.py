"""Above a cap an answer waits or is lost, one alarm is raised, and what may have been sent counts as sent."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import pytest

from bot.model import Mail, Silence
from bot.runners.send import deliver_due
from tests.adapters.smtp_scripts import SILENCE
from tests.runners.send.outbox import DAY, HOUR, MINUTE, OPERATOR, START, Post, mail, smtp

if TYPE_CHECKING:
    from bot.runners.send import Sent

NGHE_AN, DA_NANG, VAN_PHONG = "bql@nghean.example", "bql@danang.example", "vp@nghean.example"


def alarm_of(silence: Silence) -> tuple[Mail, ...]:
    key = f"alert:{silence.address.partition('@')[0] or 'all'}:{silence.since:%d%H%M}"
    return (mail(key, OPERATOR, kind="alert_operator"),)


def send(post: Post, **caps: int) -> Sent:
    limits = {"replies_per_hour": 3, "replies_per_day": 20, "replies_in_all": 200, **caps}
    settings = smtp(post.server.port, **limits)
    return deliver_due(
        post.ledger, post.vault, post.postman, settings, post.clock, silence_alarm=alarm_of
    )  # fmt: skip


def queue(post: Post, *numbers: int, to: str = NGHE_AN, kind: str = "reply_accepted") -> None:
    post.queue(*(mail(f"reply:{number}", to, kind=kind) for number in numbers))


def test_eight_annexes_in_eight_mails_are_all_answered_three_an_hour_and_in_order(post: Post) -> None:
    queue(post, *range(8))
    sent_at = []
    for _ in range(150):
        sent_at += [post.clock.now() - START] * send(post).sent
        post.later(MINUTE)
    assert post.arrived() == [f"reply.{number}" for number in range(8)]
    assert sent_at == [0 * HOUR] * 3 + [1 * HOUR] * 3 + [2 * HOUR] * 2
    assert post.waiting() == []
    assert post.ledger.silences(START) == (Silence(NGHE_AN, START, START + HOUR, 5, 0),)


def test_other_addresses_do_not_wait_and_spellings_of_one_are_the_same(post: Post) -> None:
    queue(post, 1, 2)
    queue(post, 3, to="BQL+a@nghean.example")
    queue(post, 4, to="bql+b@NgheAn.example")
    queue(post, 5, to=DA_NANG)
    send(post)
    assert post.arrived() == ["reply.1", "reply.2", "reply.3", "reply.5"]


def test_what_answers_nothing_that_must_be_settled_is_dropped_with_one_alarm(post: Post) -> None:
    for round_ in range(3):
        queue(post, *range(10 * round_, 10 * round_ + 5), kind="refuse_no_attachment")
        send(post)
        post.later(10 * MINUTE)
    send(post)
    assert post.arrived() == ["reply.0", "reply.1", "reply.2", "alert.bql.100800"]
    assert post.waiting() == []
    assert post.ledger.silences(START) == (Silence(NGHE_AN, START, START + 20 * MINUTE, 0, 12),)


def test_a_new_silence_a_day_later_is_told_anew(post: Post) -> None:
    for _ in range(2):
        queue(post, *range(4), kind="answer_noted")
        queue(post, *range(10, 14), kind="answer_noted")
        send(post)
        post.later(DAY + HOUR)
        post.queue(*(mail(f"reply:late{number}", kind="answer_noted") for number in range(4)))
    send(post)
    alarms = [one for one in post.arrived() if one.startswith("alert")]
    assert alarms == ["alert.bql.100800", "alert.bql.110900"]


def test_after_twenty_in_a_day_there_is_silence_and_one_alarm(post: Post) -> None:
    for number in range(48):
        queue(post, 2 * number, 2 * number + 1)
        send(post)
        post.later(HOUR / 2)
    send(post)
    sent = [one for one in post.arrived() if one.startswith("reply")]
    assert len(sent) == 20
    assert sum(one.startswith("alert") for one in post.arrived()) == 1
    assert post.waiting() == [], "what lies above the cap of a day is dropped"


def test_the_cap_for_all_delays_and_loses_nothing(post: Post) -> None:
    for number in range(12):
        queue(post, number, to=f"bql{number}@tinh.example", kind="refuse_no_attachment" if number % 2 else "receipt")
    for _ in range(2):
        send(post, replies_in_all=5)
    assert [one for one in post.arrived() if one.startswith("alert")] == ["alert.all.100800"]
    for _ in range(2):
        post.later(HOUR)
        send(post, replies_in_all=5)
    assert [one for one in post.arrived() if one.startswith("reply")] == [f"reply.{number}" for number in range(12)]


def test_a_flood_of_strangers_stands_behind_those_who_are_registered(post: Post) -> None:
    post.queue(*(mail(f"held:x{number}@la.example/d", f"x{number}@la.example", kind="held") for number in range(40)))
    post.later(MINUTE)
    queue(post, 1)
    send(post, replies_in_all=30)
    assert post.arrived()[0] == "reply.1"
    assert sum(one.startswith("held") for one in post.arrived()) == 10


def test_reminders_and_digests_are_no_answers(post: Post) -> None:
    post.queue(*(mail(f"remind:c/40/{number}", kind="reminder") for number in range(6)))
    post.queue(*(mail(f"digest:c/2012-W{number}", kind="digest") for number in range(6)))
    assert send(post).sent == 12
    queue(post, 1)
    assert send(post).sent == 1


def test_alarms_have_a_cap_too_and_wait(post: Post) -> None:
    post.queue(*(mail(f"alert:{number}", OPERATOR, kind="alert_operator") for number in range(5)))
    assert send(post).sent == 3
    post.later(HOUR)
    assert send(post).sent == 2


def test_what_was_put_off_by_the_server_does_not_count(post: Post) -> None:
    post.script.text = deque(["450 4.7.1 Greylisted"] * 6)
    queue(post, 1, 2, 3)
    send(post)
    post.later(5 * MINUTE)
    send(post)
    post.later(10 * MINUTE)
    assert send(post).sent == 3


def test_a_server_that_cannot_be_used_costs_nobody_an_answer(post: Post) -> None:
    post.script.mail = deque(["421 4.3.2 shutting down"] * 4)
    queue(post, 1, 2, 3)
    for _ in range(5):
        send(post)
        post.later(10 * MINUTE)
    assert len(post.arrived()) == 3


def test_what_may_have_been_sent_counts_also_where_the_process_died(post: Post) -> None:
    post.ledger.hand_over("reply:0", "reply_accepted", [NGHE_AN], START)
    queue(post, 0, 1, 2)
    assert send(post).sent == 2, "the copy that may be under way is one of three"
    post.later(HOUR)
    assert send(post).sent == 1


def test_an_answer_that_is_lost_behind_the_final_dot_counts(post: Post) -> None:
    post.lose_patience()
    post.script.text = deque([SILENCE])
    queue(post, 1, 2, 3)
    send(post)
    post.later(2 * MINUTE)
    send(post)
    assert post.arrived() == ["reply.1", "reply.2", "reply.3"]
    assert post.waiting() == [("reply:1", 1)], "the copy waits for its hour like any other"


def test_a_copy_to_somebody_who_has_had_enough_is_left_out(post: Post) -> None:
    queue(post, 1, 2, 3, to=VAN_PHONG)
    send(post)
    post.queue(mail("reply:4", NGHE_AN, VAN_PHONG))
    send(post)
    assert post.script.taken[-1].to == (NGHE_AN,)


def test_an_alarm_that_cannot_be_written_holds_up_nobody(post: Post) -> None:
    def broken(_: Silence) -> tuple[Mail, ...]:
        raise ValueError("no template")

    queue(post, 1, 2, 3, 4, kind="answer_noted")
    queue(post, 5, to=DA_NANG)
    settings = smtp(post.server.port, replies_per_hour=3)
    deliver_due(post.ledger, post.vault, post.postman, settings, post.clock, silence_alarm=broken)
    assert post.arrived() == ["reply.1", "reply.2", "reply.3", "reply.5"]


@pytest.mark.parametrize("cap", ["replies_per_hour", "replies_per_day", "replies_in_all"])
def test_no_cap_can_be_switched_off(cap: str) -> None:
    for value in (0, -1, 10**6):
        with pytest.raises(ValueError, match=cap):
            smtp(25, **{cap: value})
