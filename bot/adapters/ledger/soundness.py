"""What the ledger would say against itself: its own integrity, states that contradict each other, what counts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, text
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.database import Database
from bot.adapters.ledger.records import SentDigest, Spell
from bot.adapters.ledger.rulings import Rulings
from bot.model import Act, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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

    def sent_digests(self) -> tuple[SentDigest, ...]:
        """Return the digests that a server has taken, oldest first."""
        own = tables.Outbox
        sent = (
            select(col(own.key), col(own.raw), col(own.created_at))
            .where(col(own.kind) == "digest", col(own.sent_at).is_not(None))
            .order_by(col(own.id))
        )
        with self._reading() as connection:
            return tuple(SentDigest(*facts) for facts in connection.execute(sent))

    def counted_spells(self, campaign: str) -> Iterator[Spell]:
        """Yield from when until when each part of *campaign* counted as accepted: by its rules, then by each ruling."""
        part, ruling = tables.Part, tables.Ruling
        this = (col(part.message), col(part.ordinal))
        of_it = (col(ruling.message) == this[0]) & (col(ruling.part) == this[1])
        parts = (
            select(*this, col(part.reporter), col(part.form), col(tables.Message.settled_at), col(part.verdict))
            .join(tables.Message, col(tables.Message.id) == this[0])
            .where(col(part.campaign) == campaign)
        )
        ruled = (
            select(*this, col(ruling.at), col(ruling.act), col(ruling.before))
            .join(ruling, of_it)
            .where(col(part.campaign) == campaign)
            .order_by(col(ruling.id))
        )
        changes: defaultdict[tuple[int, int], list[tuple[datetime, str, str]]] = defaultdict(list)
        with self._reading() as connection:
            for message, ordinal, at, act, before in connection.execute(ruled):
                changes[message, ordinal].append((at, act, before))
            for message, ordinal, reporter, form, since, now in connection.execute(parts):
                if since is not None:
                    yield from _spells(reporter, form, since, now, changes[message, ordinal])


def _spells(
    reporter: str, form: str, since: datetime, now: str, changes: Sequence[tuple[datetime, str, str]]
) -> Iterator[Spell]:
    """Yield the spells of one part that counts as *now*, after *changes*: when, the act, what it counted as before."""
    verdict = changes[0][2] if changes else now
    for at, act, _ in changes:
        if verdict == Outcome.ACCEPTED:
            yield Spell(reporter, form, since, at)
        since, verdict = at, Rulings.counts_as(Act(act))
    if verdict == Outcome.ACCEPTED:
        yield Spell(reporter, form, since, None)
