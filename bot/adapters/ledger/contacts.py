"""Contacts that were approved while the bot runs. Rows are added, or noted as taken back; none is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.audit import write_entry
from bot.adapters.ledger.database import Database, OvertakenError
from bot.addresses import with_ascii_domain
from bot.model import AuditEntry, Deed, HeldReason, Outcome, Remembered

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from bot.model import Registration

_CONTACT, _MAIL = tables.Contact, tables.Message
_FACTS = (_CONTACT.address, _CONTACT.reporter, _CONTACT.who, _CONTACT.at, _CONTACT.note)
_LISTED = 20
IS_HELD = (col(_MAIL.outcome) == Outcome.HELD.value, col(_MAIL.state) == "settled")
"""A mail that waits for the ministry."""
UNDECIDED_AGAIN: dict[str, object] = {
    "state": "received",
    "outcome": "",
    "why": "",
    "grounds": "",
    "receipt": None,
    "settled_at": None,
    "tries": 0,
    "in_line_at": None,
}
"""What makes a held mail wait for its decision as if it had just arrived; it keeps its day of arrival."""


class Remembering(Database):
    """The ledger's verbs about contacts."""

    def contacts(self) -> tuple[Remembered, ...]:
        """Return the addresses that were approved and still are, the latest last."""
        held = select(*map(col, _FACTS)).where(col(_CONTACT.ended_at).is_(None)).order_by(col(_CONTACT.id))
        with self._reading() as connection:
            return tuple(
                Remembered(row.address, row.reporter, row.who, row.at, row.note) for row in connection.execute(held)
            )

    def forget_contact(self, address: str, who: str, note: str, now: datetime) -> bool:
        """Take an approved address back; False, with nothing changed, where there is no such one."""
        mine = (col(_CONTACT.address) == address.lower(), col(_CONTACT.ended_at).is_(None))
        with self._writing() as connection:
            whose = connection.execute(select(col(_CONTACT.reporter)).where(*mine)).scalar()
            if whose is None:
                return False
            connection.execute(update(_CONTACT).where(*mine).values(ended_by=who, ended_at=now))
            write_entry(connection, AuditEntry(who, now, Deed.FORGET, f"{address.lower()}/{whose}", note))
        return True


def register(connection: Connection, registration: Registration, by: str = "") -> None:
    """Remember an address in the transaction of *connection*, and let the held mails of its sender be decided again.

    None of them is vouched for: each counts only if it is proved. *by* says on whose word, beside the reason. Raises
    OvertakenError where the address is remembered already.
    """
    one = registration.contact
    known = select(col(_CONTACT.id)).where(col(_CONTACT.address) == one.address, col(_CONTACT.ended_at).is_(None))
    if connection.execute(known).first() is not None:
        raise OvertakenError(one.address)
    facts = {"address": one.address, "reporter": one.reporter, "who": one.who, "at": one.at, "note": one.note}
    connection.execute(insert(_CONTACT).values(**facts, ended_by=""))
    mine = waiting_of(one.address)
    receipts = list(connection.scalars(select(col(_MAIL.receipt)).where(*mine).order_by(col(_MAIL.id)).limit(_LISTED)))
    connection.execute(update(_MAIL).where(*mine).values(UNDECIDED_AGAIN | {"retry_at": one.at}))
    told = f"thư chờ được xử lý lại: {', '.join(filter(None, receipts))}" if receipts else ""
    note = "; ".join(filter(None, (one.note, told, by)))
    write_entry(connection, AuditEntry(one.who, one.at, Deed.REGISTER, f"{one.address}/{one.reporter}", note))


def waiting_of(address: str) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a mail is held because nobody knows its sender, who is *address*."""
    return (*held_from(address), col(_MAIL.why) == HeldReason.UNKNOWN_SENDER.value)


def held_from(address: str) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a mail is held, and gives *address* as its sender's."""
    same = {address.lower(), with_ascii_domain(address.lower())}
    return (*IS_HELD, col(_MAIL.sender).in_(same))
