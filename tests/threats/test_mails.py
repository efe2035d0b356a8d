"""Mails that trick: by their headers, their structure, their number, or by coming twice."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.adapters.clock import SimulatedClock
from bot.adapters.ledger import Arrival
from bot.daemon import Daemon
from bot.demo.arriving import stamp
from bot.demo.places import province
from bot.demo.servers import DemoImap
from bot.journal import write_journal
from bot.model import Outcome
from bot.runners.pool import Ticket
from tests.fixtures.signing import key_name, make_key, signed
from tests.flow.office import NOON, OURS, configure
from tests.threats import harm
from tests.threats.letters import NAME, PLACE, bad_form, form, mail
from tests.threats.stand import BOX

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime
    from pathlib import Path

    from bot.adapters.ledger import Undecided
    from bot.runners.pool import WorkerPool
    from tests.threats.stand import Sent, Stand

ADDRESS = province(PLACE).address
SCRIPT = '<script>alert(1)</script><img src="http://x.example/a.png" onerror="alert(1)">'
PARK = "KCN Bắc Vinh"


def with_header(name: str, value: bytes, raw: bytes = b"") -> bytes:
    """Return a mail whose header of that name is these bytes."""
    return re.sub(rb"(?im)^%s:.*\r\n(?:[ \t].*\r\n)*" % name.encode(), b"", raw or mail(), count=1).replace(
        b"\r\n\r\n", b"\r\n%s: %s\r\n\r\n" % (name.encode(), value), 1
    )


def html_of(sent: Sent) -> str:
    body = sent.mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


# -- what is shown again -----------------------------------------------------------------------------------------------


def test_threat_16_what_a_sender_wrote_becomes_no_markup_of_ours(stand: Stand) -> None:
    escaped = SCRIPT.replace("<", "&lt;").replace(">", "&gt;")
    data = harm.with_text(PARK, escaped)
    raw = mail({f"{SCRIPT[:30]}.xlsx": data}, subject=f"Biểu I.1 {SCRIPT}")
    raw = with_header("From", f'"{SCRIPT[:25]}" <{ADDRESS}>'.encode(), raw)
    stand.receive(raw)
    stand.receive(mail({NAME: harm.with_text(PARK, f"{escaped} 2")}, 2))
    first, again = stand.sent
    for page in (html_of(first), html_of(again)):
        assert not re.search(r"<[^>]*(alert|onerror|x\.example)", page)
    assert "&lt;script&gt;" in html_of(again), "the row that went is named"
    assert stand.outcomes == [Outcome.ACCEPTED] * 2


@pytest.mark.parametrize(
    "subject",
    [
        b"=?utf-8?Q?a=0D=0ABcc:_nan-nhan@x.example=0D=0A=0D=0Abody?=",
        b"Bieu\x00 I.1",
        "Biểu \u202eI.1\u2066".encode(),
        "\u2028Biểu\u2029".encode(),
        "dài ".encode() * 5_000,
        b"",
    ],
    ids=["line ends", "nul", "bidi", "separators", "long", "empty"],
)
def test_threat_17_a_subject_makes_no_header_and_every_mail_is_answered(stand: Stand, subject: bytes) -> None:
    (answer,) = stand.receive(with_header("Subject", subject, mail({})))
    assert answer.to == (ADDRESS,)
    assert answer.mail["Bcc"] is None
    assert len(answer.subject) <= 200
    assert not set("\x00\r\n\u202e\u2066\u2028\u2029") & set(answer.subject)


# -- mails in mails ----------------------------------------------------------------------------------------------------


def forwarded(times: int, sender: str) -> bytes:
    """Return a good mail of the province that was passed on so many times as an attached mail, at last by *sender*."""
    raw = mail()
    for number in range(times):
        head = (
            f"From: {sender}\nTo: {OURS}\nSubject: Fwd {number}\nMessage-ID: <{number}@x.example>\nMIME-Version: 1.0\n"
        )
        head += f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\nContent-Type: message/rfc822\n\n"
        raw = head.replace("\n", "\r\n").encode() + raw + f"\r\n--b{number}--\r\n".encode()
    return raw


@pytest.mark.parametrize("times", [1, 3])
def test_threat_28_the_form_in_a_forwarded_mail_counts_for_the_outer_sender(stand: Stand, times: int) -> None:
    (answer,) = stand.receive(forwarded(times, ADDRESS))
    assert (stand.outcomes, answer.to) == ([Outcome.ACCEPTED], (ADDRESS,))
    other = province("Đà Nẵng").address
    (refused,) = stand.receive(forwarded(times, other))
    assert refused.to == (other,)
    assert stand.outcomes[-1] is not Outcome.ACCEPTED


def test_threat_28_forwarded_too_deep_is_told_and_not_passed_over(stand: Stand) -> None:
    (answer,) = stand.receive(forwarded(8, ADDRESS))
    assert stand.outcomes == [Outcome.REFUSED]
    assert "không có tệp" not in answer.text


# -- the same again ----------------------------------------------------------------------------------------------------


def test_threat_30_one_message_id_on_two_mails_hides_neither(stand: Stand) -> None:
    stand.receive(mail(number=1))
    stand.receive(mail({NAME: form(3)}, number=1))
    assert stand.outcomes == [Outcome.ACCEPTED] * 2
    assert "lần nộp 2" in stand.sent[-1].text


def test_threat_31_the_same_bytes_again_are_no_second_mail(stand: Stand) -> None:
    raw = mail()
    assert len(stand.receive(raw)) == 1
    assert stand.receive(raw, raw) == []
    assert stand.outcomes == [Outcome.ACCEPTED]
    assert stand.ledger.counts(stand.clock.now()).received_total == 1


def test_threat_33_what_is_corrected_replaces_what_was_sent_and_both_are_kept(stand: Stand) -> None:
    stand.receive(mail({NAME: bad_form()}, 1))
    stand.receive(mail(number=2))
    stand.receive(mail({NAME: form(3)}, 3))
    assert stand.outcomes == [Outcome.RETURNED, Outcome.ACCEPTED, Outcome.ACCEPTED]
    for number, sent in enumerate(stand.sent, 1):
        assert f"lần nộp {number}" in sent.text
    (counts,) = stand.ledger.accepted(["2012-kkt-kcn"])
    assert counts.revision == 3
    assert sum(1 for _ in stand.ledger.accepted_parts()) == 2


# -- size, structure, number -------------------------------------------------------------------------------------------


def test_threat_35_of_a_mail_too_large_to_fetch_the_header_is_kept_and_its_sender_is_told(stand: Stand) -> None:
    header = stamp(mail().partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    kept = stand.daemon.vault.put(header)
    stand.ledger.receive(BOX, [Arrival(900, kept, 60 * 2**20, stand.clock.now(), oversize=True)], stand.clock.now())
    stand.daemon.settle(stand.outcomes.append)
    stand.daemon.post()
    assert stand.outcomes == [Outcome.REFUSED]
    (answer,) = stand.sent
    assert "chia thành nhiều thư" in answer.text
    assert stand.daemon.vault.get(kept) == header


@pytest.mark.parametrize(
    "raw",
    [
        with_header("Content-Type", b"text/html" + b";" * 32_000),
        with_header("To", b"(" * 4_000),
        with_header("X-A", b"b\r\nX-A: b" * 20_000),
        f"From: {ADDRESS}\r\n".encode()
        + b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(1000)),
        f"From: {ADDRESS}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n".encode() + b"--x\r\n\r\n" * 100_000,
        f"From: {ADDRESS}\r\n".encode() + b"Content-Type: message/rfc822\r\n\r\n" * 1_900,
    ],
    ids=["semicolons", "comments", "many headers", "nested", "parts", "forwards"],
)
def test_threat_36_a_bomb_of_structure_is_settled_and_the_next_mail_is_read(
    stand: Stand, pool: WorkerPool, raw: bytes
) -> None:
    stand.daemon._pool = pool
    stand.receive(raw)
    (answer,) = stand.receive(mail(number=7))
    assert "mã biên nhận 12-40-0002" in answer.subject
    assert [one for one in stand.outcomes if one is None] == [], "no child has failed on it"


def test_threat_37_a_flood_is_taken_in_small_pieces_and_leaves_the_provinces_their_answers(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    undecided = stand.ledger.undecided

    def note(now: datetime, limit: int, without: Collection[int] = ()) -> tuple[Undecided, ...]:
        asked.append(limit)
        return undecided(now, limit, without)

    monkeypatch.setattr(stand.ledger, "undecided", note)
    flood = [mail({}, number, sender=f"la-{number}@noikhac.example") for number in range(80)]
    stand.receive(*flood, mail(number=900))
    assert max(asked) <= 64, "so many are held in memory at once, however many wait"
    assert len(stand.outcomes) == 81
    assert [one.subject for one in stand.sent if one.to == (ADDRESS,)] == [
        "[Đã tiếp nhận] Biểu I.1 – Nghệ An – mã biên nhận 12-40-0081"
    ]
    assert len(stand.sent) < stand.daemon.config.smtp.replies_in_all


def test_threat_37_a_province_passes_the_strangers_that_came_before_it(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.runners.process._BATCH", 4)
    stand.keep(*(mail({}, number, sender=f"la-{number}@noikhac.example") for number in range(300)))
    stand.keep(stamp(mail(number=900)))
    assert stand.daemon.settle(stand.outcomes.append, whole=False) == 4
    assert sorted(filter(None, stand.outcomes)) == [Outcome.ACCEPTED, *[Outcome.HELD] * 3]
    stand.daemon.post()
    (answer,) = [one for one in stand.sent if one.to == (ADDRESS,)]
    assert "mã biên nhận 12-40-0301" in answer.subject


def test_threat_37_who_is_registered_is_seen_as_the_inbox_is_swept(tmp_path: Path) -> None:
    with DemoImap() as imap:
        (tmp_path / "secret").write_text(imap.password)
        config = configure(tmp_path, mailbox={"port": imap.port, "user": imap.user, "password_file": "secret"})
        with Daemon(config, SimulatedClock(NOON)) as daemon:
            imap.deliver(mail({}, sender="la@noikhac.example"), NOON)
            imap.deliver(ours := mail({}, 2), NOON + timedelta(minutes=5))
            daemon.receive()
            assert daemon.vault.get(daemon.ledger.undecided(NOON, 1)[0].sha256) == ours


# -- who may read it ---------------------------------------------------------------------------------------------------


@pytest.fixture
def _log_afterwards() -> Iterator[None]:
    before = list(logging.getLogger().handlers)
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before


@pytest.mark.usefixtures("_log_afterwards")
def test_threat_39_the_log_holds_no_words_of_a_mail_and_answers_hold_only_the_senders_own(
    stand: Stand, capsys: pytest.CaptureFixture[str]
) -> None:
    write_journal(level="info")
    other = province("Đà Nẵng")
    stand.receive(mail({"Mat-8431.xlsx": bad_form()}, subject="Mật 8431"))
    stand.later(timedelta(hours=1))
    stand.receive(mail({}, 2, sender=other.address), mail({}, 3, sender="la-8431@noikhac.example"))
    told = "".join(capsys.readouterr())
    assert told.count("settled") >= 3
    for secret in ("8431", PARK, "249,07", ADDRESS, other.address):
        assert secret not in told, secret
    strangers = [one for one in stand.sent if one.to != (ADDRESS,)]
    assert len(strangers) == 2
    for one in strangers:
        assert PLACE not in one.text
        assert PARK not in one.text


def test_threat_01_a_child_that_is_shut_in_checks_a_signature(pool: WorkerPool, tmp_path: Path) -> None:
    domain = province(PLACE).address.rpartition("@")[2]
    path = tmp_path / "mail.eml"
    path.write_bytes(signed(mail(), domain))
    ticket = Ticket(path, 1, NOON)
    assert pool.prove(ticket, {key_name(domain): make_key().record()}).passed
    assert not pool.prove(ticket, {}).passed
