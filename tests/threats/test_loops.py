"""Other robots: no loop of mails lasts, whatever they write or leave out."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.adapters.ledger import Unreachable
from bot.demo.places import province
from bot.model import Outcome
from bot.reply.compose import message_id
from tests.flow.letters import STRANGER
from tests.flow.office import NOON
from tests.message.test_bounce import notice
from tests.threats.letters import PLACE, bad_form, mail

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from tests.threats.stand import Sent, Stand

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ADDRESS = province(PLACE).address


def talks(number: int, _: Sent | None, sender: str = ADDRESS) -> bytes:
    """A robot that answers everything with the same words, and bears no mark."""
    return mail({}, number, "Re: Thư của Quý cơ quan", sender=sender)


def sends_back(number: int, got: Sent | None, sender: str = ADDRESS) -> bytes:
    """A robot that sends back the files of the mail that it answers, or a bad form of its own."""
    files = {} if got is None else {str(one.get_filename()): _data(one) for one in got.mail.iter_attachments()}
    return mail(files or {f"Bieu {number}.xlsx": bad_form()}, number, "Re: báo cáo", sender=sender)


def _data(part: EmailMessage) -> bytes:
    data = part.get_content()
    return data if isinstance(data, bytes) else str(data).encode()


def within(sent: list[Sent], span: timedelta) -> int:
    """Return the most mails that went to one address in any such stretch of time."""
    times: dict[str, list[float]] = {}
    for one in sent:
        for address in one.to:
            times.setdefault(address, []).append((one.at - NOON).total_seconds())
    limit = span.total_seconds()
    return max((sum(0 <= other - at < limit for other in of) for of in times.values() for at in of), default=0)


@pytest.mark.parametrize("robot", [talks, sends_back])
def test_threat_06_a_ping_pong_robot_without_a_mark_is_answered_three_times_an_hour_at_most(
    stand: Stand, robot: Callable[..., bytes]
) -> None:
    """Every mail of ours is answered at once, and every hour it writes by itself: for a day."""
    number, answered = 0, 0
    while stand.clock.now() < NOON + timedelta(days=1):
        if stand.clock.now().minute == 0:
            number += 1
            stand.receive(robot(number, None))
        while answered < len(stand.sent):
            number, answered = number + 1, answered + 1
            stand.receive(robot(number, stand.sent[answered - 1]))
        stand.later(20 * MINUTE)

    assert within(stand.sent, HOUR) <= 3
    assert within(stand.sent, timedelta(days=1)) == 20
    assert len(stand.alarms) == 1
    assert ADDRESS in stand.alarms[0].subject
    assert len(stand.outcomes) == number, "every mail was settled nevertheless"
    assert all(stand.outcomes)


def test_threat_06_a_robot_at_an_unknown_address_gets_one_mail(stand: Stand) -> None:
    for number in range(20):
        stand.receive(talks(number, None, STRANGER))
        stand.later(10 * MINUTE)
    assert [one.to for one in stand.server.taken] == [(STRANGER,)]


def test_threat_06_our_own_mail_that_comes_back_is_not_answered(stand: Stand) -> None:
    (ours,) = stand.receive(mail({}))
    back = message_from_bytes(ours.raw)
    for name in ("From", "To", "Subject", "Auto-Submitted", "Message-ID", "X-Auto-Response-Suppress"):
        del back[name]
    back["From"], back["Subject"], back["Message-ID"] = ADDRESS, "Biểu I.1", "<khac@nghean.example>"
    assert stand.receive(back.as_bytes()) == []
    assert stand.outcomes[-1] is Outcome.IGNORED


def test_threat_06_after_a_restart_the_caps_know_what_was_sent(stand: Stand, tmp_path: Path) -> None:
    for number in range(3):
        stand.receive(talks(number, None))
    stand.later(MINUTE)
    stand.daemon.ledger.close()
    stand.daemon.ledger = type(stand.daemon.ledger)(stand.daemon.config.store.ledger_url)
    assert stand.receive(talks(9, None))[:1] == stand.alarms
    assert len(stand.sent) == 3


def test_threat_06_a_province_that_sends_its_annexes_one_by_one_is_answered_to_the_last(stand: Stand) -> None:
    for number in range(8):
        stand.receive(mail({f"Bieu I.1 ({number}).xlsx": bad_form() + b" " * number}, number))
        stand.later(MINUTE)
    assert len(stand.sent) == 3
    for _ in range(4):
        stand.later(HOUR)
    answered = [str(one.mail["In-Reply-To"]).partition("@")[0].strip("<") for one in stand.sent]
    assert answered == [str(number) for number in range(8)]
    assert stand.alarms == []


def test_threat_07_no_automatic_reply_to_a_digest_or_reminder_is_answered(stand: Stand) -> None:
    marks = [
        {"Auto-Submitted": "auto-replied"},
        {"Return-Path": "<>"},
        {"Precedence": "auto_reply"},
        {"X-Autoreply": "yes"},
        {"X-Autorespond": "Biểu I.1"},
        {"List-Id": "<tin@nghean.example>"},
    ]
    for number, headers in enumerate(marks):
        assert stand.receive(mail({}, number, headers=headers)) == [], headers
    assert stand.receive(mail({}, 20, "Trả lời tự động: Đôn đốc báo cáo")) == []
    assert stand.receive(mail({}, 21, sender="no-reply@nghean.example")) == []
    assert Counter(stand.outcomes) == {Outcome.IGNORED: len(marks) + 2}


def test_threat_07_exchange_puts_its_suppression_on_ordinary_mail_too(stand: Stand) -> None:
    (answer,) = stand.receive(mail(headers={"X-Auto-Response-Suppress": "All"}))
    assert answer.to == (ADDRESS,)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora beside the project are absent")
def test_threat_07_no_real_notice_or_automatic_reply_is_answered(stand: Stand) -> None:
    with (CORPORA / "MANIFEST.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["source"] in {"sisimai", "flufl-bounce"}]
    # The marks of all of them are looked at where mails are parsed.
    raws = [(CORPORA / row["file"]).read_bytes() for row in rows[::5] if "/not" not in row["file"]]
    assert len(raws) > 50
    assert stand.receive(*raws) == []


def test_threat_08_a_notice_of_failure_marks_the_address_of_the_mail_that_came_back(stand: Stand) -> None:
    (ours,) = stand.receive(mail({}))
    of = str(ours.mail["Message-ID"])
    raw = notice(final=ADDRESS.upper()).replace(b"<0123456789abcdef@bokehoach.example>", of.encode())
    assert stand.receive(raw) == []
    (marked,) = stand.ledger.unreachable()
    assert isinstance(marked, Unreachable)
    assert (marked.address, marked.status) == (ADDRESS, "5.1.1")
    assert marked.mail.startswith("reply:")

    stand.later(MINUTE)
    stand.receive(mail({}, 2))
    assert stand.ledger.unreachable() == (), "a mail from there shows that it can be reached"


def test_threat_08_a_delay_waits_and_a_notice_about_somebody_elses_mail_marks_nobody(stand: Stand) -> None:
    stand.receive(mail({}))
    assert stand.receive(notice("delayed", "4.4.1", ADDRESS), notice(final="khac@noikhac.example")) == []
    assert stand.ledger.unreachable() == ()


def test_threat_08_a_forged_notice_marks_nobody(stand: Stand) -> None:
    """Who writes to us as a mail server knows the addresses of the provinces, and no mail that went there."""
    stand.receive(mail({}))
    quoted = b"<0123456789abcdef@bokehoach.example>"
    key = f"remind:2012-kkt-kcn/{province(PLACE).code}/7/2012-07-15"
    for of in (quoted, b"", message_id(key, "bokehoach.example").encode()):
        assert stand.receive(notice(final=ADDRESS).replace(quoted, of)) == []
        assert stand.outcomes[-1] is Outcome.IGNORED
    assert stand.ledger.unreachable() == ()
