"""The first fork of the flow: submission, refusal, held or ignored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.model import (
    Attachment,
    Authentication,
    Heading,
    Held,
    HeldReason,
    Ignored,
    Message,
    Proof,
    Refusal,
    RefusalReason,
    Reporter,
    Rulebook,
    Submission,
    Term,
    TrustedServers,
    Unreadable,
)
from bot.submission import find_reporter, open_submission, other_reporter

NGHE_AN = Reporter(
    "40",
    "Nghệ An",
    "Tỉnh Nghệ An",
    "",
    "tinh",
    aliases=("Nghe An",),
    addresses=("bql@nghean.example", "*@nghean.example"),
)
HA_NOI = Reporter(
    "01", "Hà Nội", "Thành phố Hà Nội", "", "tinh", aliases=("TP Hà Nội",), addresses=("so@hanoi.example",)
)
QUANG_NAM = Reporter("49", "Quảng Nam", "Tỉnh Quảng Nam", "", "tinh")
JULY = date(2012, 7, 1)
RULES = Rulebook((), (), (NGHE_AN, HA_NOI, QUANG_NAM), (), {}, "hash")
FILE = Attachment("a.xlsx", b"PK", "00")
PROVED = Authentication(Proof.PASSED, "dmarc=pass (mx)")
TRUST = TrustedServers(("mx",))
LOGO = Attachment("logo.png", b"x", "01", "image/png", inline=True)


def message(
    sender: str, *files: Attachment, automatic: str = "", defects: tuple[str, ...] = (), text: str = "x"
) -> Message:
    heading, at = Heading(sender, automatic=automatic), datetime(2012, 7, 1, tzinfo=UTC)
    return Message("00", at, heading, text, files, defects, authentication=PROVED)


def test_a_registered_sender_with_a_file_has_handed_in_a_submission() -> None:
    fate = open_submission(message("bql@nghean.example", FILE, LOGO), RULES, TRUST)
    assert fate == Submission(NGHE_AN, (FILE,))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (message("bql@nghean.example"), RefusalReason.NO_ATTACHMENT),
        (message("bql@nghean.example", LOGO), RefusalReason.NO_ATTACHMENT),
        (message("bql@nghean.example", defects=("oversize",)), RefusalReason.TOO_LARGE),
        (message("bql@nghean.example", defects=("more than 500 parts",), text=""), RefusalReason.DAMAGED),
    ],
)
def test_a_registered_sender_is_told_why_nothing_could_be_taken(given: Message, reason: RefusalReason) -> None:
    assert open_submission(given, RULES, TRUST) == Refusal(NGHE_AN, reason)


PROTECTED = Attachment("smime.p7m", b"x", "02", trouble=Unreadable(RefusalReason.PROTECTED, "S/MIME"))
LOCKED = Attachment("a.zip", b"PK", "03", trouble=Unreadable(RefusalReason.ENCRYPTED, "tệp nén có mật khẩu"))


def test_a_link_instead_of_a_file_is_told_from_a_forgotten_file() -> None:
    linked = replace(message("bql@nghean.example"), links=("https://drive.google.com/x",))
    assert open_submission(linked, RULES, TRUST) == Refusal(NGHE_AN, RefusalReason.LINK_ONLY)
    assert open_submission(replace(linked, attachments=(FILE,)), RULES, TRUST) == Submission(NGHE_AN, (FILE,))


def test_an_encrypted_mail_is_told_from_a_forgotten_file() -> None:
    fate = open_submission(message("bql@nghean.example", PROTECTED, LOGO), RULES, TRUST)
    assert fate == Refusal(NGHE_AN, RefusalReason.PROTECTED, "S/MIME")


def test_a_file_beside_an_encrypted_part_is_still_a_submission() -> None:
    fate = open_submission(message("bql@nghean.example", PROTECTED, FILE), RULES, TRUST)
    assert fate == Submission(NGHE_AN, (PROTECTED, FILE))


def test_an_archive_with_a_password_is_a_file_to_be_answered_by_its_own_cause() -> None:
    assert open_submission(message("bql@nghean.example", LOCKED), RULES, TRUST) == Submission(NGHE_AN, (LOCKED,))


@pytest.mark.parametrize("kind", ["text/calendar", "text/x-vcard", "application/x-pkcs7-signature"])
def test_what_mail_programs_add_is_no_file(kind: str) -> None:
    fate = open_submission(message("bql@nghean.example", Attachment("x", b"x", "04", kind)), RULES, TRUST)
    assert fate == Refusal(NGHE_AN, RefusalReason.NO_ATTACHMENT)


def test_unknown_senders_wait_for_the_ministry() -> None:
    found = PROVED.grounds
    assert open_submission(message("ai@gmail.example", FILE), RULES, TRUST) == Held(HeldReason.UNKNOWN_SENDER, found)
    assert open_submission(message("", FILE), RULES, TRUST) == Held(HeldReason.NO_SENDER, found)


@pytest.mark.parametrize(
    ("proof", "reason", "easily"),
    [
        (Proof.PASSED, None, None),
        (Proof.FAILED, HeldReason.FAILED, HeldReason.FAILED),
        (Proof.UNKNOWN, HeldReason.UNPROVED, None),
        (Proof.ABSENT, HeldReason.UNPROVED, None),
    ],
)
def test_a_registered_address_speaks_for_its_reporter_only_where_the_author_is_proved(
    proof: Proof, reason: HeldReason | None, easily: HeldReason | None
) -> None:
    given = replace(message("bql@nghean.example", FILE), authentication=Authentication(proof, "so"))
    for trust, expected in ((TRUST, reason), (replace(TRUST, accept_unproved=True), easily)):
        fate = open_submission(given, RULES, trust)
        assert fate == (Submission(NGHE_AN, (FILE,)) if expected is None else Held(expected, "so"))


def test_a_person_may_say_whose_mail_it_is() -> None:
    forged = replace(message("ai@gmail.example", FILE), authentication=Authentication(Proof.FAILED))
    for given in (forged, message("", FILE), message("bql@nghean.example", FILE)):
        assert open_submission(given, RULES, TRUST, vouched="01", shared_inbox=True) == Submission(HA_NOI, (FILE,))
    assert isinstance(open_submission(forged, RULES, TRUST, vouched="no such body"), Held)


def test_machines_are_ignored_even_from_a_registered_address() -> None:
    assert open_submission(message("bql@nghean.example", FILE, automatic="auto-submitted"), RULES, TRUST) == Ignored(
        "auto-submitted"
    )


def test_in_a_shared_inbox_other_mail_is_none_of_our_business() -> None:
    assert isinstance(open_submission(message("ai@gmail.example", FILE), RULES, TRUST, shared_inbox=True), Ignored)
    assert isinstance(open_submission(message("bql@nghean.example"), RULES, TRUST, shared_inbox=True), Ignored)
    assert isinstance(open_submission(message("bql@nghean.example", FILE), RULES, TRUST, shared_inbox=True), Submission)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("bql@nghean.example", "40"),
        ("skhdt@nghean.example", "40"),
        ("so@hanoi.example", "01"),
        ("x@hanoi.example", None),
        ("", None),
    ],
)
def test_an_address_speaks_for_the_reporter_that_registered_it(address: str, code: str | None) -> None:
    found = find_reporter(address, RULES.reporters, JULY)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BAN QUẢN LÝ CÁC KCN TỈNH NGHỆ AN", None),
        ("ỦY BAN NHÂN DÂN TỈNH QUẢNG NAM", "49"),
        ("UBND Thành phố Hà Nội", "01"),
        ("UBND tinh Quang Nam", "49"),
        ("Tỉnh Nghệ An và tỉnh Quảng Nam", None),
        ("Tỉnh Quảng Nam, thành phố Hà Nội", None),
        ("Công ty Quảng Nam", None),
        ("", None),
    ],
)
def test_a_file_that_names_another_province_is_noticed(text: str, code: str | None) -> None:
    other = other_reporter(text, NGHE_AN, RULES.reporters, JULY)
    assert (other.code if other else None) == code


def test_an_address_speaks_only_in_its_days_and_who_is_shut_out_not_by_his_domain() -> None:
    term = Term("bql@nghean.example", until=JULY)
    body = replace(NGHE_AN, terms=(term,), shut_out=("la@nghean.example", "so@hanoi.example"))
    only = replace(body, addresses=("bql@nghean.example",))
    after = date(2012, 7, 2)
    assert find_reporter("bql@nghean.example", (only,), JULY) == only
    assert find_reporter("bql@nghean.example", (only,), after) is None
    assert find_reporter("bql@nghean.example", (body,), after) == body, "by the domain"
    assert find_reporter("la@nghean.example", (body,), JULY) is None
    assert find_reporter("so@hanoi.example", (body, HA_NOI), JULY) == HA_NOI
