"""Delivery notices: who is out of reach for good, and which notices say nothing of the kind."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import compat32
from pathlib import Path

import pytest

from bot.language import VIETNAM
from bot.message import parse_message
from bot.message.bounce import find_bounces
from bot.model import Bounce
from bot.own_mark import HEADER, make_mark
from tests.flow.office import NOON, OURS

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "mail"
NGHE_AN = "BQL@NgheAn.example"
OF = "<0123456789abcdef@bokehoach.example>"
SECRET = b"a secret of our own"


def notice(
    action: str = "failed", status: str = "5.1.1", final: str = "BQL@NgheAn.example", original: str = ""
) -> bytes:
    first = f"Original-Recipient: rfc822;{original}\n" if original else ""
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {OURS}\nSubject: Undelivered Mail\nAuto-Submitted: auto-replied\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nI am sorry.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"{first}Final-Recipient: rfc822; {final}\nAction: {action}\nStatus: {status}\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {OF}\nSubject: Reminder\n--b--\n"
    ).encode()


def bounces(raw: bytes) -> tuple[Bounce, ...]:
    return parse_message(raw, NOON.astimezone(VIETNAM), own=OURS, secret=SECRET).bounces


def test_a_failed_recipient_is_told_with_the_mail_that_came_back() -> None:
    assert bounces(notice()) == (Bounce("bql@nghean.example", "", "5.1.1", OF),)
    (one,) = bounces(notice(final="<ve@noikhac.example>", original="bql@nghean.example"))
    assert (one.final, one.original) == ("ve@noikhac.example", "bql@nghean.example")


def copied(kind: str, mark: str) -> bytes:
    """Return a notice that copies the mail or its headers in a part of that kind, with our mark among them."""
    headers = f"Content-Type: {kind}\n\nSubject: Reminder\n{HEADER}: {mark}\nTo: x@y.example\n\nText\n"
    before, _, _ = notice().partition(b"--b\nContent-Type: text/rfc822-headers")
    return before + f"--b\n{headers}--b--\n".encode()


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822", "message/rfc822-headers", "text/plain"])
def test_a_notice_that_bears_our_mark_is_about_a_mail_of_ours(kind: str) -> None:
    mark = make_mark(OF, SECRET).replace("\r", "")
    (one,) = bounces(copied(kind, mark))
    assert (one.of, one.sealed) == (OF, True)
    assert not bounces(notice())[0].sealed


def test_our_mark_is_found_where_a_server_quotes_the_headers_in_words() -> None:
    mark = make_mark(OF, SECRET).replace("\r", "").replace("\n", "\n> ")
    before, _, _ = notice().partition(b"--b\nContent-Type: text/rfc822-headers")
    quoted = f"--b\nContent-Type: text/plain\n\n> {HEADER}: {mark}\n--b--\n".encode()
    assert [(one.of, one.sealed) for one in bounces(before + quoted)] == [(OF, True)]


def test_nobody_else_can_make_our_mark() -> None:
    for mark in (make_mark(OF, b"theirs"), make_mark(OF, SECRET).replace(OF[1:5], "9999"), "", OF):
        (one,) = bounces(copied("text/rfc822-headers", mark.replace("\r", "")))
        assert (one.of, one.sealed) == ("", False)


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("delayed", "4.4.1"),
        ("delayed", "5.1.1"),
        ("failed", "4.4.7"),
        ("delivered", "2.0.0"),
        ("relayed", "2.0.0"),
        ("failed", "5.3.4"),
        ("failed", "5.2.3"),
        ("failed", "5.6.1"),
    ],
)
def test_what_may_pass_or_is_about_the_mail_marks_nobody(action: str, status: str) -> None:
    assert bounces(notice(action, status)) == ()


def test_failed_recipients_in_a_header_count_too() -> None:
    raw = f"From: mailer-daemon@x.example\nX-Failed-Recipients: a@b.example, C@d.example\n\nMessage-ID: {OF}\n".encode()
    assert [(one.final, one.of) for one in bounces(raw)] == [("a@b.example", ""), ("c@d.example", "")]


def test_an_absence_is_no_bounce_and_a_person_cannot_mark_anybody() -> None:
    away = f"From: bql@nghean.example\nTo: {OURS}\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nAway.\n"
    assert bounces(away.encode()) == ()
    forwarded = (
        notice()
        .replace(b"MAILER-DAEMON@mx.example", b"bql@nghean.example")
        .replace(b"multipart/report", b"multipart/mixed")
    )
    person = forwarded.replace(b"Auto-Submitted: auto-replied\n", b"").replace(b"Undelivered Mail", b"Chuyen tiep")
    assert bounces(person) == ()


def test_a_broken_notice_marks_nobody() -> None:
    broken = notice().replace(b"Final-Recipient: rfc822; BQL@NgheAn.example\n", b"Final-Recipient: ;;; <<\n")
    assert bounces(broken) == ()


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not here")
def test_real_notices_are_read_without_a_fall_and_those_of_rfc_3464_name_whom_they_could_not_reach() -> None:
    """Every notice with a failed recipient and a permanent status, as a plain reading of its lines finds them."""
    read = named = 0
    for path in sorted(
        one for name in ("flufl-bounce", "sisimai") for one in (CORPORA / name).rglob("*") if one.is_file()
    ):
        raw = path.read_bytes()
        root = message_from_bytes(raw, policy=compat32)
        found = find_bounces(root)
        if root.get_content_type() == "multipart/report" and b"\nAction: failed" in raw and b"\nStatus: 5.1.1" in raw:
            read += 1
            named += bool(found)
        for one in found:
            assert one.final.count("@") >= 1
            assert one.status.startswith("5.")
    assert read > 20
    assert named == read


@pytest.mark.parametrize("field", [b"Action", b"Status", b"Final-Recipient", b"Original-Recipient"])
def test_raw_bytes_in_a_field_of_a_notice_are_no_fall(field: bytes) -> None:
    raw = notice(original="bql@nghean.example")
    for spoilt in (
        raw.replace(field + b": ", field + b": \xe1\xbb\x87"),
        raw.replace(field + b": ", field + b": \xff"),
    ):
        assert spoilt != raw
        assert len(bounces(spoilt)) <= 1
