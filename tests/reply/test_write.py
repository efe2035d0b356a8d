"""Who gets which mail, under which key."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.language import VIETNAM
from bot.model import Enclosure, Outcome
from bot.preview.campaign import RULEBOOK
from bot.preview.findings import LEASED
from bot.preview.samples import (
    ALERT,
    DECISIONS,
    DIGEST,
    DIGEST_NOW,
    HEADING,
    NOW,
    OWED_1,
    OWED_34,
    SHA,
    checked_part,
    decision,
    owed,
)
from bot.reply.contexts import ReplyReturned
from bot.reply.replies import answer
from bot.reply.write import Writer
from tests.reply.digests import tell
from tests.reply.writers import RENDERER, WRITER

NGHE_AN = RULEBOOK.reporter("40")
COPY = Enclosure("Bieu I.1 Nghe An-danh-dau.xlsx", b"PK")
CAMPAIGN = RULEBOOK.campaigns[0]


@pytest.mark.parametrize(
    ("case", "key"),
    [
        ("reply_accepted", f"reply:{SHA}"),
        ("refuse_encrypted", f"reply:{SHA}"),
        ("held", "held:bql@nghean.example/2012-07-10"),
        ("fault_sender", f"fault:{SHA}"),
    ],
)
def test_reply_has_a_key_of_its_own(case: str, key: str) -> None:
    mail = WRITER.build_reply(DECISIONS[case], HEADING, SHA, NOW)
    assert mail is not None
    assert mail.key == key


def test_nothing_is_answered_to_an_ignored_message() -> None:
    assert WRITER.build_reply(decision(Outcome.IGNORED), HEADING, SHA, NOW) is None


@pytest.mark.parametrize("sender", ["", "nobody", "a@b@c", "a b@c.example", "a@c.example\r\nBcc: x@y.example", "a@.c"])
def test_nothing_is_sent_where_there_is_no_address(sender: str) -> None:
    heading = replace(HEADING, sender=sender)
    assert WRITER.build_reply(DECISIONS["reply_accepted"], heading, SHA, NOW) is None
    assert WRITER.build_fault_notice(heading, SHA, "12-00-0001", NOW) is None


def test_reply_stays_in_the_thread_of_the_message() -> None:
    mail = WRITER.build_reply(DECISIONS["reply_accepted"], HEADING, SHA, NOW)
    assert mail is not None
    assert (mail.to, mail.in_reply_to) == ((HEADING.sender,), HEADING.message_id)
    assert mail.references == (*HEADING.references, HEADING.message_id)


def test_marked_copies_are_attached_and_named_in_the_second_line() -> None:
    mail = WRITER.build_reply(DECISIONS["reply_returned"], HEADING, SHA, NOW, marked=[COPY])
    assert mail is not None
    assert mail.enclosures == (COPY,)
    assert "bản đánh dấu gửi kèm" in mail.text.splitlines()[1]


def test_fault_notice_and_failed_decision_are_the_same_mail() -> None:
    failed = WRITER.build_reply(DECISIONS["fault_sender"], HEADING, SHA, NOW)
    assert failed == WRITER.build_fault_notice(HEADING, SHA, "12-40-0031", NOW, "40")


def test_a_reminder_has_the_key_of_its_stage() -> None:
    mail = WRITER.build_reminder(NGHE_AN, CAMPAIGN, [OWED_1, OWED_34], "remind:c/40/3/2012-07-15", NOW)
    assert mail is not None
    assert (mail.key, mail.to) == ("remind:c/40/3/2012-07-15", ("bql@nghean.example",))


def test_nobody_is_reminded_without_an_address_or_a_debt() -> None:
    assert WRITER.build_reminder(NGHE_AN, CAMPAIGN, [], "key", NOW) is None
    assert WRITER.build_reminder(replace(NGHE_AN, addresses=("*@x.example",)), CAMPAIGN, [OWED_1], "key", NOW) is None


def test_digest_and_alert_have_their_keys() -> None:
    assert WRITER.build_digest(DIGEST, ("vu@baocao.example",), DIGEST_NOW).key == "digest:2012-kkt-kcn/2012-W29"
    assert WRITER.build_alert(ALERT, ("truc@baocao.example",)).key == f"alert:{SHA}"


def test_digest_of_the_first_days_of_a_year_belongs_to_the_iso_week() -> None:
    facts = replace(DIGEST, week=datetime(2013, 1, 1, tzinfo=VIETNAM).date())
    assert WRITER.build_digest(facts, ("vu@baocao.example",), NOW).key == "digest:2012-kkt-kcn/2013-W01"


def test_digest_counts_from_the_standings() -> None:
    told = tell(DIGEST, RULEBOOK, DIGEST_NOW)
    assert (told.reporters, told.complete, told.silent_count) == (5, 2, 1)
    assert (told.gained, told.sent_back) == (("Thanh Hóa", "Nghệ An", "Lạng Sơn"), ("Nghệ An",))
    assert [(one.reporters, one.missing, one.overdue_days, one.silent) for one in told.calls] == [
        (("Lào Cai",), "Biểu I.1", 5, True),
        (("Nghệ An",), "Biểu I.1", 5, False),
    ]


def test_return_names_the_deadline_of_the_returned_form_not_another_one() -> None:
    context = answer(decision(Outcome.RETURNED, checked_part(*LEASED), owed=(OWED_34, OWED_1)), RULEBOOK, NOW)
    assert isinstance(context, ReplyReturned)
    assert context.due.words == "trước ngày 15/7/2012"
    assert [(one.here, one.count) for one in context.owed] == [("Biểu I.1", 1), ("", 1)]


def test_overdue_return_says_so_without_blame() -> None:
    late = decision(Outcome.RETURNED, checked_part(*LEASED, late_days=3), owed=(owed("I.1", -3),))
    mail = WRITER.build_reply(late, HEADING, SHA, NOW + timedelta(days=8))
    assert mail is not None
    assert "trong thời gian sớm nhất (thời hạn trước ngày 15/7/2012 đã qua 3 ngày)" in mail.text.splitlines()[1]
    assert "Nhận sau thời hạn 3 ngày" in mail.text


def test_rulebook_without_campaigns_still_answers() -> None:
    empty = replace(RULEBOOK, campaigns=(), forms=(), reporters=(), obligations=())
    writer = Writer(RENDERER, empty)
    for given in DECISIONS.values():
        assert writer.build_reply(given, HEADING, SHA, NOW) is not None
