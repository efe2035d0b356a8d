"""Held mail: what waits for the ministry, and its word on whose mail it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.audit import write_entry
from bot.adapters.ledger.database import Database
from bot.adapters.ledger.records import HeldMail
from bot.model import Outcome

if TYPE_CHECKING:
    from bot.model import AuditEntry

_MAIL = tables.Message
_IS_HELD = (col(_MAIL.outcome) == Outcome.HELD.value, col(_MAIL.state) == "settled")


class Holding(Database):
    """The ledger's verbs about held mail."""

    def held(self, limit: int, message: int = 0) -> tuple[HeldMail, ...]:
        """Return at most *limit* mails that are held now, the latest first; of one *message* that, if it is held."""
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
            )
            .where(*_IS_HELD, *([col(_MAIL.id) == message] if message else []))
            .order_by(col(_MAIL.received_at).desc(), col(_MAIL.id).desc())
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(HeldMail(*facts) for facts in connection.execute(waiting))

    def vouch(self, message: int, reporter: str, entry: AuditEntry) -> bool:
        """Let a held message be settled as a mail of *reporter*, and keep who said so.

        It waits for its decision as if it had just arrived, keeps its day of arrival, and gets a receipt of its own.

        Returns:
            False, with nothing changed and nothing kept, where the message is not held any more.
        """
        again = (
            update(_MAIL)
            .where(col(_MAIL.id) == message, *_IS_HELD)
            .values(
                state="received",
                outcome="",
                why="",
                grounds="",
                receipt=None,
                settled_at=None,
                tries=0,
                retry_at=entry.at,
                in_line_at=None,
                vouched=reporter,
            )
        )
        with self._writing() as connection:
            if connection.execute(again).rowcount != 1:
                return False
            write_entry(connection, entry)
        return True
