"""The orders of an officer → what they lead to: looked up in the ledger, told in one mail, kept in one transaction.

What changes something is told first, with a code; it is done when the officer answers with that code, if what it is
about is then as it was told. Nothing is done here: the effects are kept with the decision on the mail.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.decide.verdict import receipt_code
from bot.language import VIETNAM, one_line
from bot.model import (
    Act,
    AuditEntry,
    Deed,
    Dismissal,
    Effects,
    Ending,
    Extension,
    HeldLine,
    Misread,
    Order,
    OrderRequest,
    PartRuling,
    Pending,
    Refused,
    Registration,
    Reporter,
    ToldOrder,
    Transcript,
    Verb,
    Why,
    WrittenDay,
)
from bot.runners.dismissing import mails_to_dismiss
from bot.runners.extending import grant_time, owed_forms
from bot.runners.registering import register_sender
from bot.runners.ruling import decide_on
from bot.submission import first_called, is_officer, reporter_called

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.adapters.ledger import HeldMail, Ledger, Undecided
    from bot.model import Obligation, Ordering, Orders, Rulebook

_LONGEST_NOTE = 1000
_LONGEST_REASON = 300
_VALID = timedelta(hours=24)
"""How long a code may be answered with."""
_ACTS = {Verb.ACCEPT: Act.ACCEPT, Verb.RETURN: Act.RETURN}


@dataclass(frozen=True, slots=True)
class Office:
    """What is known where orders are carried out."""

    ledger: Ledger
    rulebook: Rulebook
    """As loaded; what the ledger adds to it is looked up for each mail."""
    new_code: Callable[[], str]
    """Gives a code that nobody can foresee."""
    reserved: tuple[str, ...] = ()
    """Addresses of officers and our own, which are nobody's contact."""


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What the orders of one mail lead to."""

    transcript: Transcript
    effects: Effects


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an order would do, and what is told about it."""

    told: ToldOrder
    grants: tuple[Extension, ...] = ()
    rulings: tuple[PartRuling, ...] = ()
    registrations: tuple[Registration, ...] = ()
    dismissals: tuple[Dismissal, ...] = ()
    targets: frozenset[tuple[object, ...]] = frozenset()
    """What it is about: two orders of one mail about the same thing would not agree on what was before."""


def carry_out(office: Office, ordering: Ordering, message: Undecided, now: datetime) -> CarriedOut:
    """Return what an officer is told about his orders, and what is to be kept; nothing is done here."""
    desk = _Orders(office, ordering.officer, message, now)
    for one in ordering.orders.lines:
        desk.take(one)
    return desk.finish(office.new_code, ordering.orders.left_out)


def refuse_unproved(orders: Orders, sender: str, message: Undecided, now: datetime) -> tuple[AuditEntry, ...]:
    """Return the line of the trail about a mail that orders in the name of an officer who is not proved."""
    if not orders.any_meant:
        return ()
    told = "; ".join(one.text for one in orders.lines if isinstance(one, Order) or one.near)
    note = one_line(f"chưa chứng thực được người gửi: {told}", _LONGEST_NOTE)
    return (AuditEntry(sender, now, Deed.REFUSE_ORDER, receipt_code(message.id, message.received_at, ""), note),)


