"""Which mail of ours is answered, and what an explanation closes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.model import Effect, Noted, Outcome, Severity
from bot.reply.findings import number_parts
from tests.adapters.ledger.samples import (
    CAMPAIGN,
    NOW,
    finding,
    hash_of,
    mail,
    minutes,
    obligation,
    part,
    raws,
    settle_new,
    settlement,
)

if TYPE_CHECKING:
    from bot.adapters.ledger import Ledger
    from bot.model import Settlement

REPLY = mail("reply:1")
REMINDER = mail(f"remind:{CAMPAIGN}/nghe_an/3/2012-07-15", "reminder")


@pytest.fixture
def asked(ledger: Ledger) -> int:
    """Settle a message with two numbers that are queries, the first of two cells; return its number."""
    found = (finding("J14", Severity.QUERY, "von_vuot"), finding("J15", Severity.QUERY, "von_vuot"))
    other = finding("K20", Severity.QUERY, "ngay_la")
    parts = number_parts([part(Outcome.ACCEPTED, *found, other, finding("A1", Severity.NOTE, "chuan_hoa"))])
    return settle_new(ledger, "12-40-0001", settlement(*parts, receipt="12-40-0001", mails=(REPLY,)))


def explaining(ledger: Ledger, *noted: Noted, receipt: str = "12-40-0002") -> Settlement:
    about = ledger.history("nghe_an", "", pointers=(REPLY.message_id,)).answered
    given = settlement(receipt=receipt, at=NOW + minutes(5))
    return replace(given, decision=replace(given.decision, about=about, noted=noted))


@pytest.mark.parametrize("pointers", [(REPLY.message_id,), ("12-40-0001",), ("<lost@relay.example>", "12-40-0001")])
def test_the_mail_is_found_by_its_message_id_or_by_the_receipt(
    ledger: Ledger, asked: int, pointers: tuple[str, ...]
) -> None:
    answered = ledger.history("nghe_an", "bql@nghean.example", pointers=pointers).answered

    assert answered is not None
    assert (answered.key, answered.message, answered.receipt) == (REPLY.key, asked, "12-40-0001")
    assert (answered.raw, answered.sha256) == (raws(REPLY)[REPLY.key], hash_of("12-40-0001"))
    (told,) = answered.parts
    assert [(one.place.cell, number) for one, number in zip(told.findings, told.numbers, strict=True)] == [
        ("J14", 1),
        ("J15", 1),
        ("K20", 2),
    ]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("reporter", "pointers"),
    [
        ("ha_tinh", (REPLY.message_id,)),
        ("ha_tinh", ("12-40-0001",)),
        ("", (REPLY.message_id,)),
        ("nghe_an", ()),
        ("nghe_an", ("12-40-9999", "<other@mpi.example>")),
    ],
)
def test_a_mail_to_another_reporter_is_never_meant(ledger: Ledger, reporter: str, pointers: tuple[str, ...]) -> None:
    assert ledger.history(reporter, "x@y.example", pointers=pointers).answered is None


@pytest.mark.usefixtures("asked")
def test_the_first_good_pointer_wins(ledger: Ledger) -> None:
    ledger.enqueue([REMINDER], raws(REMINDER), NOW)
    pointers = ("<lost@relay.example>", REMINDER.message_id, "12-40-0001")
    answered = ledger.history("nghe_an", "", pointers=pointers).answered

    assert answered is not None
    assert (answered.key, answered.message, answered.parts) == (REMINDER.key, 0, ())
    assert ledger.history("ha_tinh", "", pointers=pointers).answered is None


@pytest.mark.usefixtures("asked")
def test_an_answer_to_the_reply_about_a_repeated_file_is_about_the_first(ledger: Ledger) -> None:
    again = mail("reply:2", "reply_duplicate")
    repeated = replace(part(Outcome.DUPLICATE), earlier="12-40-0001", revision=0)
    given = settlement(repeated, outcome=Outcome.DUPLICATE, receipt="12-40-0003", mails=(again,))
    settle_new(ledger, "12-40-0003", given, uid=9)
    answered = ledger.history("nghe_an", "", pointers=(again.message_id,)).answered

    assert answered is not None
    assert (answered.key, answered.receipt) == (again.key, "12-40-0001")


@pytest.mark.usefixtures("asked")
def test_an_explanation_closes_its_query_everywhere(ledger: Ledger) -> None:
    (before,) = ledger.standing([obligation()])
    given = explaining(ledger, Noted(1, "tạm dừng theo QĐ 123", Effect.EXPLAINED), Noted(7, "?", Effect.UNKNOWN))
    settle_new(ledger, "12-40-0002", given, uid=5)
    (after,) = ledger.standing([obligation()])
    history = ledger.history("nghe_an", "", pointers=("12-40-0001",))

    assert (before.queries, after.queries) == (3, 1)
    assert [one.queries for one in ledger.decided_between(NOW, NOW + minutes(1)).parts] == [1]
    assert history.answered is not None
    assert history.answered.explained == {1}
    assert [(one.form, one.finding.place.cell, one.text) for one in history.explained] == [
        ("III.4", "J14", "tạm dừng theo QĐ 123"),
        ("III.4", "J15", "tạm dừng theo QĐ 123"),
    ]


@pytest.mark.usefixtures("asked")
def test_all_queries_explained_leave_none_open(ledger: Ledger) -> None:
    both = (Noted(1, "đúng", Effect.EXPLAINED), Noted(2, "Nghị định 164 cho phép", Effect.DOUBTED))
    settle_new(ledger, "12-40-0002", explaining(ledger, *both), uid=5)
    again = explaining(ledger, Noted(1, "đúng như số gốc", Effect.EXPLAINED), receipt="12-40-0004")
    settle_new(ledger, "12-40-0004", again, uid=6)

    assert ledger.standing([obligation()])[0].queries == 0
    last = {one.finding.place.cell: one.text for one in ledger.history("nghe_an", "").explained}
    assert last == {"J14": "đúng như số gốc", "J15": "đúng như số gốc", "K20": "Nghị định 164 cho phép"}


def test_queries_that_were_not_kept_in_words_are_closed_with_the_others(ledger: Ledger) -> None:
    found = [finding(f"J{row}", Severity.QUERY, "von_vuot") for row in range(1, 3001)]
    (given,) = number_parts([part(Outcome.ACCEPTED, *found)])
    settle_new(ledger, "12-40-0001", settlement(given, receipt="12-40-0001", mails=(REPLY,)))
    settle_new(ledger, "12-40-0002", explaining(ledger, Noted(1, "đúng", Effect.EXPLAINED)), uid=5)

    assert ledger.standing([obligation()])[0].queries == 0


def test_of_very_many_findings_each_number_is_kept(ledger: Ledger) -> None:
    errors = [finding(f"J{row}") for row in range(1, 3001)]
    (given,) = number_parts([part(Outcome.RETURNED, *errors, finding("K20", Severity.QUERY, "ngay_la"))])
    settle_new(ledger, "12-40-0001", settlement(given, receipt="12-40-0001", mails=(REPLY,)))
    answered = ledger.history("nghe_an", "", pointers=("12-40-0001",)).answered

    assert answered is not None
    assert set(answered.parts[0].numbers) == {1, 2}
    assert len(answered.parts[0].findings) == 2000
