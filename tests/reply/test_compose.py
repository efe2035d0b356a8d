"""From an outgoing mail to bytes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Enclosure, Outgoing
from bot.preview.samples import DECISIONS, HEADING, NOW, SHA
from bot.reply.compose import MAX_REFERENCES, Sender, compose, is_writable, message_id
from tests.reply.writers import WRITER

SENDER = Sender("baocao@bo.example", "Hệ thống tiếp nhận báo cáo", "bo.example")
PLAIN = Outgoing(
    key="reply:" + SHA,
    kind="reply_accepted",
    to=("bql@nghean.example",),
    subject="[Đã tiếp nhận] Biểu III.4 – Nghệ An – mã biên nhận 12-40-0057",
    text="Báo cáo đã được tiếp nhận.\n" + "rất dài " * 400 + "\n.\nFrom đầu dòng\n",
    html="<p>Báo cáo đã được tiếp nhận.</p>" + "<b>dài</b>" * 500,
    in_reply_to="<1@nghean.example>",
    references=("<0@nghean.example>", "<1@nghean.example>"),
)
COPY = Enclosure("Biểu I.1 Nghệ An – đánh dấu.xlsx", bytes(range(256)) * 50, "application/vnd.ms-excel")


def _read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_bytes_are_short_ascii_lines_that_end_with_crlf() -> None:
    raw = compose(replace(PLAIN, enclosures=(COPY,)), SENDER, NOW).raw
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.endswith(b"\r\n")


def test_headers_say_that_a_machine_answers_in_the_thread() -> None:
    mail = compose(PLAIN, SENDER, NOW)
    message = _read(mail.raw)
    assert message["From"] == "Hệ thống tiếp nhận báo cáo <baocao@bo.example>"
    assert message["To"] == "bql@nghean.example"
    assert message["Subject"] == PLAIN.subject
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == mail.message_id == message_id(PLAIN.key, "bo.example")
    assert message["In-Reply-To"] == "<1@nghean.example>"
    assert message["References"].split() == ["<0@nghean.example>", "<1@nghean.example>"]
    assert message["X-Auto-Response-Suppress"] == "All"


@pytest.mark.parametrize(
    ("kind", "submitted", "precedence"),
    [
        ("reply_returned", "auto-replied", None),
        ("refuse_damaged", "auto-replied", None),
        ("held", "auto-replied", None),
        ("fault_sender", "auto-replied", None),
        ("alert_operator", "auto-generated", None),
        ("reminder", "auto-generated", "bulk"),
        ("digest", "auto-generated", "bulk"),
    ],
)
def test_automatic_mail_is_marked_as_rfc_3834_asks(kind: str, submitted: str, precedence: str | None) -> None:
    message = _read(compose(replace(PLAIN, kind=kind), SENDER, NOW).raw)
    assert (message["Auto-Submitted"], message["Precedence"]) == (submitted, precedence)


def test_same_key_gives_same_bytes() -> None:
    first, second = compose(PLAIN, SENDER, NOW), compose(PLAIN, SENDER, NOW)
    assert first == second
    assert re.fullmatch(r"<[0-9a-f]{32}@bo\.example>", first.message_id)
    assert compose(replace(PLAIN, key="reply:other"), SENDER, NOW).message_id != first.message_id


def test_texts_and_attachments_come_out_as_they_went_in() -> None:
    second = Enclosure("b.bin", b"", "bad type\r\n")
    message = _read(compose(replace(PLAIN, enclosures=(COPY, second)), SENDER, NOW).raw)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert message.get_content_type() == "multipart/mixed"
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == PLAIN.text
    assert html.get_content().strip() == PLAIN.html
    parts = list(message.iter_attachments())
    assert [(one.get_filename(), one.get_content_type()) for one in parts] == [
        (COPY.name, "application/vnd.ms-excel"),
        ("b.bin", "application/octet-stream"),
    ]
    assert [one.get_payload(decode=True) for one in parts] == [COPY.data, b""]
    assert not message.defects


def test_picture_of_the_html_hangs_on_the_html() -> None:
    picture = Enclosure("tien-do.png", b"\x89PNG", "image/png", content_id="tien-do")
    message = _read(compose(replace(PLAIN, enclosures=(picture, COPY)), SENDER, NOW).raw)
    html = message.get_body(("html",))
    assert html is not None
    inline = [one for one in message.walk() if one["Content-ID"]]
    assert [(one["Content-ID"], one.get_payload(decode=True)) for one in inline] == [("<tien-do>", b"\x89PNG")]
    assert [one.get_filename() for one in message.iter_attachments()] == [COPY.name]


def test_file_name_follows_rfc_2231() -> None:
    raw = compose(replace(PLAIN, enclosures=(COPY,)), SENDER, NOW).raw
    assert b"filename*" in raw
    assert b"utf-8''Bi%E1%BB%83u" in raw


def test_long_thread_keeps_its_first_and_last_ids() -> None:
    ids = tuple(f"<{index}@nghean.example>" for index in range(200))
    message = _read(compose(replace(PLAIN, references=ids, in_reply_to=ids[-1]), SENDER, NOW).raw)
    kept = message["References"].split()
    assert len(kept) == MAX_REFERENCES
    assert (kept[0], kept[1], kept[-1]) == (ids[0], ids[-MAX_REFERENCES + 1], ids[-1])


def test_long_message_id_is_not_folded() -> None:
    long = f"<{'a' * 180}@nghean.example>"
    assert f"In-Reply-To: {long}\r\n".encode() in compose(replace(PLAIN, in_reply_to=long), SENDER, NOW).raw


@pytest.mark.parametrize("bad", ["<a b@c>", "no brackets", "<a@b>\r\nBcc: x@y.example", "<ô@b>", "<>", "<a><b>"])
def test_id_that_is_not_plain_is_left_out(bad: str) -> None:
    message = _read(compose(replace(PLAIN, in_reply_to=bad, references=(bad,)), SENDER, NOW).raw)
    assert message["In-Reply-To"] is None
    assert message["References"] is None
    assert message["Bcc"] is None


def test_copies_are_sent_and_named() -> None:
    mail = compose(replace(PLAIN, cc=("ubnd@nghean.example", "khong phai dia chi")), SENDER, NOW)
    assert mail.to == ("bql@nghean.example", "ubnd@nghean.example")
    assert _read(mail.raw)["Cc"] == "ubnd@nghean.example"


def test_mail_to_nobody_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no address"):
        compose(replace(PLAIN, to=("nobody",)), SENDER, NOW)


@pytest.mark.parametrize(
    "good", ["bql@nghean.example", "a.b+c@x-y.example", "o'neil@x.example", "thư@x.example", "bql@tỉnh.example"]
)
def test_plain_address_is_writable(good: str) -> None:
    assert is_writable(good)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "a",
        "@x.example",
        "a@",
        "a@b\n",
        "a,b@x.example",
        '"a b"@x.example',
        "a\u202e@x.example",
        "a@\u200b.x",
        ".a@x.example",
        "a@x..y",
    ],
)
def test_anything_else_is_not(bad: str) -> None:
    assert not is_writable(bad)


NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\r\n\x00\x0b\x0c\x1c\x85\u2028\u2029\u202e\u2066\u061c\ufeff\ud800<>\"'=?_:;,@"),
    ),
    max_size=120,
)
HEADERS = {
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
}


@settings(max_examples=150, deadline=None)
@given(subject=NASTY, name=NASTY, ours=NASTY, thread=NASTY, extra=NASTY)
def test_no_foreign_text_makes_a_header(subject: str, name: str, ours: str, thread: str, extra: str) -> None:
    nasty = replace(
        PLAIN,
        subject=subject + "\r\nBcc: a@x.example\r\n\r\n<html>",
        text=subject,
        html=extra,
        in_reply_to=thread,
        references=(thread, "<1@nghean.example>"),
        to=(*PLAIN.to, extra),
        enclosures=(Enclosure(name, b"x", extra, ""),),
    )
    mail = compose(nasty, Sender(SENDER.address, ours, SENDER.domain), NOW)
    head = mail.raw.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\xff]", head.replace(b"\t", b""))
    message = _read(mail.raw)
    assert set(message.keys()) <= HEADERS
    assert len(message.keys()) == len(set(message.keys()))
    assert len(mail.subject) <= 200
    assert not [
        char for char in str(message["Subject"]) if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]
    (attached,) = message.iter_attachments()
    assert attached.get_payload(decode=True) == b"x"
    assert not re.search(r"[\r\n\x00]", attached.get_filename() or "")


def test_every_sample_mail_composes() -> None:
    for decision in DECISIONS.values():
        outgoing = WRITER.build_reply(decision, HEADING, SHA, NOW)
        assert outgoing is not None
        message = _read(compose(outgoing, SENDER, NOW).raw)
        assert message["Subject"] == outgoing.subject