class _Orders:
    """One mail's orders, looked at in their order."""

    def __init__(self, office: Office, officer: str, message: Undecided, now: datetime) -> None:
        self._ledger = office.ledger
        self._officer = officer
        self._reserved = office.reserved
        self._receipt = receipt_code(message.id, message.received_at, "")
        self._now = now
        self._today = now.astimezone(VIETNAM).date()
        self._rulebook = office.rulebook.extended(office.ledger.extensions()).with_contacts(office.ledger.contacts())
        self._lines: list[ToldOrder] = []
        self._asked: list[Pending] = []
        self._done: list[_Plan] = []
        self._used: list[str] = []
        self._targets: set[tuple[object, ...]] = set()

    def take(self, line: Order | Misread) -> None:
        """Find out what the line leads to."""
        if isinstance(line, Misread):
            self._lines.append(ToldOrder(line.text, Ending.MISREAD, line.near))
        elif line.verb is Verb.CONFIRM:
            self._confirm(line)
        elif line.verb in {Verb.STATUS, Verb.GUIDE}:
            self._lines.append(self._status(line) if line.verb is Verb.STATUS else _told(line, Ending.SHOWN))
        else:
            plan = self._once(self._plan(line), line)
            self._lines.append(plan.told)
            if plan.told.ending is Ending.ASKED:
                self._asked.append(Pending(self._dated(line, plan), plan.told.facts))

    def finish(self, new_code: Callable[[], str], left_out: int) -> CarriedOut:
        """Return the transcript of all lines, and what they change."""
        request = None
        if self._asked:
            asked = (tuple(self._asked), self._now, self._now + _VALID)
            request = OrderRequest(new_code(), self._officer, *asked)
        effects = Effects(
            request=request,
            used=tuple(self._used),
            grants=tuple(one for plan in self._done for one in plan.grants),
            rulings=tuple(one for plan in self._done for one in plan.rulings),
            registrations=tuple(one for plan in self._done for one in plan.registrations),
            dismissals=tuple(one for plan in self._done for one in plan.dismissals),
            by=f"theo thư {self._receipt}",
            entries=tuple(map(self._refusal, (one for one in self._lines if one.refused is not None))),
        )
        transcript = Transcript(tuple(self._lines), left_out)
        if request is not None:
            transcript = replace(transcript, code=request.code, expires_at=request.expires_at)
        return CarriedOut(transcript, effects)

    def _refusal(self, one: ToldOrder) -> AuditEntry:
        """Return the line of the trail about an order that is refused."""
        why = one.refused.why.value if one.refused else ""
        note = one_line(f"{why}: {one.text}", _LONGEST_NOTE)
        return AuditEntry(self._officer, self._now, Deed.REFUSE_ORDER, self._receipt, note)

    def _status(self, order: Order) -> ToldOrder:
        owed = self._rulebook.open_obligations(self._today)
        if not order.about:
            return replace(_told(order, Ending.SHOWN), standings=self._ledger.standing(owed))
        found = reporter_called(order.about, self._rulebook.reporters, self._today)
        if not isinstance(found, Reporter):
            return _refused(order, _nobody(order.about, found))
        own = [one for one in owed if one.reporter == found.code]
        return replace(_told(order, Ending.SHOWN), reporter=found.code, standings=self._ledger.standing(own))

    def _confirm(self, order: Order) -> None:
        """Carry out what was asked with the code, as far as it is still as it was then."""
        request = self._ledger.order_request(order.key)
        refused = self._refuse_code(order.key, request)
        if request is None or refused is not None:
            self._lines.append(_refused(order, refused or Refused(Why.WRONG_CODE, order.key)))
            return
        self._used.append(order.key)
        for pending in request.orders:
            plan = self._once(self._plan(pending.order), pending.order)
            if plan.told.ending is Ending.ASKED and plan.told.facts != pending.facts:
                told = replace(plan.told, ending=Ending.REFUSED, refused=Refused(Why.CHANGED))
                self._lines.append(told)
            elif plan.told.ending is Ending.ASKED:
                self._lines.append(replace(plan.told, ending=Ending.DONE))
                self._done.append(plan)
            else:
                self._lines.append(plan.told)

    def _refuse_code(self, code: str, request: OrderRequest | None) -> Refused | None:
        if request is None:
            return Refused(Why.WRONG_CODE, code)
        if not is_officer(self._officer, [request.officer]):
            return Refused(Why.OTHERS_CODE, code)
        if request.is_used or code in self._used:
            return Refused(Why.USED, code)
        return Refused(Why.EXPIRED, code) if self._now >= request.expires_at else None

    def _once(self, plan: _Plan, order: Order) -> _Plan:
        """Return the plan, or that an earlier line of the mail is about the same."""
        if plan.told.ending is not Ending.ASKED:
            return plan
        if plan.targets & self._targets:
            return _Plan(_refused(order, Refused(Why.TWICE)))
        self._targets |= plan.targets
        return plan

    def _plan(self, order: Order) -> _Plan:
        """Return what an order that changes something would do now."""
        if order.verb is Verb.EXTEND:
            return self._extend(order)
        if order.verb in _ACTS:
            return self._decide(order)
        return self._register(order) if order.verb is Verb.REGISTER else self._dismiss(order)

    def _extend(self, order: Order) -> _Plan:
        found = first_called(order.about, self._rulebook.reporters, self._today)
        if isinstance(found, list):
            return _Plan(_refused(order, _nobody(order.about, tuple(found))))
        reporter, rest = found
        owed = owed_forms(reporter, _forms(rest), self._rulebook, self._today)
        if isinstance(owed, Refused):
            return _Plan(_refused(order, owed, reporter.code))
        until = _day_meant(order.day, owed, self._rulebook, self._today)
        if isinstance(until, Refused):
            return _Plan(_refused(order, until, reporter.code))
        reason = one_line(order.reason, _LONGEST_REASON)
        granting = grant_time(owed, until, reason, self._officer, self._now, self._rulebook)
        if isinstance(granting, Refused):
            return _Plan(_refused(order, granting, reporter.code))
        told = replace(_told(order, Ending.ASKED), reporter=reporter.code, changes=granting.changes, reason=reason)
        targets = frozenset((one.campaign, one.form, one.reporter) for one in granting.extensions)
        return _Plan(told, grants=granting.extensions, targets=targets)

    def _decide(self, order: Order) -> _Plan:
        # Who accepts need not say why; who returns must, so the grammar asks for it.
        reason = one_line(order.reason, _LONGEST_NOTE) or "chấp nhận bằng thư"
        ruled = _ACTS[order.verb], self._officer, reason
        deciding = decide_on(order.key, ruled, self._ledger, self._rulebook, self._now, form=order.about)
        if isinstance(deciding, Refused):
            return _Plan(_refused(order, deciding))
        told = replace(
            _told(order, Ending.ASKED),
            reporter=deciding.shown.reporter,
            changes=(deciding.change,),
            receipt=deciding.shown.receipt,
            revision=deciding.part.revision,
            reason=order.reason and reason,
        )
        target = (deciding.ruling.message, deciding.ruling.part)
        return _Plan(told, rulings=(deciding.ruling,), targets=frozenset({target}))

    def _register(self, order: Order) -> _Plan:
        found = reporter_called(order.about, self._rulebook.reporters, self._today)
        if not isinstance(found, Reporter):
            return _Plan(_refused(order, _nobody(order.about, found)))
        doors = self._ledger, self._rulebook, self._now
        registering = register_sender(order.key, found, (self._officer, ""), *doors, reserved=self._reserved)
        if isinstance(registering, Refused):
            return _Plan(_refused(order, registering, found.code))
        told = replace(
            _told(order, Ending.ASKED),
            reporter=found.code,
            address=order.key,
            mails=_held_lines(registering.mails),
        )
        return _Plan(told, registrations=(registering.registration,), targets=frozenset({(order.key,)}))

    def _dismiss(self, order: Order) -> _Plan:
        reason = one_line(order.reason, _LONGEST_REASON) or "bỏ qua bằng thư"
        mails = mails_to_dismiss(order.key, self._ledger)
        if isinstance(mails, Refused):
            return _Plan(_refused(order, mails))
        told = replace(_told(order, Ending.ASKED), mails=_held_lines(mails), reason=order.reason and reason)
        dismissals = tuple(
            Dismissal(one.id, AuditEntry(self._officer, self._now, Deed.DISMISS, one.receipt, reason)) for one in mails
        )
        return _Plan(told, dismissals=dismissals, targets=frozenset(("held", one.id) for one in mails))

    def _dated(self, order: Order, plan: _Plan) -> Order:
        """Return the order with the year that was understood: a day later it must not mean another."""
        until = next((one.until for one in plan.grants), None)
        return order if until is None else replace(order, day=WrittenDay(until.day, until.month, until.year))


