"""The verdict on a message, from the verdicts on its parts."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from bot.decide.verdict import decide, judge_table, receipt_code, refuse_file, remember, repeat_file
from bot.model import (
    Attachment,
    Campaign,
    Contact,
    Deadline,
    Finding,
    Form,
    Heading,
    History,
    Obligation,
    Outcome,
    Part,
    Place,
    RefusalReason,
    Rulebook,
    Severity,
    SheetPlace,
    Table,
    Unreadable,
)
from tests.flow.office import NOON

if TYPE_CHECKING:
    from bot.model import Decision

ACCEPTED, RETURNED, DUPLICATE, REFUSED = Outcome.ACCEPTED, Outcome.RETURNED, Outcome.DUPLICATE, Outcome.REFUSED
PARKS, PROJECTS = ("c", "I.1"), ("c", "III.4")
FORM = Form("I.1", "c", "Biểu I.1. Tổng hợp", "nguồn", (), (), ())
RULEBOOK = Rulebook(
    campaigns=(Campaign("c", "Đợt", "Bộ", "Vụ", "", date(2012, 3, 2), Contact("đầu mối")),),
    forms=(FORM, replace(FORM, id="III.4", title="Biểu III.4. Dự án")),
    reporters=(),
    obligations=tuple(
        Obligation("c", form, "40", Deadline(f"trước ngày {day}", day))
        for form, day in (("I.1", date(2012, 7, 15)), ("III.4", date(2012, 11, 30)))
    ),
    notices={},
    hash="f00",
)


def file(name: str) -> Attachment:
    return Attachment(name, name.encode(), hashlib.sha256(name.encode()).hexdigest())


def part(verdict: Outcome, form: tuple[str, str] = PARKS, *, name: str = "a.xlsx", revision: int = 1) -> Part:
    return Part(name, file(name).sha256, verdict, campaign=form[0], form=form[1], revision=revision)


def refused(reason: RefusalReason, name: str = "b.pdf") -> Part:
    return refuse_file(file(name), Unreadable(reason))


def decided(*parts: Part, history: History | None = None) -> Decision:
    return decide(
        Heading("bql@nghean.example"), parts, receipt="12-40-0057", received_at=NOON, reporter="40",
        rulebook=RULEBOOK, history=history or History(),
        days_left=lambda deadline: (deadline.day - NOON.date()).days if deadline else None,
    )  # fmt: skip


def after(*sent: Part) -> History:
    history = History()
    for number, one in enumerate(sent, 1):
        history = remember(history, (one,), f"12-40-{number:04}", NOON + timedelta(hours=number))
    return history


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        ((ACCEPTED,), ACCEPTED),
        ((RETURNED,), RETURNED),
        ((DUPLICATE,), DUPLICATE),
        ((REFUSED,), REFUSED),
        ((ACCEPTED, RETURNED), RETURNED),
        ((ACCEPTED, DUPLICATE), ACCEPTED),
        ((RETURNED, DUPLICATE), RETURNED),
        ((ACCEPTED, REFUSED), RETURNED),
        ((DUPLICATE, REFUSED), RETURNED),
        ((REFUSED, REFUSED), REFUSED),
    ],
    ids=str,
)
def test_a_message_has_one_outcome_whatever_its_parts(verdicts: tuple[Outcome, ...], outcome: Outcome) -> None:
    parts = [refused(RefusalReason.DAMAGED) if one is REFUSED else part(one) for one in verdicts]
    assert decided(*parts).outcome is outcome


@pytest.mark.parametrize("beside", [RefusalReason.WRONG_TYPE, RefusalReason.UNKNOWN_FORM])
def test_what_is_no_form_beside_a_form_is_a_document(beside: RefusalReason) -> None:
    decision = decided(refused(beside, "BC 85.pdf"), part(ACCEPTED))
    assert (decision.outcome, decision.documents) == (ACCEPTED, ("BC 85.pdf",))
    assert [one.form for one in decision.parts] == ["I.1"]


def test_a_message_without_any_form_is_refused_for_the_reason_nearest_to_a_form() -> None:
    pdf, other = refused(RefusalReason.WRONG_TYPE, "a.pdf"), refused(RefusalReason.UNKNOWN_FORM, "b.xlsx")
    decision = decided(pdf, other)
    assert (decision.outcome, decision.reason) == (REFUSED, RefusalReason.UNKNOWN_FORM)
    assert (decision.parts, decision.documents) == ((other,), ("a.pdf",))
    locked = decided(pdf, refused(RefusalReason.ENCRYPTED, "c.xlsx"))
    assert (locked.reason, locked.documents) == (RefusalReason.ENCRYPTED, ("a.pdf",))
    assert decided(pdf).reason is RefusalReason.WRONG_TYPE


def test_the_decision_knows_reporter_campaign_and_rules() -> None:
    decision = decided(refused(RefusalReason.DAMAGED))
    assert (decision.receipt, decision.reporter, decision.campaign, decision.rules) == ("12-40-0057", "40", "c", "f00")


def test_the_receipt_can_be_said_on_the_telephone() -> None:
    assert receipt_code(57, NOON, "40") == "12-40-0057"
    assert receipt_code(12345, NOON, "") == "12-00-12345"


# ------------------------------------------------------------------------------------------------ what is still owed


def owed(decision: Decision) -> list[tuple[str, int | None, str]]:
    return [(one.obligation.form, one.days_left, one.returned) for one in decision.owed]


def test_what_is_accepted_now_or_was_accepted_before_is_owed_no_more() -> None:
    assert owed(decided(part(ACCEPTED))) == [("III.4", 143, "")]
    assert owed(decided(part(ACCEPTED), history=after(part(ACCEPTED, PROJECTS)))) == []
    assert owed(decided(part(RETURNED), history=after(part(ACCEPTED)))) == [("III.4", 143, "")]


def test_what_was_returned_is_owed_with_the_receipt_of_its_return() -> None:
    history = after(part(RETURNED), part(RETURNED, name="b.xlsx", revision=2))
    assert owed(decided(part(ACCEPTED, PROJECTS), history=history)) == [("I.1", 5, "12-40-0002")]


def test_the_form_of_another_campaign_meets_no_obligation_of_this_one() -> None:
    assert [form for form, _, _ in owed(decided(part(RETURNED), part(ACCEPTED, ("d", "I.1"))))] == ["I.1", "III.4"]


# ------------------------------------------------------------------------------------------------ repeats and revisions


def repeated(name: str, *sent: Part) -> list[tuple[str, str, str]]:
    return [(one.form, one.earlier, one.detail) for one in repeat_file(file(name), after(*sent))]


def test_the_same_file_again_is_a_duplicate_of_each_form_that_it_was_settled_as() -> None:
    assert repeated("a.xlsx") == []
    assert repeated("b.xlsx", part(ACCEPTED)) == []
    assert repeated("a.xlsx", part(ACCEPTED)) == [("I.1", "12-40-0001", "accepted")]
    assert repeated("a.xlsx", part(RETURNED)) == [("I.1", "12-40-0001", "returned")]
    assert repeated("a.xlsx", part(ACCEPTED), part(ACCEPTED, PROJECTS)) == [
        ("I.1", "12-40-0001", "accepted"), ("III.4", "12-40-0002", "accepted"),
    ]  # fmt: skip


def test_an_older_file_sent_again_takes_the_newer_one_back() -> None:
    newer = part(ACCEPTED, name="b.xlsx", revision=2)
    assert repeated("a.xlsx", part(ACCEPTED), newer) == []
    assert repeated("b.xlsx", part(ACCEPTED), newer) == [("I.1", "12-40-0002", "accepted")]
    assert repeated("a.xlsx", part(ACCEPTED), part(ACCEPTED, PROJECTS), newer) == []


def judged(*findings: Finding, history: History | None = None) -> Part:
    table = Table("c/I.1", pa.table({}), (SheetPlace("A", {}, 3, 9),))
    return judge_table(file("a.xlsx"), "c", FORM, table, findings, history or History(), late_days=2, stored="beef")


def finding(severity: Severity, **more: Any) -> Finding:
    return Finding("r", severity, "sai", "sai ở đây", "sửa", Place(), **more)


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ((), ACCEPTED),
        ((finding(Severity.QUERY), finding(Severity.NOTE)), ACCEPTED),
        ((finding(Severity.QUERY), finding(Severity.ERROR)), RETURNED),
        ((finding(Severity.ERROR, trial=True),), ACCEPTED),
    ],
    ids=["clean", "query", "error", "error on trial"],
)
def test_only_an_error_returns_a_form(findings: tuple[Finding, ...], verdict: Outcome) -> None:
    assert judged(*findings).verdict is verdict


def test_a_form_counts_its_revisions_by_itself_and_keeps_what_it_was_read_as() -> None:
    history = after(part(RETURNED), part(ACCEPTED, PROJECTS), part(RETURNED, name="b.xlsx", revision=2))
    one = judged(history=history)
    assert (one.revision, one.late_days, one.rows, one.table) == (3, 2, 9, "beef")
    assert judged().revision == 1
