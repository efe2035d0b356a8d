"""What later rules may be tried on: which messages were judged, by which rules, and what was known at that time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.adapters.ledger import Arrival, Judged
from bot.model import Outcome, Severity
from tests.adapters.ledger.samples import INBOX, NOW, arrive, finding, hash_of, minutes, part, settle_new, settlement

if TYPE_CHECKING:
    from bot.adapters.ledger import Ledger


def test_each_decision_keeps_the_hash_of_the_rules_it_was_made_with(ledger: Ledger) -> None:
    for number, (receipt, rules) in enumerate((("A", "rules of June"), ("B", "rules of July")), 1):
        given = settlement(part(), receipt=receipt)
        decision = replace(given.decision, rules=hash_of(rules))
        settle_new(ledger, receipt, replace(given, decision=decision), uid=number)

    shown = [ledger.show(receipt) for receipt in ("A", "B")]
    assert [one.rules for one in shown if one] == [hash_of("rules of June"), hash_of("rules of July")]


def test_settling_again_with_other_rules_changes_nothing(ledger: Ledger) -> None:
    number = settle_new(ledger, "A", settlement(part(), receipt="A"))
    other = settlement(part(Outcome.RETURNED, finding()), receipt="A2", outcome=Outcome.RETURNED)
    decision = replace(other.decision, rules=hash_of("later rules"))

    assert ledger.settle(number, replace(other, decision=decision), {}, NOW) is False
    shown = ledger.show("A")
    assert shown is not None
    assert (shown.rules, shown.outcome) == (hash_of("rules"), "accepted")


def test_accepted_returned_and_refused_messages_are_given_by_number_and_no_others(ledger: Ledger) -> None:
    numbers = {
        outcome: settle_new(ledger, outcome.value, settlement(receipt=outcome.value, outcome=outcome), uid=place)
        for place, outcome in enumerate((one for one in Outcome if one is not Outcome.FAILED), 1)
    }
    arrive(ledger, "waiting", uid=20)

    judged = ledger.judged(0, 10)
    assert [one.id for one in judged] == [numbers[one] for one in (Outcome.ACCEPTED, Outcome.RETURNED, Outcome.REFUSED)]
    first = Judged(numbers[Outcome.ACCEPTED], "accepted", hash_of("accepted"), NOW, NOW, "nghe_an")
    assert judged[0] == first
    assert ledger.judged(first.id, 1) == judged[1:2]
    assert ledger.judged(judged[-1].id, 10) == ()


def test_a_mail_of_which_only_the_header_is_kept_is_not_given(ledger: Ledger) -> None:
    ledger.receive(INBOX, [Arrival(1, hash_of("big"), 10**8, NOW, oversize=True)], NOW)
    (waiting,) = ledger.undecided(NOW, 10)
    ledger.settle(waiting.id, settlement(outcome=Outcome.REFUSED), {}, NOW)

    assert ledger.judged(0, 10) == ()


def test_history_before_a_message_leaves_out_itself_and_what_came_later(ledger: Ledger) -> None:
    sent = [
        settle_new(
            ledger,
            receipt,
            settlement(
                part(verdict, finding("J14", Severity.QUERY), content=receipt, revision=place),
                receipt=receipt,
                at=NOW + after,
            ),
            uid=place,
        )
        for place, (receipt, verdict, after) in enumerate(
            (
                ("A", Outcome.RETURNED, minutes(0)),
                ("B", Outcome.ACCEPTED, minutes(1)),
                ("C", Outcome.ACCEPTED, minutes(1)),
                ("D", Outcome.RETURNED, minutes(2)),
            ),
            1,
        )
    ]

    def known(after: int, number: int) -> list[str]:
        settled = ledger.history("nghe_an", "", before=(NOW + minutes(after), number)).settled
        return [one.receipt for one in settled]

    assert known(0, sent[0]) == []
    assert known(1, sent[1]) == ["A"]
    assert known(1, sent[2]) == ["A", "B"]  # the same minute: the number decides
    assert known(2, sent[3]) == ["A", "C"]
    assert [one.receipt for one in ledger.history("nghe_an", "").settled] == ["C", "D"]
