"""Postman, at the door: a real SMTP server on loopback that answers by a script."""

from __future__ import annotations

import socket
from collections import deque
from typing import TYPE_CHECKING

import pytest

from bot.adapters.delivery import Accepted, Deferred, Delivery, Refused, Unsure
from bot.adapters.smtp import Postman
from tests.adapters.smtp_samples import (
    ALL,
    FINAL,
    ONLY_THIS,
    OTHER,
    QUOTA,
    RAW,
    SENDER,
    THIS_TOMORROW,
    TO,
    UNTRIED,
    kind_of,
    settings,
)  # fmt: skip
from tests.adapters.smtp_scripts import DROP, SILENCE, Script, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def server(script: Script) -> Iterator[ScriptedServer]:
    with ScriptedServer(script) as running:
        yield running


def deliver_once(server: ScriptedServer, *to: str, raw: bytes = RAW, partly: bool = False) -> Delivery:
    with Postman(settings(server.port)) as postman:
        return postman.deliver(SENDER, to or (TO,), raw, partly=partly)


# -- what arrives -----------------------------------------------------------------------------------------------


def test_an_accepted_mail_arrives_byte_for_byte(server: ScriptedServer, script: Script) -> None:
    assert deliver_once(server) == Accepted("2.0.0 queued")
    (mail,) = script.taken
    assert (mail.mail_from, mail.to, mail.raw) == (SENDER, (TO,), RAW)


def test_lone_line_feeds_become_cr_lf_so_that_no_dot_can_end_the_mail_early(
    server: ScriptedServer, script: Script
) -> None:
    deliver_once(server, raw=b"Subject: a\n\nb\n.\nMAIL FROM:<x@y.example>\rc")
    assert script.taken[0].raw == b"Subject: a\r\n\r\nb\r\n.\r\nMAIL FROM:<x@y.example>\r\nc\r\n"


def test_an_empty_sender_is_the_null_path(server: ScriptedServer, script: Script) -> None:
    with Postman(settings(server.port)) as postman:
        assert isinstance(postman.deliver("", (TO,), RAW), Accepted)
    assert script.taken[0].mail_from == "<>"


# -- one connection for many mails ------------------------------------------------------------------------------


def test_many_mails_go_over_one_connection_also_after_refusals(server: ScriptedServer, script: Script) -> None:
    script.rcpt[OTHER] = deque(["550 5.1.1 no such user", "450 4.2.0 busy"])
    script.text = deque(["", "552 5.3.4 too big", "451 4.3.0 later"])
    with Postman(settings(server.port)) as postman:
        results = [postman.deliver(SENDER, (to,), RAW) for to in (TO, OTHER, TO, OTHER, TO, TO)]
    assert [type(one) for one in results] == [Accepted, Refused, Refused, Deferred, Deferred, Accepted]
    assert script.connections == 1


def test_a_server_that_ends_the_connection_between_two_mails_costs_nothing_but_a_new_connection(
    server: ScriptedServer, script: Script
) -> None:
    script.mail = deque(["", "421 4.7.0 too many messages on this connection", "", DROP])
    with Postman(settings(server.port)) as postman:
        assert [type(postman.deliver(SENDER, (TO,), RAW)) for _ in range(3)] == [Accepted] * 3
    assert (script.connections, len(script.taken)) == (3, 3)


def test_a_silent_connection_is_asked_before_it_is_used_again(server: ScriptedServer, script: Script) -> None:
    now = [0.0]
    script.noop = deque(["250 OK", DROP])
    with Postman(settings(server.port), monotonic=lambda: now[0]) as postman:
        for now[0] in (0, 20, 41, 62):
            assert isinstance(postman.deliver(SENDER, (TO,), RAW), Accepted)
    assert script.commands.count("NOOP") == 2, "none after 20 s, one after 41 s, one after 62 s"
    assert script.connections == 2, "the second NOOP found the connection dead"


def test_an_idle_connection_is_given_back_and_opened_again(server: ScriptedServer, script: Script) -> None:
    now = [0.0]
    with Postman(settings(server.port), monotonic=lambda: now[0]) as postman:
        postman.deliver(SENDER, (TO,), RAW)
        now[0] = 179
        assert not postman.close_if_idle()
        now[0] = 180
        assert postman.close_if_idle()
        assert not postman.close_if_idle()
        assert isinstance(postman.deliver(SENDER, (TO,), RAW), Accepted)
    assert script.connections == 2


