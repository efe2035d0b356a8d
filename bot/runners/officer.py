"""The orders of an officer → what they lead to: looked up in the ledger, told in one mail, kept in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.decide.verdict import receipt_code
from bot.language import VIETNAM, one_line
from bot.model import (
    AuditEntry,
    Deed,
    Ending,
    Misread,
    Order,
    Refused,
    Reporter,
    ToldOrder,
    Transcript,
    Verb,
    Why,
)
from bot.submission import reporter_called

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from bot.adapters.ledger import Ledger, Undecided
    from bot.model import Ordering, Orders, Rulebook

_LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Office:
    """What is known where orders are carried out."""

    ledger: Ledger
    rulebook: Rulebook
    """As loaded; what the ledger adds to it is looked up for each mail."""


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What the orders of one mail lead to."""

    transcript: Transcript
    entries: tuple[AuditEntry, ...] = ()
    """Lines of the audit trail, to be kept with the decision on the mail."""


def carry_out(office: Office, ordering: Ordering, message: Undecided, now: datetime) -> CarriedOut:
    """Return what an officer is told about his orders, and what is to be kept; nothing is done here."""
    desk = _Orders(office, ordering.officer, message, now)
    lines = tuple(desk.take(one) for one in ordering.orders.lines)
    return CarriedOut(Transcript(lines, ordering.orders.left_out), tuple(desk.refusals(lines)))


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
        self._receipt = receipt_code(message.id, message.received_at, "")
        self._now = now
        self._today: date = now.astimezone(VIETNAM).date()
        self._rulebook = office.rulebook.extended(office.ledger.extensions())

    def take(self, line: Order | Misread) -> ToldOrder:
        """Return what the line leads to."""
        if isinstance(line, Misread):
            return ToldOrder(line.text, Ending.MISREAD, line.near)
        match line.verb:
            case Verb.STATUS:
                return self._status(line)
            case Verb.GUIDE:
                return ToldOrder(line.text, Ending.SHOWN, line.verb)
            case _:
                return ToldOrder(line.text, Ending.REFUSED, line.verb, Refused(Why.NOT_BY_MAIL))

    def refusals(self, lines: tuple[ToldOrder, ...]) -> Iterator[AuditEntry]:
        """Yield a line of the trail for each order that is refused."""
        for one in lines:
            if one.refused is not None:
                note = one_line(f"{one.refused.why.value}: {one.text}", _LONGEST_NOTE)
                yield AuditEntry(self._officer, self._now, Deed.REFUSE_ORDER, self._receipt, note)

    def _status(self, order: Order) -> ToldOrder:
        owed = self._rulebook.open_obligations(self._today)
        if not order.about:
            return ToldOrder(order.text, Ending.SHOWN, order.verb, standings=self._ledger.standing(owed))
        found = reporter_called(order.about, self._rulebook.reporters, self._today)
        if not isinstance(found, Reporter):
            return ToldOrder(order.text, Ending.REFUSED, order.verb, _nobody(order.about, found))
        own = [one for one in owed if one.reporter == found.code]
        standings = self._ledger.standing(own)
        return ToldOrder(order.text, Ending.SHOWN, order.verb, reporter=found.code, standings=standings)


def _nobody(named: str, near: tuple[Reporter, ...]) -> Refused:
    return Refused(Why.NO_REPORTER, named, tuple(one.name for one in near))
