"""Rulings: the ministry's own word, on top of what the rules said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Act, Outcome, Ruling, State
from tests.adapters.ledger.samples import CAMPAIGN, NOW, finding, minutes, obligation, part, settle_new, settlement

if TYPE_CHECKING:
    from bot.adapters.ledger import Ledger


def ruling(act: Act, before: str = "accepted") -> Ruling:
    return Ruling(act, "van-thu", NOW + minutes(60), "Đã trao đổi qua điện thoại", before)


def send(ledger: Ledger, receipt: str, verdict: Outcome, revision: int) -> int:
    at = NOW + minutes(revision)
    own = part(verdict, *([finding()] if verdict is Outcome.RETURNED else []), revision=revision, content=receipt)
    return settle_new(ledger, receipt, settlement(own, receipt=receipt, at=at, outcome=verdict), uid=revision)


def test_the_revision_before_counts_again_when_one_is_invalidated(ledger: Ledger) -> None:
    send(ledger, "A", Outcome.ACCEPTED, 1)
    second = send(ledger, "B", Outcome.ACCEPTED, 2)

    assert ledger.rule_on(second, 0, ruling(Act.INVALIDATE))
    (standing,) = ledger.standing([obligation()])
    assert (standing.state, standing.receipt) == (State.ACCEPTED, "A")


def test_an_invalidated_revision_is_as_if_it_had_never_come_but_keeps_its_number(ledger: Ledger) -> None:
    only = send(ledger, "A", Outcome.ACCEPTED, 1)
    ledger.rule_on(only, 0, ruling(Act.INVALIDATE))

    assert ledger.standing([obligation()])[0].state is State.NOTHING
    history = ledger.history("nghe_an", "", ())
    assert history.settled == ()
    assert history.taken_out == {(CAMPAIGN, "III.4"): 1}


def test_what_the_rules_returned_may_be_accepted_and_the_other_way_round(ledger: Ledger) -> None:
    only = send(ledger, "A", Outcome.RETURNED, 1)
    ledger.rule_on(only, 0, ruling(Act.ACCEPT, "returned"))
    assert ledger.standing([obligation()])[0].state is State.ACCEPTED

    ledger.rule_on(only, 0, ruling(Act.RETURN, "accepted"))
    assert ledger.standing([obligation()])[0].state is State.RETURNED


def test_every_ruling_is_kept_and_the_verdict_as_it_was_told(ledger: Ledger) -> None:
    only = send(ledger, "A", Outcome.RETURNED, 1)
    ledger.rule_on(only, 0, ruling(Act.ACCEPT, "returned"))
    ledger.rule_on(only, 0, ruling(Act.INVALIDATE, "accepted"))

    shown = ledger.show("A")
    assert shown is not None
    (own,) = shown.parts
    assert (own.verdict, own.counts_as) == (Outcome.RETURNED, "invalidated")
    assert own.rulings == (ruling(Act.ACCEPT, "returned"), ruling(Act.INVALIDATE, "accepted"))


def test_who_looked_at_something_else_decides_nothing(ledger: Ledger) -> None:
    only = send(ledger, "A", Outcome.ACCEPTED, 1)
    ledger.rule_on(only, 0, ruling(Act.INVALIDATE))

    assert not ledger.rule_on(only, 0, ruling(Act.RETURN, "accepted"))
    shown = ledger.show("A")
    assert shown is not None
    assert len(shown.parts[0].rulings) == 1


def test_a_preview_says_what_would_be_and_keeps_nothing(ledger: Ledger) -> None:
    send(ledger, "A", Outcome.ACCEPTED, 1)
    second = send(ledger, "B", Outcome.ACCEPTED, 2)

    (after,) = ledger.standing_after(second, 0, ruling(Act.INVALIDATE), [obligation()])
    assert after.receipt == "A"
    assert ledger.standing([obligation()])[0].receipt == "B"
