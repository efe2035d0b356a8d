"""Mails that wait for a person, on both databases: who waits, who is asked, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config import Sending
from bot.model import AuditEntry, Deed, Fate, Reviewed
from tests.adapters.ledger.samples import NOW, mail, minutes, part, raws, settle_new, settlement

if TYPE_CHECKING:
    from bot.adapters.ledger import Ledger

APPROVE, DRAFTS = Sending(mode="approve"), Sending(mode="drafts")
ENTRY = AuditEntry("truc", NOW, Deed.APPROVE_MAIL, "1", "")


def test_a_later_answer_about_all_its_forms_makes_a_waiting_one_outdated(ledger: Ledger) -> None:
    for number, forms in enumerate((("III.4",), ("III.4", "I.1"), ("III.4",)), start=1):
        reply = mail(f"reply:{number}", "reply_returned")
        given = settlement(*(part(form=one) for one in forms), receipt=f"NA-000{number}", mails=(reply,))
        settle_new(ledger, f"NA-000{number}", given, uid=number)
    ledger.route(APPROVE.mode_of)
    # The second also speaks of I.1, of which nothing has come since.
    assert [(one.receipt, one.outdated) for one in ledger.awaiting()] == [
        ("NA-0001", True),
        ("NA-0002", False),
        ("NA-0003", False),
    ]


def test_who_approves_and_who_refuses_is_in_the_trail_with_the_word_itself(ledger: Ledger) -> None:
    two = [mail("reply:1"), mail("reply:2")]
    ledger.enqueue(two, raws(*two), NOW)
    assert ledger.route(APPROVE.mode_of) == 2
    assert ledger.route(APPROVE.mode_of) == 0
    first, second = (one.number for one in ledger.awaiting())
    assert ledger.approve(first, ENTRY)
    assert ledger.refuse(second, AuditEntry("truc", NOW, Deed.REFUSE_MAIL, "2", "sai số"))
    assert not ledger.refuse(first, ENTRY)
    assert [(one.deed, one.note) for one in ledger.audit()] == [(Deed.APPROVE_MAIL, ""), (Deed.REFUSE_MAIL, "sai số")]
    assert [one.key for one in ledger.due(NOW, 9)] == ["reply:1"]
    counted = ledger.counts(NOW)
    assert (counted.outbox_pending, counted.outbox_dead) == (1, 0)
    assert ledger.reviewed() == (Reviewed("reply_accepted", "approve", 0, {Fate.APPROVED: 1, Fate.REFUSED: 1}),)


def test_a_draft_is_written_once_missed_and_found_sent_after_all(ledger: Ledger) -> None:
    ledger.enqueue([mail()], raws(mail()), NOW)
    ledger.route(DRAFTS.mode_of)
    ((due, begun),) = ledger.undrafted(NOW, 9)
    assert (due.key, begun) == ("reply:1", "")
    ledger.begin_draft(due.key, "7:12")
    assert [begun for _, begun in ledger.undrafted(NOW, 9)] == ["7:12"]
    ledger.drafted(due.key, NOW)
    assert ledger.undrafted(NOW, 9) == ()
    assert ledger.due(NOW + minutes(9999), 9) == ()
    ledger.missed([due.key], [], NOW)
    assert [one.missed_at for one in ledger.drafts(NOW)] == [NOW]
    ledger.deleted([due.key], NOW)
    assert [one.deleted for one in ledger.drafts(NOW)] == [True]
    assert ledger.sent_by_person(due.key, Fate.UNCHANGED, "<new@mailer.example>", NOW, NOW)
    assert not ledger.sent_by_person(due.key, Fate.CHANGED, "<new@mailer.example>", NOW, NOW)
    assert ledger.drafts(NOW) == ()
    assert ledger.uncopied(9) == ()
    assert ledger.counts(NOW).outbox_sent == 1


def test_a_reminder_that_waits_is_withdrawn_and_one_among_the_drafts_is_told(ledger: Ledger) -> None:
    for number in (1, 2):
        one = mail(f"remind:c/40/{number}", "reminder")
        ledger.enqueue([one], raws(one), NOW)
    ledger.route(DRAFTS.mode_of)
    ledger.begin_draft("remind:c/40/1", "7:12")
    assert not ledger.has_unsent_reminder()
    assert ledger.withdraw(["remind:c/40/1", "remind:c/40/2"]) == 1


def test_a_draft_of_which_nobody_knows_is_possibly_sent_and_can_be_written_again(ledger: Ledger) -> None:
    ledger.enqueue([mail()], raws(mail()), NOW)
    ledger.route(DRAFTS.mode_of)
    ledger.begin_draft("reply:1", "7:12")
    ledger.hold_draft("reply:1", "không biết", NOW)
    (held,) = ledger.possibly_sent()
    assert ledger.send_again(held.number, ENTRY)
    assert [begun for _, begun in ledger.undrafted(NOW, 9)] == [""]
    assert ledger.due(NOW, 9) == ()


def test_the_number_of_a_withdrawn_reminder_is_never_that_of_another_mail(ledger: Ledger) -> None:
    for number in (1, 2, 3):
        one = mail(f"remind:c/{number}/1", "reminder")
        ledger.enqueue([one], raws(one), NOW)
    ledger.route(APPROVE.mode_of)
    seen = {one.number for one in ledger.awaiting()}
    keys = [f"remind:c/{number}/1" for number in (1, 2, 3)]
    assert ledger.withdraw(keys) == 3
    assert ledger.has_mail(keys) == frozenset()
    for number in (3, 2, 1):
        one = mail(f"remind:c/{number}/1", "reminder")
        ledger.enqueue([one], raws(one), NOW)
    ledger.route(APPROVE.mode_of)
    assert not seen & {one.number for one in ledger.awaiting()}
    assert not any(ledger.approve(number, ENTRY) for number in seen)
    counted = ledger.counts(NOW)
    assert (counted.outbox_pending, counted.outbox_dead, counted.outbox_sent) == (0, 0, 0)
    assert ledger.reviewed() == (Reviewed("reminder", "approve", 3, {}),)
