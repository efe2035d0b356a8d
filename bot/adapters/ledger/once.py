"""Mail that nobody asked for is sent at most once: that it is handed over is noted before, and asked about after.

An answer in two copies is better than none; a reminder in two copies is a nuisance to a whole country. So one that was
handed over, and of which nothing more is known (the process died, or the line broke after the final dot), is *possibly
sent*: it stays in the outbox, is never due, and waits for a person's word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.audit import write_entry
from bot.adapters.ledger.database import Database
from bot.adapters.ledger.outgoing import PossiblySent
from bot.adapters.ledger.send import LONGEST_ERROR, PENDING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import AuditEntry

_OUTBOX = tables.Outbox
_POSSIBLY = (*PENDING, col(_OUTBOX.handed_at).is_not(None))


class SendingOnce(Database):
    """The ledger's verbs about mail that is sent at most once."""

    def hand_over_once(self, key: str, now: datetime) -> bool:
        """Note, before it is done, that the mail is handed to the server.

        Returns:
            False, with nothing changed, where it must not be done: it was handed over before, or waits no more.
        """
        return self._change(col(_OUTBOX.key) == key, col(_OUTBOX.handed_at).is_(None), handed_at=now)

    def take_back_once(self, key: str) -> None:
        """Note that the server has certainly not got the mail: it is due again."""
        self._change(col(_OUTBOX.key) == key, handed_at=None)

    def hold_once(self, key: str, error: str) -> None:
        """Note why it is not known whether the server has got the mail, which stays possibly sent."""
        tries = col(_OUTBOX.tries) + 1
        self._change(col(_OUTBOX.key) == key, tries=tries, error=error[:LONGEST_ERROR])

    def possibly_sent(self) -> tuple[PossiblySent, ...]:
        """Return the mails of which nobody knows whether the server has got them, the first handed over first."""
        facts = (_OUTBOX.id, _OUTBOX.kind, _OUTBOX.recipients, _OUTBOX.subject, _OUTBOX.handed_at, _OUTBOX.error)
        held = select(*map(col, facts)).where(*_POSSIBLY).order_by(col(_OUTBOX.handed_at), col(_OUTBOX.id))
        with self._reading() as connection:
            return tuple(
                PossiblySent(
                    row.id, row.kind, tuple(row.recipients.splitlines()), row.subject, row.handed_at, row.error
                )
                for row in connection.execute(held)
            )

    def send_again(self, number: int, entry: AuditEntry) -> bool:
        """Let a possibly sent mail be sent after all, as a person wants; False where it is not one any more."""
        return self._decide(number, entry, handed_at=None, drafting="", due_at=entry.at, error="")

    def let_go(self, number: int, entry: AuditEntry) -> bool:
        """Never send a possibly sent mail again, as a person wants; False where it is not one any more."""
        return self._decide(number, entry, dead_at=entry.at)

    def _decide(self, number: int, entry: AuditEntry, **values: Any) -> bool:
        decide = update(_OUTBOX).where(col(_OUTBOX.id) == number, *_POSSIBLY).values(**values)
        with self._writing() as connection:
            if connection.execute(decide).rowcount != 1:
                return False
            write_entry(connection, entry)
        return True

    def _change(self, *only_where: Any, **values: Any) -> bool:
        with self._writing() as connection:
            changed = connection.execute(update(_OUTBOX).where(*PENDING, *only_where).values(**values))
        return changed.rowcount == 1
