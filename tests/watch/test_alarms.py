"""Troubles of the daemon: told once when they begin and once when they are over, whatever is broken meanwhile."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from bot.daemon.pulse import Pulse
from bot.daemon.watch import Watch
from bot.demo.servers import DemoImap, DemoSmtp
from bot.reply.render import Renderer
from bot.reply.write import Writer
from tests.flow.letters import letter
from tests.flow.office import OPERATOR
from tests.watch.seen import later, look, try_once

if TYPE_CHECKING:
    import pytest

    from bot.adapters.clock import SimulatedClock
    from bot.daemon import Daemon


def subjects(smtp: DemoSmtp) -> list[str]:
    return [str(message_from_bytes(raw, policy=default)["Subject"]) for _, _, raw in smtp.received]


def look_and_post(daemon: Daemon, watch: Watch, clock: SimulatedClock, minutes: float = 0) -> None:
    """Look as often as the watch does in that time; then send what is due."""
    for _ in range(3):
        later(clock, minutes / 3)
        look(watch)
    try_once(daemon, daemon._post_round, "post")


BEGUN, OVER = "[Cần xử lý] Không đọc được hộp thư", "[Đã khắc phục] Không đọc được hộp thư"


def test_a_trouble_is_told_once_however_often_the_daemon_starts_and_once_when_it_is_over(
    daemon: Daemon, imap: DemoImap, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    watch = Watch(daemon)
    imap.stop()
    for _ in range(3):
        try_once(daemon, daemon._mail_round, "mailroom")
        look_and_post(daemon, watch, clock, 9)
    assert subjects(smtp) == [BEGUN]
    assert smtp.received[0][1] == [OPERATOR]

    # Started anew, it has not yet had the time to see the trouble again: that is no reason to say it is over.
    daemon.pulse = Pulse(clock)
    watch = Watch(daemon)
    look_and_post(daemon, watch, clock, 12)
    try_once(daemon, daemon._mail_round, "mailroom")
    look_and_post(daemon, watch, clock, 18)
    assert subjects(smtp) == [BEGUN]

    imap.start()
    try_once(daemon, daemon._mail_round, "mailroom")
    look_and_post(daemon, watch, clock, 4)
    assert subjects(smtp) == [BEGUN]  # it may break again at once
    look_and_post(daemon, watch, clock, 4)
    look_and_post(daemon, watch, clock, 4)
    assert subjects(smtp) == [BEGUN, OVER]

    later(clock, 10)
    look_and_post(daemon, watch, clock)
    assert subjects(smtp) == [BEGUN, OVER, BEGUN]


def test_a_trouble_is_told_in_the_words_that_were_read_anew(
    daemon: Daemon, imap: DemoImap, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    watch, pool, content = Watch(daemon), daemon._pool, daemon._content
    renderer = Renderer({**content.templates, "vi/alert_operator/subject.txt": "Lời mới của Bộ"})
    daemon.take_up(replace(content, renderer=renderer, writer=Writer(renderer, content.rulebook)))
    daemon._pool = pool
    imap.stop()
    for _ in range(3):
        try_once(daemon, daemon._mail_round, "mailroom")
        look_and_post(daemon, watch, clock, 9)
    assert subjects(smtp) == ["Lời mới của Bộ"]


def test_when_our_server_takes_nothing_another_one_carries_the_news(
    daemon: Daemon, imap: DemoImap, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    away = "nguoi-truc@noi-khac.example"
    with DemoSmtp() as other:
        account = daemon.config.smtp.model_copy(update={"port": other.port, "sender": "bot@noi-khac.example"})
        alarm = daemon.config.alarm.model_copy(update={"smtp": account, "to": away})
        daemon.config = daemon.config.model_copy(update={"alarm": alarm})
        watch = Watch(daemon)
        imap.deliver(letter("x"), clock.now())
        try_once(daemon, daemon._mail_round, "mailroom")
        smtp.stop()
        for _ in range(4):
            try_once(daemon, daemon._mail_round, "mailroom")
            look_and_post(daemon, watch, clock, 12)
        assert [(sender, to) for sender, to, _ in other.received] == [("bot@noi-khac.example", [away])]
        assert subjects(other) == ["[Cần xử lý] Máy chủ gửi không nhận thư"]

        smtp.start()
        for _ in range(3):
            try_once(daemon, daemon._mail_round, "mailroom")
            look_and_post(daemon, watch, clock, 4)
        assert len(other.received) == 1
        assert subjects(smtp)[1:] == ["[Đã khắc phục] Máy chủ gửi không nhận thư"]


def test_a_ledger_that_takes_nothing_is_told_past_it_and_once(
    daemon: Daemon, smtp: DemoSmtp, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(daemon)
    with monkeypatch.context() as broken:
        broken.setattr(daemon.ledger, "undecided_since", refuse)
        broken.setattr(daemon.ledger, "open_alarms", refuse)
        for _ in range(3):
            look(watch)
            later(clock, 2)
        assert subjects(smtp) == ["[Cần xử lý] Không đọc được sổ ghi"]
    daemon.receive()
    look_and_post(daemon, watch, clock)
    assert subjects(smtp)[1:] == ["[Đã khắc phục] Không đọc được sổ ghi"]


def refuse(*_: object) -> None:
    raise OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error"))


def test_where_nobody_is_to_hear_of_it_nothing_is_written(
    daemon: Daemon, smtp: DemoSmtp, clock: SimulatedClock
) -> None:
    nobody = daemon.config.ministry.model_copy(update={"operator": ""})
    daemon.config = daemon.config.model_copy(update={"ministry": nobody})
    watch = Watch(daemon)
    daemon.pulse.expect("sweep")
    look_and_post(daemon, watch, clock, 30)
    assert look(watch).troubles != ()
    assert subjects(smtp) == []
