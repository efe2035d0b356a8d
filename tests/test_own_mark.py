"""Our own mail is known when it comes back, and nobody else's is taken for it."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from bot.language import VIETNAM
from bot.message import parse_message
from bot.model import Outgoing
from bot.own_mark import HEADER, is_own_mark, make_mark
from bot.reply.compose import Sender, compose
from tests.flow.office import NOON, OURS, SECRET, SENDER

if TYPE_CHECKING:
    from bot.model import Mail

OTHER = b"o" * 32
OUTGOING = Outgoing("reply:1", "reply_accepted", ("bql@nghean.example",), "Đã tiếp nhận", "Đã nhận.", "<p>Đã nhận.</p>")


def ours(sender: Sender = SENDER) -> Mail:
    return compose(OUTGOING, sender, NOON)


def mark_of(raw: bytes, secret: bytes = SECRET) -> str:
    return parse_message(raw, NOON.astimezone(VIETNAM), own="khac@bokehoach.example", secret=secret).heading.automatic


def rewritten(raw: bytes, **headers: str | None) -> bytes:
    """Return the mail as a robot sends it back: these headers are its own, or are gone."""
    mail = message_from_bytes(raw)
    for name in ("From", "To", "Subject", "Auto-Submitted", "Precedence"):
        del mail[name]
    mail["From"], mail["To"], mail["Subject"] = "may@nghean.example", OURS, "Biểu I.1"
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        if value is not None:
            mail[name.replace("_", "-")] = value
    return mail.as_bytes()


def test_every_mail_of_ours_bears_the_mark_over_its_message_id() -> None:
    mail = ours()
    written = str(message_from_bytes(mail.raw)[HEADER])
    assert is_own_mark(written, SECRET)
    assert written.startswith(mail.message_id.strip("<>") + ";")
    assert all(len(line) <= 120 for line in mail.raw.split(b"\r\n"))


def test_what_comes_back_is_ours_whatever_else_was_written_over() -> None:
    assert mark_of(rewritten(ours().raw)) == "our own mark"
    assert mark_of(rewritten(ours().raw, Message_ID="<moi@nghean.example>")) == "our own mark"
    assert mark_of(rewritten(ours().raw).replace(b";\r\n ", b"; ").replace(b";\n ", b"; ")) == "our own mark"


@pytest.mark.parametrize(
    "forged",
    [
        "",
        ";",
        "x",
        make_mark("<1@bokehoach.example>", OTHER),
        make_mark("<1@bokehoach.example>", SECRET).replace("1@", "2@"),
        make_mark("<1@bokehoach.example>", SECRET)[:-1],
        "1@bokehoach.example; ký tự lạ",
    ],
)
def test_what_others_write_there_is_no_sign(forged: str) -> None:
    assert mark_of(rewritten(ours().raw, X_Submission_Bot=forged)) == ""


def test_without_a_secret_nothing_is_marked_and_nothing_recognised() -> None:
    assert HEADER not in message_from_bytes(ours(Sender(OURS, "", "bokehoach.example")).raw)
    assert mark_of(rewritten(ours().raw), b"") == ""
    assert not is_own_mark(make_mark("<1@x>", b""), b"")


def test_a_person_who_attaches_or_quotes_our_mail_is_a_person() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bql@nghean.example", OURS, "Fwd: Đã tiếp nhận"
    mail.set_content("Chuyển lại thư của Bộ:\n\n" + ours().raw.decode("ascii"))
    mail.add_attachment(message_from_bytes(ours().raw, policy=mail.policy))
    assert mark_of(mail.as_bytes()) == ""
