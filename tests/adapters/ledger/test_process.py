"""Process: one message, one decision, one transaction."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from bot.model import AuditEntry, Decision, Deed, Heading, Outcome, Settled, Settlement, Severity, Trace
from tests.adapters.ledger.samples import (
    CAMPAIGN,
    NOW,
    arrive,
    finding,
    hash_of,
    mail,
    minutes,
    part,
    raws,
    settle_new,
    settlement,
)

if TYPE_CHECKING:
    from bot.adapters.ledger import Ledger

REPROCESS = AuditEntry("lan", NOW + minutes(9), Deed.REPROCESS, "SC-1", "bug")


def test_the_oldest_message_comes_first(ledger: Ledger) -> None:
    arrive(ledger, "young", at=NOW, uid=1)
    arrive(ledger, "old", at=NOW - minutes(5), uid=2)

    assert [one.sha256 for one in ledger.undecided(NOW, 10)] == [hash_of("old"), hash_of("young")]
    assert [one.sha256 for one in ledger.undecided(NOW, 1)] == [hash_of("old")]


def test_strangers_let_registered_senders_pass_for_six_hours(ledger: Ledger) -> None:
    arrive(ledger, "early", "early too", at=NOW - minutes(6 * 60 + 1), uid=1, registered=False)
    arrive(ledger, "stranger", at=NOW - minutes(6 * 60 - 1), uid=3, registered=False)
    arrive(ledger, "province", at=NOW, uid=4)
    arrive(ledger, "province of the morning", at=NOW - minutes(300), uid=5)

    in_line = ["province of the morning", "early", "early too", "province", "stranger"]
    assert [one.sha256 for one in ledger.undecided(NOW, 10)] == [hash_of(name) for name in in_line]
    assert [one.sha256 for one in ledger.undecided(NOW, 2)] == [hash_of(name) for name in in_line[:2]]


def test_a_held_mail_that_somebody_vouches_for_stands_in_line_as_it_arrived(ledger: Ledger) -> None:
    (number,) = arrive(ledger, "held", at=NOW - minutes(5), registered=False)
    held = Decision(Outcome.HELD, "00-1", NOW, "rules")
    assert ledger.settle(number, Settlement(held, Heading("van-phong@tinh.example")), {}, NOW)
    arrive(ledger, "province", at=NOW, uid=2)
    entry = AuditEntry("lan", NOW, Deed.ASSIGN, "00-1", "gọi điện")
    assert ledger.vouch(number, "40", entry)
    assert [one.sha256 for one in ledger.undecided(NOW, 10)] == [hash_of("held"), hash_of("province")]


def test_messages_in_work_are_not_given_again(ledger: Ledger) -> None:
    first, second, third = arrive(ledger, "a", "b", "c")

    assert [one.id for one in ledger.undecided(NOW, 10, without={first, third})] == [second]


def test_a_settlement_is_shown_as_it_was_committed(ledger: Ledger) -> None:
    errors = (finding("J14"), finding("J15", Severity.QUERY))
    answer = mail()
    settle_new(ledger, "NA-1", settlement(part(Outcome.RETURNED, *errors), receipt="NA-1", mails=(answer,)))
    shown = ledger.show("NA-1")

    assert shown is not None
    assert (shown.state, shown.outcome, shown.reporter) == ("settled", "accepted", "nghe_an")
    assert (shown.sender, shown.subject, shown.documents) == ("bql@nghean.example", "Báo cáo KKT", ("Công văn.pdf",))
    assert shown.parts[0].findings == errors
    assert (shown.parts[0].errors, shown.parts[0].queries, shown.parts[0].rows) == (1, 1, 12)
    assert [(one.key, one.raw, one.to) for one in shown.mails] == [(answer.key, raws(answer)[answer.key], answer.to)]


def test_settling_again_says_no_and_changes_nothing(ledger: Ledger) -> None:
    number = settle_new(ledger, "NA-1", settlement(part(), receipt="NA-1"))
    other, answer = settlement(part(Outcome.RETURNED), receipt="NA-2"), mail()

    assert not ledger.settle(number, other, raws(answer), NOW)
    assert ledger.show("NA-2") is None
    assert ledger.counts(NOW).outbox_pending == 0


def test_of_many_workers_one_settles(ledger: Ledger) -> None:
    (number,) = arrive(ledger, "a")
    answer = mail()
    won: list[bool] = []

    def work() -> None:
        won.append(ledger.settle(number, settlement(part(), mails=(answer,)), raws(answer), NOW))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(won) == [False] * 7 + [True]
    assert ledger.counts(NOW).outbox_pending == 1


def test_a_settlement_that_fails_half_way_leaves_nothing(ledger: Ledger) -> None:
    settle_new(ledger, "NA-1", settlement(receipt="NA-1"), uid=1)
    (number,) = arrive(ledger, "b", uid=2)
    answer = mail()

    with pytest.raises(KeyError):  # the bytes of the mail are kept nowhere
        ledger.settle(number, settlement(part(), receipt="NA-2", mails=(answer,)), {}, NOW)
    with pytest.raises(IntegrityError):  # two messages never share a receipt
        ledger.settle(number, settlement(part(), receipt="NA-1"), {}, NOW)
    with pytest.raises(IntegrityError):  # found at the last row but one: no row of a mail may lack its bytes
        ledger.settle(number, settlement(part(), receipt="NA-2", mails=(answer,)), {answer.key: None}, NOW)  # type: ignore[dict-item]
    assert [one.id for one in ledger.undecided(NOW, 10)] == [number]
    assert ledger.show("NA-2") is None


def test_of_very_many_findings_the_errors_are_kept_and_the_number_is_exact(ledger: Ledger) -> None:
    notes = [finding(f"A{row}", Severity.NOTE, "chuan_hoa") for row in range(1, 4001)]
    errors = [finding(f"J{row}") for row in range(1, 1001)]
    settle_new(ledger, "NA-1", settlement(part(Outcome.RETURNED, *notes, *errors), receipt="NA-1"))
    shown = ledger.show("NA-1")

    assert shown is not None
    (kept,) = shown.parts
    assert (kept.findings_total, kept.errors, len(kept.findings)) == (5000, 1000, 2000)
    assert kept.findings == (*notes[:1000], *errors)
    rules = {one.rule: one.findings for one in ledger.decided_between(NOW, NOW + minutes(1)).rules}
    assert rules == {"chuan_hoa": 4000, "thieu_gia_tri": 1000}


def test_a_fault_waits_for_its_next_try(ledger: Ledger) -> None:
    (number,) = arrive(ledger, "a")
    ledger.fault(number, "child killed after 20 s", NOW, NOW + minutes(1))

    assert ledger.undecided(NOW, 10) == ()
    assert [(one.id, one.tries) for one in ledger.undecided(NOW + minutes(1), 10)] == [(number, 1)]


def test_the_last_fault_sets_aside_and_tells(ledger: Ledger) -> None:
    (number,) = arrive(ledger, "a")
    alarm = mail("alert:1", "alert_operator")
    ledger.fault(number, "first", NOW, NOW)
    ledger.fault(number, "second", NOW, None, [alarm], raws(alarm), receipt="SC-1")
    shown = ledger.show("SC-1")

    assert ledger.undecided(NOW, 10) == ()
    assert ledger.counts(NOW).set_aside == 1
    assert shown is not None
    assert (shown.state, shown.outcome, shown.tries, shown.error) == ("aside", "failed", 2, "second")
    assert [one.kind for one in ledger.due(NOW, 10)] == ["alert_operator"]


def test_a_fault_told_after_the_decision_changes_nothing(ledger: Ledger) -> None:
    number = settle_new(ledger, "NA-1", settlement(receipt="NA-1"))
    alarm = mail("alert:1", "alert_operator")
    ledger.fault(number, "late", NOW, None, [alarm], raws(alarm))

    assert ledger.counts(NOW).set_aside == 0
    assert ledger.due(NOW, 10) == ()


def test_a_message_set_aside_can_be_processed_again(ledger: Ledger) -> None:
    (number,) = arrive(ledger, "a")
    ledger.fault(number, "bug", NOW, None, receipt="SC-1")
    assert ledger.reopen(number, REPROCESS)

    assert ledger.set_aside() == ()
    assert list(ledger.audit()) == [REPROCESS]
    assert [(one.id, one.tries) for one in ledger.undecided(NOW + minutes(9), 10)] == [(number, 0)]
    assert ledger.settle(number, settlement(receipt="SC-1"), {}, NOW)


def test_a_settled_message_is_not_reopened(ledger: Ledger) -> None:
    number = settle_new(ledger, "NA-1", settlement(receipt="NA-1"))
    assert not ledger.reopen(number, REPROCESS)

    assert ledger.undecided(NOW + minutes(9), 10) == ()
    assert list(ledger.audit()) == []


def test_history_is_what_was_accepted_or_returned_newest_last(ledger: Ledger) -> None:
    returned = part(Outcome.RETURNED, finding(), content="first")
    accepted = part(revision=2, content="second")
    settle_new(ledger, "B", settlement(accepted, receipt="B", at=NOW + minutes(2)), uid=1)
    settle_new(ledger, "A", settlement(returned, receipt="A", at=NOW), uid=2)
    settle_new(ledger, "C", settlement(part(Outcome.DUPLICATE), receipt="C", at=NOW + minutes(3)), uid=3)
    settle_new(ledger, "D", settlement(part(), receipt="D", reporter="ha_tinh"), uid=4)
    history = ledger.history("nghe_an", "bql@nghean.example")

    assert history.settled == (
        Settled(CAMPAIGN, "III.4", Outcome.RETURNED, 1, hash_of("first"), "A", NOW, 1, hash_of("table")),
        Settled(CAMPAIGN, "III.4", Outcome.ACCEPTED, 2, hash_of("second"), "B", NOW + minutes(2), 0, hash_of("table")),
    )


def test_history_stays_small_however_often_a_reporter_sends(ledger: Ledger) -> None:
    for count in range(1, 6):
        sent = part(Outcome.RETURNED, finding(), revision=count, content=f"try {count}")
        settle_new(ledger, f"R{count}", settlement(sent, receipt=f"R{count}", at=NOW + minutes(count)), uid=count)

    assert [one.revision for one in ledger.history("nghe_an", "x@y.example").settled] == [5]
    known = ledger.history("nghe_an", "x@y.example", [hash_of("try 2"), hash_of("never sent")])
    assert [one.receipt for one in known.settled] == ["R2", "R5"]


def test_an_unknown_reporter_has_no_history(ledger: Ledger) -> None:
    settle_new(ledger, "A", settlement(part(), receipt="A", reporter=""))

    assert ledger.history("", "x@y.example").settled == ()


@pytest.mark.parametrize("to", ["stranger@mail.example", "reply-to@mail.example"])
def test_history_knows_when_a_stranger_was_last_answered(ledger: Ledger, to: str) -> None:
    for count, receipt in enumerate(("H1", "H2"), 1):
        neutral = mail(f"reply:{receipt}", "held", to)
        neutral = type(neutral)(neutral.key, neutral.kind, neutral.message_id, (to,), neutral.subject, neutral.raw)
        held = settlement(outcome=Outcome.HELD, receipt=receipt, sender="stranger@mail.example", mails=(neutral,))
        settle_new(ledger, receipt, held, uid=count, now=NOW + minutes(count))

    assert ledger.history("", "stranger@mail.example").neutral_reply_at == NOW + minutes(2)
    assert ledger.history("", "other@mail.example").neutral_reply_at is None


def test_the_last_revision_of_a_form_comes_with_its_errors_and_queries(ledger: Ledger) -> None:
    note, trial = finding("J16", Severity.NOTE), replace(finding("J17"), trial=True)
    first = part(Outcome.RETURNED, finding("J14"), content="first")
    second = part(Outcome.RETURNED, finding("J14"), finding("J15", Severity.QUERY), note, trial, revision=2)
    other = part(Outcome.ACCEPTED, finding("J20", Severity.QUERY), form="I.1")
    settle_new(ledger, "NA-1", settlement(first, receipt="NA-1"), uid=1)
    settle_new(ledger, "NA-2", settlement(second, other, receipt="NA-2", at=NOW + minutes(1)), uid=2)

    known = ledger.history("nghe_an", "", [hash_of("first")]).settled
    assert {(one.form, one.revision): [trace.row for trace in one.traces] for one in known} == {
        ("III.4", 1): [],
        ("III.4", 2): [14, 15],
        ("I.1", 1): [20],
    }
    (trace,) = next(one.traces for one in known if one.form == "I.1")
    assert trace == Trace("thieu_gia_tri", "Vốn đăng ký", "GCN-01", "Biểu III.4", 20)
    assert {(one.form, one.revision): (one.errors, one.queries) for one in known}["III.4", 2] == (1, 1)


def test_of_very_many_errors_the_next_revision_learns_their_exact_number_by_rule(ledger: Ledger) -> None:
    many = [finding(f"J{row}") for row in range(1, 3001)]
    settle_new(ledger, "NA-1", settlement(part(Outcome.RETURNED, *many, finding("K1", rule="khac")), receipt="NA-1"))

    (known,) = ledger.history("nghe_an", "").settled
    assert (known.traces, known.spoken) == ((), {"thieu_gia_tri": 3000, "khac": 1})
