"""Views: the one read model, the figures, and the facts of a period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import event

from bot.adapters.ledger import Aside, HeldSender
from bot.model import Outcome, Severity, SignedCopy, Standing, State
from tests.adapters.ledger.samples import (
    CAMPAIGN,
    NOW,
    arrive,
    finding,
    hash_of,
    mail,
    minutes,
    obligation,
    part,
    settle_new,
    settlement,
)

if TYPE_CHECKING:
    from bot.adapters.ledger import Ledger


def _send(ledger: Ledger, receipt: str, *parts_and_minutes: object) -> None:
    *parts, after = parts_and_minutes
    at = NOW + minutes(int(str(after)))
    given = settlement(*parts, receipt=receipt, at=at)  # type: ignore[arg-type]  # parts first, minutes last
    settle_new(ledger, receipt, given, uid=int(str(after)) + 1)


def test_nothing_sent_stands_as_nothing(ledger: Ledger) -> None:
    assert ledger.standing([obligation()]) == (Standing(obligation()),)
    assert ledger.standing([]) == ()


def test_the_latest_part_says_where_an_obligation_stands(ledger: Ledger) -> None:
    _send(ledger, "A", part(Outcome.RETURNED, finding(), finding("J15")), 0)
    _send(ledger, "B", part(Outcome.RETURNED, finding(), revision=2), 1)

    (standing,) = ledger.standing([obligation()])
    assert standing == Standing(obligation(), State.RETURNED, 2, NOW + minutes(1), 0, 1, 0, "B")


def test_what_was_accepted_stays_accepted_when_a_later_revision_is_returned(ledger: Ledger) -> None:
    _send(ledger, "A", part(Outcome.ACCEPTED, finding("J14", Severity.QUERY)), 0)
    _send(ledger, "B", part(Outcome.RETURNED, finding(), revision=2), 1)

    (standing,) = ledger.standing([obligation()])
    assert standing == Standing(obligation(), State.ACCEPTED, 1, NOW, 0, 0, 1, "A")


def test_a_later_accepted_revision_replaces_but_makes_nobody_late(ledger: Ledger) -> None:
    _send(ledger, "A", part(late_days=0), 0)
    _send(ledger, "B", part(revision=2, late_days=3), 1)

    (standing,) = ledger.standing([obligation()])
    assert (standing.state, standing.revision, standing.receipt) == (State.ACCEPTED, 2, "B")
    assert standing.late_days == 0


def test_lateness_counts_from_the_acceptance_not_from_the_first_try(ledger: Ledger) -> None:
    _send(ledger, "A", part(Outcome.RETURNED, finding(), late_days=0), 0)
    _send(ledger, "B", part(revision=2, late_days=3), 1)

    assert ledger.standing([obligation()])[0].late_days == 3


def test_a_message_processed_late_does_not_unseat_a_newer_one(ledger: Ledger) -> None:
    _send(ledger, "B", part(Outcome.RETURNED, finding(), revision=2), 1)
    _send(ledger, "A", part(Outcome.RETURNED, finding(), finding("J15")), 0)

    assert ledger.standing([obligation()])[0].receipt == "B"


def test_duplicates_and_refusals_move_nothing(ledger: Ledger) -> None:
    _send(ledger, "A", part(), 0)
    _send(ledger, "B", part(Outcome.DUPLICATE), part(Outcome.REFUSED), 1)

    assert ledger.standing([obligation()])[0].receipt == "A"


def test_standings_come_in_the_order_asked_by_one_query(ledger: Ledger) -> None:
    _send(ledger, "A", part(form="I.1"), part(Outcome.RETURNED, finding(), form="III.4"), 0)
    owed = [obligation("III.4"), obligation("I.1"), obligation("I.1", "ha_tinh")]
    statements: list[str] = []
    event.listen(ledger._engine, "before_cursor_execute", lambda *facts: statements.append(facts[2]))

    assert [one.state for one in ledger.standing(owed)] == [State.RETURNED, State.ACCEPTED, State.NOTHING]
    assert sum("part" in one for one in statements) == 1


def test_counts_tell_the_whole_ledger(ledger: Ledger) -> None:
    settle_new(ledger, "A", settlement(part(), receipt="A"), uid=1)
    failed, _ = arrive(ledger, "b", "c", at=NOW + minutes(1), uid=2)
    ledger.fault(failed, "bug", NOW, None)
    ledger.enqueue([mail("x")], {"x": "0"}, NOW)
    counts = ledger.counts(NOW)

    assert (counts.received_total, counts.undecided, counts.set_aside) == (3, 1, 1)
    assert counts.by_outcome == {"accepted": 1, "failed": 1}
    assert (counts.outbox_pending, counts.outbox_sent, counts.outbox_dead, counts.unfiled) == (1, 0, 0, 2)
    assert (counts.oldest_undecided, counts.oldest_pending) == (NOW + minutes(1), NOW)


def test_an_empty_ledger_counts_nothing(ledger: Ledger) -> None:
    counts = ledger.counts(NOW)

    assert (counts.received_total, counts.by_outcome, counts.oldest_undecided, counts.oldest_pending) == (
        0,
        {},
        None,
        None,
    )


def test_a_period_holds_its_start_and_not_its_end(ledger: Ledger) -> None:
    for after in (0, 1, 2):
        _send(ledger, f"R{after}", part(), after)

    assert [one.receipt for one in ledger.decided_between(NOW, NOW + minutes(2)).parts] == ["R0", "R1"]


def test_what_was_accepted_first_says_when_a_form_was_finished(ledger: Ledger) -> None:
    _send(ledger, "A", part(Outcome.RETURNED, finding("J14")), 0)
    _send(ledger, "B", part(revision=2), 1)
    _send(ledger, "C", part(revision=3), 2)
    finished = ledger.finished(part().campaign)
    assert finished == {("nghe_an", "III.4"): NOW + minutes(1)}


def test_the_facts_of_a_period(ledger: Ledger) -> None:
    twice = (finding("J14"), finding("J15"))
    _send(ledger, "A", part(Outcome.RETURNED, *twice, finding("K14", Severity.QUERY, "von_thap")), 0)
    _send(ledger, "B", part(Outcome.ACCEPTED, finding("K15", Severity.QUERY, "von_thap"), revision=2), 1)
    for after, receipt in ((2, "C"), (3, "D")):
        held = settlement(
            outcome=Outcome.HELD, receipt=receipt, sender="x@y.example", why="unknown sender", at=NOW + minutes(after)
        )
        settle_new(ledger, receipt, held, uid=after + 1)
    (number,) = arrive(ledger, "bad", uid=9)
    ledger.fault(number, "child killed", NOW - minutes(60), None, receipt="SC-1")
    facts = ledger.decided_between(NOW, NOW + minutes(60))

    assert facts.by_outcome == {"accepted": 2, "held": 2}
    assert [(one.reporter, one.form, one.verdict) for one in facts.parts] == [
        ("nghe_an", "III.4", Outcome.RETURNED),
        ("nghe_an", "III.4", Outcome.ACCEPTED),
    ]
    assert [(one.rule, one.severity, one.parts, one.findings) for one in facts.rules] == [
        ("von_thap", Severity.QUERY, 2, 2),
        ("thieu_gia_tri", Severity.ERROR, 1, 2),
    ]
    assert facts.held == (HeldSender("x@y.example", "unknown sender", 2, NOW + minutes(3), "D"),)
    assert facts.aside == (Aside(number, "SC-1", NOW, "child killed"),)


def test_an_unknown_receipt_shows_nothing(ledger: Ledger) -> None:
    assert ledger.show("NA-404") is None


def test_the_signed_copy_that_came_last_stands_beside_the_forms_that_ask_for_it(ledger: Ledger) -> None:
    asked, other = replace(obligation(), signed="BC-III"), replace(obligation(reporter="ha_tinh"), signed="BC-III")
    assert [one.lacks_signed_copy for one in ledger.standing([asked, obligation()])] == [True, False]

    first = SignedCopy(CAMPAIGN, "BC-III", "scan.pdf", hash_of("scan"))
    last = SignedCopy(CAMPAIGN, "BC-III", "BC 85.pdf", hash_of("pdf"), "85/BC-UBND", date(2012, 7, 9))
    for after, one in enumerate((first, last)):
        given = settlement(outcome=Outcome.SIGNED, receipt=f"S{after}", at=NOW + minutes(after))
        given = replace(given, decision=replace(given.decision, signed=(one,)))
        settle_new(ledger, f"S{after}", given, uid=after + 1)

    told = replace(last, receipt="S1", received_at=NOW + minutes(1))
    assert ledger.standing([asked, obligation(), other]) == (
        Standing(asked, signed=told), Standing(obligation()), Standing(other)
    )  # fmt: skip
    assert ledger.history("nghe_an", "").signed == (told,)
    before = ledger.history("nghe_an", "", before=(NOW + minutes(1), 0)).signed
    assert [one.file for one in before] == ["scan.pdf"]