def _held_lines(mails: Sequence[HeldMail]) -> tuple[HeldLine, ...]:
    return tuple(HeldLine(one.receipt, one.received_at, one.subject, one.sender) for one in mails)


def _told(order: Order, ending: Ending) -> ToldOrder:
    return ToldOrder(order.text, ending, order.verb)


def _refused(order: Order, refused: Refused, reporter: str = "") -> ToldOrder:
    return replace(_told(order, Ending.REFUSED), refused=refused, reporter=reporter)


def _nobody(named: str, near: tuple[Reporter, ...]) -> Refused:
    return Refused(Why.NO_REPORTER, named, tuple(one.name for one in near))


def _forms(words: str) -> list[str]:
    """Return the forms that stand behind the name of a reporter."""
    between = {"và", "va", "biểu", "bieu", "các", "cac"}
    return [one for one in words.replace(";", " ").split() if one.casefold() not in between]


def _day_meant(
    written: WrittenDay | None, owed: Sequence[Obligation], rulebook: Rulebook, today: date
) -> date | Refused:
    """Return the day; without a year the next of that name in the campaign of what is owed."""
    if written is None:
        return Refused(Why.NO_SUCH_DAY)
    years = (written.year,) if written.year else range(today.year, today.year + 5)
    days = [one for one in (_day_of(year, written) for year in years) if one is not None]
    ends = [last for one in owed if (last := rulebook.campaign(one.campaign).last_day) is not None]
    if not written.year:
        days = [one for one in days if one >= today and all(one <= last for last in ends)]
    return days[0] if days else Refused(Why.NO_SUCH_DAY, f"{written.day}/{written.month}")


def _day_of(year: int, written: WrittenDay) -> date | None:
    try:
        return date(year, written.month, written.day)
    except ValueError:
        return None