def test_small_packets_are_sent_at_once_and_dead_lines_noticed(server: ScriptedServer) -> None:
    with Postman(settings(server.port)) as postman:
        postman.deliver(SENDER, (TO,), RAW)
        assert postman._client is not None
        line = postman._client.sock
        assert line is not None
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


# -- the server's answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("421 4.3.2 shutting down", ALL),
        ("450 4.2.0 mailbox busy", ONLY_THIS),
        ("450 4.7.1 Greylisted, please come back in 15 minutes", ONLY_THIS),
        ("451 4.3.0 local error", ONLY_THIS),
        ("452 4.3.1 out of storage", ONLY_THIS),
        ("550 5.7.1 not wanted", FINAL),
        ("552 5.3.4 too big", FINAL),
        ("554 5.6.0 bad content", FINAL),
        ("550 5.4.5 Daily user sending quota exceeded.", QUOTA),
        ("550-5.4.5 Daily user sending limit\r\n550 5.4.5 exceeded.", QUOTA),
        ("421 4.7.28 Our system has detected an unusual rate of mail", QUOTA),
        ("450 4.2.1 The user you are trying to contact is receiving mail too quickly.", THIS_TOMORROW),
        ("421 4.7.0 Temporary System Problem. Try again later", ALL),
    ],
)
@pytest.mark.parametrize("phase", ["rcpt", "data", "text"])
def test_what_an_answer_means(
    server: ScriptedServer, script: Script, phase: str, answer: str, expected: Delivery
) -> None:
    answers = deque([answer])
    if phase == "rcpt":
        script.rcpt[TO] = answers
    else:
        setattr(script, phase, answers)
    result = deliver_once(server)
    assert kind_of(result) == expected
    assert isinstance(result, Deferred | Refused)
    assert str(result).startswith(f"{answer[:3]} {answer[4:10]}"), "the server's own words are kept"
    assert script.taken == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("550 5.1.8 Access denied, bad outbound sender", UNTRIED),
        ("530 5.7.0 Authentication required", UNTRIED),
        ("552 5.3.4 Message size exceeds fixed limit", FINAL),
        ("452 4.3.1 Insufficient system storage", ONLY_THIS),
        ("421 4.3.2 shutting down", ALL),
        ("550 5.4.5 Daily user sending quota exceeded.", QUOTA),
    ],
)
def test_a_refused_sender_is_about_us_and_gives_up_no_mail(
    server: ScriptedServer, script: Script, answer: str, expected: Delivery
) -> None:
    script.mail = deque([answer])
    assert kind_of(deliver_once(server)) == expected


def test_one_of_two_recipients_refused(server: ScriptedServer, script: Script) -> None:
    script.rcpt[OTHER] = deque(["550 5.1.1 no such user"])
    result = deliver_once(server, TO, OTHER)
    assert isinstance(result, Accepted)
    assert [str(one) for one in result.refused] == [f"{OTHER}: 550 5.1.1 no such user"]
    assert script.taken[0].to == (TO,)


def test_one_of_two_recipients_put_off_puts_off_the_mail_so_that_nobody_gets_it_twice(
    server: ScriptedServer, script: Script
) -> None:
    script.rcpt[OTHER] = deque(["450 4.7.1 Greylisted"])
    result = deliver_once(server, TO, OTHER)
    assert result == Deferred(450, "4.7.1 Greylisted")
    assert script.taken == []


def test_partly_leaves_out_the_recipient_that_is_put_off(server: ScriptedServer, script: Script) -> None:
    script.rcpt[OTHER] = deque(["452 4.2.2 over quota"])
    result = deliver_once(server, TO, OTHER, partly=True)
    assert isinstance(result, Accepted)
    assert [one.address for one in result.refused] == [OTHER]


def test_all_recipients_refused_tells_each(server: ScriptedServer, script: Script) -> None:
    script.rcpt |= {TO: deque(["550 5.1.1 unknown"]), OTHER: deque(["553 5.1.3 bad"])}
    result = deliver_once(server, TO, OTHER)
    assert result == Refused(550, f"{TO}: 550 5.1.1 unknown; {OTHER}: 553 5.1.3 bad")


