"""Outbox → SMTP, with a real ledger, vault and SMTP server."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.adapters.smtp import Postman
from bot.model import Mail
from bot.runners.send import Sent, deliver_due
from tests.adapters.smtp_scripts import DROP, SILENCE, Script, ScriptedServer
from tests.runners.send.outbox import DAY, HOUR, MINUTE, OPERATOR, START, Post, alarm_about, mail, smtp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.adapters.ledger import Due

SECRET = "bi-mat-cua-hop-thu"

# -- the outbox is emptied, in order, once ---------------------------------------------------------------------


def test_what_is_due_is_sent_over_one_connection_and_never_again(post: Post) -> None:
    post.queue(*(mail(f"reply:{number}") for number in range(45)))
    assert post.send() == Sent(sent=45)
    assert post.send() == Sent()
    assert post.arrived() == [f"reply.{number}" for number in range(45)]
    assert post.heard == [f"reply:{number}" for number in range(45)]
    assert post.script.connections == 1


def test_the_envelope_is_our_sender_and_the_recipients_of_the_outbox(post: Post) -> None:
    post.queue(mail("reply:1", "bql@nghean.example", "vanthu@nghean.example"))
    post.send()
    (taken,) = post.script.taken
    assert (taken.mail_from, taken.to) == ("tiepnhan@bo.example", ("bql@nghean.example", "vanthu@nghean.example"))


def test_replies_go_before_reminders_and_digests(post: Post) -> None:
    post.queue(mail("digest:c/2012-W28", kind="digest"), mail("remind:c/40/2", kind="reminder"), mail("reply:1"))
    post.later(MINUTE)
    post.queue(mail("reply:2"))
    post.send()
    assert post.arrived() == ["reply.1", "reply.2", "digest.c/2012-W28", "remind.c/40/2"]


def test_a_reply_that_comes_while_reminders_go_out_does_not_wait_for_all_of_them(post: Post) -> None:
    post.queue(*(mail(f"remind:c/{number}/1", kind="reminder") for number in range(63)))

    def settle_meanwhile(due: Due) -> None:
        if due.key == "remind:c/5/1":
            post.queue(mail("reply:1"))

    deliver_due(post.ledger, post.vault, post.postman, post.settings, post.clock, on_sent=settle_meanwhile)
    assert len(post.arrived()) == 64
    assert post.arrived().index("reply.1") == 20


def test_stopping_finishes_the_mail_in_hand_only(post: Post) -> None:
    post.queue(*(mail(f"reply:{number}") for number in range(5)))
    stop = threading.Event()
    deliver_due(
        post.ledger, post.vault, post.postman, post.settings, post.clock, stop=stop, on_sent=lambda _: stop.set()
    )
    assert post.arrived() == ["reply.0"]
    assert len(post.waiting()) == 4


def test_the_daily_limit_lets_the_rest_wait_until_yesterdays_mails_are_24_hours_old(post: Post) -> None:
    post.limit = 3
    post.queue(*(mail(f"reply:{number}") for number in range(4)))
    first = post.send()
    assert (first.sent, first.resume_at) == (3, START + timedelta(minutes=10))
    assert "daily limit of 3" in first.stopped
    post.later(23 * HOUR)
    assert post.send().sent == 0
    post.later(2 * HOUR)
    assert post.send() == Sent(sent=1)
    assert post.waiting() == []


# -- what may pass ---------------------------------------------------------------------------------------------


def test_a_mail_put_off_is_tried_soon_for_six_hours_then_hourly_and_given_up_after_four_days(post: Post) -> None:
    post.queue(mail("reply:1"))
    pauses: list[timedelta] = []
    while post.waiting() and len(pauses) < 300:
        post.script.text = deque(["451 4.3.0 later"])
        post.send()
        due_at = post.ledger.next_due_at() if ("reply:1", len(pauses) + 1) in post.waiting() else None
        if due_at is None:
            break
        pauses.append(due_at - post.clock.now())
        post.clock.move_to(due_at)
    assert [pause // MINUTE for pause in pauses[:5]] == [1, 2, 4, 4, 4]
    assert [pause // MINUTE for pause in pauses[88:92]] == [4, 4, 60, 60]
    assert 4 * DAY <= sum(pauses, timedelta()) <= 4 * DAY + HOUR
    assert post.arrived() == ["alert.reply:1".replace(":", ".")], "the operator hears of it, once"


def test_a_mail_that_is_put_off_does_not_hold_up_the_next(post: Post) -> None:
    post.script.text = deque(["450 4.7.1 Greylisted"])
    post.queue(mail("reply:1"), mail("reply:2"))
    assert post.send() == Sent(sent=1, deferred=1)
    assert (post.arrived(), post.waiting()) == (["reply.2"], [("reply:1", 1)])
    post.later(MINUTE)
    assert post.send() == Sent(sent=1)


def test_a_server_that_says_421_ends_the_round_and_only_the_mail_in_hand_counts_as_tried(post: Post) -> None:
    post.script.mail = deque(["421 4.3.2 shutting down"])
    post.queue(mail("reply:1"), mail("reply:2"))
    stopped = post.send()
    assert (stopped.sent, stopped.deferred, stopped.stopped) == (0, 1, "421 4.3.2 shutting down")
    assert post.waiting() == [("reply:1", 1), ("reply:2", 0)]
    post.later(MINUTE)
    assert post.send().sent == 2


def test_a_server_that_cannot_be_reached_counts_as_no_try_and_all_is_sent_when_it_is_back(post: Post) -> None:
    away = Postman(smtp(1))
    post.queue(mail("reply:1"), mail("reply:2"))
    for _ in range(5):
        round_ = deliver_due(post.ledger, post.vault, away, post.settings, post.clock)
        assert (round_.sent, round_.deferred, round_.resume_at) == (0, 0, post.clock.now() + timedelta(seconds=30))
        post.later(12 * DAY)
    assert post.waiting() == [("reply:1", 0), ("reply:2", 0)]
    assert post.send() == Sent(sent=2)


def test_a_silent_server_ends_the_round(post: Post) -> None:
    post.lose_patience()
    post.script.data = deque([SILENCE])
    post.queue(mail("reply:1"), mail("reply:2"))
    stopped = post.send()
    assert (stopped.sent, stopped.deferred) == (0, 1)
    assert "không trả lời" in stopped.stopped


def test_gmails_daily_quota_means_tomorrow(post: Post) -> None:
    post.script.text = deque(["550 5.4.5 Daily user sending quota exceeded."])
    post.queue(mail("reply:1"), mail("reply:2"))
    stopped = post.send()
    assert (stopped.deferred, stopped.given_up, stopped.resume_at) == (1, 0, START + DAY)
    post.later(23 * HOUR)
    assert post.send().sent == 0
    assert post.script.connections == 1, "the server is left alone"
    post.later(HOUR)
    assert post.send() == Sent(sent=2)


def test_a_mail_put_off_after_data_does_not_end_the_round(post: Post) -> None:
    post.script.data = deque(["DROP in text"])
    big = mail("reply:1")
    big = Mail(big.key, big.kind, big.message_id, big.to, "", big.raw + b"x\r\n" * 2_000_000)
    post.queue(big, mail("reply:2"))
    assert post.send() == Sent(sent=1, deferred=1)


# -- the window after the final dot ----------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [DROP, SILENCE])
def test_an_answer_that_is_lost_after_the_final_dot_sends_the_same_message_id_again(post: Post, answer: str) -> None:
    post.lose_patience()
    post.script.text = deque([answer])
    post.queue(mail("reply:1"), mail("reply:2"))
    assert post.send() == Sent(sent=1, deferred=1, unsure=1)
    post.later(MINUTE)
    assert post.send() == Sent(sent=1)
    assert post.arrived() == ["reply.1", "reply.2", "reply.1"]
    assert post.script.taken[0].raw == post.script.taken[2].raw


def test_a_kill_between_the_servers_answer_and_our_commit_sends_the_same_message_id_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(key: str, now: datetime) -> None:
        raise KeyboardInterrupt

    post.queue(mail("reply:1"), mail("reply:2"))
    with monkeypatch.context() as dying:
        dying.setattr(post.ledger, "sent", kill)
        with pytest.raises(KeyboardInterrupt):
            post.send()
    assert post.send() == Sent(sent=2)
    assert post.arrived() == ["reply.1", "reply.1", "reply.2"]
    assert post.script.taken[0].raw == post.script.taken[1].raw


# -- what is final ---------------------------------------------------------------------------------------------


def test_a_mail_that_is_refused_for_good_is_given_up_with_one_alarm(post: Post) -> None:
    post.script.rcpt["bql@nghean.example"] = deque(["550 5.1.1 no such user"])
    post.queue(mail("reply:1"), mail("reply:2", "skhdt@nghean.example"))
    assert post.send() == Sent(sent=2, given_up=1)
    assert post.arrived() == ["reply.2", "alert.reply.1"]
    assert post.script.taken[1].to == (OPERATOR,)
    post.later(10 * DAY)
    assert post.send() == Sent()


def test_there_is_no_alarm_about_an_alarm(post: Post) -> None:
    post.script.rcpt |= {"bql@nghean.example": deque(["550 unknown"]), OPERATOR: deque(["550 unknown too"] * 9)}
    post.queue(mail("reply:1"))
    assert post.send() == Sent(given_up=2)
    assert (post.waiting(), post.arrived()) == ([], [])


def test_an_alarm_that_cannot_be_written_holds_up_nothing(post: Post) -> None:
    def broken(due: Due, error: str) -> tuple[Mail, ...]:
        raise KeyError(error)

    post.script.text = deque(["554 5.6.0 no"])
    post.queue(mail("reply:1"), mail("reply:2"))
    round_ = deliver_due(post.ledger, post.vault, post.postman, post.settings, post.clock, alarm=broken)
    assert round_ == Sent(sent=1, given_up=1)


def test_a_refused_sender_gives_up_no_mail(post: Post) -> None:
    post.script.mail = deque(["550 5.1.8 bad outbound sender"])
    post.queue(mail("reply:1"), mail("reply:2"))
    stopped = post.send()
    assert (stopped.given_up, stopped.deferred) == (0, 0)
    assert "5.1.8" in stopped.stopped
    post.later(MINUTE)
    assert post.send().sent == 2


def test_recipients_that_are_refused_are_told_to_the_operator_and_the_others_have_the_mail(post: Post) -> None:
    post.script.rcpt["cu@nghean.example"] = deque(["550 5.1.1 gone"])
    post.queue(mail("reply:1", "bql@nghean.example", "cu@nghean.example"))
    told: list[str] = []

    def note(due: Due, error: str) -> tuple[Mail, ...]:
        told.append(error)
        return ()

    deliver_due(post.ledger, post.vault, post.postman, post.settings, post.clock, alarm=note)
    assert told == ["thư đã gửi, trừ các địa chỉ sau: cu@nghean.example: 550 5.1.1 gone"]
    assert post.script.taken[0].to == ("bql@nghean.example",)
    assert post.waiting() == []


def test_a_recipient_put_off_three_times_no_longer_holds_up_the_others(post: Post) -> None:
    post.script.rcpt["day@nghean.example"] = deque(["452 4.2.2 over quota"] * 9)
    post.queue(mail("reply:1", "bql@nghean.example", "day@nghean.example"))
    for _ in range(3):
        assert post.send() == Sent(deferred=1)
        post.later(HOUR)
    assert post.send() == Sent(sent=2), "the mail and the alarm about the one left out"
    assert post.script.taken[0].to == ("bql@nghean.example",)


def test_a_mail_whose_bytes_are_lost_is_told_and_holds_up_nothing(post: Post) -> None:
    lost = mail("reply:1")
    post.queue(lost, mail("reply:2"))
    (due, _) = post.ledger.due(START, 2)
    post.vault.path(due.raw).unlink()
    assert post.send() == Sent(sent=2, deferred=1)
    assert post.arrived() == ["reply.2", "alert.reply.1"]
    post.vault.put(lost.raw)
    post.later(MINUTE)
    assert post.send() == Sent(sent=1), "restored from a copy, it is sent"


def test_a_fault_of_ours_in_one_mail_holds_up_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver: Callable[..., object] = post.postman.deliver

    def trip(mail_from: str, to: tuple[str, ...], raw: bytes, **more: object) -> object:
        if b"reply:1" in raw:
            raise RuntimeError("a bug")
        return deliver(mail_from, to, raw, **more)

    monkeypatch.setattr(post.postman, "deliver", trip)
    post.queue(mail("reply:1"), mail("reply:2"))
    assert post.send() == Sent(sent=1, deferred=1)


# -- the secret ------------------------------------------------------------------------------------------------


def test_the_secret_is_nowhere_after_a_refused_login(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMTP_SECRET", SECRET)
    script = Script(login=deque([f"535 5.7.8 no: {SECRET}"] * 2))
    with ScriptedServer(script, logins=True) as server:
        postman = Postman(smtp(server.port, user="tiepnhan", password_env="SMTP_SECRET"))
        post.queue(mail("reply:1"))
        stopped = deliver_due(post.ledger, post.vault, postman, post.settings, post.clock, alarm=alarm_about)
        again = deliver_due(post.ledger, post.vault, postman, post.settings, post.clock)
    assert stopped.resume_at == again.resume_at == START + timedelta(minutes=4)
    assert len(script.logins) == 1, "the second round did not knock: quick tries lock accounts"
    logged = "".join(capfd.readouterr())
    assert "từ chối đăng nhập của tiepnhan" in logged
    assert SECRET not in logged + repr(stopped) + repr(vars(postman))
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


# -- addresses that do not exist any more ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("550 5.1.1 no such user", "5.1.1"),
        ("550 no such user", "5.0.0"),
        ("550 5.2.1 mailbox disabled", "5.2.1"),
        ("552 5.2.3 message too large for this mailbox", ""),
        ("550 5.7.1 blocked, see our policy", ""),
        ("550 5.4.5 Daily user sending quota exceeded.", ""),
        ("554 transaction failed", ""),
        ("450 4.2.1 try later", ""),
    ],
)
@pytest.mark.parametrize("beside", [(), ("vp@nghean.example",)], ids=["alone", "beside another"])
def test_a_recipient_whom_our_own_server_refuses_for_good_is_out_of_reach(
    post: Post, answer: str, status: str, beside: tuple[str, ...]
) -> None:
    post.script.rcpt["bql@nghean.example"] = deque([answer])
    post.queue(mail("reply:1", "bql@nghean.example", *beside))
    post.send()
    marked = [(one.address, one.status, one.mail) for one in post.ledger.unreachable()]
    assert marked == ([("bql@nghean.example", status, "reply:1")] if status else [])


def test_a_mail_refused_for_its_text_says_nothing_about_its_recipients(post: Post) -> None:
    post.script.text = deque(["550 5.7.1 looks like spam"])
    post.queue(mail("reply:1"))
    post.send()
    assert post.ledger.unreachable() == ()
