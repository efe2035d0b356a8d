"""Opening the connection: what is refused, what is only lost, and that nothing secret leaves in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.adapters.imap import Inbox, Listed, MailboxLost, MailboxRefused, batches
from tests.liar import PASSWORD, LiarServer, Talk
from tests.servers import NOON, Certificate, Door, DovecotServer, DovecotUser, PymapServer, mailbox_of, make_certificate

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Mailbox


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("BOT_TEST_SECRET", PASSWORD)
    return PASSWORD


def connect(settings: Mailbox) -> Inbox:
    inbox = Inbox(settings)
    inbox.connect()
    return inbox


def test_a_wrong_password_is_the_operators_business_and_is_not_repeated(
    imap_server: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TEST_SECRET", "sai-mat-khau")

    with pytest.raises(MailboxRefused, match="đăng nhập") as caught:
        connect(imap_server.settings)

    assert "sai-mat-khau" not in str(caught.value)


def test_a_secret_that_the_server_repeats_is_not_passed_on() -> None:
    def echo(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(tag + b" NO wrong: " + line + b"\r\n")

    with LiarServer({"LOGIN": echo}) as liar, pytest.raises(MailboxRefused) as caught:
        connect(mailbox_of(liar))

    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_password_with_vietnamese_letters_goes_through_sasl_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TEST_SECRET", "mật khẩu")

    with PymapServer(password="mật khẩu") as server:
        connect(mailbox_of(server)).close()


def test_without_the_secret_the_sentence_names_where_it_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT_TEST_SECRET")

    with LiarServer() as liar, pytest.raises(MailboxRefused, match="BOT_TEST_SECRET"):
        connect(mailbox_of(liar))


def test_starttls_encrypts_before_the_login(certificate: Certificate) -> None:
    with PymapServer(password=PASSWORD, starttls=certificate.for_server()) as server:
        inbox = connect(mailbox_of(server, security="starttls", ca_file=certificate.certificate))
        assert inbox.select().exists == 0
        inbox.close()


def test_starttls_works_at_dovecot(dovecot: DovecotServer, certificate: Certificate) -> None:
    user = DovecotUser(dovecot, tls=False)
    inbox = connect(mailbox_of(user, security="starttls", ca_file=certificate.certificate))
    assert inbox.select().exists == 0
    inbox.close()


@pytest.mark.parametrize("greeting", [b"* OK ready\r\n", b"* PREAUTH you are in\r\n"])
def test_no_password_is_sent_where_starttls_is_asked_for_but_not_offered(greeting: bytes) -> None:
    with LiarServer(greeting=greeting) as liar:
        with pytest.raises(MailboxRefused, match="STARTTLS"):
            connect(mailbox_of(liar, security="starttls"))

        assert not any(b"LOGIN" in line or b"AUTHENTICATE" in line for line in liar.heard)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Certificate, security: str) -> None:
    context = certificate.for_server()
    server = PymapServer(
        password=PASSWORD,
        tls=context if security == "tls" else None,
        starttls=context if security == "starttls" else None,
    )
    with server, pytest.raises(MailboxRefused, match="chứng thư"):
        connect(mailbox_of(server, security=security))


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    other = make_certificate(tmp_path, names="DNS:mail.example")
    server = PymapServer(password=PASSWORD, tls=other.for_server())
    with server, pytest.raises(MailboxRefused, match="chứng thư"):
        connect(mailbox_of(server, security="tls", ca_file=other.certificate))


def test_tls_at_a_port_that_talks_in_clear_is_refused_with_a_hint() -> None:
    with LiarServer() as liar, pytest.raises(MailboxRefused, match="security"):
        connect(mailbox_of(liar, security="tls"))


def test_a_missing_file_of_authorities_is_told(tmp_path: Path) -> None:
    with LiarServer() as liar, pytest.raises(MailboxRefused, match=r"none\.pem"):
        connect(mailbox_of(liar, security="tls", ca_file=tmp_path / "none.pem"))


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({"greeting": b"* BYE too many connections\r\n"}, id="BYE as greeting"),
        pytest.param({"greeting": b"220 mail ESMTP\r\n"}, id="another protocol"),
        pytest.param({"answers": {"LOGIN": lambda talk, *_: talk.hang_up()}}, id="cut during LOGIN"),
        pytest.param(
            {"answers": {"LOGIN": lambda talk, tag, _: talk.say(tag + b" NO [UNAVAILABLE] later\r\n")}},
            id="backend away",
        ),
    ],
)
def test_trouble_that_passes_is_a_lost_connection(trouble: dict[str, object]) -> None:
    with LiarServer(**trouble) as liar, pytest.raises(MailboxLost):  # type: ignore[arg-type]
        connect(mailbox_of(liar))


@pytest.mark.parametrize("verb", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "UID MOVE", "APPEND"])
def test_a_black_hole_at_any_command_is_noticed(verb: str) -> None:
    with LiarServer({verb: lambda talk, *_: talk.be_silent()}) as liar:
        inbox = Inbox(mailbox_of(liar, timeout_seconds=0.2))
        with pytest.raises(MailboxLost):
            use_everything(inbox)
        assert not inbox.connected


@pytest.mark.parametrize("verb", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "UID MOVE", "APPEND"])
@pytest.mark.parametrize(
    "nonsense",
    [
        b"* BYE going down\r\n",
        b"* 1 FETCH (UID 1 BODY[] {999999}\r\nhalf",
        b"\x00\xff not IMAP\r\n",
        b"* 1 FETCH ((((\r\n",
    ],
    ids=["BYE", "half a literal", "noise", "open brackets"],
)
def test_bye_and_nonsense_at_any_command_are_a_lost_connection(verb: str, nonsense: bytes) -> None:
    def lie(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(nonsense)
        talk.hang_up()

    with LiarServer({verb: lie}) as liar:
        inbox = Inbox(mailbox_of(liar))
        with pytest.raises(MailboxLost):
            use_everything(inbox)
        assert not inbox.connected


def use_everything(inbox: Inbox) -> None:
    inbox.connect()
    inbox.select()
    listed = inbox.list(0, 1)
    list(inbox.fetch(listed))
    inbox.file([1], "Đã xử lý")
    inbox.append("Sent", b"Subject: x\r\n\r\n", NOON)


def test_a_mail_that_the_server_cannot_hand_out_does_not_stop_the_others() -> None:
    def refuse_the_first(talk: Talk, tag: bytes, line: bytes) -> None:
        asked = line.split()[2]
        if b"1" in asked.split(b","):
            talk.say(tag + b" NO it is damaged\r\n")
            return
        talk.say(b"* 2 FETCH (UID 2 BODY[] {4}\r\nwell)\r\n")
        talk.done(tag)

    listed = [Listed(1, 4, NOON), Listed(2, 4, NOON)]
    with LiarServer({"UID FETCH": refuse_the_first}) as liar:
        inbox = connect(mailbox_of(liar))
        inbox.select()
        assert list(inbox.fetch(listed)) == [(listed[1], b"well")]
        inbox.close()


def test_news_about_other_mails_in_between_is_not_mistaken_for_the_mail() -> None:
    def chatter(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(b"* 9 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 5 FETCH (UID 77 FLAGS ())\r\n")
        talk.say(b"* 2 EXPUNGE\r\n* 2 FETCH (UID 2 FLAGS (\\Seen) BODY[] {4}\r\nwell)\r\n")
        talk.done(tag)

    listed = [Listed(1, 4, NOON), Listed(2, 4, NOON)]
    with LiarServer({"UID FETCH": chatter}) as liar:
        inbox = connect(mailbox_of(liar))
        inbox.select()
        assert list(inbox.fetch(listed)) == [(listed[1], b"well")]
        inbox.close()


def test_a_server_that_tells_no_uidnext_is_asked_for_its_last_mail() -> None:
    def select(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(b"* 1 EXISTS\r\n")
        talk.done(tag)

    with LiarServer({"SELECT": select}) as liar:
        inbox = connect(mailbox_of(liar))
        selected = inbox.select()
        inbox.close()

    assert (selected.uidvalidity, selected.uidnext) == (0, 2)


def test_a_crowded_box_is_searched_in_ranges_so_that_no_line_becomes_too_long() -> None:
    def select(talk: Talk, tag: bytes, line: bytes) -> None:
        talk.say(b"* 250000 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 300001] ok\r\n")
        talk.done(tag)

    with LiarServer({"SELECT": select}) as liar:
        inbox = connect(mailbox_of(liar))
        selected = inbox.select()
        inbox.list(0, selected.uidnext - 1)
        inbox.close()
        searches = [line.split()[-1] for line in liar.heard if b"SEARCH" in line]

    assert searches == [b"1:80000", b"80001:160000", b"160001:240000", b"240001:300000"]


def test_batches_are_bounded_by_bytes_and_by_count() -> None:
    sizes = [3, 3, 3, 20, 1, 1, 1]
    listed = [Listed(uid, size, NOON) for uid, size in enumerate(sizes, 1)]

    cut = [[one.uid for one in batch] for batch in batches(listed, budget_bytes=8, count=2)]

    assert cut == [[1, 2], [3], [4], [5, 6], [7]]
