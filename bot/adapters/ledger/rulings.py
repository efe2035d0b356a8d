"""Rulings: what the ministry itself decides on a part. They are only ever added; the part counts as the latest says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlmodel import col

from bot.adapters import tables
from bot.adapters.ledger.audit import deed_of, write_entry
from bot.adapters.ledger.database import Database
from bot.adapters.ledger.summary import standing_of
from bot.model import Act, AuditEntry, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from bot.model import Obligation, Ruling, Standing

INVALIDATED = "invalidated"
_COUNTS_AS = {
    Act.ACCEPT: Outcome.ACCEPTED.value,
    Act.RETURN: Outcome.RETURNED.value,
    Act.INVALIDATE: INVALIDATED,
}


class Rulings(Database):
    """The ledger's verbs about rulings."""

    @staticmethod
    def counts_as(act: Act) -> str:
        """Return what a part counts as after *act*."""
        return _COUNTS_AS[act]

    def rule_on(self, message: int, part: int, ruling: Ruling) -> bool:
        """Let the part count as *ruling* says from now on, and keep who said so.

        Standing, reminders, digests and the dataset follow at once: all of them ask what the part counts as.

        Returns:
            False, with nothing changed, where the part counts as something else than ``ruling.before`` by now.
        """
        with self._writing() as connection:
            return rule(connection, message, part, ruling)

    def standing_after(
        self, message: int, part: int, ruling: Ruling, obligations: Sequence[Obligation]
    ) -> tuple[Standing, ...]:
        """Return where *obligations* would stand after the ruling; nothing is kept."""
        with self._writer.connect() as connection, connection.begin() as work:
            _apply(connection, message, part, ruling)
            standing = standing_of(connection, obligations)
            work.rollback()
        return standing


def rule(connection: Connection, message: int, part: int, ruling: Ruling, by: str = "") -> bool:
    """Rule in the transaction of *connection*, as :meth:`Rulings.rule_on` does; *by* says on whose word."""
    if not _apply(connection, message, part, ruling):
        return False
    subject, note = _subject(connection, message, part), "; ".join(filter(None, (ruling.note, by)))
    write_entry(connection, AuditEntry(ruling.who, ruling.at, deed_of(ruling.act), subject, note))
    return True


def _apply(connection: Connection, message: int, part: int, ruling: Ruling) -> bool:
    own = tables.Part
    this = (col(own.message) == message, col(own.ordinal) == part)
    counts = update(own).where(*this, col(own.verdict) == ruling.before).values(verdict=_COUNTS_AS[ruling.act])
    if connection.execute(counts).rowcount != 1:
        return False
    said = {"act": ruling.act.value, "before": ruling.before, "who": ruling.who, "at": ruling.at, "note": ruling.note}
    connection.execute(insert(tables.Ruling).values(message=message, part=part, **said))
    return True


def _subject(connection: Connection, message: int, part: int) -> str:
    own = tables.Part
    facts = (
        select(col(tables.Message.receipt), col(own.form), col(own.revision))
        .join(own, col(own.message) == col(tables.Message.id))
        .where(col(own.message) == message, col(own.ordinal) == part)
    )
    return "/".join(map(str, connection.execute(facts).one()))


def taken_out(connection: Connection, reporter: str) -> dict[tuple[str, str], int]:
    """Return the highest invalidated revision of each form of *reporter*, by campaign and form."""
    part = tables.Part
    gone = select(col(part.campaign), col(part.form), col(part.revision)).where(
        col(part.reporter) == reporter, col(part.verdict) == INVALIDATED
    )
    found: dict[tuple[str, str], int] = {}
    for campaign, form, revision in connection.execute(gone):
        found[campaign, form] = max(revision, found.get((campaign, form), 0))
    return found
