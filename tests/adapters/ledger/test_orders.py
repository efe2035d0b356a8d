"""What an officer orders by mail, in the ledger: kept with the decision on his mail, done once, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.model import (
    Act,
    Deed,
    Effects,
    Extension,
    HeldReason,
    Order,
    OrderRequest,
    Outcome,
    PartRuling,
    Pending,
    Registration,
    Remembered,
    Ruling,
    State,
    Verb,
    WrittenDay,
)
from tests.adapters.ledger.samples import (
    CAMPAIGN,
    NOW,
    arrive,
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

OFFICER, STRANGER, CODE = "truong.phong@bo.example", "nam@hop-thu.example", "K7QM-3XTP"
_ORDER = Order(Verb.EXTEND, "GIA HẠN …", "Nghệ An III.4", day=WrittenDay(20, 7, 2012), reason="chờ số liệu")
_ASKED = OrderRequest(CODE, OFFICER, (Pending(_ORDER, (("a", "b", "c", "d"),)),), NOW, NOW + minutes(60))
_GRANT = Extension(CAMPAIGN, "III.4", "nghe_an", date(2012, 7, 20), "chậm nhất", "chờ số liệu", OFFICER, NOW)
_CONTACT = Remembered(STRANGER, "nghe_an", OFFICER, NOW, "")


def order(ledger: Ledger, receipt: str, effects: Effects, uid: int) -> bool:
    """Settle a mail of the officer with what it changes; tell whether it was."""
    (number,) = arrive(ledger, receipt, uid=uid)
    answer = mail(f"reply:{receipt}", "officer_transcript")
    given = settlement(receipt=receipt, outcome=Outcome.ANSWERED)
    return ledger.settle(number, replace(given, mails=(answer,)), raws(answer), NOW, effects)


def test_a_request_is_read_as_it_was_kept_and_its_code_is_not(ledger: Ledger) -> None:
    assert order(ledger, "A", Effects(request=_ASKED), 1)
    assert ledger.order_request(CODE) == _ASKED
    assert ledger.order_request("K7QM-3XTQ") is None


def test_a_code_is_used_once_and_what_comes_second_leaves_nothing(ledger: Ledger) -> None:
    order(ledger, "A", Effects(request=_ASKED), 1)
    confirmed = Effects(used=(CODE,), grants=(_GRANT,), by="theo thư B")
    assert order(ledger, "B", confirmed, 2)
    request = ledger.order_request(CODE)
    assert request is not None
    assert request.is_used

    assert not order(ledger, "C", confirmed, 3)
    assert len(ledger.extensions()) == 1
    assert [(one.deed, one.note) for one in ledger.audit()] == [(Deed.EXTEND, "chậm nhất; chờ số liệu; theo thư B")]
    assert len(ledger.undecided(NOW, 10)) == 1, "the second mail waits to be decided anew"
    assert not ledger.has_mail(["reply:C"])


def test_an_overtaken_ruling_undoes_all_that_came_with_it(ledger: Ledger) -> None:
    number = settle_new(ledger, "A", settlement(part(), receipt="A"))
    ruled = PartRuling(number, 0, Ruling(Act.RETURN, OFFICER, NOW, "thiếu", "returned"))
    assert not order(ledger, "B", Effects(grants=(_GRANT,), rulings=(ruled,)), 2)
    assert ledger.extensions() == ()
    assert list(ledger.audit()) == []
    right = replace(ruled, ruling=replace(ruled.ruling, before="accepted"))
    (waiting,) = ledger.undecided(NOW, 10)
    given = settlement(receipt="B", outcome=Outcome.ANSWERED)
    assert ledger.settle(waiting.id, given, {}, NOW, Effects(rulings=(right,)))
    assert ledger.standing([obligation()])[0].state is State.RETURNED


def test_a_registered_senders_mails_wait_anew_and_nobody_vouches_for_them(ledger: Ledger) -> None:
    for uid, (name, why) in enumerate({"A": HeldReason.UNKNOWN_SENDER, "B": HeldReason.FAILED}.items(), 1):
        held = settlement(receipt=name, outcome=Outcome.HELD)
        decision = replace(held.decision, why=why.value)
        settle_new(ledger, name, replace(held, decision=decision, heading=replace(held.heading, sender=STRANGER)), uid)
    assert [one.receipt for one in ledger.held_of(STRANGER)] == ["A"]
    assert order(ledger, "C", Effects(registrations=(Registration(_CONTACT),), by="theo thư C"), 3)

    assert ledger.contacts() == (_CONTACT,)
    (again,) = ledger.undecided(NOW + minutes(900), 10)
    assert again.vouched == ""
    assert [one.receipt for one in ledger.held(10)] == ["B"]
    (entry,) = ledger.audit()
    assert (entry.who, entry.deed, entry.subject) == (OFFICER, Deed.REGISTER, f"{STRANGER}/nghe_an")
    assert entry.note == "thư chờ được xử lý lại: A; theo thư C"

    assert not order(ledger, "D", Effects(registrations=(Registration(_CONTACT),)), 4)
    assert ledger.forget_contact(STRANGER, "lan", "nhầm", NOW)
    assert not ledger.forget_contact(STRANGER, "lan", "nhầm", NOW)
    assert ledger.contacts() == ()
