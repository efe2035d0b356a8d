"""What the ledger would say against itself: its own integrity, states that contradict each other, what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, text
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_MOST = 20


class Proving(Database):
    """The ledger's verbs for who doubts it."""

    def find_damage(self) -> tuple[str, ...]:
        """Return what the database's own check says, at most a few lines; none where all is well.

        PostgreSQL checks its pages and references itself, whenever it reads and writes.
        """
        if self._turn is None:
            return ()
        with self._reading() as connection:
            pages = [str(line) for line in connection.execute(text(f"PRAGMA integrity_check({_MOST})")).scalars()]
            lost = connection.execute(text("PRAGMA foreign_key_check")).fetchmany(_MOST)
        references = [f"{table} {row} → {other}" for table, row, other, _ in lost]
        return (*(line for line in pages if line != "ok"), *references)

    def find_contradictions(self) -> tuple[int, ...]:
        """Return the numbers of messages whose state, outcome and instant contradict each other; at most a few."""
        own = tables.Message
        state, outcome, settled = col(own.state), col(own.outcome), col(own.settled_at)
        wrong = or_(
            state.not_in(("received", "settled", "aside")),
            (state == "received") & ((outcome != "") | settled.is_not(None)),
            (state != "received") & ((outcome == "") | settled.is_(None)),
            (state == "aside") != (outcome == "failed"),
        )
        with self._reading() as connection:
            found = select(col(own.id)).where(wrong).order_by(col(own.id)).limit(_MOST)
            return tuple(connection.execute(found).scalars())

    def accepted_parts(self) -> Iterator[tuple[str, str, str, datetime, int, int, str, int]]:
        """Yield each part that counts as accepted, in no order.

        Campaign, form, reporter, arrival, number of the message, ordinal, table's SHA-256, rows.
        """
        part = tables.Part
        facts = (
            *(part.campaign, part.form, part.reporter, part.received_at),
            *(part.message, part.ordinal, part.table_sha256, part.rows),
        )
        with self._reading() as connection:
            for row in connection.execute(select(*map(col, facts)).where(col(part.verdict) == "accepted")):
                yield tuple(row)
