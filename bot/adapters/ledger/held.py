"""Held mail: what waits for the ministry, and its word on whose mail it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.audit import write_entry
from bot.adapters.ledger.contacts import IS_HELD, UNDECIDED_AGAIN, held_from, register, waiting_of
from bot.adapters.ledger.database import Database, OvertakenError
from bot.adapters.ledger.records import HeldMail
from bot.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection

    from bot.model import AuditEntry, Dismissal, Registration

_MAIL = tables.Message
_WAS_HELD = (
    col(_MAIL.outcome).in_((Outcome.HELD.value, Outcome.DISMISSED.value)),
    col(_MAIL.state) == "settled",
    col(_MAIL.dropped_at).is_(None),
)
"""A mail that waits for the ministry, or would if nobody had dismissed it."""


class Holding(Database):
    """The ledger's verbs about held mail."""

    def held(self, limit: int) -> tuple[HeldMail, ...]:
        """Return at most *limit* mails that are held now, the latest first."""
        return self._held(IS_HELD, limit)

    def held_one(self, message: int) -> HeldMail | None:
        """Return *message* where it is held, or was until somebody dismissed it and is still kept; else None."""
        return next(iter(self._held((*_WAS_HELD, col(_MAIL.id) == message))), None)

    def held_of(self, address: str) -> tuple[HeldMail, ...]:
        """Return the mails that are held because nobody knows their sender, who is *address*; the latest first."""
        return self._held(waiting_of(address))

    def _held(self, which: tuple[ColumnElement[bool], ...], limit: int | None = None) -> tuple[HeldMail, ...]:
        waiting = (
            select(
                col(_MAIL.id),
                func.coalesce(col(_MAIL.receipt), ""),
                col(_MAIL.received_at),
                col(_MAIL.sender),
                col(_MAIL.sender_name),
                col(_MAIL.subject),
                col(_MAIL.why),
                col(_MAIL.grounds),
                col(_MAIL.outcome) == Outcome.DISMISSED.value,
            )
            .where(*which)
            .order_by(col(_MAIL.received_at).desc(), col(_MAIL.id).desc())
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(HeldMail(*facts) for facts in connection.execute(waiting))

    def held_from(self, address: str) -> tuple[HeldMail, ...]:
        """Return the mails that are held, whyever, and give *address* as their sender's; the latest first."""
        return self._held(held_from(address))

    def vouch(self, message: int, reporter: str, entry: AuditEntry, registration: Registration | None = None) -> bool:
        """Let a message that is or was held be settled as a mail of *reporter*, and keep who said so.

        It waits for its decision as if it had just arrived, keeps its day of arrival, and gets a receipt of its own.

        With a *registration* the address of its sender is remembered in the same transaction.

        Returns:
            False, with nothing changed and nothing kept, where the message is not held any more, or the address is
            remembered by now.
        """
        again = (
            update(_MAIL)
            .where(col(_MAIL.id) == message, *_WAS_HELD)
            .values(UNDECIDED_AGAIN | {"retry_at": entry.at, "vouched": reporter})
        )
        with suppress(OvertakenError), self._writing() as connection:
            if connection.execute(again).rowcount != 1:
                return False
            write_entry(connection, entry)
            if registration is not None:
                register(connection, registration)
            return True
        return False

    def dismiss(self, dismissals: Iterable[Dismissal]) -> int:
        """Let held messages wait no longer; return how many did. What is not held any more is left as it is."""
        with self._writing() as connection:
            return sum(dismiss(connection, one) for one in dismissals)


def dismiss(connection: Connection, dismissal: Dismissal, by: str = "") -> bool:
    """Let a held message wait no longer, in the transaction of *connection*, and keep who said so.

    *by* says on whose word, beside the reason. False, with nothing changed, where the message is not held any more.
    """
    nobodys = update(_MAIL).where(col(_MAIL.id) == dismissal.message, *IS_HELD)
    if connection.execute(nobodys.values(outcome=Outcome.DISMISSED.value)).rowcount != 1:
        return False
    note = "; ".join(filter(None, (dismissal.entry.note, by)))
    write_entry(connection, replace(dismissal.entry, note=note))
    return True