# -- lost connections -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "answer", "whole_server"),
    [("mail", DROP, True), ("data", DROP, True), ("data", "DROP in text", False), ("mail", SILENCE, True)],
)
def test_a_link_that_breaks_before_the_final_dot_leaves_nobody_with_the_mail(
    server: ScriptedServer, script: Script, phase: str, answer: str, whole_server: bool
) -> None:
    setattr(script, phase, deque([answer]))
    big = RAW + b"x" * 70 + b"\r\n" * 4_000_000
    with Postman(settings(server.port, timeout_seconds=5 if answer != SILENCE else 1)) as postman:
        result = postman.deliver(SENDER, (TO,), big if "text" in answer else RAW)
        assert kind_of(result) == Deferred(0, "", whole_server)
        assert isinstance(postman.deliver(SENDER, (TO,), RAW), Accepted), "the next mail goes over a new connection"
    assert len(script.taken) == 1


@pytest.mark.parametrize("answer", [DROP, SILENCE])
def test_a_link_that_breaks_after_the_final_dot_leaves_it_unsure(
    server: ScriptedServer, script: Script, answer: str
) -> None:
    script.text = deque([answer])
    with Postman(settings(server.port, timeout_seconds=1), final_answer=1) as postman:
        result = postman.deliver(SENDER, (TO,), RAW)
        assert isinstance(result, Unsure)
        assert "không rõ thư đã được nhận hay chưa" in str(result)
        assert isinstance(postman.deliver(SENDER, (TO,), RAW), Accepted)
    assert [mail.message_id for mail in script.taken] == ["<1@bo.example>"] * 2


def test_the_final_answer_is_awaited_longer_than_any_other(server: ScriptedServer, script: Script) -> None:
    script.text = deque(["SLOW 1.5"])
    with Postman(settings(server.port, timeout_seconds=1), final_answer=10) as postman:
        assert isinstance(postman.deliver(SENDER, (TO,), RAW), Accepted)


def test_a_refused_connection_is_the_whole_servers_and_no_try_of_the_mail() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        result = Postman(settings(port)).deliver(SENDER, (TO,), RAW)
    assert kind_of(result) == UNTRIED
    assert str(result) == f"máy chủ gửi thư 127.0.0.1:{port}: Connection refused"


def test_a_server_that_never_greets_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        result = Postman(settings(mute.getsockname()[1], timeout_seconds=0.2)).deliver(SENDER, (TO,), RAW)
    assert kind_of(result) == UNTRIED
    assert "không trả lời trong 0.2 giây" in str(result)


def test_a_host_name_that_is_none_is_told_and_not_raised() -> None:
    result = Postman(settings(25, "tls", host="a..example")).deliver(SENDER, (TO,), RAW)
    assert kind_of(result) == UNTRIED


# -- addresses --------------------------------------------------------------------------------------------------


def test_a_domain_in_vietnamese_goes_as_punycode_without_smtputf8(server: ScriptedServer, script: Script) -> None:
    assert isinstance(deliver_once(server, "bql@nghệan.example"), Accepted)
    assert script.taken[0].to == ("bql@xn--nghan-371b.example",)
    assert "SMTPUTF8" not in script.taken[0].options


def test_a_local_part_in_vietnamese_goes_by_smtputf8_where_it_is_offered(
    server: ScriptedServer, script: Script
) -> None:
    assert isinstance(deliver_once(server, "thư@nghean.example"), Accepted)
    assert script.taken[0].to == ("thư@nghean.example",)
    assert "SMTPUTF8" in script.taken[0].options


def test_a_local_part_in_vietnamese_is_refused_clearly_where_smtputf8_is_not_offered(script: Script) -> None:
    with ScriptedServer(script, utf8=False) as server:
        result = deliver_once(server, "thư@nghean.example")
        both = deliver_once(server, TO, "thư@nghean.example")
    assert isinstance(result, Refused)
    assert "SMTPUTF8" in str(result)
    assert isinstance(both, Accepted)
    assert [one.address for one in both.refused] == ["thư@nghean.example"]
    assert len(script.taken) == 1


@pytest.mark.parametrize(
    "address", ["", "khong-co-a-cong", "a@b@c.example", "a b@c.example", "a@c.example>\r\nRCPT TO:<v@c.example",
                "Ten <a@c.example>", "(x)a@c.example", "a@c.example\x00"]
)  # fmt: skip
def test_what_is_no_address_is_refused_before_the_server_hears_it(
    server: ScriptedServer, script: Script, address: str
) -> None:
    result = deliver_once(server, address)
    assert result == Refused(0, "địa chỉ không hợp lệ")
    assert script.commands == []


def test_an_address_given_twice_is_asked_once(server: ScriptedServer, script: Script) -> None:
    script.rcpt[TO] = deque(["550 5.1.1 no such user"])
    assert isinstance(deliver_once(server, TO, TO), Refused)
