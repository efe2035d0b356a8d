"""What was sent: every part of the reporters' forms, as the status page lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database, in_chunks
from bot.adapters.ledger.records import SentPart

if TYPE_CHECKING:
    from collections.abc import Collection


class Listing(Database):
    """The ledger's verbs about all that was ever sent."""

    def sent_parts(self, campaigns: Collection[str]) -> tuple[SentPart, ...]:
        """Return every part that was sent in *campaigns* under a receipt, oldest first."""
        part, message = tables.Part, tables.Message
        facts = (part.form, part.file, part.revision, part.verdict, part.errors, part.queries)
        asked = (
            select(
                col(message.receipt),
                col(message.reporter),
                func.coalesce(func.nullif(col(part.campaign), ""), col(message.campaign)),
                *map(col, facts),
                col(part.received_at),
            )
            .join(message, col(message.id) == col(part.message))
            .where(col(message.receipt).is_not(None), col(message.reporter) != "")
            .order_by(col(part.received_at), col(part.message), col(part.ordinal))
        )
        found: list[SentPart] = []
        with self._reading() as connection:
            for some in in_chunks(campaigns):
                rows = connection.execute(asked.where(col(message.campaign).in_(some)))
                found += [SentPart(*row) for row in rows]
        return tuple(found)

    def last_change(self) -> tuple[object, ...]:
        """Return marks that differ whenever something has happened that the status page tells."""
        message, ruling, outbox, said = tables.Message, tables.Ruling, tables.Outbox, tables.Explanation
        marks = (
            select(func.count(col(message.settled_at)), func.max(col(message.settled_at))),
            select(func.count(), func.max(col(ruling.id))),
            select(func.count(col(outbox.sent_at)), func.max(col(outbox.id))),
            select(func.count(), func.max(col(said.message))),
            select(func.count(), func.max(col(tables.Extension.id)), func.count(col(tables.Extension.ended_at))),
        )
        with self._reading() as connection:
            return tuple(tuple(connection.execute(one).one()) for one in marks)
